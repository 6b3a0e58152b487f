"""`convo outcomes`: who acknowledged a flow, who said something else, and who said nothing."""

import json
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from convo.ledger.outcomes import STANDINGS


@click.command(short_help="Who acknowledged a flow, and who did not.")
@click.argument("flow")
@click.option(
    "--list",
    "listed",
    type=click.Choice(list(STANDINGS)),
    help="List the numbers of these instead, masked.",
)
@click.option("--since", help="Only what began since: 2h, 3 days, or a day like 2026-11-23.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def outcomes(flow: str, listed: str | None, since: str | None, as_json: bool) -> None:
    """Tell what became of every conversation with FLOW, by what began it.

    \b
    acknowledged  they answered the question, whatever the answer was
    other         they replied, and no reply was an answer
    undelivered   nothing that we said reached them
    silent        it ended, and they never replied
    open          it goes on, and they have not replied yet

    The server may be running meanwhile. Conversations are known as long as records are kept
    (store.retention_days).
    """
    from convo.cli.looking import looking
    from convo.cli.one_flow import one_flow
    from convo.ledger.outcomes import boards, talks_of
    from convo.wiring.authored import authored, settings_in

    settings = settings_in(Path.cwd())
    one_flow(flow, authored(settings).playbook.flows)
    zone = ZoneInfo(settings.business.zone)
    begin = _since(since, zone) if since else 0
    with looking(settings) as look:
        talks = talks_of(flow, look.all(look.ledger.records), begin)
    if listed is not None:
        for talk in talks:
            if talk.standing != listed:
                continue
            at = datetime.fromtimestamp(talk.at / 1_000, UTC).astimezone(zone)
            row = {"contact": talk.masked, "by": talk.by, "at": f"{at:%Y-%m-%d %H:%M}"}
            told = json.dumps(row, ensure_ascii=False)
            click.echo(told if as_json else "  ".join((row["contact"], row["at"], row["by"])))
        return
    for by, board in boards(talks).items():
        if as_json:
            row = {"by": by, "standings": board.standings, "outcomes": board.outcomes}
            click.echo(json.dumps(row, ensure_ascii=False))
            continue
        click.secho(f"{flow}, by {by}: {sum(board.standings.values())}", bold=True)
        for name, count in board.standings.items():
            click.echo(f"  {name:<14}{count:>6}")
        told = ", ".join(f"{outcome} {count}" for outcome, count in board.outcomes.items())
        click.echo(f"  ended: {told or 'none yet'}\n")
    if not talks and not as_json:
        click.echo("No conversation with it is known.")


def _since(written: str, zone: ZoneInfo) -> int:
    """Milliseconds since 1970. Raises click's own complaint."""
    from convo.language.durations import read_duration
    from convo.language.text_problems import TextProblem

    try:
        begin = datetime.combine(date.fromisoformat(written), time(), zone)
    except ValueError:
        try:
            begin = datetime.now(UTC) - read_duration(written)
        except TextProblem as problem:
            raise click.BadParameter(str(problem), param_hint="--since") from None
    return int(begin.timestamp() * 1_000)
