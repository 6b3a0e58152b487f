"""`convo templates`: the texts that a provider must approve before a channel can send them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from convo.cli import FOUND_MISTAKES
from convo.cli.columns import plain
from convo.cli.counting import counted
from convo.core.approved import Gaps
from convo.core.business import Channel
from convo.errors import SettingsError
from convo.routing.playbook import Playbook
from convo.verification.approving import Needed, needed_by, needed_by_us

OURS = "Convo"
"""Whose texts stand in no flow."""

MISSING = "missing"


@click.command(short_help="The texts that a provider must approve.")
@click.argument("channel")
@click.option("--missing", is_flag=True, help="Only those that no template covers yet.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def templates(ctx: click.Context, channel: str, missing: bool, as_json: bool) -> None:
    """List every text that CHANNEL may have to send, as its company wants it registered.

    Each stands with the template that covers it, or as missing, and with the places where it is
    said. Register what is missing in the company's console, without the signature, and write the id
    that it gets there, with the text as you registered it, into convo.toml:

    \b
    [channels.main.templates]
    SMS_1001 = "您的预约：${day}。"

    \b
    Ends with 1 while a text of a flow is missing. What Convo says by itself (Convo: ...) is not
    said while it is not approved.
    """
    from convo.language.spelling import advice
    from convo.settings.channels import gaps_of
    from convo.verification import TEMPLATES
    from convo.wiring.authored import authored, settings_in

    settings = settings_in(Path.cwd())
    channels = settings.business.channels
    if channel not in channels:
        raise SettingsError([f'There is no channel "{channel}". {advice(channel, channels)}'])
    gaps = gaps_of(settings.connections[channel].options)
    if gaps is None:
        provider = channels[channel].provider
        raise SettingsError([f'"{channel}" sends any text: {provider} wants none approved.'])
    playbook = authored(settings, but=(TEMPLATES,)).playbook
    found = _by_wording(channels[channel], playbook, gaps)
    for wording, places in found.items():
        needed = next(iter(places.values()))
        if missing and needed.template is not None:
            continue
        _tell(wording, needed, list(places), as_json=as_json)
    lacking = [places for places in found.values() if next(iter(places.values())).template is None]
    if not as_json:
        approved = len(found) - len(lacking)
        click.echo(f"{counted(len(found), 'text')}, {approved} approved, {len(lacking)} missing.")
    if any(not place.startswith(f"{OURS}:") for places in lacking for place in places):
        ctx.exit(FOUND_MISTAKES)


def _by_wording(
    channel: Channel, playbook: Playbook, gaps: Gaps
) -> Mapping[str, Mapping[str, Needed]]:
    """Each wording once, with the places that say it."""
    found: dict[str, dict[str, Needed]] = {}
    for place, needed in _everything(channel, playbook):
        found.setdefault(needed.wording(gaps), {}).setdefault(place, needed)
    return found


def _everything(channel: Channel, playbook: Playbook) -> Iterator[tuple[str, Needed]]:
    for name, flow in playbook.flows.items():
        for needed in needed_by(flow, channel, playbook.business):
            yield f"{name}: {_path(needed)} ({needed.language})", needed
    for needed in needed_by_us(channel, playbook):
        yield f"{OURS}: {_path(needed)} ({needed.language})", needed


def _path(needed: Needed) -> str:
    return ".".join(str(part) for part in needed.path)


def _tell(wording: str, needed: Needed, places: list[str], *, as_json: bool) -> None:
    id = None if needed.template is None else needed.template.id
    if as_json:
        click.echo(json.dumps({"id": id, "text": wording, "places": places}, ensure_ascii=False))
        return
    click.secho(id or MISSING, fg=None if id else "red", bold=True)
    for line in wording.splitlines():
        click.echo(f"    {plain(line)}")
    for place in places:
        click.secho(f"  {place}", dim=True)
