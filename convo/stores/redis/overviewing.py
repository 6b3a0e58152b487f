"""How much waits where: counted by the server, some hundreds at a time, partition by partition.

Owners have their turn between two calls; so what they do meanwhile may be counted or not.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from convo.core.overview import LaneQueue, Levels, Overview
from convo.core.turns import Lane
from convo.routing.timers import GATE
from convo.stores.redis.functions import Functions
from convo.stores.redis.layout import Layout
from convo.stores.redis.wire import Wire

#: What is counted for the metrics, and how: no count takes long, however much there is.
COUNTED = (
    ("XLEN", "inbox"),
    ("HLEN", "messages"),
    ("HLEN", "sending"),
    ("HLEN", "held"),
    ("XLEN", "parked"),
)

COUNTED_AT_ONCE = 300
"""What is counted in one call: it takes the server about a millisecond."""


@dataclass(slots=True)
class _Waiting:
    """Things of one kind: how many, and the first of their times."""

    count: int = 0
    first: int | None = None

    def add(self, count: int, first: Any) -> None:
        self.count += count
        if first != b"":
            at = int(first)
            self.first = at if self.first is None else min(self.first, at)


@dataclass(slots=True)
class _LaneCount:
    """One lane of a channel, so far."""

    waiting: _Waiting = field(default_factory=_Waiting)
    sending: _Waiting = field(default_factory=_Waiting)
    parts: int = 0
    held: int = 0
    #: First of their chains: all, and those that are due.
    heads: int = 0
    due: int = 0


@dataclass(slots=True)
class _Counts:
    """Everything, so far."""

    inbox: _Waiting = field(default_factory=_Waiting)
    timers: _Waiting = field(default_factory=_Waiting)
    postponed: _Waiting = field(default_factory=_Waiting)
    errands: _Waiting = field(default_factory=_Waiting)
    overdue: int = 0
    parked: int = 0
    lanes: dict[tuple[str, Lane], _LaneCount] = field(
        default_factory=dict[tuple[str, Lane], _LaneCount]
    )


async def levels(wire: Wire, layout: Layout) -> Levels:
    """How full all partitions are together."""
    counted = await asyncio.gather(
        *(
            wire.ask(count, layout.key(number, name))
            for number in range(layout.partitions)
            for count, name in COUNTED
        )
    )
    inbox, messages, sending, held, parked = (
        sum(counted[place :: len(COUNTED)]) for place in range(len(COUNTED))
    )
    return Levels(inbox=inbox, outbox=messages - sending - held, parked=parked, held=held)


async def overview(wire: Wire, functions: Functions, now: int) -> Overview:
    """Everything at `now`, ms since 1970."""
    counts = _Counts()
    for partition in range(functions.layout.partitions):
        await _add(counts, wire, functions, partition, now)
    return Overview(
        inbox=counts.inbox.count,
        inbox_oldest=counts.inbox.first,
        timers=counts.timers.count,
        overdue=counts.overdue,
        next_timer=counts.timers.first,
        postponed=counts.postponed.count,
        next_postponed=counts.postponed.first,
        errands=counts.errands.count,
        errands_oldest=counts.errands.first,
        parked=counts.parked,
        lanes=tuple(_lane(*name, counts.lanes[name]) for name in sorted(counts.lanes)),
    )


async def _add(counts: _Counts, wire: Wire, functions: Functions, partition: int, now: int) -> None:
    def key(name: str) -> str:
        return functions.layout.key(partition, name)

    inbox, first, parked = await asyncio.gather(
        wire.ask("XLEN", key("inbox")),
        wire.ask("XRANGE", key("inbox"), "-", "+", "COUNT", 1),
        wire.ask("XLEN", key("parked")),
    )
    counts.inbox.add(inbox, first[0][1][b"at"] if first else b"")
    counts.parked += parked
    async for all_, overdue, next_, postponed, next_postponed in _pages(
        functions, partition, "timers", now, GATE
    ):
        counts.timers.add(all_, next_)
        counts.postponed.add(postponed, next_postponed)
        counts.overdue += overdue
    async for errands, oldest in _pages(functions, partition, "errands"):
        counts.errands.add(errands, oldest)
    met: set[tuple[str, Lane]] = set()
    async for (lanes,) in _pages(functions, partition, "messages"):
        met |= _add_lanes(counts.lanes, lanes)
    for channel, lane in met:
        start, found = f"{channel} {lane} ", counts.lanes[channel, lane]
        heads, due = await asyncio.gather(
            wire.ask("ZLEXCOUNT", key("queue"), f"[{start}", f"({start}~"),
            wire.ask("ZLEXCOUNT", key("queue"), f"[{start}", f"({start}{now + 1:015}"),
        )
        found.heads += heads
        found.due += due


async def _pages(
    functions: Functions, partition: int, name: str, *args: Any
) -> AsyncIterator[Sequence[Any]]:
    cursor = b"0"
    while True:
        cursor, *counted = await functions.in_partition(
            partition, f"look_at_{name}", cursor, COUNTED_AT_ONCE, *args
        )
        yield counted
        if cursor == b"0":
            return


def _add_lanes(
    known: dict[tuple[str, Lane], _LaneCount], lanes: Sequence[Sequence[Any]]
) -> set[tuple[str, Lane]]:
    met: set[tuple[str, Lane]] = set()
    for channel, lane, waiting, parts, oldest, sending, since, held in lanes:
        name = channel.decode(), lane.decode()
        found = known.setdefault(name, _LaneCount())
        found.waiting.add(waiting, oldest)
        found.sending.add(sending, since)
        found.parts += parts
        found.held += held
        met.add(name)
    return met


def _lane(channel: str, lane: Lane, counted: _LaneCount) -> LaneQueue:
    heads = min(counted.heads, counted.waiting.count)  # some may have come between two calls
    due = min(counted.due, heads)
    return LaneQueue(
        channel=channel,
        lane=lane,
        due=due,
        later=heads - due,
        behind=counted.waiting.count - heads,
        parts=counted.parts,
        oldest=counted.waiting.first,
        sending=counted.sending.count,
        sending_since=counted.sending.first,
        held=counted.held,
    )
