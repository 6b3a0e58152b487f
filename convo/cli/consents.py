"""`convo consents import`: consents that were given elsewhere, row by row, with what shows them."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from convo.cli import FOUND_MISTAKES
from convo.errors import ConvoError

#: Columns of the file, and what the server calls them; others are not read.
COLUMNS: Mapping[str, str] = {
    "number": "to",
    "programme": "programme",
    "given_at": "given_at",
    "source": "source",
    "evidence": "evidence",
    "text": "text",
}
SHOWING = ("given_at", "source", "evidence")
"""What shows a consent; a row that lacks any of them brings none."""

NEEDED = ("number", "programme", *SHOWING)
ROWS_AT_ONCE = 100
"""In one request: texts may be long, and a request has a limit."""

BYTES_AT_ONCE = 50_000


@click.group(short_help="Bring in consents that were given elsewhere.")
def consents() -> None:
    """Bring in consents that were given on a page, on paper or in another system."""


@consents.command("import", short_help="From a CSV file, row by row.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--no-consent",
    is_flag=True,
    help="Load rows that cannot be shown as contacts without a consent, instead of refusing them.",
)
@click.pass_context
def bring(ctx: click.Context, file: Path, no_consent: bool) -> None:
    """Post the rows of FILE to the server that `convo run` has started here.

    The first line names the columns: number, programme, given_at, source, evidence and, if you
    like, text (what they agreed to). A row without source, time or evidence is refused, and the
    others are kept. Nobody who has left is brought back: only they can come back.

    With --no-consent a list of numbers will do. Each row that brings no consent is told with its
    line; what needs one is not sent to it.

    \b
    number,programme,given_at,source,evidence
    +8613800138000,survey,2026-11-24T15:00+08:00,form on salon.example,form 4711
    """
    from convo.cli.request import complain, post, token_of
    from convo.wiring.authored import settings_in

    settings = settings_in(Path.cwd())
    token = token_of(settings)
    counted = dict.fromkeys(("accepted", "without_consent", "duplicates"), 0)
    refused = 0
    for first, rows in _batches(_rows(file, ("number",) if no_consent else NEEDED)):
        body = {"consents": rows, "unproven": "no_consent" if no_consent else "refuse"}
        status, said = post(settings.local_url, token, body, "/v1/consents")
        if "refused" not in said:
            complain(ctx, status, said)
        for name in counted:
            counted[name] += said[name]
        for each in said["refused"]:
            refused += 1
            # The first line of the file names the columns.
            line = first + each["row"]
            click.secho(f"{file.name}:{line}: {' '.join(each['complaints'])}", fg="red", err=True)
        unproven: Sequence[int] = said["unproven"]
        for row in unproven:
            told = f"{file.name}:{first + row}: no consent: {_lacking(rows[row - 1])} missing."
            click.secho(told, fg="yellow", err=True)
    click.echo(
        f"{counted['accepted']} kept, {counted['without_consent']} without consent, "
        f"{counted['duplicates']} known already, {refused} refused."
    )
    if refused:
        ctx.exit(FOUND_MISTAKES)


def _lacking(row: Mapping[str, Any]) -> str:
    names = [name for name in SHOWING if not row.get(COLUMNS[name])]
    return " and ".join(names) + (" are" if len(names) > 1 else " is")


def _rows(file: Path, needed: Sequence[str]) -> Iterator[dict[str, Any]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened)
            missing = [name for name in needed if name not in (reader.fieldnames or ())]
            if missing:
                raise ConvoError(
                    f"{file.name}: its first line names no column {', '.join(missing)}. "
                    f"It must name: {', '.join(needed)}."
                )
            for row in reader:
                told = {COLUMNS[name]: row[name] for name in COLUMNS if row.get(name)}
                yield told
    except UnicodeDecodeError:
        raise ConvoError(f"{file.name}: it is not UTF-8. Save it as UTF-8.") from None


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """As many as go into one request, each batch with the number of rows before it and one."""
    batch: list[dict[str, Any]] = []
    size, first = 0, 1
    for row in rows:
        weight = len(json.dumps(row).encode())
        if batch and (len(batch) >= ROWS_AT_ONCE or size + weight > BYTES_AT_ONCE):
            yield first, batch
            first, batch, size = first + len(batch), [], 0
        batch.append(row)
        size += weight
    if batch:
        yield first, batch
