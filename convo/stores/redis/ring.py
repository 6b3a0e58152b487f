"""What a process has brought to one partition lately, to be brought again where it was lost.

What came in was answered for, so it may not be lost with the server that kept it. Each answer tells
which server gave it; where another one answers, which may lack the last moments, what was brought
in them is brought again first. To one that has it already it is a duplicate. Where another text has
come under its id meanwhile it is `altered`, and what tells of it is kept in its place.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Generic, TypeVar

from convo.errors import StoreError, StoreUnavailable

#: Brings something to one partition of the server that is known, and answers what came of it there
#: and which server it was.
Bring = Callable[[int, bytes, Any], Awaitable[tuple[bytes, bytes]]]

log = logging.getLogger("convo.store")

KEPT_FOR = 10.0
"""Seconds: what a replica may be behind."""

KNOCK_EVERY = 1.0
"""Seconds between two looks whether all is still there, until that is sure."""

KEPT_ARRIVALS = 10_000
"""Arrivals at most, for each partition."""

ASK_AGAIN = 0.05
WAIT = 30.0
"""Seconds between two tries, and until they end: an owner is back within its lease, or not at all,
and keys move from node to node within moments."""

#: What is answered for: it is kept.
_KEPT = (b"accepted", b"duplicate")

T = TypeVar("T")

#: What tells of something that is altered, if it can be; it is brought as well.
Instead = Callable[[T], T | None]


class Ring(Generic[T]):
    """Everything for one partition passes here, and in its order where the server is a new one."""

    def __init__(
        self, call: Callable[[bytes, T], Awaitable[tuple[bytes, bytes]]], instead: Instead[T]
    ) -> None:
        """`call` brings it to the server that is known, and answers what came of it and where."""
        self._call = call
        self._instead = instead
        self._server = b""
        self._kept: deque[tuple[float, T]] = deque(maxlen=KEPT_ARRIVALS)
        #: How many there ever were.
        self._count = 0
        self._orderly = asyncio.Lock()
        self._waiting = 0
        #: When it was answered last, by the loop's `time()`.
        self.heard_at = 0.0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing that could still be lost."""
        return not self._kept

    async def bring(self, brought: T, *, again: bool = True) -> bytes:
        """The answer to it; `again` whether it is to be brought again if need be.

        Raises `StoreError`.
        """
        if self._waiting == 0:
            answer, _ = await self._ask(brought, again)
            if answer not in (b"later", b"elsewhere"):
                return answer
        self._waiting += 1
        try:
            async with self._orderly:
                return await self._bring(brought, again)
        finally:
            self._waiting -= 1

    async def _bring(self, brought: T, again: bool) -> bytes:
        """With nobody else on the way."""
        time = asyncio.get_running_loop().time
        until = time() + WAIT
        while time() < until:
            answer, server = await self._ask(brought, again)
            if answer == b"elsewhere":
                if not await self._bring_all(server):
                    await asyncio.sleep(ASK_AGAIN)
            elif answer == b"later":
                await asyncio.sleep(ASK_AGAIN)
            else:
                return answer
        raise StoreUnavailable(
            "Another Redis has taken over or is about to, and the partition's owner has not come "
            "back to it yet; or the contacts are being divided anew (convo partitions): ask again."
        )

    async def _ask(self, brought: T, again: bool) -> tuple[bytes, bytes]:
        answer, server = await self._call(self._server, brought)
        if answer not in (b"later", b"elsewhere"):
            self._answered_by(server)
            if again and answer in _KEPT:
                self._kept.append((asyncio.get_running_loop().time(), brought))
                self._count += 1
        return answer, server

    def _answered_by(self, server: bytes) -> None:
        """What was brought long ago, and to this very server, is safe there."""
        self.heard_at = asyncio.get_running_loop().time()
        if server == self._server:
            while self._kept and self._kept[0][0] < self.heard_at - KEPT_FOR:
                self._kept.popleft()
        self._server = server

    async def _bring_all(self, server: bytes) -> bool:
        """Bring everything again, in its order, to a server that took over; whether it has all."""
        count = self._count
        answers = await asyncio.gather(*(self._bring_again(server, each) for _, each in self._kept))
        has_all = all(where == server and what in _KEPT for _, what, where in answers)
        # What the other server answered meanwhile is lost as well: it is brought by the next try.
        if has_all and self._count == count:
            now = asyncio.get_running_loop().time()
            self._kept = deque([(now, each) for each, _, _ in answers], maxlen=KEPT_ARRIVALS)
            self._server = server
        if lost := sum(what == b"accepted" for _, what, _ in answers):
            log.warning("Redis had lost %d arrivals, and has them again.", lost)
        return has_all

    async def _bring_again(self, server: bytes, brought: T) -> tuple[T, bytes, bytes]:
        """What is kept of it from now on, what came of that, and where."""
        answer, where = await self._call(server, brought)
        if answer == b"altered" and (told := self._instead(brought)) is not None:
            return told, *await self._call(server, told)
        return brought, answer, where


class Rings(Generic[T]):
    """One for each partition, looked after while there is something that could be lost."""

    def __init__(self, bring: Bring, knock: T, instead: Instead[T]) -> None:
        """`knock` is brought only to hear which server has the partition."""
        self._bring = bring
        self._knock = knock
        self._instead = instead
        self._rings: dict[int, Ring[T]] = {}
        self._watch: asyncio.Task[None] | None = None

    async def bring(self, partition: int, brought: T, *, again: bool = True) -> bytes:
        """As `Ring.bring`."""
        ring = self._rings.get(partition)
        if ring is None:
            ring = self._rings[partition] = Ring(partial(self._bring, partition), self._instead)
        answer = await ring.bring(brought, again=again)
        if self._watch is None and not ring.is_empty:
            self._watch = asyncio.create_task(self._watch_over())
        return answer

    async def _watch_over(self) -> None:
        """Notice that a server was lost with what came in last, though nothing else comes in."""
        while open_ := [ring for ring in self._rings.values() if not ring.is_empty]:
            await asyncio.sleep(KNOCK_EVERY)
            lately = asyncio.get_running_loop().time() - KNOCK_EVERY
            silent = (ring for ring in open_ if ring.heard_at <= lately)
            looks = (ring.bring(self._knock, again=False) for ring in silent)
            for told in await asyncio.gather(*looks, return_exceptions=True):
                if isinstance(told, BaseException) and not isinstance(told, StoreError):
                    raise told
        self._watch = None

    async def close(self) -> None:
        """Look after nothing any more."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait((self._watch,))
