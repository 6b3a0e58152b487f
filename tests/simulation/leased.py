"""SQLite as many processes would share it: one store, leases that run out, steps with numbers.

The real store in memory keeps everything and fences by its tokens. What it has no need of, for one
process has it to itself, is put round it: a lease that is over after a while, and steps that are
numbered, so that one whose answer was lost can be asked for again and is not done twice. And now
and then another server takes over, which lacks the last moments.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from convo.core import record_codec
from convo.core.contacts import Consent
from convo.core.numbers import PhoneNumber
from convo.core.record_codec import Recorded
from convo.errors import Fenced, StoreUnavailable
from convo.ports import (
    Arrival,
    Attendance,
    Claim,
    Clock,
    Done,
    Kept,
    Lease,
    Others,
    Wants,
    Work,
)
from convo.stores.sqlite.database import Database
from convo.stores.sqlite.rows import kept
from convo.stores.sqlite.store import SqliteStore
from tests.simulation.inside import Inside
from tests.simulation.standby import Arrived, Copy, claim_again, copied, restored

GONE_AFTER = 2.0
"""Leases after which a worker that is not heard of counts as gone."""

AWAITED = 10_000
"""ms that a server which took over waits for the owner."""

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
    #: The server that heard of it last.
    server: int = 1


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
        #: How many servers there have been, and how the next one stands while it hears no more.
        self._server = 1
        self._copy: tuple[Copy, _Held] | None = None
        self._awaited_until = 0
        self._arrived = Arrived()

    # --- what processes ask -------------------------------------------------------------------

    async def at_the_door(self, known: bytes, arrival: Arrival | None) -> tuple[bytes, bytes]:
        """Keep it, or without one tell only which server this is."""
        here = b"%d" % self._server
        if self._awaits_owner():
            return b"later", here
        if known not in (b"", here):
            return b"elsewhere", here
        if arrival is None:
            return b"here", here
        (answer,) = await self._store.accept([arrival])
        self._inside.arrived([arrival], [answer])
        await self._store.read(lambda database: self._arrived.note(database, arrival, answer))
        if answer == "accepted":
            self._ring()
        return answer.encode(), here

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
            if held.until > now or self._awaits_owner():
                return None
            await self._store.release(held.lease)
        lease = await self._store.acquire(partition, owner)
        assert lease is not None
        self._held = _Held(
            lease=lease, owner=owner, until=now + int(self.lasts * 1_000), server=self._server
        )
        self._trace.note("acquired", owner, *[claim.message.id[:6] for claim in lease.doubts])
        return lease

    def _held_by(self, lease: Lease) -> _Held:
        held = self._held
        if held is None or held.lease.token != lease.token:
            self._trace.note("fenced", lease.partition)
            raise Fenced("Another process owns the partition.")
        held.until = self._clock() + int(self.lasts * 1_000)
        return held

    async def advance(self, lease: Lease, step: int, done: Done, wants: Wants) -> Work | int | None:
        """What there is to do; else how many steps are known here, where that is fewer.

        None where this server has not heard of the owner yet: `resume` is first.
        """
        held = self._held_by(lease)
        if held.server != self._server:
            return None
        if step > held.step:
            return held.step
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

    async def resume(self, lease: Lease, read: Sequence[int]) -> int:
        """Hear of the owner, and of what it has read. How many of its steps are known here."""
        held = self._held_by(lease)
        if held.server != self._server:
            await self._store.read(
                lambda database: self._arrived.put_back(database, read, self._inside)
            )
            held.server = self._server
            self._trace.note("resumed its lease", held.owner, held.step)
        return held.step

    async def redo(
        self, lease: Lease, step: int, done: Done, claims: Sequence[tuple[str, int, str]]
    ) -> None:
        """Do a step again that is lost, with what it handed out."""
        held = self._held_by(lease)
        if step != held.step:
            return
        await self._store.advance(held.lease, done, Wants())
        await self._store.read(lambda database: claim_again(database, held.lease.token, claims))
        held.step += 1
        held.answer = None
        self._trace.note("step done again", held.owner, step, *[id[:6] for id, *_ in claims])

    async def others(
        self, lease: Lease, step: int, claim: Claim, provider_ids: Sequence[str]
    ) -> Others:
        """Asked by an owner that knows of so many steps."""
        held = self._held
        if held is None or held.lease.token != lease.token:
            raise Fenced("Another process owns the partition.")
        if held.server != self._server or held.step < step:
            raise StoreUnavailable("This server lacks what its owner knows.")
        return await self._store.others(claim, provider_ids)

    async def release(self, lease: Lease) -> None:
        if self._held is not None and self._held.lease.token == lease.token:
            self._trace.note("released", self._held.owner)
            await self._store.release(self._held.lease)
            self._held = None

    async def begin(self, partition: int, key: str) -> None:
        await self._store.begin(partition, key)

    async def outlived(self, partition: int, key: str) -> None:
        await self._store.outlived(partition, key)

    def _ring(self) -> None:
        for bell in self.bells:
            bell()

    # --- what happens to the server -----------------------------------------------------------

    @property
    def has_heard_of_its_owner(self) -> bool:
        return self._held is None or self._held.server == self._server

    def _awaits_owner(self) -> bool:
        return not self.has_heard_of_its_owner and self._clock() < self._awaited_until

    async def part(self) -> None:
        """From now on the server that will take over hears nothing."""
        if self._held is not None:
            copy = copied(await self._store.read(_itself), self._inside)
            self._copy = copy, replace(self._held)

    async def take_over(self) -> None:
        """The other server serves, as it is."""
        held, self._server = self._held, self._server + 1
        self._awaited_until = self._clock() + AWAITED
        # An owner that gave it back meanwhile would have to be there to say so again.
        if held is None or self._copy is None or self._copy[1].lease is not held.lease:
            self._trace.note("taken over, with nothing lost")
            return
        copy, self._held = self._copy
        restored(await self._store.read(_itself), copy, self._inside)
        self._trace.note("taken over", held.owner, held.step - self._held.step)

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


def _itself(database: Database) -> Database:
    return database


def _left_over(database: Database) -> Mapping[str, int]:
    counted = {
        table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in _WORK
    }
    return {table: count for table, count in counted.items() if count}
