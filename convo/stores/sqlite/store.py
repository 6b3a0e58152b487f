"""The store on SQLite: one process, one file, everything of the port."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Self

from convo.core.contacts import Consent
from convo.core.numbers import PhoneNumber
from convo.core.overview import Levels
from convo.core.presence import Presence
from convo.core.recalls import Recall
from convo.errors import Fenced, StoreError
from convo.ports import (
    Acceptance,
    Arrival,
    Attendance,
    Claim,
    Clock,
    Done,
    Lease,
    Others,
    ProofDays,
    Standing,
    Wants,
    Work,
)
from convo.stores.sqlite import (
    claiming,
    consents,
    counting,
    forgetting,
    processes,
    queries,
    recalling,
    reports,
    suspecting,
    turning,
)
from convo.stores.sqlite.accepting import accept, prepared
from convo.stores.sqlite.database import MEMORY, Database, parent_made
from convo.stores.sqlite.guard import Guard
from convo.stores.sqlite.rows import MS_A_DAY, kept
from convo.stores.sqlite.suspecting import Begun
from convo.stores.sqlite.tidying import tidy
from convo.stores.sqlite.writer import Executor, Inline, T, Writer
from convo.stores.sqlite.writer import Work as Job

DEDUPE_DAYS = 7
INBOX_LIMIT = 100_000
RETENTION_DAYS = 180

LONGEST_WAIT = 3_600.0
"""Seconds: a clock may be set while somebody waits by it."""


class SqliteStore:
    """Made by `open`. Everything that it answers is on the disk by then."""

    def __init__(self, executor: Executor, clock: Clock, guard: Guard | None, begun: Begun) -> None:
        self._executor = executor
        self._clock = clock
        self._guard = guard
        self._begun = begun
        self._token: str | None = None
        self._bell = asyncio.Event()
        #: Until when each channel need not be listed again.
        self._listings: dict[str, int] = {}
        # Memory is not tidied by itself: a rehearsal may live through years in a second.
        self._tidied = None if guard is None else clock() // MS_A_DAY - 1
        self._tidying: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        path: str,
        *,
        clock: Clock,
        dedupe_days: int = DEDUPE_DAYS,
        inbox_limit: int = INBOX_LIMIT,
        retention_days: int = RETENTION_DAYS,
        proof_days: ProofDays | None = None,
    ) -> Self:
        """Open or make the database, or one in memory for ":memory:".

        A file gets a thread of its own, a lock for the life of the store and commits that reach
        the disk. Memory has no thread: every call is done when it returns, in the order asked.
        Without `proof_days` the proof of every consent is kept for good.
        Raises `AlreadyRunning`, and `StoreUnavailable` for a file that is not to be used.
        """
        opened = partial(
            Database,
            path,
            clock=clock,
            dedupe_days=dedupe_days,
            inbox_limit=inbox_limit,
            retention_days=retention_days,
            proof_days=proof_days,
        )
        if path == MEMORY:
            return cls(Inline(opened(), path), clock, None, Begun(None))
        file = parent_made(path)
        guard = Guard(file)
        try:
            return cls(Writer(opened(), path), clock, guard, Begun(file))
        except BaseException:
            guard.release()
            raise

    async def accept(self, arrivals: Sequence[Arrival]) -> Sequence[Acceptance]:
        items = [prepared(arrival) for arrival in arrivals]
        answers = await self._executor.run(partial(accept, arrivals=items))
        for event in (each.event for each in arrivals):
            if isinstance(event, Recall):
                await self._drop_recalled(event)
        if "accepted" in answers:
            self._bell.set()
        return answers

    async def _drop_recalled(self, asked: Recall) -> None:
        """What waits is dropped, some at a time; none of it could be claimed any more."""
        places = await self._executor.run(partial(recalling.queued, asked=asked))
        for first in range(0, len(places), recalling.DROPPED_AT_ONCE):
            some = places[first : first + recalling.DROPPED_AT_ONCE]
            await self._executor.run(partial(recalling.drop, places=some))

    @property
    def partitions(self) -> int:
        return 1

    async def attend(self, worker: str) -> Attendance:
        return Attendance(workers=(worker,), free=(0,) if self._token is None else ())

    async def leave(self, worker: str) -> None:
        """Nobody else is there to hear of it."""

    async def announce(self, presence: Presence) -> None:
        await self._executor.run(partial(processes.announce, told=presence))

    async def levels(self) -> Levels:
        return await self._executor.run(queries.levels)

    async def withdraw(self, name: str) -> None:  # noqa: ARG002 - nobody else can be there
        await self._executor.run(processes.withdraw)

    async def take_listing(self, channel: str, worker: str, length: int) -> int | None:  # noqa: ARG002
        """Whose turn it is ends with the process: nobody else can be there."""
        now = self._clock()
        if self._listings.get(channel, 0) > now:
            return None
        self._listings[channel] = now + length
        return await self._executor.run(partial(processes.listed_until, channel=channel))

    async def note_listing(self, channel: str, until: int) -> None:
        await self._executor.run(partial(processes.note_listing, channel=channel, until=until))

    async def take_turn(self, what: str, worker: str, length: int) -> bool:  # noqa: ARG002
        """Nobody else can be there."""
        return True

    async def end_turn(self, what: str, worker: str) -> None:
        """Nobody waits for it."""

    async def acquire(self, partition: int, owner: str) -> Lease | None:
        """The only partition is 0; who owns it is written down for people."""
        if partition != 0 or self._token is not None:
            return None
        token = self._token = secrets.token_hex(16)
        try:
            lease = await self._executor.run(
                partial(claiming.taken_over, owner=owner, token=token, begun=self._begun)
            )
        except BaseException:
            self._token = None
            raise
        self._bell.set()
        return lease

    async def advance(self, lease: Lease, done: Done, wants: Wants) -> Work:
        self._check(lease)
        self._bell.clear()
        work = await self._executor.run(partial(self._advance, lease=lease, done=done, wants=wants))
        if done.given_up:
            self._begun.forget(*(each.answer.errand for each in done.given_up))
        self._tidy_daily(work.now)
        return work

    def _advance(self, database: Database, lease: Lease, done: Done, wants: Wants) -> Work:
        self._check(lease)
        now = database.clock()
        if done.settles:
            turning.settle(database, done.settles, now)
        turning.commit(database, done.turns)
        if done.errands:
            claiming.forget_errands(database, done.errands)
        suspecting.give_up(database, done.given_up, now)
        claims = claiming.claim(database, wants, lease.token, now)
        events, all_timers = claiming.read(database, wants.events, now)
        errands = claiming.claim_errands(database, wants.errands, now)
        # Timers that are handed out wait for nobody but the owner.
        other = claiming.next_other(database, timers_after=now if all_timers else -1)
        return Work(
            now=now,
            events=events,
            contacts=kept(database, {each.event.contact for each in events}),
            claims=claims,
            errands=errands,
            next_message=claiming.next_message(database),
            next_other=other,
        )

    def _check(self, lease: Lease) -> None:
        if self._token is None or not secrets.compare_digest(lease.token, self._token):
            raise Fenced("This lease was given back or taken over: acquire the partition again.")

    async def others(self, claim: Claim, provider_ids: Sequence[str]) -> Others:
        return await self._executor.run(
            partial(reports.others, claim=claim, provider_ids=provider_ids)
        )

    async def release(self, lease: Lease) -> None:
        self._check(lease)
        await self._executor.run(suspecting.given_back)
        self._token = None

    async def begin(self, partition: int, key: str) -> None:  # noqa: ARG002 - there is one
        self._begun.begin(key)

    async def outlived(self, partition: int, key: str) -> None:  # noqa: ARG002
        self._begun.forget(key)

    async def bell(self, lease: Lease, until: int | None) -> None:
        self._check(lease)
        seconds = LONGEST_WAIT
        if until is not None:
            seconds = min(seconds, (until - self._clock()) / 1000)
        if seconds <= 0 or self._bell.is_set():
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._bell.wait(), seconds)

    def ring(self) -> None:
        """Let the owner look again: the clock has moved."""
        self._bell.set()

    async def records(
        self,
        after: int,
        limit: int,
        *,
        partition: int = 0,  # noqa: ARG002
    ) -> Sequence[tuple[int, bytes]]:
        return await self._executor.run(
            lambda database: database.execute(
                "SELECT number, records FROM record WHERE number > ? ORDER BY number LIMIT ?",
                (after, limit),
            ).fetchall()
        )

    async def keep_flow(self, version: str, source: bytes) -> None:
        await self._executor.run(
            lambda database: database.execute(
                "INSERT INTO flow VALUES (?, ?) ON CONFLICT DO NOTHING", (version, source)
            )
        )

    async def flow(self, version: str) -> bytes | None:
        return await self._executor.run(partial(queries.flow, version=version))

    async def reserve(self, name: str, key: str, limit: int | None) -> int | None:
        return await self._executor.run(partial(counting.reserve, name=name, key=key, limit=limit))

    async def tally(self, name: str, key: str, choice: str | None, *, change: bool) -> Standing:
        return await self._executor.run(
            partial(counting.tally, name=name, key=key, choice=choice, change=change)
        )

    async def acts(self, contact: PhoneNumber) -> Sequence[Consent]:
        return await self._executor.run(partial(consents.acts, contact=contact.e164))

    async def parts_since(self, at: int) -> Mapping[str, int]:
        return await self._executor.run(partial(claiming.parts_since, at=at))

    async def read(self, query: Job[T]) -> T:
        """Run one of `queries`, in its turn among the other jobs."""
        return await self._executor.run(query)

    async def forget(self, contact: PhoneNumber) -> None:
        """Let this contact be a stranger again, with nothing that waits for them."""
        await self._executor.run(partial(forgetting.forget, contact=contact))

    async def tidy(self) -> None:
        """Forget what is old now, rather than at the day's end."""
        await tidy(self._executor)

    def _tidy_daily(self, now: int) -> None:
        today = now // MS_A_DAY
        if self._tidied is None or self._tidied >= today:
            return
        self._tidied = today
        self._tidying = asyncio.create_task(self._tidy_quietly())

    async def _tidy_quietly(self) -> None:
        # What could not be forgotten today is forgotten tomorrow; a full disk is known already.
        with suppress(StoreError):
            await self.tidy()

    async def close(self) -> None:
        if self._tidying is not None:
            self._tidying.cancel()
            with suppress(asyncio.CancelledError):
                await self._tidying
        self._token = None
        await self._executor.close()
        self._begun.close()
        if self._guard is not None:
            self._guard.release()
            self._guard = None
