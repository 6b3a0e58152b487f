"""`convo held`: what may or may not have left, and a person's word on it."""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from convo.cli import FOUND_MISTAKES
from convo.cli.columns import columns, indented, moment, plain
from convo.cli.counting import counted
from convo.cli.deciding import BY, IDS, is_served, meant, whoever_decides
from convo.cli.looking import Look, looking
from convo.core.decisions import HeldChoice, HeldDecision
from convo.core.overview import Stage, Tracked
from convo.core.turns import Outbound
from convo.settings import Settings

SHOWN = 10
"""Letters of an id that are shown; any beginning of it will do that no other held one has."""

WATCHED = 5.0
"""Seconds that a message which goes out once more is watched, to tell what came of it."""

LOOK_EVERY = 0.2

LOOKED_THROUGH = 20_000
"""Messages of a stage that are looked through for one that is not held any more."""

#: What is said of a message once it was decided so.
DONE: Mapping[HeldChoice, str] = {
    "send": "goes out once more, before what waits behind it",
    "sent": "has left, as you say",
    "drop": "is given up and will not be sent",
}
HEAD = ("ID", "SINCE", "CONTACT", "CHANNEL", "CLASS", "FLOW", "TRIES")
STAGES: Mapping[Stage, str] = {
    "held": "held; decide: convo held send | sent | drop ID",
    "sending": "in doubt: on the way, or being looked up",
}


@click.group(short_help="What may or may not have left; decide it.", invoke_without_command=True)
@click.option("--text", "with_text", is_flag=True, help="Show the texts too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def held(ctx: click.Context, with_text: bool, as_json: bool) -> None:
    """List messages of which nobody knows whether they left, and decide what becomes of them.

    Look into the provider's own log first. What is still being looked up is listed too, and is
    nobody's to decide yet. Numbers are masked. The server may be running meanwhile.

    \b
    convo held                    # what there is
    convo held send 3fa9b1c2d0    # once more: consent and deadline are checked again
    convo held sent 3fa9b1c2d0    # it has left, somebody has seen it
    convo held drop 3fa9b1c2d0    # it shall not go out
    """
    if ctx.invoked_subcommand is None:
        _show(with_text, as_json)


@held.command("send", short_help="Send them once more.")
@IDS
@BY
@click.pass_context
def send(ctx: click.Context, ids: tuple[str, ...], by: str | None) -> None:
    """Let these go out once more, each before what waits behind it.

    Whoever has said STOP meanwhile gets nothing, and nobody does after a text's own deadline.
    """
    _decide(ctx, "send", ids, by)


@held.command("sent", short_help="They have left.")
@IDS
@BY
@click.pass_context
def sent(ctx: click.Context, ids: tuple[str, ...], by: str | None) -> None:
    """Note that somebody has seen that these have left."""
    _decide(ctx, "sent", ids, by)


@held.command("drop", short_help="They shall not go out.")
@IDS
@BY
@click.pass_context
def drop(ctx: click.Context, ids: tuple[str, ...], by: str | None) -> None:
    """Give these up."""
    _decide(ctx, "drop", ids, by)


# --- showing -----------------------------------------------------------------------------------


def _show(with_text: bool, as_json: bool) -> None:
    settings = _settings()
    zone = ZoneInfo(settings.business.zone)
    with looking(settings) as look:
        found = {name: sorted(_all(look, name), key=lambda each: each.claimed) for name in STAGES}
    if as_json:
        for each in (*found["held"], *found["sending"]):
            click.echo(json.dumps(_facts(each, with_text), ensure_ascii=False))
        return
    if not any(found.values()):
        click.echo("Nothing is held, and nothing is in doubt.")
    for stage, what_next in STAGES.items():
        if messages := found[stage]:
            click.secho(f"{counted(len(messages), 'message')} {what_next}", bold=True)
            _list(messages, zone, with_text)


def _list(messages: Sequence[Tracked], zone: ZoneInfo, with_text: bool) -> None:
    head, *lines = columns(HEAD, [_cells(each, zone) for each in messages])
    click.secho(head, dim=True)
    for each, line in zip(messages, lines, strict=True):
        click.echo(line)
        if each.code:
            click.echo(indented(each.code))
        if with_text:
            for words in each.message.text.splitlines():
                click.echo(f"    > {plain(words)}")


def _cells(each: Tracked, zone: ZoneInfo) -> Sequence[object]:
    message = each.message
    return (
        message.id[:SHOWN],
        moment(each.claimed, zone),
        message.contact.masked,
        message.goes_by,  # whose log tells
        message.kind,
        "/".join(message.voice.flows) or "-",
        message.tries + 1,
    )


def _facts(each: Tracked, with_text: bool) -> Mapping[str, object]:
    message = each.message
    facts: dict[str, object] = {
        "id": message.id,
        "stage": "held" if each.stage == "held" else "in doubt",
        "since": each.claimed,
        "contact": message.contact.masked,
        "channel": message.goes_by,
        "class": message.kind,
        "purpose": message.purpose,
        "flows": message.voice.flows,
        "version": message.voice.version,
        "request": message.voice.request,
        "tries": message.tries + 1,
        "why": each.code,
    }
    return {**facts, "text": message.text} if with_text else facts


# --- deciding ----------------------------------------------------------------------------------


def _decide(ctx: click.Context, choice: HeldChoice, ids: Sequence[str], by: str | None) -> None:
    from convo.wiring.deciding import decide

    settings, who = _settings(), whoever_decides(by)
    with looking(settings) as look:
        messages = [each.message for each in _all(look, "held")]
        known = {
            id: found
            for id in ids
            if (found := meant(id, messages, lambda each: each.id) or _decided(look, id))
        }
    decisions = [
        HeldDecision(contact=message.contact, message=message.id, choice=choice, by=who)
        for message in known.values()
    ]
    answers = dict(zip(known, asyncio.run(decide(settings, decisions)), strict=True))
    done = [id for id, answer in answers.items() if answer == "accepted"]
    for id in ids:
        if id in done:
            click.echo(f"{id}: {DONE[choice]}.")
        elif id in known:
            _complain(f"{id}: nothing to decide, {_standing(settings, known[id].id)}.")
        else:
            _complain(f"{id}: no held message is called so. See: convo held")
    if choice == "send" and done:
        _watch(settings, {id: known[id].id for id in done})
    if len(done) < len(ids):
        ctx.exit(FOUND_MISTAKES)


def _decided(look: Look, id: str) -> Outbound | None:
    """One that was held, as far as that is not long ago."""
    if len(id) < SHOWN:
        return None  # it might be any
    stages: Sequence[Stage] = ("waiting", "sending", "done")
    lately = (islice(_all(look, stage), LOOKED_THROUGH) for stage in stages)
    messages = (each.message for each in chain.from_iterable(lately))
    return next((each for each in messages if each.id.startswith(id)), None)


def _watch(settings: Settings, sent: Mapping[str, str]) -> None:
    """Tell what came of those that go out once more."""
    if not is_served(settings):
        click.echo("The business is not served now: this leaves as soon as it is.")
        return
    until = time.monotonic() + WATCHED
    waiting = dict(sent)
    while waiting:
        for id, whole in [*waiting.items()]:
            told = _standing(settings, whole)
            if told not in (_IN_QUEUE, _ON_ITS_WAY) or time.monotonic() > until:
                click.echo(f"{id}: {told}.")
                del waiting[id]
        time.sleep(LOOK_EVERY if waiting else 0)


_IN_QUEUE = "it waits in the queue"
_ON_ITS_WAY = "it is on its way"


def _standing(settings: Settings, id: str) -> str:
    """Where a message stands now, in words."""
    with looking(settings) as look:
        each = look.at(look.ledger.message(id))
    if each is None:
        return "it is kept no more"
    match each.stage:
        case "waiting":
            return _IN_QUEUE
        case "sending":
            return _ON_ITS_WAY
        case "held":
            return f"it is held: {plain(each.code)}"
        case "done":
            why = f" ({plain(each.code)})" if each.code else ""
            return f"{_STATUSES.get(each.status, f'the provider says {each.status}')}{why}"


_STATUSES: Mapping[str, str] = {
    "queued": "the provider has it",
    "cancelled": "it was not sent",
    "failed": "the provider refused it",
}


def _complain(words: str) -> None:
    click.secho(words, fg="red", err=True)


def _settings() -> Settings:
    from convo.wiring.authored import settings_in

    return settings_in(Path.cwd())


def _all(look: Look, stage: Stage) -> Iterator[Tracked]:
    return look.all(lambda mark, most: look.ledger.messages(stage, mark, most))
