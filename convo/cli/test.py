"""`convo test`: hold the conversations of flows/tests, and say what they never came to."""

import asyncio
import difflib
import json
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from convo.cli import CANNOT_START, FOUND_MISTAKES
from convo.cli.counting import counted
from convo.errors import FlowError, FlowErrors, Place
from convo.language.chats import Chat, rewritten, shown
from convo.rehearsal.chat_run import Failure, Outcome
from convo.rehearsal.coverage import Covered
from convo.routing.playbook import Playbook

TESTS = "tests"
CHATS = "*.chat"
WIDTH = 100
FIRST_CLOCK = 0
"""The chat sets its clock itself, before anything happens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Everything that was held, file by file."""

    sources: Mapping[str, str] = field(repr=False)
    outcomes: Sequence[Outcome]
    coverage: Sequence[Covered]
    #: Files whose `<` lines were written anew, with the chats in them.
    accepted: Mapping[str, Sequence[Outcome]]

    @property
    def failed(self) -> Sequence[Outcome]:
        accepted = {id(each) for many in self.accepted.values() for each in many}
        return [one for one in self.outcomes if not one.passed and id(one) not in accepted]


@click.command(short_help="Hold the conversations of flows/tests.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("-k", "word", default="", help="Only chats with this in their title or file.")
@click.option("--accept", is_flag=True, help="Write what was said into the chats that fail.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, for editors and programs.")
@click.pass_context
def test(
    ctx: click.Context, paths: tuple[Path, ...], word: str, accept: bool, as_json: bool
) -> None:
    """Hold every conversation of flows/tests, or of PATHS, on a clock that runs at once.

    \b
    > they write              ~ 30m  time passes
    < we must say             ! calendar.book -> ok   what an action answers
    = booking: waiting at day          % duplicate, restart, report delivered
    @ now, zh, from, channel, request  # a title

    \b
    Ends with 0 when all pass, 1 when one fails, 2 when it cannot start.
    """
    from convo.wiring.authored import authored, settings_in

    settings = settings_in(Path.cwd())
    files = chat_files(paths or (settings.flows / TESTS,), asked=bool(paths))
    if files is None:
        ctx.exit(CANNOT_START)
    playbook = authored(settings).playbook
    sources = {_shown(file): _read(file) for file in files}
    chats = [
        chat
        for chat in read_all(sources)
        if word.casefold() in f"{chat.file} {chat.title}".casefold()
    ]
    outcomes = asyncio.run(hold_all(chats, playbook, quiet=as_json))
    held = Held(
        sources=sources,
        outcomes=outcomes,
        coverage=_coverage(playbook, outcomes) if not paths and not word else (),
        accepted=write_anew(sources, outcomes) if accept else {},
    )
    if as_json:
        click.echo(json.dumps(as_data(held), ensure_ascii=False, indent=2))
    else:
        tell(held)
    if held.failed:
        ctx.exit(FOUND_MISTAKES)


# --- finding and reading ----------------------------------------------------------------------


def chat_files(paths: Iterable[Path], *, asked: bool) -> Sequence[Path] | None:
    """Every chat file of these, in order; None (and said) where a path that was asked for has none.

    Paths may be files or folders.
    """
    files: dict[Path, None] = {}
    for path in paths:
        found = [path] if path.is_file() else sorted(path.rglob(CHATS))
        if asked and not found:
            click.secho(f"{path}: there is no chat file here.", fg="red", err=True)
            return None
        files |= dict.fromkeys(found)
    return tuple(files)


def read_all(sources: Mapping[str, str]) -> Sequence[Chat]:
    """The chats of all files. Raises `FlowErrors` with the mistakes of all."""
    from convo.language.chat_reading import read_chats

    chats: list[Chat] = []
    problems: list[FlowError] = []
    for file, source in sources.items():
        try:
            chats += read_chats(source, file)
        except FlowErrors as errors:
            problems += errors.problems
    if problems:
        raise FlowErrors(problems)
    return chats


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        place = Place(file=_shown(file), line=1, column=1)
        raise FlowErrors([FlowError(f"This cannot be read: {why}.", place=place)]) from None


def _shown(file: Path) -> str:
    """As one would type it here."""
    here = Path.cwd()
    whole = file.resolve()
    return (whole.relative_to(here) if whole.is_relative_to(here) else file).as_posix()


# --- holding ----------------------------------------------------------------------------------


async def hold_all(chats: Sequence[Chat], playbook: Playbook, *, quiet: bool) -> Sequence[Outcome]:
    """Every chat in a rehearsal of its own, with a mark for each."""
    from convo.rehearsal.chat_run import hold
    from convo.wiring.rehearsing import rehearse

    outcomes: list[Outcome] = []
    wrong: list[str] = []
    for chat in chats:
        async with rehearse(playbook, start=FIRST_CLOCK, tell=wrong.append) as rehearsal:
            outcome = await hold(chat, rehearsal)
        if not quiet:
            first = not outcomes or outcomes[-1].chat.file != chat.file
            gap = "\n" if outcomes else ""
            click.echo(f"{gap}{chat.file} " if first else "", nl=False)
            mark = ("✓", "green") if outcome.passed else ("✗", "red")
            click.secho(mark[0], fg=mark[1], nl=False)
        outcomes.append(outcome)
    if not quiet and outcomes:
        click.echo()
    for words in dict.fromkeys(wrong):
        click.secho(f"\n{words.rstrip()}", fg="yellow", err=True)
    return outcomes


def _coverage(playbook: Playbook, outcomes: Sequence[Outcome]) -> Sequence[Covered]:
    from convo.rehearsal.coverage import covered

    return covered(playbook.flows, [each for one in outcomes for each in one.records])


def write_anew(
    sources: Mapping[str, str], outcomes: Sequence[Outcome]
) -> Mapping[str, Sequence[Outcome]]:
    """Write what was said into the chats that only lack that, file by file."""
    written: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.acceptable:
            written.setdefault(outcome.chat.file, []).append(outcome)
    for file, many in written.items():
        spoken = {line: texts for one in many for line, texts in one.spoken.items()}
        moments = [moment for one in many for moment in one.chat.moments]
        Path(file).write_text(rewritten(sources[file], spoken, moments), "utf-8")
    return written


# --- telling ----------------------------------------------------------------------------------


def tell(held: Held) -> None:
    """Failures with what was said, then what was never walked, then the sum."""
    for outcome in held.failed:
        _tell_failure(outcome.chat, outcome.failures[0], held.sources[outcome.chat.file])
    for file, many in held.accepted.items():
        click.secho(f"\n{file}: {counted(len(many), 'chat')} written anew.", fg="yellow")
    for covered in held.coverage:
        _tell_coverage(covered)
    passed = len(held.outcomes) - len(held.failed)
    if not held.outcomes:
        click.echo("There are no chats yet. `convo chat` talks to a flow, and /save writes one.")
    click.echo()
    click.secho(
        f"{counted(passed, 'chat')} passed, {len(held.failed)} failed",
        fg="red" if held.failed else "green",
        bold=True,
    )


def _tell_failure(chat: Chat, failure: Failure, source: str) -> None:
    click.echo()
    click.secho(f"{chat.file}:{failure.line}: ", bold=True, nl=False)
    click.echo(chat.title)
    lines = source.splitlines()
    click.secho(f"    {failure.what}", fg="red")
    if failure.expected is None or failure.said is None:
        if 0 < failure.line <= len(lines):
            click.echo(f"      {lines[failure.line - 1]}")
    else:
        click.secho("      - is written, + is said", dim=True)
        for line, colour in difference(failure.expected, failure.said):
            click.secho(f"      {line[:2]}{shown(line[2:])}", fg=colour)
    if failure.mend:
        click.echo(f"    {failure.mend}")


def difference(expected: Sequence[str], said: Sequence[str]) -> Iterable[tuple[str, str | None]]:
    """Both line by line, each with its sign and its colour."""
    matcher = difflib.SequenceMatcher(a=expected, b=said, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            yield from ((f"  {line}", None) for line in expected[a:b])
        else:
            yield from ((f"- {line}", "red") for line in expected[a:b])
            yield from ((f"+ {line}", "green") for line in said[c:d])


def _tell_coverage(covered: Covered) -> None:
    steps = covered.steps - len(covered.never_steps)
    ways = covered.ways - len(covered.never_ways)
    click.echo()
    click.secho(covered.flow, bold=True, nl=False)
    click.echo(f"  {steps} of {covered.steps} steps, {ways} of {covered.ways} ways")
    for title, names in (
        ("never came to", covered.never_steps),
        ("never went", covered.never_ways),
        ("never refused", covered.never_refused),
    ):
        if names:
            begin = f"  {title + ':':<15}"
            # A way is not torn in two.
            text = ", ".join(name.replace(" ", "\u00a0") for name in names)
            block = textwrap.fill(
                text, WIDTH, initial_indent=begin, subsequent_indent=" " * len(begin)
            )
            click.secho(block.replace("\u00a0", " "), dim=True)


def as_data(held: Held) -> Mapping[str, Any]:
    """All of it for a program."""
    failed = {id(one) for one in held.failed}
    return {
        "passed": len(held.outcomes) - len(held.failed),
        "failed": len(held.failed),
        "chats": [
            {
                "file": one.chat.file,
                "line": one.chat.line,
                "title": one.chat.title,
                "passed": id(one) not in failed,
                "failures": [
                    {
                        "line": each.line,
                        "what": each.what,
                        "mend": each.mend,
                        "expected": each.expected,
                        "said": each.said,
                    }
                    for each in one.failures
                ],
            }
            for one in held.outcomes
        ],
        "accepted": sorted(held.accepted),
        "flows": [
            {
                "flow": each.flow,
                "steps": each.steps,
                "ways": each.ways,
                "never_steps": each.never_steps,
                "never_ways": each.never_ways,
                "never_refused": each.never_refused,
            }
            for each in held.coverage
        ],
    }
