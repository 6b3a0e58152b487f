"""What waits where is read from here: what each limit has before it, and what holds things up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from convo.core.business import Channel
from convo.core.limits import Limit
from convo.core.overview import Holding, Overview
from convo.core.presence import Obstacle, ObstacleKind, Presence

DOUBTFUL_AFTER = 30_000
"""Milliseconds behind a claim after which its message is not on its way, but looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A limit, and the parts that wait to be counted against it."""

    limit: Limit
    channels: tuple[str, ...]
    parts: int

    @property
    def lasts(self) -> int:
        """Milliseconds that they need at least, by the limit's rate; 0 where it has none."""
        rate = self.limit.rate
        return 0 if rate is None else self.parts * rate.every // rate.parts


#: `unserved`: nobody has these partitions, and events wait there. `stalled`: a process is silent.
#: `trouble`: one says itself what is wrong. The kinds of an obstacle: core/presence.py has them.
#: `looked_up`: nobody knows whether the first message of a contact left, and the others wait behind
#: it. `held`, `parked`: these wait for a person, and nothing waits for them.
Kind = Literal["unserved", "stalled", "trouble", ObstacleKind, "looked_up", "held", "parked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindrance:
    """Something that keeps something from going on."""

    kind: Kind
    #: The process, channel or limit that it is about; empty where it is about all.
    name: str = ""
    #: Events, messages; 0 where nothing is counted.
    count: int = 0
    partitions: tuple[int, ...] = ()
    #: Since when, or until when, ms since 1970; 0 where nobody knows.
    since: int = 0
    until: int = 0
    words: str = ""


def loads(overview: Overview, channels: Mapping[str, Channel]) -> Sequence[Load]:
    """Every limit of the channels, those that have none left out."""
    waiting: dict[str, int] = {}
    for lane in overview.lanes:
        waiting[lane.channel] = waiting.get(lane.channel, 0) + lane.parts
    under: dict[Limit, list[str]] = {}
    for name, channel in channels.items():
        own = () if channel.limit is None else (channel.limit,)
        for limit in (*own, *channel.shared_limits):
            under.setdefault(limit, []).append(name)
    return tuple(
        Load(
            limit=limit,
            channels=tuple(names),
            parts=sum(waiting.get(name, 0) for name in names),
        )
        for limit, names in under.items()
    )


def hindrances(
    overview: Overview, holdings: Sequence[Holding], processes: Sequence[Presence], now: int
) -> Iterator[Hindrance]:
    """What holds things up at `now`, the gravest first."""
    nobodys = [each for each in holdings if not each.owner]
    waiting = sum(each.inbox for each in nobodys)
    # Where nobody is at work at all, messages wait for them too.
    if waiting or (len(nobodys) == len(holdings) and (overview.lanes or overview.overdue)):
        partitions = tuple(each.partition for each in nobodys)
        yield Hindrance(kind="unserved", count=waiting, partitions=partitions)
    for each in processes:
        if each.stalled(now):
            yield Hindrance(kind="stalled", name=_called(each), since=each.seen)
        elif each.trouble:
            yield Hindrance(kind="trouble", name=_called(each), words=each.trouble)
    met = chain.from_iterable(each.obstacles for each in processes if not each.stalled(now))
    longest: dict[tuple[ObstacleKind, str], Obstacle] = {}
    for each in sorted(met, key=lambda each: each.until):
        longest[each.kind, each.name] = each
    for (kind, name), each in sorted(longest.items()):
        yield Hindrance(kind=kind, name=name, until=each.until, words=each.why)
    for lane in overview.lanes:
        since = lane.sending_since
        if since is not None and now - since > DOUBTFUL_AFTER:
            yield Hindrance(kind="looked_up", name=lane.channel, count=lane.sending, since=since)
    if held := sum(lane.held for lane in overview.lanes):
        yield Hindrance(kind="held", count=held)
    if overview.parked:
        yield Hindrance(kind="parked", count=overview.parked)


def _called(process: Presence) -> str:
    return f"{process.host} {process.pid}"
