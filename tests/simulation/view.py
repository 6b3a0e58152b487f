"""The store as one process has it: the port, asked over a way that may fail."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, replace

from convo.core.contacts import Consent
from convo.core.numbers import PhoneNumber
from convo.ports import Acceptance, Arrival, Attendance, Clock, Done, Lease, Standing, Wants, Work
from tests.simulation.leased import LeasedSqlite
from tests.simulation.way import Way

RENEWED = 1 / 3
"""The part of a lease that the bell lets an owner rest at most, so that it does not run out."""

LEAVES = 0.9
"""The part of a lease in which messages may begin to leave."""


@dataclass(slots=True, kw_only=True)
class _Step:
    """A step of a lease: asked for again and again until it is answered."""

    number: int
    #: When it was asked for first, by the loop's clock.
    asked_at: float | None = None


class View:
    """Made in the context of its process, which is woken there."""

    def __init__(self, server: LeasedSqlite, way: Way, clock: Clock) -> None:
        self._server = server
        self._way = way
        self._ask = way.ask
        self._clock = clock
        #: The step that is next, by the lease's token.
        self._steps: dict[str, _Step] = {}
        self._rung = asyncio.Event()
        self._context = copy_context()
        server.bells.append(self._ring)

    async def accept(self, arrivals: Sequence[Arrival]) -> Sequence[Acceptance]:
        return await self._ask("accept", lambda: self._server.accept(arrivals))

    @property
    def partitions(self) -> int:
        return 1

    async def attend(self, worker: str) -> Attendance:
        return await self._ask("attend", lambda: self._server.attend(worker))

    async def leave(self, worker: str) -> None:
        await self._ask("leave", lambda: self._server.leave(worker))

    async def acquire(self, partition: int, owner: str) -> Lease | None:
        lease = await self._ask("acquire", lambda: self._server.acquire(partition, owner))
        self._rung.set()
        return lease

    async def advance(self, lease: Lease, done: Done, wants: Wants) -> Work:
        step = self._steps.setdefault(lease.token, _Step(number=0))
        # The lease runs from when the step is done, which is not before it is asked for first.
        asked_at = step.asked_at = step.asked_at or asyncio.get_running_loop().time()
        self._rung.clear()
        work = await self._ask(
            "advance", lambda: self._server.advance(lease, step.number, done, wants)
        )
        self._steps[lease.token] = _Step(number=step.number + 1)
        leave_by = asked_at + self._server.lasts * LEAVES
        return replace(work, claims=tuple(replace(each, leave_by=leave_by) for each in work.claims))

    async def release(self, lease: Lease) -> None:
        await self._ask("release", lambda: self._server.release(lease))

    async def bell(self, lease: Lease, until: int | None) -> None:
        seconds = self._server.lasts * RENEWED
        if until is not None:
            seconds = min(seconds, (until - self._clock()) / 1_000)
        if seconds > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._rung.wait()

    def _ring(self) -> None:
        """Something was accepted, and this process will hear of it, if nothing is in the way."""
        self._way.tell(self._rung.set, context=self._context)

    async def records(
        self, after: int, limit: int, *, partition: int = 0
    ) -> Sequence[tuple[int, bytes]]:
        return await self._ask(
            "records", lambda: self._server.store.records(after, limit, partition=partition)
        )

    async def keep_flow(self, version: str, source: bytes) -> None:
        await self._ask("keep_flow", lambda: self._server.store.keep_flow(version, source))

    async def flow(self, version: str) -> bytes | None:
        return await self._ask("flow", lambda: self._server.store.flow(version))

    async def reserve(self, name: str, key: str, limit: int | None) -> int | None:
        return await self._ask("reserve", lambda: self._server.store.reserve(name, key, limit))

    async def acts(self, contact: PhoneNumber) -> Sequence[Consent]:
        return await self._ask("acts", lambda: self._server.store.acts(contact))

    async def tally(self, name: str, key: str, choice: str | None, *, change: bool) -> Standing:
        return await self._ask(
            "tally", lambda: self._server.store.tally(name, key, choice, change=change)
        )

    async def close(self) -> None:
        """What it has of the store is the way there."""
        self._server.bells.remove(self._ring)
