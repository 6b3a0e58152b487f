"""`convo ps`: which processes are at work, and what each of them has."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from convo.cli.columns import age, columns, moment, plain, ranges
from convo.cli.counting import counted
from convo.core.overview import Holding
from convo.core.presence import Presence

HEAD = ("PROCESS", "ROLE", "SINCE", "PARTITIONS", "VERSION", "LAST SEEN")


@click.command(short_help="Which processes are at work, and what each has.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def ps(as_json: bool) -> None:
    """List the processes that serve this business, on all machines.

    Each says every ten seconds that it is there. One that has been silent for thirty is marked as
    stalled: it was killed, is paused, blocked or cut off. Others take over what it had.

    \b
    convo ps
    convo ps --json
    """
    from convo.cli.looking import looking
    from convo.runtime import clock
    from convo.wiring.authored import settings_in

    settings = settings_in(Path.cwd())
    zone = ZoneInfo(settings.business.zone)
    with looking(settings) as look:
        found = look.at(look.ledger.processes())
        holdings = look.at(look.ledger.holdings())
    now = clock.now()
    if as_json:
        for each in found:
            click.echo(json.dumps(_facts(each, holdings, now), ensure_ascii=False))
        return
    if found:
        _table(found, holdings, zone, now)
    elif not any(each.owner for each in holdings):
        click.echo("Nobody is at work. Serve it: convo run")
    for line in _unowned(found, holdings):
        click.secho(line, fg="red")


def _table(
    found: Sequence[Presence], holdings: Sequence[Holding], zone: ZoneInfo, now: int
) -> None:
    rows = [
        (
            f"{each.host} {each.pid}",
            each.role,
            moment(each.since, zone),
            ranges(_owned(each, holdings)) or "-",
            each.version,
            f"{age(now - each.seen)} ago",
        )
        for each in found
    ]
    head, *lines = columns(HEAD, rows)
    click.secho(head, dim=True)
    for each, line in zip(found, lines, strict=True):
        click.echo(line)
        if each.stalled(now):
            click.secho("    stalled: killed, paused, blocked or cut off", fg="red")
        elif each.trouble:
            click.secho(f"    {plain(each.trouble)}", fg="red")
        else:
            for channel, why in _unheard(each).items():
                click.secho(f"    {plain(channel)} hears nothing: {plain(why)}", fg="red")


def _unowned(found: Sequence[Presence], holdings: Sequence[Holding]) -> Iterator[str]:
    """What nobody works at, and what somebody has who does not say who it is."""
    nobodys = [each for each in holdings if not each.owner]
    if nobodys and found:
        waiting = sum(each.inbox for each in nobodys)
        what = ranges([each.partition for each in nobodys])
        yield f"Nobody has partitions {what}, where {counted(waiting, 'event')} wait."
    known = {each.name for each in found}
    for name in sorted({each.owner for each in holdings} - known - {""}):
        theirs = ranges([each.partition for each in holdings if each.owner == name])
        yield f"{plain(name)} has partitions {theirs}, and does not say what it is."


def _unheard(each: Presence) -> Mapping[str, str]:
    """Why nothing comes in here, by channel."""
    return {met.name: met.why for met in each.obstacles if met.kind == "unheard"}


def _owned(each: Presence, holdings: Sequence[Holding]) -> list[int]:
    return [holding.partition for holding in holdings if holding.owner == each.name]


def _facts(each: Presence, holdings: Sequence[Holding], now: int) -> Mapping[str, object]:
    return {
        "name": each.name,
        "role": each.role,
        "host": each.host,
        "pid": each.pid,
        "version": each.version,
        "since": each.since,
        "seen": each.seen,
        "stalled": each.stalled(now),
        "trouble": each.trouble,
        "unheard": _unheard(each),
        "partitions": _owned(each, holdings),
    }
