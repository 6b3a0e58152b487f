"""What may have ended a process: begun alone, with a counter, and given up in the end.

A turn or a handler that ends the process (a fault in C, `os._exit`, memory) would be handed out by
the store again, to end the next one too.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from convo.ports import Lease, Pending, Sleep, Store
from convo.runtime.patience import Patience

STARTS = 3
"""Starts by itself, each of which the process did not outlive, after which a suspect is parked."""

ENDED = (
    f"It was begun alone {STARTS} times, and each time the process ended before it was done. What "
    "ended it stands in the log of that process, or of the system (a fault in C, a lack of memory, "
    "os._exit). Mend that, then run it again: convo parked again"
)


class EndedTheProcess(Exception):
    """Why a suspect is given up."""

    def __init__(self) -> None:
        super().__init__(ENDED)


class Suspects:
    """Those of one partition. All partitions of a process share the lock `alone`.

    One of them at a time is begun in a process, so that when it ends, no other is blamed.
    """

    def __init__(self, *, partition: int, store: Store, alone: asyncio.Lock, sleep: Sleep) -> None:
        self._partition = partition
        self._store = store
        self._alone = alone
        self._patience = Patience(f"suspects {partition}", sleep)
        self._events = 0
        self._starts: dict[str, int] = {}

    def adopt(self, lease: Lease) -> None:
        """Take over what the last owner leaves behind."""
        self._events = lease.in_hand
        self._starts = dict(lease.suspects)

    @property
    def events(self) -> bool:
        """Whether the next event is one of them."""
        return self._events > 0

    def seen(self, events: int) -> None:
        """So many have had their turn; without any there is none left that could be one."""
        self._events = max(self._events - events, 0) if events else 0

    def __contains__(self, key: str) -> bool:
        return key in self._starts

    @asynccontextmanager
    async def begun(self, key: str) -> AsyncGenerator[bool]:
        """While this is open nothing else is begun that is suspected; whether `key` may be.

        Its start is kept before it is made. Raises what the store does that is no `StoreError`.
        """
        async with self._alone:
            if self._starts.pop(key, 0) >= STARTS:
                yield False
                return
            await self._patience.surely(lambda: self._store.begin(self._partition, key))
            yield True
            # At once, and not with what it comes to: a process that is killed in between was not
            # ended by this.
            await self._patience.surely(lambda: self._store.outlived(self._partition, key))


def key_of(pending: Pending) -> str:
    """What an event is counted by."""
    return f"{pending.event.contact.e164} {pending.event.id}"
