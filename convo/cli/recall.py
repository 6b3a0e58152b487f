"""`convo recall`: take back what has not left, and tell truly what has."""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import chain, takewhile
from pathlib import Path

import click

from convo.cli.counting import counted
from convo.cli.deciding import BY, is_served, whoever_decides
from convo.cli.looking import Look, looking
from convo.core.events import Recalled
from convo.core.numbers import PhoneNumber
from convo.core.overview import Stage, Tracked
from convo.core.recalls import Recall
from convo.errors import BadAddress
from convo.ledger.recalled import Tally, concerns, tally
from convo.settings import Settings

COUNTED_DAYS = 7
DAY = 86_400_000

WAITED = 60.0
"""Seconds that events from before are waited for: their turns may begin what the recall means."""

LOOK_EVERY = 0.2

STATUSES: Mapping[str, str] = {
    "queued": "taken by the provider",
    "sent": "sent",
    "delivered": "delivered",
    "undelivered": "undelivered",
}


@click.command(short_help="Take back what has not left.")
@click.option("--flow", default="", metavar="NAME", help="What this flow says.")
@click.option(
    "--version", default="", metavar="HASH", help="Only this version; how it begins will do."
)
@click.option(
    "--request", default="", metavar="KEY", help="What was asked for under this key; KEY* for all."
)
@click.option("--contact", metavar="NUMBER", help="Only what is said to this number.")
@click.option("--dry-run", is_flag=True, help="Only count; nothing is taken back.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@BY
def recall(
    flow: str,
    version: str,
    request: str,
    contact: str | None,
    dry_run: bool,
    as_json: bool,
    by: str | None,
) -> None:
    """Take back what conversations say: what waits, what is put off, what they were to say yet.

    All that you name must fit. Once this returns nothing of it waits anywhere, and the
    conversations have ended; a text that is on its way at this moment may still leave, and is
    told. Whoever is asked for again from now on hears the flow as usual, so mend it first.

    \b
    convo recall --flow spring --dry-run       # how many
    convo recall --flow spring                 # all of it
    convo recall --flow spring --version 3fa9  # only what the faulty version says
    convo recall --request 'campaign-7/*'      # what your own system asked for under such keys
    convo recall --contact +8613800138000      # all that is to be said to one number
    """
    from convo.wiring.authored import settings_in

    if not (flow or version or request or contact):
        raise click.UsageError("Say what: --flow, --version, --request or --contact.")
    settings = settings_in(Path.cwd())
    asked = Recall(
        flow=flow,
        version=version,
        request=request,
        contact=_number(contact) if contact else None,
        by=whoever_decides(by),
    )
    since = _since(settings)
    ended = 0 if dry_run else _take_back(settings, asked, as_json)
    with looking(settings) as look:
        found = tally(_messages(look, since), asked)
        waiting = _meant(look, "waiting", asked)
    if as_json:
        facts = {**asdict(found), "waiting": waiting, "conversations": ended}
        click.echo(json.dumps(facts))
    else:
        for line in _told(found, waiting, ended, dry_run):
            click.echo(line)


# --- taking back -------------------------------------------------------------------------------


def _take_back(settings: Settings, asked: Recall, quiet: bool) -> int:
    """Have it done; how many contacts' conversations have ended."""
    from convo.runtime import clock
    from convo.wiring.deciding import decide

    asyncio.run(decide(settings, [asked]))
    kept_at = clock.now()
    told: set[PhoneNumber] = set()
    while True:
        with looking(settings) as look:
            found = [
                each.number
                for each in look.all(look.ledger.contacts)
                if each.number not in told and concerns(each, asked)
            ]
        ends = [Recalled(contact=each, recall=replace(asked, contact=each)) for each in found]
        asyncio.run(decide(settings, ends))
        told.update(found)
        # What was in the inbox before may begin such conversations: what they say first is taken
        # back already, and they are ended when their turns are over.
        if not found and _no_older_events(settings, kept_at):
            return len(told)
        if not _turned(settings, kept_at):
            if not quiet:
                click.echo("Some events from before wait for their turn. Run this again later.")
            return len(told)


def _no_older_events(settings: Settings, at: int) -> bool:
    with looking(settings) as look:
        oldest = look.at(look.ledger.overview(at)).inbox_oldest
    return oldest is None or oldest > at


def _turned(settings: Settings, at: int) -> bool:
    """Wait until every event from before `at` had its turn; whether that is so."""
    until = time.monotonic() + WAITED
    while not _no_older_events(settings, at):
        if not is_served(settings) or time.monotonic() > until:
            return False
        time.sleep(LOOK_EVERY)
    return True


# --- counting ----------------------------------------------------------------------------------


def _since(settings: Settings) -> int:
    """From when on messages are counted: a week ago, or where the oldest that waits was made."""
    from convo.runtime import clock

    now = clock.now()
    with looking(settings) as look:
        lanes = look.at(look.ledger.overview(now)).lanes
    waiting = [lane.oldest for lane in lanes if lane.oldest is not None]
    return min([now - COUNTED_DAYS * DAY, *waiting])


def _messages(look: Look, since: int) -> Iterator[Tracked]:
    done = takewhile(lambda each: each.created >= since, _of(look, "done"))
    return chain(_of(look, "sending"), _of(look, "held"), done)


def _of(look: Look, stage: Stage) -> Iterator[Tracked]:
    return look.all(lambda mark, most: look.ledger.messages(stage, mark, most))


def _meant(look: Look, stage: Stage, asked: Recall) -> int:
    return sum(asked.means(each.message.contact, each.message.voice) for each in _of(look, stage))


def _told(found: Tally, waiting: int, ended: int, dry_run: bool) -> Sequence[str]:
    lines = [] if dry_run else [f"{found.recalled:>7,}  had not left, and will not"]
    if waiting:
        lines.append(f"{waiting:>7,}  wait and would be taken back")
    lines.append(f"{found.on_their_way:>7,}  on their way: they may leave this moment")
    if found.held:
        lines.append(f"{found.held:>7,}  held: nobody knows whether they left (convo held)")
    how = ", ".join(
        f"{count:,} {STATUSES.get(status, status)}" for status, count in sorted(found.left.items())
    )
    left = sum(found.left.values())
    lines.append(f"{left:>7,}  have left{f': {how}' if how else ''}")
    if not dry_run:
        lines.append(f"Conversations were ended with {counted(ended, 'contact')}.")
    return lines


def _number(written: str) -> PhoneNumber:
    try:
        return PhoneNumber(written)
    except BadAddress as error:
        raise click.UsageError(f"--contact: {error}") from None
