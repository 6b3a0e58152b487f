"""Keeping what arrives: each in its partition, in one call; opt-outs in any case."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from convo.core import altered, event_codec
from convo.core.act_rows import origin_row
from convo.core.decisions import HeldDecision, ParkedDecision
from convo.core.events import STATUS_RANK, Inbound, Report
from convo.core.recalls import Recall
from convo.core.shards import partition_of, shard_in
from convo.errors import Busy, LaidOutAnew
from convo.ports import Acceptance, Arrival
from convo.stores.redis.bells import Bells
from convo.stores.redis.faults import Passing
from convo.stores.redis.functions import Functions
from convo.stores.redis.recalling import drop_recalled, recall_row
from convo.stores.redis.ring import Rings
from convo.stores.redis.rows import encode, hashed, said_row
from convo.stores.redis.seeking import Seeker, Sought

_as_json = msgspec.json.Encoder().encode

_ANSWERS: dict[bytes, Acceptance] = {
    b"accepted": "accepted",
    b"duplicate": "duplicate",
    b"busy": "busy",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """A text that came in: what is told of it where another one has come under its id."""

    event: Inbound
    dedupe: str
    #: See core/altered.py.
    said: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """An arrival with everything worked out that needs no server."""

    function: str
    partition: int
    hash: int
    args: tuple[Any, ...] = field(repr=False)
    #: For `accept_act`, when there is no memory for the rest; empty without an act of consent.
    act: tuple[Any, ...] = field(default=(), repr=False)
    #: None of what is no text.
    text: _Text | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Brought:
    """A function to be called at the door of a partition."""

    function: str
    hash: int
    args: tuple[Any, ...] = field(repr=False)
    #: What it brings, if that is a text.
    text: _Text | None = field(default=None, repr=False)


_KNOCK = _Brought("knock", 0, ())

#: What is brought again where it may be lost. A decision of which nothing has come is open again,
#: and a person sees that; what has come of one its owner tells (redo.lua).
_BROUGHT_AGAIN = ("accept", "accept_report", "set_arrival_aside", "recall")


class Door:
    """Where arrivals come in."""

    def __init__(
        self,
        functions: Functions,
        *,
        bells: Bells,
        bell: str,
        dedupe_days: int,
        inbox_limit: int,
    ) -> None:
        self._functions = functions
        self._seeker = Seeker(functions)
        self._bells = bells
        self._bell = bell
        self.dedupe_days = dedupe_days
        self._inbox_limit = inbox_limit
        self._rings = Rings(self._bring, _KNOCK, _aside)

    async def accept(self, arrivals: Sequence[Arrival]) -> list[Acceptance | None]:
        """Keep these. What cannot be encoded raises before anything is kept.

        None for what belongs elsewhere by now, for the contacts were divided anew: it is not kept.
        """
        prepared = [self._prepared(arrival) for arrival in arrivals]
        if (
            len(prepared) == 1
        ):  # as webhooks bring them: a task for it would be a seventh of its cost
            return [await self._keep_here(prepared[0])]
        return await asyncio.gather(*(self._keep_here(each) for each in prepared))

    async def deliver(self, sought: Sought, partition: int) -> Acceptance:
        """Keep a report in the partition of its message."""
        report = sought.report
        args = (
            *(partition, self._bell, report.channel, report.outbound, report.provider_id),
            *(report.status, STATUS_RANK[report.status], report.code, sought.raw),
        )
        answer = await self._call(partition, _Brought("accept_report", sought.hash, args))
        return self._rung(answer, partition)

    def _prepared(self, arrival: Arrival) -> _Prepared | Sought | Recall:
        event, hash = arrival.event, hashed(arrival.dedupe)
        if isinstance(event, Report):
            return Sought(report=event, raw=arrival.raw, hash=hash)
        if isinstance(event, Recall):
            return event
        contact = event.contact.e164
        partition = self._functions.layout.partition_of(event.contact)
        if isinstance(event, HeldDecision | ParkedDecision):
            held = isinstance(event, HeldDecision)
            about = event.message if held else event.parked
            return _Prepared(
                function="decide_held" if held else "decide_parked",
                partition=partition,
                hash=hash,
                args=(partition, self._bell, about, event.choice, event.by),
            )
        said, text = altered.said(event), None
        if said is not None and isinstance(event, Inbound):
            text = _Text(event=event, dedupe=arrival.dedupe, said=said)
        says = said_row(said)
        if arrival.aside and isinstance(event, Inbound):
            return _Prepared(
                function="set_arrival_aside",
                partition=partition,
                hash=hash,
                args=(contact, _told_of_aside(event, arrival.aside), says),
                text=text,
            )
        body, act = event_codec.encode(event), b""
        if (asked := arrival.consent) is not None:
            by_law = asked.origin.how == "law"
            origin = origin_row(asked.origin)
            act = encode((asked.act, asked.proof, asked.narrow, asked.programme, origin, by_law))
        return _Prepared(
            function="accept",
            partition=partition,
            hash=hash,
            args=(partition, self._bell, contact, body, arrival.raw, act, self._inbox_limit, says),
            act=(partition, contact, act) if act else (),
            text=text,
        )

    async def _keep_here(self, prepared: _Prepared | Sought | Recall) -> Acceptance | None:
        try:
            return await self._keep(prepared)
        except LaidOutAnew:
            return None

    async def _keep(self, prepared: _Prepared | Sought | Recall) -> Acceptance:
        if isinstance(prepared, Sought):
            return await self._report(prepared)
        if isinstance(prepared, Recall):
            await self._recall(prepared)
            return "accepted"
        partition, hash = prepared.partition, prepared.hash
        brought = _Brought(prepared.function, hash, prepared.args, prepared.text)
        try:
            answer = await self._call(partition, brought)
        except Busy:
            if not prepared.act:
                raise
            # There is no memory for it, but for an opt-out there always is.
            answer = await self._call(partition, _Brought("accept_act", hash, prepared.act))
        if answer == b"altered" and (told := _aside(brought)) is not None:
            # Its own call: so it alone is brought again where it was lost, and never in the place
            # of the first.
            answer = await self._call(partition, told)
            return "altered" if answer == b"accepted" else "duplicate"
        return self._rung(answer, partition)

    async def _recall(self, asked: Recall) -> None:
        """Let every partition know that has what it means, and drop what waits there."""
        layout = self._functions.layout
        everywhere = range(layout.partitions)
        meant = everywhere if asked.contact is None else (layout.partition_of(asked.contact),)

        async def one(partition: int) -> None:
            await self._call(partition, _Brought("recall", hashed(""), recall_row(asked)))
            await drop_recalled(self._functions, partition)

        await asyncio.gather(*map(one, meant))

    async def _report(self, sought: Sought) -> Acceptance:
        partitions = self._functions.layout.partitions
        shard = shard_in(sought.report.outbound)
        partition = 0 if partitions == 1 else None
        if shard is not None:
            partition = partition_of(shard, partitions)
        if partition is None:
            partition = await self._seeker.partition(sought.report)
        if partition is None and sought.report.provider_id:
            await self._seeker.lose(sought)
            # It may have become known just before it was lost.
            partition = await self._seeker.partition(sought.report)
            if partition is None:
                return "accepted"
        return await self.deliver(sought, partition or 0)

    async def _call(self, partition: int, brought: _Brought) -> bytes:
        again = brought.function in _BROUGHT_AGAIN
        return await self._rings.bring(partition, brought, again=again)

    async def _bring(self, partition: int, server: bytes, brought: _Brought) -> tuple[bytes, bytes]:
        try:
            answer, here = await self._functions.at_the_door(
                *(partition, brought.hash, self.dedupe_days, brought.function),
                *(*brought.args, server),
            )
        except Passing:
            return b"later", b""
        if answer == b"later" and not await self._functions.are_current():
            raise LaidOutAnew("The contacts are divided into other partitions now: ask again.")
        return answer, here

    async def close(self) -> None:
        """Look after nothing any more."""
        await self._rings.close()

    def _rung(self, answer: bytes, partition: int) -> Acceptance:
        if answer == b"accepted":
            self._bells.ring(partition)
        return _ANSWERS[answer]


def _aside(brought: _Brought) -> _Brought | None:
    """What tells of a text, once, where another one has come under its id."""
    if (text := brought.text) is None:
        return None
    record = altered.record(text.event)
    told = _as_json([[record.kind, record.facts]])
    hash = hashed(altered.key(text.dedupe, text.said))
    return _Brought("set_arrival_aside", hash, (text.event.contact.e164, told, ""))


def _told_of_aside(event: Inbound, rule: str) -> bytes:
    """The part of its account that needs no clock: see core/record_codec.py."""
    text = {"channel": event.channel, "text": event.text, "law": event.law}
    ignored = {"why": "it takes no turn", "rule": rule}
    return _as_json([["inbound", text], ["ignored", ignored]])
