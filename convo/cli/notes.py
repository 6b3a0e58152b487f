"""`convo notes`: what flows have noted for staff, newest first."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click


@click.command(short_help="What flows have noted for staff, newest first.")
@click.argument("flow", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--most", type=click.IntRange(min=1), help="So many at most.")
def notes(flow: str | None, as_json: bool, most: int | None) -> None:
    """List the notes that steps left with `note:`, of FLOW or of all flows.

    Numbers are masked; `convo answers` has them whole. The server may be running meanwhile. Notes
    are kept as long as records are (store.retention_days).
    """
    from convo.cli.looking import looking
    from convo.cli.one_flow import one_flow
    from convo.ledger.notes import notes_in
    from convo.wiring.authored import authored, settings_in

    settings = settings_in(Path.cwd())
    if flow is not None:
        one_flow(flow, authored(settings).playbook.flows)
    zone = ZoneInfo(settings.business.zone)
    with looking(settings) as look:
        found = notes_in(look.all(look.ledger.records), flow or "")[:most]
    for note in found:
        if as_json:
            click.echo(json.dumps(asdict(note), ensure_ascii=False))
            continue
        at = datetime.fromtimestamp(note.at / 1_000, UTC).astimezone(zone)
        click.echo(f"{at:%Y-%m-%d %H:%M}  {note.contact}  {note.flow}: {note.step}")
        # Whatever stands in it, it cannot speak to the terminal.
        for line in note.text.splitlines():
            click.echo(f"    {''.join(c if c.isprintable() else '?' for c in line)}")
