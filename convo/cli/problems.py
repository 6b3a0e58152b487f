"""Mistakes in authored files, shown where they are: the line, a caret under it, how to mend it."""

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from convo.errors import FlowError


def show(problems: Sequence[FlowError], sources: Mapping[str, str] | None = None) -> None:
    """Every problem with its source line, to stderr; files are read where no source is given."""
    for problem in problems:
        place = problem.place
        click.secho(f"{place}: ", bold=True, nl=False, err=True)
        click.secho(problem.what, fg="red", err=True)
        line = source_line(place.file, place.line, sources or {})
        if line is not None:
            click.echo(f"    {line}", err=True)
            click.secho(f"    {margin(line, place.column)}^", fg="green", err=True)
        if problem.mend:
            click.echo(f"    {problem.mend}", err=True)


def source_line(file: str, number: int, sources: Mapping[str, str]) -> str | None:
    """The line as it stands in the file, or None where there is no such line."""
    try:
        text = sources[file] if file in sources else Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    lines = text.splitlines()
    return lines[number - 1] if 0 < number <= len(lines) else None


def margin(line: str, column: int) -> str:
    """Blanks as wide as what stands before the column: Chinese characters take two cells."""
    return "".join(
        "\t" if letter == "\t" else " " * (2 if unicodedata.east_asian_width(letter) in "WF" else 1)
        for letter in line[: column - 1]
    )


def as_json(problem: FlowError) -> dict[str, str | int]:
    place = problem.place
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "what": problem.what,
        "mend": problem.mend,
    }
