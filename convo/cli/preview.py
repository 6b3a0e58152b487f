"""`convo preview`: what a flow would say to real contacts, or can say at all, without saying it."""

import itertools
import json
import time
from pathlib import Path
from typing import Any

import click

from convo.cli.counting import counted
from convo.errors import ConvoError, SettingsError

SHOWN = 5
"""Contacts that are shown when nobody says how many."""


@click.command(short_help="What a flow would say to real contacts.")
@click.argument("flow")
@click.option("--contacts", default=SHOWN, show_default=True, help="How many of them.")
@click.option("--answers", default="{}", help="What the flow is to know, as JSON.")
@click.option("--channel", help="Needed where there are several.")
@click.option("--texts", is_flag=True, help="Every text of the flow, at its longest.")
def preview(flow: str, contacts: int, answers: str, channel: str | None, texts: bool) -> None:
    """Take the first turn of FLOW for contacts of the store, show its texts, and keep nothing.

    What is shown is what would be sent at this moment: the gate is asked, and says why not.
    With `--texts` every text of the flow is shown in each language with sample values, the longest
    that it can have, and with the parts that it takes on each channel; no contact is needed.

    \b
    convo preview aftercare --contacts 3 --answers '{"visit": "v-1", "shade": "copper red"}'
    convo preview aftercare --texts
    """
    from convo.cli.looking import looking
    from convo.cli.one_flow import one_flow
    from convo.language.spelling import advice
    from convo.routing.posted_values import concerned, read_values
    from convo.routing.previewing import previewed
    from convo.wiring.authored import authored, settings_in

    settings = settings_in(Path.cwd())
    playbook = authored(settings).playbook
    one_flow(flow, playbook.flows)
    if texts:
        _every_text(playbook, flow)
        return
    channels = settings.business.channels
    known = channel or next(iter(channels))
    if known not in channels:
        raise SettingsError([f'There is no channel "{known}". {advice(known, channels)}'])
    read = read_values(
        _object(answers), concerned(playbook, flow=flow), settings.business, of=f'"{flow}"'
    )
    if wrong := (*read.complaints, *read.unfit):
        raise SettingsError(list(wrong))
    now = int(time.time() * 1_000)
    with looking(settings) as look:
        for state in itertools.islice(look.all(look.ledger.contacts), contacts):
            try:
                shown = previewed(
                    state, playbook, flow=flow, channel=known, values=read.values, at=now
                )
            except ConvoError as error:
                click.secho(f"{state.number.e164}: {error}", fg="red")
                continue
            click.secho(shown.contact, bold=True)
            for text in shown.texts:
                click.echo(text)
            for why in shown.why:
                click.secho(f"({why})", dim=True)


def _every_text(playbook: Any, name: str) -> None:
    """Where each stands, what it costs, and the text itself without signature and way out."""
    from convo.policy.leaving import LEAVING_RULES, Refused
    from convo.steps.step import SPEAKING
    from convo.verification.said import everything_said, leaving_on

    flow, business = playbook.flows[name], playbook.business
    order = {step: n for n, step in enumerate(flow.steps)}
    for worst in sorted(
        everything_said(flow, business),
        # What a step says when it is come to, before what it says later.
        key=lambda each: (order[str(each.path[1])], each.path[2] not in SPEAKING),
    ):
        where = ".".join(str(part) for part in worst.path[1:])
        click.secho(f"{where}  {worst.language}", bold=True)
        for channel in business.channels:
            leaves = leaving_on(worst, channel, flow, business)
            if isinstance(leaves, Refused):
                click.secho(f"  {channel}: {LEAVING_RULES[leaves.rule]}", fg="red")
            else:
                parts = leaves.parts
                cost = f"{counted(parts.count, 'part')}, {parts.encoding}"
                click.secho(f"  {channel}: {cost}", dim=True)
        for line in "\n".join((worst.text, *worst.media)).splitlines():
            click.echo(f"    {line}")


def _object(written: str) -> dict[str, Any]:
    try:
        read: object = json.loads(written)
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise click.BadParameter('it is no JSON object, like {"a": 1}.', param_hint="--answers")
    return read  # pyright: ignore[reportUnknownVariableType]
