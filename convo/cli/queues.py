"""`convo queues`: what waits where, for how long, and what holds it up."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from convo.cli.columns import HOUR, MINUTE, SECOND, age, columns, indented, plain, ranges
from convo.cli.counting import counted
from convo.core.business import Channel
from convo.core.limits import Limit
from convo.core.overview import Holding, LaneQueue, Overview
from convo.core.presence import Presence
from convo.ledger.queues import Hindrance, Load, hindrances, loads

HEAD = ("CHANNEL", "LANE", "DUE", "LATER", "BEHIND", "IN DOUBT", "HELD", "PARTS", "OLDEST")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One look at everything."""

    now: int
    overview: Overview
    holdings: Sequence[Holding]
    processes: Sequence[Presence]
    channels: Mapping[str, Channel]

    @property
    def loads(self) -> Sequence[Load]:
        return loads(self.overview, self.channels)

    @property
    def hindrances(self) -> Sequence[Hindrance]:
        return [*hindrances(self.overview, self.holdings, self.processes, self.now)]


@click.command(short_help="What waits where, and what holds it up.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def queues(as_json: bool) -> None:
    """Tell what waits: messages of each channel and lane, events, timers, calls of own systems.

    DUE may leave now, LATER at its own time or when it is tried again, BEHIND waits for an earlier
    message to the same contact. IN DOUBT is on its way or being looked up; HELD waits for you. At
    the end stands what is in the way or waits for you, the gravest first.

    \b
    convo queues
    watch -n 2 convo queues
    """
    from convo.cli.looking import looking
    from convo.runtime import clock
    from convo.wiring.authored import settings_in

    settings = settings_in(Path.cwd())
    now = clock.now()
    with looking(settings) as look:
        found = Found(
            now=now,
            overview=look.at(look.ledger.overview(now)),
            holdings=look.at(look.ledger.holdings()),
            processes=look.at(look.ledger.processes()),
            channels=settings.business.channels,
        )
    if as_json:
        for row in _rows(found):
            click.echo(json.dumps(row, ensure_ascii=False))
    else:
        _show(found)


# --- for people --------------------------------------------------------------------------------


def _show(found: Found) -> None:
    if lanes := found.overview.lanes:
        head, *lines = columns(HEAD, [_cells(each, found.now) for each in lanes])
        click.secho(head, dim=True)
        for line in lines:
            click.echo(line)
    else:
        click.echo("No message waits.")
    click.echo()
    for name, told in (*_waiting(found), *_limits(found.loads)):
        click.echo(f"{plain(name):<12}{told}")
    if found.hindrances:
        click.echo()
        click.secho("In the way, or waiting for a decision", bold=True)
    for each in found.hindrances:
        click.secho(indented(_told(each, found.now)), fg="red")


def _cells(lane: LaneQueue, now: int) -> Sequence[object]:
    oldest = "-" if lane.oldest is None else age(now - lane.oldest)
    counts = lane.due, lane.later, lane.behind, lane.sending, lane.held, lane.parts
    return lane.channel, lane.lane, *counts, oldest


def _waiting(found: Found) -> Iterator[tuple[str, str]]:
    now, seen = found.now, found.overview
    yield "events", counted_since(seen.inbox, seen.inbox_oldest, now)
    if seen.inbox and len(found.holdings) > 1:
        there = [f"{each.inbox:,} in {each.partition}" for each in found.holdings if each.inbox]
        yield "", f"by partitions: {', '.join(there)}"
    timers = f"{seen.timers:,}"
    if seen.next_timer is not None and not seen.overdue:
        timers += f", the next in {age(seen.next_timer - now)}"
    elif seen.next_timer is not None:
        timers += f", {seen.overdue:,} of them overdue, by {age(now - seen.next_timer)} at most"
    yield "timers", timers
    if seen.next_postponed is not None:
        first = age(seen.next_postponed - now)
        yield "put off", f"{seen.postponed:,} for hours or caps, the first for {first}"
    yield "errands", counted_since(seen.errands, seen.errands_oldest, now)


def counted_since(count: int, oldest: int | None, now: int) -> str:
    """How many, and for how long the oldest has waited."""
    return f"{count:,}" + ("" if oldest is None else f", the oldest for {age(now - oldest)}")


def _limits(found: Sequence[Load]) -> Iterator[tuple[str, str]]:
    name = "limits"
    for each in found:
        parts = f"{each.parts:,} part{'' if each.parts == 1 else 's'} before it"
        needs = f", {age(each.lasts)} at least" if each.parts and each.lasts else ""
        yield name, f"{plain(each.limit.name)}: {_allows(each.limit)}; {parts}{needs}"
        name = ""


_UNITS = ((SECOND, "s"), (MINUTE, "min"), (HOUR, "h"))


def _allows(limit: Limit) -> str:
    told: list[str] = []
    if (rate := limit.rate) is not None:
        rates = [(rate.parts * length / rate.every, unit) for length, unit in _UNITS]
        count, unit = next((each for each in rates if each[0] >= 1), rates[-1])
        told.append(f"{count:g}/{unit}")
    if limit.per_day is not None:
        told.append(f"{limit.per_day:,} a day")
    return ", ".join(told)


def _told(each: Hindrance, now: int) -> str:
    name, still = plain(each.name), age(each.until - now)
    since = age(now - each.since)
    match each.kind:
        case "unserved":
            where = ranges(each.partitions)
            what = f"; {counted(each.count, 'event')} there" if each.count else ""
            return f"Nobody is at work at partitions {where}{what}: convo run, convo worker"
        case "stalled":
            return f"Process {name} is stalled: not heard of for {since}"
        case "trouble":
            return f"Process {name}: {plain(each.words)}"
        case "stopped":
            return f"Channel {name} fails, and is tried again in {still}: see the log"
        case "resting":
            return f"Channel {name} rests for {still}, as its provider asks"
        case "spent":
            return f"Limit {name} is used up for {still}"
        case "unheard":
            return f"Channel {name} hears nothing: {plain(each.words)}"
        case "looked_up":
            many = counted(each.count, "message")
            return f"{many} of {name} in doubt, the first for {since}; theirs wait behind it"
        case "held":
            return f"{counted(each.count, 'message')} held: convo held"
        case "parked":
            return f"{counted(each.count, 'event')} parked: convo parked"


# --- for machines ------------------------------------------------------------------------------


def _rows(found: Found) -> Iterator[Mapping[str, object]]:
    seen = found.overview
    for lane in seen.lanes:
        yield {"about": "queue", **asdict(lane)}
    counts = asdict(seen)
    del counts["lanes"]
    yield {"about": "waiting", **counts}
    for each in found.holdings:
        yield {"about": "partition", **asdict(each)}
    for load in found.loads:
        yield {"about": "limit", **asdict(load), "lasts": load.lasts}
    for hindrance in found.hindrances:
        yield {"about": "hindrance", **asdict(hindrance)}
