"""What the store's contract is tried with: a clock to set, short ways to say things."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, Protocol

from convo.core import record_codec
from convo.core.consent_acts import ConsentAct
from convo.core.contacts import Consent, ConsentState
from convo.core.effects import Errand, SetTimer
from convo.core.events import Inbound, LawWord, Report
from convo.core.numbers import PhoneNumber
from convo.core.records import Record
from convo.core.saying import Purpose
from convo.core.shards import partition_of, shard_of
from convo.core.turns import FromInbox, FromTimer, Lane, Outbound, Source, Turn
from convo.ports import (
    Acceptance,
    Arrival,
    Claim,
    Clock,
    Done,
    Kept,
    Lease,
    Pending,
    Settle,
    Store,
    Wants,
    Work,
)

#: All of one partition, where there are sixteen of them or less: a desk holds one lease.
PEOPLE = tuple(PhoneNumber(f"+1202555{last}") for last in ("0101", "0105", "0109", "0143", "0147"))
ANN, BEN = PEOPLE[:2]

START = 1_700_000_000_000
SECOND = 1_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR


class HandSetClock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now


class Opens(Protocol):
    """How a store under test is opened; whoever gives this closes it, too."""

    def __call__(
        self, clock: Clock, *, dedupe_days: int = ..., inbox_limit: int = ...
    ) -> Awaitable[Store]: ...


def text(
    words: str,
    *,
    contact: PhoneNumber = ANN,
    key: str = "",
    law: LawWord | None = None,
    raw: bytes = b"",
) -> Arrival:
    act = ConsentAct(act=law, proof=words) if law in ("stop", "start") else None
    event = Inbound(channel="main", contact=contact, text=words, law=law)
    return Arrival(event=event, dedupe=key or words, consent=act, raw=raw)


def report(
    status: Literal["queued", "sent", "delivered", "undelivered", "failed"],
    *,
    outbound: str = "",
    provider_id: str = "",
    channel: str = "main",
) -> Arrival:
    event = Report(channel=channel, outbound=outbound, provider_id=provider_id, status=status)
    return Arrival(event=event, dedupe=f"{outbound}/{provider_id}/{status}")


def message(
    id: str,
    *,
    contact: PhoneNumber = ANN,
    lane: Lane = "reply",
    purpose: Purpose = "reply",
    programme: str = "",
    due: int = 0,
    not_after: int | None = None,
    channel: str = "main",
    parts: int = 1,
    to: str = "",
    by: str = "",
) -> Outbound:
    return Outbound(
        id=id,
        contact=contact,
        channel=channel,
        text=f"text of {id}",
        kind="service",
        purpose=purpose,
        lane=lane,
        parts=parts,
        programme=programme,
        to=to,
        by=by,
        due=due,
        not_after=not_after,
    )


def consent(programme: str, state: ConsentState, order: int) -> Consent:
    return Consent(programme=programme, state=state, at=START, event="e", order=order, proof="y")


def errand(id: str, *, within: int = 10 * SECOND) -> Errand:
    return Errand(
        id=id,
        kind="action",
        channel="main",
        name="book",
        key="k",
        within=within,
        arguments={"n": 1},
    )


def turn(of: Pending, **changes: Any) -> Turn:
    plain = Turn(source=of.source, contact=of.event.contact, at=of.event.at, record=b"[1]")
    return replace(plain, **changes)


async def desk_of(store: Store, clock: HandSetClock, owner: str = "test") -> "Desk":
    """Sit down where everybody in these tests is at home."""
    home = partition_of(shard_of(ANN), store.partitions)
    assert {partition_of(shard_of(each), store.partitions) for each in PEOPLE} == {home}
    lease = await store.acquire(home, owner)
    assert lease is not None
    assert lease.doubts == ()
    return Desk(store, clock, lease)


class Desk:
    """The owner's chair: holds the lease, and advances with what a test has in mind."""

    def __init__(self, store: Store, clock: HandSetClock, lease: Lease) -> None:
        self.store = store
        self.clock = clock
        self.lease = lease

    async def accept(self, *arrivals: Arrival) -> Sequence[Acceptance]:
        return await self.store.accept(arrivals)

    async def advance(
        self,
        *,
        turns: Sequence[Turn] = (),
        settles: Sequence[Settle] = (),
        errands_done: Sequence[str] = (),
        events: int = 100,
        messages: int = 100,
        bulk: Mapping[str, int] | None = None,
        parts: float | Mapping[str, float] | None = None,
        limits: Mapping[str, tuple[str, ...]] | None = None,
        by: str = "",
        via: Mapping[str, Mapping[str, str]] | None = None,
        errands: int = 100,
    ) -> Work:
        """What is claimed may go by every channel, or by the one that is named."""
        budget = parts if isinstance(parts, Mapping) else {}
        if isinstance(parts, int | float):
            budget = {"main": parts, "other": parts}
        return await self.store.advance(
            self.lease,
            Done(turns=tuple(turns), settles=tuple(settles), errands=tuple(errands_done)),
            Wants(
                events=events,
                messages=dict.fromkeys([by] if by else ["main", "other"], messages),
                bulk=bulk or {},
                parts=budget,
                limits=limits or {},
                via=via or {},
                errands=errands,
            ),
        )

    async def look(self) -> Work:
        """What there is, claiming nothing."""
        return await self.advance(messages=0, errands=0)

    async def pending(self, words: str = "hi", *, contact: PhoneNumber = ANN) -> Pending:
        """A new event of the contact's, read and not yet committed."""
        arrival = text(words, contact=contact)
        await self.accept(replace(arrival, dedupe=""))
        return (await self.look()).events[-1]

    async def say(self, *outbound: Outbound, **changes: Any) -> None:
        """A turn that sends these, and claims nothing."""
        contact = outbound[0].contact if outbound else changes.pop("contact", ANN)
        event = await self.pending(contact=contact)
        await self.advance(turns=[turn(event, outbound=outbound, **changes)], messages=0, errands=0)

    async def claim(self, **wants: Any) -> list[str]:
        return [each.message.id for each in (await self.advance(**wants)).claims]

    async def claims(self, **wants: Any) -> dict[str, Claim]:
        return {each.message.id: each for each in (await self.advance(**wants)).claims}

    async def settle(
        self,
        claim: Claim,
        outcome: Literal["accepted", "again", "failed", "held"] = "accepted",
        *provider_ids: str,
        due: int = 0,
        stays: bool = False,
        next_after: int = 0,
    ) -> None:
        settled = Settle(
            outbound=claim.message.id,
            attempt=claim.attempt,
            outcome=outcome,
            provider_ids=provider_ids,
            due=due,
            stays=stays,
            next_after=next_after,
        )
        await self.advance(settles=[settled], messages=0)

    async def kept(self, contact: PhoneNumber = ANN) -> Kept:
        """What the store has of a contact, as its next event would be given it."""
        event = await self.pending("what is kept?", contact=contact)
        kept = (await self.look()).contacts[contact]
        await self.advance(turns=[turn(event, record=None)], messages=0)
        return kept

    async def state(self, programme: str = "", contact: PhoneNumber = ANN) -> str | None:
        kept = await self.kept(contact)
        return {each.programme: each.state for each in kept.consents}.get(programme)

    async def records(self, kind: str) -> list[Record]:
        rows = await self.every_record()
        return [
            record
            for _, body in rows
            for record in record_codec.decode(body).records
            if record.kind == kind
        ]

    async def every_record(self) -> list[tuple[int, bytes]]:
        """In every partition, for a report of nobody's message has none."""
        found: list[tuple[int, bytes]] = []
        for partition in range(self.store.partitions):
            last = 0
            while rows := await self.store.records(last, 1_000, partition=partition):
                found += rows
                last = rows[-1][0]
        return found

    async def acquire(self, owner: str = "other") -> Lease | None:
        return await self.store.acquire(self.lease.partition, owner)

    async def statuses(self) -> list[str]:
        await self.store.attend("test")  # looks for reports that told nobody whose they are
        return [str(each.facts["status"]) for each in await self.records("status")]

    async def unsent(self) -> list[tuple[str, str]]:
        found = await self.records("unsent")
        return [(str(each.facts["message"]), str(each.facts["why"])) for each in found]


def words(work: Work) -> list[str]:
    return [each.event.text for each in work.events if isinstance(each.event, Inbound)]


def timer(name: str, due: int, generation: int = 1) -> SetTimer:
    return SetTimer(name=name, generation=generation, due=due)


def entry(source: Source) -> int:
    match source:
        case FromInbox(entry=number):
            return number
        case FromTimer():
            raise AssertionError("read from a timer")
