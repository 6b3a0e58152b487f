"""Mistakes in authored files, shown where they are: the line, a caret under it, how to mend it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from convo.errors import FlowError, Place
from convo.language.document import caret


def show(problems: Sequence[FlowError], say: Callable[[str], str] = str) -> None:
    """Every problem with the line of its file, to stderr; `say` puts it into a language."""
    for problem in problems:
        click.secho(f"{problem.place}: ", bold=True, nl=False, err=True)
        click.secho(say(problem.what), fg="red", err=True)
        if (seen := pointed_at(problem.place)) is not None:
            line, below = seen
            click.echo(f"    {line}", err=True)
            click.secho(f"    {below}", fg="green", err=True)
        if problem.mend:
            click.echo(f"    {say(problem.mend)}", err=True)


def pointed_at(place: Place) -> tuple[str, str] | None:
    """The line as it stands in the file, and the caret below it; None where there is no line."""
    try:
        text = Path(place.file).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    if place.line > len(text.splitlines()):
        return None
    line, below = caret(text, place).split("\n")
    return line, below


def as_json(problem: FlowError) -> dict[str, str | int]:
    """A problem for editors and programs; lines and columns count from 1."""
    place = problem.place
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "what": problem.what,
        "mend": problem.mend,
    }
