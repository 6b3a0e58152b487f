"""`convo parked`: events whose turn failed; mend what failed, and run them again."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from convo.cli import FOUND_MISTAKES
from convo.cli.columns import columns, moment, plain
from convo.cli.counting import counted
from convo.cli.deciding import BY, IDS, is_served, whoever_decides
from convo.cli.looking import looking
from convo.core.decisions import ParkedChoice, ParkedDecision
from convo.core.events import Inbound, Requested
from convo.core.failures import Failure, failure_in
from convo.core.overview import ParkedEvent
from convo.errors import ConvoError
from convo.settings import Settings

HEAD = ("ID", "CAME", "CONTACT", "EVENT", "ERROR", "CONVERSATION", "VERSION")
VERSION_SHOWN = 8

ERROR = click.option("--error", metavar="KIND", help="Only those that failed by this error.")


@click.group(short_help="Events whose turn failed; run them again.", invoke_without_command=True)
@ERROR
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def parked(ctx: click.Context, error: str | None, as_json: bool) -> None:
    """List events whose turn failed, and decide what becomes of them.

    A parked turn has changed nothing; its contact has heard an apology. CONVERSATION is where
    their newest one stood. Numbers are masked. The server may be running meanwhile.

    \b
    convo parked                       # what there is
    convo parked show 12               # one of them, with the whole traceback
    convo parked again 12              # mended: take its turn once more
    convo parked again --all --error KeyError
    convo parked drop 12               # give it up
    """
    if ctx.invoked_subcommand is None:
        _list(error, as_json)


@parked.command("show", short_help="One of them, whole.")
@click.argument("id")
@click.option("--text", "with_text", is_flag=True, help="Show what was written, and the request.")
def show(id: str, with_text: bool) -> None:
    """Tell everything of one parked event: where it failed, and how.

    The error's own words may quote the contact; what they wrote and the raw request are shown
    with --text only.
    """
    settings = _settings()
    with looking(settings) as look:
        found = look.at(look.ledger.parked_event(id))
    if found is None:
        raise ConvoError(f"{id}: no parked event is called so. See: convo parked")
    for line in _told(found, ZoneInfo(settings.business.zone), with_text):
        click.echo(line)


@parked.command("again", short_help="Take their turns once more.")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "every", is_flag=True, help="All of them, or with --error all of a kind.")
@ERROR
@BY
@click.pass_context
def again(
    ctx: click.Context, ids: tuple[str, ...], every: bool, error: str | None, by: str | None
) -> None:
    """Put these back, in the order in which they came, after what failed was mended.

    Flows and handlers are read at the start, so start the server anew first. A conversation goes
    on in the version that it began with. What fails again is parked again.
    """
    if bool(ids) == every:
        raise click.UsageError("Name some, or say --all: convo parked again 12, or --all")
    _decide(ctx, "again", ids, error, by)


@parked.command("drop", short_help="Give them up.")
@IDS
@BY
@click.pass_context
def drop(ctx: click.Context, ids: tuple[str, ...], by: str | None) -> None:
    """Give these up: their turns are never taken."""
    _decide(ctx, "drop", ids, None, by)


# --- showing -----------------------------------------------------------------------------------


def _list(error: str | None, as_json: bool) -> None:
    settings = _settings()
    zone = ZoneInfo(settings.business.zone)
    found = _parked(settings, error)
    if as_json:
        for each, failure in found:
            click.echo(json.dumps(_facts(each, failure), ensure_ascii=False))
        return
    if not found:
        click.echo("Nothing is parked.")
        return
    click.secho(f"{counted(len(found), 'event')} parked", bold=True)
    for kind, count in Counter(failure.error for _, failure in found).most_common():
        click.echo(f"{count:>6}  {kind}")
    head, *lines = columns(HEAD, [_cells(each, failure, zone) for each, failure in found])
    click.secho(head, dim=True)
    for (_, failure), line in zip(found, lines, strict=True):
        click.echo(line)
        click.echo(f"    {plain(failure.place)}{f', {failure.during}' if failure.during else ''}")


def _cells(each: ParkedEvent, failure: Failure, zone: ZoneInfo) -> Sequence[str]:
    return (
        each.id,
        moment(each.at, zone),
        each.event.contact.masked,
        type(each.event).__name__,
        failure.error,
        f"{failure.flow}: {failure.step}" if failure.flow else "-",
        failure.version[:VERSION_SHOWN] or "-",
    )


def _facts(each: ParkedEvent, failure: Failure) -> Mapping[str, object]:
    return {
        "id": each.id,
        "came": each.at,
        "contact": each.event.contact.masked,
        "event": type(each.event).__name__,
        "error": failure.error,
        "place": failure.place,
        "during": failure.during,
        "flow": failure.flow,
        "step": failure.step,
        "version": failure.version,
    }


def _told(each: ParkedEvent, zone: ZoneInfo, with_text: bool) -> Iterator[str]:
    failure, event = failure_in(each.account), each.event
    facts = {
        "came": moment(each.at, zone),
        "contact": event.contact.masked,
        "event": f"{type(event).__name__} {event.id}",
        "conversation": f"{failure.flow}: {failure.step}" if failure.flow else "none",
        "version": failure.version,
        "during": failure.during,
        "asked for": f"{event.flow}{event.event}" if isinstance(event, Requested) else "",
        "wrote": event.text if with_text and isinstance(event, Inbound) else "",
        "request": each.raw.decode("utf-8", "replace") if with_text else "",
        "error": f"{failure.error}: {failure.words}",
    }
    for name, fact in facts.items():
        if fact:
            yield f"{name:<14}{plain(fact)}"
    for line in failure.trace.splitlines():
        yield plain(line)


# --- deciding ----------------------------------------------------------------------------------


def _decide(
    ctx: click.Context,
    choice: ParkedChoice,
    ids: Sequence[str],
    error: str | None,
    by: str | None,
) -> None:
    from convo.wiring.deciding import decide

    settings, who = _settings(), whoever_decides(by)
    found = {each.id: each for each, _ in _parked(settings, error)}
    unknown = [id for id in ids if id not in found]
    # In the order of their arrival, however they were named.
    wanted = [each for id, each in found.items() if not ids or id in ids]
    decisions = [
        ParkedDecision(contact=each.event.contact, parked=each.id, choice=choice, by=who)
        for each in wanted
    ]
    answers = asyncio.run(decide(settings, decisions))
    done = answers.count("accepted")
    if choice == "again":
        click.echo(f"{counted(done, 'event')} put back; what fails again is parked again.")
        if done and not is_served(settings):
            click.echo("The business is not served now: their turns are taken as soon as it is.")
    else:
        click.echo(f"{counted(done, 'event')} given up.")
    late = [each.id for each, answer in zip(wanted, answers, strict=True) if answer != "accepted"]
    for id in (*unknown, *late):
        click.secho(f"{id}: nothing to decide, it is not parked (any more).", fg="red", err=True)
    if unknown or late:
        ctx.exit(FOUND_MISTAKES)


def _parked(settings: Settings, error: str | None) -> Sequence[tuple[ParkedEvent, Failure]]:
    """All that are parked, oldest first, or those of one kind of error."""
    with looking(settings) as look:
        found = [(each, failure_in(each.account)) for each in look.all(look.ledger.parked)]
    return [pair for pair in found if error in (None, pair[1].error)]


def _settings() -> Settings:
    from convo.wiring.authored import settings_in

    return settings_in(Path.cwd())
