"""`convo unanswered`: what people wrote that waits for a person, newest first."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click


@click.command(short_help="What people wrote that waits for a person.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--most", type=click.IntRange(min=1), help="So many at most.")
def unanswered(as_json: bool, most: int | None) -> None:
    """List the texts that no flow answered, each with what was written before it.

    Those that a person has are gone from the list once the conversation is given back. Numbers are
    masked. The server may be running meanwhile.
    """
    from convo.cli.looking import looking
    from convo.ledger.unanswered import unanswered_in
    from convo.wiring.authored import settings_in

    settings = settings_in(Path.cwd())
    zone = ZoneInfo(settings.business.zone)
    with looking(settings) as look:
        found = unanswered_in(look.all(look.ledger.records))[:most]
    for each in found:
        if as_json:
            click.echo(json.dumps(asdict(each), ensure_ascii=False))
            continue
        at = datetime.fromtimestamp(each.at / 1_000, UTC).astimezone(zone)
        where = f"{each.flow}: {each.step}" if each.flow else each.channel
        click.echo(f"{at:%Y-%m-%d %H:%M}  {each.contact}  {where}  ({each.why})")
        _shown(each.before, "    before: ")
        _shown(each.text.splitlines(), "    ")


def _shown(lines: Sequence[str], before: str) -> None:
    for line in lines:
        # Whatever stands in it, it cannot speak to the terminal.
        click.echo(before + "".join(c if c.isprintable() else "?" for c in line))
