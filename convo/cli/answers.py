"""`convo answers`: what people answered to a flow, one row for each conversation."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

OWN = ("contact", "outcome", "step", "at", "version", "session")


@click.command(short_help="What people answered to a flow, as a table.")
@click.argument("flow")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line instead of CSV.")
@click.option("--ended", is_flag=True, help="Leave out the conversations that still go on.")
def answers(flow: str, as_json: bool, ended: bool) -> None:
    """Write one row for each conversation with FLOW, finished or not, to the screen.

    The server may be running meanwhile. Rows of finished conversations are kept as long as
    records are (store.retention_days).

    \b
    convo answers nps > nps.csv
    """
    from convo.cli.looking import looking
    from convo.cli.one_flow import one_flow
    from convo.ledger import spreadsheet
    from convo.ledger.answers import finished, going_on
    from convo.wiring.authored import authored, settings_in

    settings = settings_in(Path.cwd())
    today = one_flow(flow, authored(settings).playbook.flows)
    zone = ZoneInfo(settings.business.zone)
    with looking(settings) as look:
        rows = [*finished(flow, look.all(look.ledger.records))]
        if not ended:
            rows += going_on(flow, look.all(look.ledger.contacts))
    if as_json:
        for row in rows:
            click.echo(json.dumps(asdict(row), ensure_ascii=False))
        return
    # Answers of older versions keep their columns, after those of today's.
    names = dict.fromkeys(today.answers)
    names |= dict.fromkeys(name for row in rows for name in row.answers)
    cells = (
        (
            row.contact,
            row.outcome,
            row.step,
            datetime.fromtimestamp(row.at / 1000, UTC).astimezone(zone).isoformat(" ", "seconds"),
            row.version,
            row.session,
            *(_shown(row.answers.get(name)) for name in names),
        )
        for row in rows
    )
    spreadsheet.write(sys.stdout, (*OWN, *names), cells)


def _shown(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
