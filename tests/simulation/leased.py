"""SQLite as many processes would share it: one store, leases that run out, steps with numbers.

The real store in memory keeps everything and fences by its tokens. What it has no need of, for one
process has it to itself, is put round it: a lease that is over after a while, and steps that are
numbered, so that one whose answer was lost can be asked for again and is not done twice.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from convo.core import record_codec
from convo.core.contacts import Consent
from convo.core.numbers import PhoneNumber
from convo.core.record_codec import Recorded
from convo.errors import Fenced
from convo.ports import Acceptance, Arrival, Attendance, Clock, Done, Kept, Lease, Wants, Work
from convo.stores.sqlite.database import Database
from convo.stores.sqlite.rows import kept
from convo.stores.sqlite.store import SqliteStore
from tests.simulation.inside import Inside

GONE_AFTER = 2.0
"""Leases after which a worker that is not heard of counts as gone."""

EVERYTHING = 1_000_000

_WORK = ("inbox", "errand", "message WHERE state IN ('head', 'waiting', 'sending')", "parked")


@dataclass(slots=True)
class _Held:
    """The lease that is out."""

    lease: Lease
    owner: str
    until: int
    #: The number of the step that comes next, and what the one before it answered.
    step: int = 0
    answer: Work | None = None


class LeasedSqlite:
    """The server's side, and what the judge sees."""

    def __init__(self, store: SqliteStore, clock: Clock, inside: Inside, *, lasts: float) -> None:
        self._store = store
        #: Seconds that a lease lasts from each step.
        self.lasts = lasts
        self._clock = clock
        self._inside = inside
        self._trace = inside.trace
        self._held: _Held | None = None
        #: When each worker was heard of last, by the store's clock.
        self._heard_of: dict[str, int] = {}
        #: What rings the bells of those who listen.
        self.bells: list[Callable[[], None]] = []
        #: What only the store has to say.
        self.store = store

    # --- what processes ask -------------------------------------------------------------------

    async def accept(self, arrivals: Sequence[Arrival]) -> Sequence[Acceptance]:
        answers = await self._store.accept(arrivals)
        self._inside.arrived(arrivals, answers)
        if "accepted" in answers:
            self._ring()
        return answers

    async def attend(self, worker: str) -> Attendance:
        now = self._clock()
        self._heard_of[worker] = now
        workers = [
            each
            for each, at in self._heard_of.items()
            if now - at < GONE_AFTER * self.lasts * 1_000
        ]
        taken = self._held is not None and self._held.until > now
        return Attendance(workers=tuple(workers), free=() if taken else (0,))

    async def leave(self, worker: str) -> None:
        self._heard_of.pop(worker, None)

    async def acquire(self, partition: int, owner: str) -> Lease | None:
        held, now = self._held, self._clock()
        if held is not None:
            if held.until > now:
                return None
            await self._store.release(held.lease)
        lease = await self._store.acquire(partition, owner)
        assert lease is not None
        self._held = _Held(lease=lease, owner=owner, until=now + int(self.lasts * 1_000))
        self._trace.note("acquired", owner, *[claim.message.id[:6] for claim in lease.doubts])
        return lease

    async def advance(self, lease: Lease, step: int, done: Done, wants: Wants) -> Work:
        held = self._held
        if held is None or held.lease.token != lease.token:
            self._trace.note("fenced", lease.partition)
            raise Fenced("Another process owns the partition.")
        held.until = self._clock() + int(self.lasts * 1_000)
        if step == held.step - 1 and held.answer is not None:
            self._trace.note("step repeated", held.owner)
            return held.answer
        assert step == held.step
        work = await self._store.advance(held.lease, done, wants)
        held.step += 1
        held.answer = work
        for each in done.settles:
            self._trace.note("settled", held.owner, each.outcome, each.outbound[:6])
        for turn in done.turns:
            self._trace.note("turned", held.owner, turn.contact.e164[-4:], turn.source)
        self._inside.claimed(held.owner, work.claims)
        return work

    async def release(self, lease: Lease) -> None:
        if self._held is not None and self._held.lease.token == lease.token:
            self._trace.note("released", self._held.owner)
            await self._store.release(self._held.lease)
            self._held = None

    def _ring(self) -> None:
        for bell in self.bells:
            bell()

    # --- what the judge sees ------------------------------------------------------------------

    async def left_over(self) -> Mapping[str, int]:
        return await self._store.read(_left_over)

    async def records(self) -> Sequence[Recorded]:
        rows = await self._store.records(0, EVERYTHING)
        return [record_codec.decode(body) for _, body in rows]

    async def held(self) -> Mapping[str, str]:
        return await self._store.read(
            lambda database: dict(
                database.execute("SELECT id, kind FROM message WHERE state = 'held'").fetchall()
            )
        )

    async def consents(self, contact: PhoneNumber) -> Sequence[Consent]:
        return await self._store.acts(contact)

    async def kept(self, contact: PhoneNumber) -> Kept:
        return await self._store.read(lambda database: kept(database, [contact])[contact])

    async def close(self) -> None:
        await self._store.close()


def _left_over(database: Database) -> Mapping[str, int]:
    counted = {
        table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in _WORK
    }
    return {table: count for table, count in counted.items() if count}
