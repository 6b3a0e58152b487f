"""The store as one process has it: the port, asked over a way that may fail."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, field, replace

from convo.core.contacts import Consent
from convo.core.numbers import PhoneNumber
from convo.errors import Fenced
from convo.ports import (
    Acceptance,
    Arrival,
    Attendance,
    Claim,
    Clock,
    Done,
    Lease,
    Others,
    Standing,
    Wants,
    Work,
)
from convo.stores.redis.redo import Redo, Step
from convo.stores.redis.ring import Rings
from tests.simulation.leased import LeasedSqlite
from tests.simulation.standby import read_in
from tests.simulation.way import Way

RENEWED = 1 / 3
"""The part of a lease that the bell lets an owner rest at most, so that it does not run out."""

LEAVES = 0.9
"""The part of a lease in which messages may begin to leave."""


@dataclass(slots=True)
class _Holding:
    """A lease: its next step, which is asked for again and again until it is answered."""

    step: int = 0
    #: When that was asked for first, by the loop's clock.
    asked_at: float | None = None
    lately: Redo[Done, int] = field(default_factory=Redo[Done, int])


_ANSWERS: Mapping[bytes, Acceptance] = {
    b"accepted": "accepted",
    b"duplicate": "duplicate",
    b"altered": "altered",
    b"busy": "busy",
}


class View:
    """Made in the context of its process, which is woken there."""

    def __init__(self, server: LeasedSqlite, way: Way, clock: Clock) -> None:
        self._server = server
        self._way = way
        self._ask = way.ask
        self._clock = clock
        #: The last that was ours.
        self._lease: Lease | None = None
        #: By the lease's token.
        self._holdings: dict[str, _Holding] = {}
        self._rings: Rings[Arrival | None] = Rings(self._bring, None, lambda _: None)
        self._rung = asyncio.Event()
        self._context = copy_context()
        server.bells.append(self._ring)

    async def accept(self, arrivals: Sequence[Arrival]) -> Sequence[Acceptance]:
        answers = [await self._rings.bring(0, arrival) for arrival in arrivals]
        return [_ANSWERS[each] for each in answers]

    async def _bring(
        self, _partition: int, known: bytes, arrival: Arrival | None
    ) -> tuple[bytes, bytes]:
        return await self._ask("accept", lambda: self._server.at_the_door(known, arrival))

    @property
    def partitions(self) -> int:
        return 1

    async def attend(self, worker: str) -> Attendance:
        return await self._ask("attend", lambda: self._server.attend(worker))

    async def leave(self, worker: str) -> None:
        await self._ask("leave", lambda: self._server.leave(worker))

    async def acquire(self, partition: int, owner: str) -> Lease | None:
        lease = await self._ask("acquire", lambda: self._server.acquire(partition, owner))
        self._lease = lease or self._lease
        self._rung.set()
        return lease

    async def advance(self, lease: Lease, done: Done, wants: Wants) -> Work:
        holding = self._holdings.setdefault(lease.token, _Holding())
        # The lease runs from when the step is done, which is not before it is asked for first.
        now = asyncio.get_running_loop().time
        asked_at = holding.asked_at = holding.asked_at or now()
        self._rung.clear()
        while not isinstance(work := await self._step(lease, holding, done, wants), Work):
            await self._again(lease, holding, work)
        claims = [(each.message.id, each.at, each.message.goes_by) for each in work.claims]
        holding.lately.note(
            Step(seq=holding.step, at=now(), asked=done, claims=claims, read=read_in(work))
        )
        holding.step, holding.asked_at = holding.step + 1, None
        leave_by = asked_at + self._server.lasts * LEAVES
        return replace(work, claims=tuple(replace(each, leave_by=leave_by) for each in work.claims))

    async def _step(
        self, lease: Lease, holding: _Holding, done: Done, wants: Wants
    ) -> Work | int | None:
        return await self._ask(
            "advance", lambda: self._server.advance(lease, holding.step, done, wants)
        )

    async def _again(self, lease: Lease, holding: _Holding, known: int | None) -> None:
        """Tell a server that took over what it lacks: it has so many of our steps."""
        if known is None:
            read = list(holding.lately.read())
            known = await self._ask("resume", lambda: self._server.resume(lease, read))
        for step in holding.lately.since(known) or ():
            await self._ask(
                "redo",
                lambda s=step: self._server.redo(lease, s.seq, s.asked, s.claims),
            )

    async def release(self, lease: Lease) -> None:
        await self._ask("release", lambda: self._server.release(lease))

    async def others(self, claim: Claim, provider_ids: Sequence[str]) -> Others:
        if self._lease is None:
            raise Fenced("This process owns nothing.")
        lease, holding = self._lease, self._holdings.get(self._lease.token, _Holding())
        return await self._ask(
            "others", lambda: self._server.others(lease, holding.step, claim, provider_ids)
        )

    async def begin(self, partition: int, key: str) -> None:
        await self._ask("begin", lambda: self._server.begin(partition, key))

    async def outlived(self, partition: int, key: str) -> None:
        await self._ask("outlived", lambda: self._server.outlived(partition, key))

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
        await self._rings.close()
        self._server.bells.remove(self._ring)
