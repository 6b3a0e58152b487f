"""Which partitions this process owns: its share of them all, taken while free, and given back.

Nobody tells the workers who gets what. Each says once a second that it is there, hears who else
is, and works out everybody's share from that alone; a share that grew takes what nobody owns, and
one that shrank gives back, a few partitions at a time, each once its sends are settled.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any
from zlib import crc32

from convo.errors import StoreError
from convo.ports import Attendance, Sleep, Store
from convo.runtime.patience import Patience
from convo.runtime.shelf import Shelf
from convo.runtime.tenure import Tenure
from convo.sentences import sentence

ATTEND_EVERY = 1.0
"""Seconds between two looks at who is there."""

DRAIN = 35.0
"""Seconds that sends and errands under way are given at a stop: more than a send may take."""

GIVEN_BACK_AT_ONCE = 8
"""Partitions that are being given back at the same time: the others go on meanwhile."""


def share(partitions: int, workers: Sequence[str], worker: str) -> int:
    """How many partitions `worker` should own: all workers together own each exactly once.

    What cannot be divided goes to the first by name.
    """
    each, over = divmod(partitions, len(workers))
    return each + (sorted(workers).index(worker) < over)


class Holder:
    """Takes and gives back, and tells how it stands."""

    def __init__(
        self,
        *,
        name: str,
        store: Store,
        shelf: Shelf[Any],
        tenure: Callable[[int], Tenure],
        sleep: Sleep,
        drain: float = DRAIN,
        fit: Callable[[], bool] = lambda: True,
    ) -> None:
        """Who is not `fit` takes no share, and gives back what it has."""
        self._name = name
        self._store = store
        self._shelf = shelf
        self._tenure = tenure
        self._drain = drain
        self._fit = fit
        self._stands_by = False
        self._pauses = False
        self._patience = Patience(name, sleep)
        self._tenures: dict[int, Tenure] = {}
        self._share: int | None = None
        self._stopping = False
        self._stirred = asyncio.Event()
        self._failure: BaseException | None = None

    @property
    def owned(self) -> tuple[int, ...]:
        """The partitions that are ours now."""
        return tuple(number for number, tenure in self._tenures.items() if tenure.owns)

    @property
    def trouble(self) -> str:
        """Why nothing moves at the moment; empty when all is well."""
        if self._patience.trouble:
            return self._patience.trouble
        for tenure in self._tenures.values():
            if tenure.trouble:
                return tenure.trouble
        if self._stands_by:
            return ""
        if self._pauses:
            return str(sentence("pauses, for contacts are being divided anew (convo partitions)"))
        if self._share is None or (self._share and not self.owned):
            return str(sentence("has not become the owner of anything yet"))
        return ""

    async def run(self) -> None:
        """Until `stop`. Raises what an owner dies of."""
        await self._shelf.keep()
        while not self._stopping:
            self._stirred.clear()
            if not self._fit():
                await self._stand_by()
            else:
                self._stands_by = False
                seen = await self._patience.surely(lambda: self._store.attend(self._name))
                if not self._stopping:
                    self._balance(seen)
            await self._stir()
            if self._failure is not None:
                raise self._failure

    async def stop(self) -> None:
        """End every tenure cleanly, and tell the others that this worker is gone."""
        self._stopping = True
        self._stirred.set()
        endings = [tenure.end(self._drain) for tenure in self._tenures.values()]
        if endings:
            await asyncio.wait(endings)
        # Where the store fails, the others find out by themselves.
        with suppress(StoreError):
            await self._store.leave(self._name)

    async def _stand_by(self) -> None:
        """Nobody counts on us, and what we have is free as soon as its sends are settled."""
        if not self._stands_by:
            self._stands_by = True
            await self._patience.surely(lambda: self._store.leave(self._name))
        for tenure in self._tenures.values():
            tenure.end(self._drain)

    def _balance(self, seen: Attendance) -> None:
        self._pauses = seen.pauses
        partitions = 0 if seen.pauses else self._store.partitions
        self._share = share(partitions, seen.workers, self._name)
        staying = [number for number, tenure in self._tenures.items() if not tenure.ending]
        leaving = len(self._tenures) - len(staying)
        surplus = staying[self._share :]
        for number in surplus[: max(GIVEN_BACK_AT_ONCE - leaving, 0)]:
            self._tenures[number].end(self._drain)
        # Each worker tries in an order of its own, so that two seldom want the same one.
        free = [number for number in seen.free if number not in self._tenures]
        free.sort(key=lambda number: crc32(f"{self._name} {number}".encode()))
        for number in free[: max(self._share - len(staying), 0)]:
            self._begin(number)

    def _begin(self, number: int) -> None:
        tenure = self._tenures[number] = self._tenure(number)
        tenure.loop.add_done_callback(lambda loop: self._ended(number, loop))

    def _ended(self, number: int, loop: asyncio.Task[bool]) -> None:
        del self._tenures[number]
        if loop.cancelled():
            return
        if (error := loop.exception()) is not None:
            self._failure = self._failure or error
        # What was not to be had is asked for again at the next look, and not at once.
        if error is not None or loop.result():
            self._stirred.set()

    async def _stir(self) -> None:
        """Until the next look: in a while, or as soon as something has ended."""
        with suppress(TimeoutError):
            async with asyncio.timeout(ATTEND_EVERY):
                await self._stirred.wait()
