"""`convo plan`: who waits in flows as they were, and what becomes of them with these files."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from convo.cli import FOUND_MISTAKES
from convo.cli.counting import counted
from convo.ledger.plan import UNDECLARED, Fate, Waiting

_TOLD: Mapping[Fate, str] = {
    "moved": "go to {step}",
    "told": "finish in their version, as `moved` says",
    "same": "finish in their version; the step is as it was",
    "errand": "finish in their version; an answer is awaited",
    "no file": "finish in their version; there is no file any more",
    "changed": "{step} has changed, and `moved` of {flow} says nothing",
    "gone": "{step} is gone, and `moved` of {flow} says nothing",
    "lost": "their version cannot be read, so their conversation ends",
}
HEAD = ("waits at", "version", "people", "what becomes of them")
SHOWN_OF_A_VERSION = 8


@click.command(short_help="Who waits in older versions, and what becomes of them.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def plan(ctx: click.Context, as_json: bool) -> None:
    """Count who waits in other versions of the flows than these files, step by step.

    Run it beside the running server, with the files that are to be served next. Who waits at a step
    that has changed or is gone must be told of under `moved` in its flow: a step, `restart`,
    `{end: text}` or `stay`.

    \b
    Ends with 0 when all is told, 1 when it is not, or for mistakes in flows or handlers.
    """
    from convo.cli.looking import looking
    from convo.ledger.plan import waiting_in
    from convo.wiring.authored import authored, settings_in

    settings = settings_in(Path.cwd())
    playbook = authored(settings).playbook
    with looking(settings) as look:
        found = waiting_in(
            look.all(look.ledger.contacts),
            playbook,
            lambda version: look.at(look.ledger.flow(version)),
        )
    if as_json:
        for each in found:
            click.echo(json.dumps(_row(each), ensure_ascii=False))
    else:
        _table(found)
    if any(each.place.fate in UNDECLARED for each in found):
        ctx.exit(FOUND_MISTAKES)


def _row(waiting: Waiting) -> dict[str, object]:
    place = waiting.place
    flow, step = place.at
    return {
        "frames": place.frames,
        "version": place.version,
        "people": waiting.people,
        "fate": place.fate,
        "flow": flow,
        "step": step,
        "lost": waiting.lost,
    }


def _table(found: Sequence[Waiting]) -> None:
    """In columns, then in one line what is to be done."""
    lines = [HEAD, *map(_cells, found)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEAD) - 1)]
    undeclared = [each for each in found if each.place.fate in UNDECLARED]
    for n, (*cells, last) in enumerate(lines if found else ()):
        start = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        wrong = n > 0 and found[n - 1] in undeclared
        click.secho(f"{start}  {last}", bold=n == 0, fg="red" if wrong else None)
    if undeclared:
        lost = sum(each.people for each in undeclared)
        told = f"{counted(lost, 'conversation')} must be told of under `moved`."
        click.secho(f"\n{told}", fg="red", err=True)
    elif not found:
        click.echo("Nobody waits in an older version.")


def _cells(waiting: Waiting) -> tuple[str, str, str, str]:
    place = waiting.place
    flow, step = place.at
    becomes = _TOLD[place.fate].format(flow=flow, step=step)
    if waiting.lost:
        becomes += f", without {', '.join(waiting.lost)}"
    return (
        " > ".join(f"{name}: {step}" for name, step in place.frames),
        place.version[:SHOWN_OF_A_VERSION],
        f"{waiting.people:,}",
        becomes,
    )
