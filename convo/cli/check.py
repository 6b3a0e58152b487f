"""`convo check`: every mistake in settings, handlers and flows, before a customer finds it."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

import click

from convo.cli import CANNOT_START, FOUND_MISTAKES
from convo.errors import FlowError, FlowErrors, SettingsError
from convo.sentences import sentence

Saying: TypeAlias = Callable[[str], str]
LANGUAGES = ("en", "zh")


@click.command(short_help="Find the mistakes in settings, flows and handlers.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, for editors and programs.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", help="What it is said in.")
@click.pass_context
def check(ctx: click.Context, as_json: bool, lang: Literal["en", "zh"]) -> None:
    """Read convo.toml, keyword_handlers/ and flows/, and name every mistake.

    Each is told with its file, line and column, the line itself and how to mend it. Nothing is
    sent, and the database is not touched. `--lang zh` says it in Chinese; what convo.toml gets
    wrong, and JSON, are in English always.

    \b
    Ends with 0 when all is well, 1 for mistakes in flows or handlers, 2 for the settings.
    """
    from convo.chinese import SAYING
    from convo.wiring.authored import authored, settings_in

    say = SAYING[lang]
    settings: list[str] = []
    warnings: list[str] = []
    flows: Sequence[FlowError] = ()
    more = False
    told: dict[str, Any] = {}
    try:
        known = settings_in(Path.cwd())
        _check_channels(known)
        warnings = _missing_holidays(known)
        found = authored(known)
        warnings += _emoji(found, str if as_json else say)
        told = {"flows": len(found.playbook.flows), "handlers": len(found.handlers)}
    except SettingsError as error:
        settings = list(error.problems)
    except FlowErrors as error:
        flows, more = error.problems, error.more
    if as_json:
        _write_json(settings, flows, told | ({"warnings": warnings} if warnings else {}))
    else:
        for warning in warnings:
            note = say(sentence("Note: {what}", what=warning))
            click.secho(note, fg="yellow", err=True)
        _write(settings, flows, told, say)
        if more:
            click.echo(say(sentence("More may show once these are mended.")), err=True)
    if settings or flows:
        ctx.exit(CANNOT_START if settings else FOUND_MISTAKES)


def _check_channels(settings: Any) -> None:
    """What only the adapters know: a token that is needed, an address that is missing."""
    from convo.providers.http import HttpClient
    from convo.runtime.clock import now
    from convo.wiring.brands import adapters

    adapters(settings, HttpClient(), now)


def _missing_holidays(settings: Any) -> list[str]:
    """Years to come that the list of holidays has not. Raises `SettingsError` for one that is
    here, or all but."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from convo.settings.holidays import missing_years
    from convo.settings.reading import FILE

    business = settings.business
    if not business.calendar.years:
        return []
    today = datetime.now(ZoneInfo(business.zone)).date()
    found: dict[str, list[str]] = {"error": [], "warning": []}
    for how_bad, year in missing_years(business.calendar, today):
        found[how_bad].append(
            f"{FILE}: holidays.file: it has no holidays of {year}, so windows that go by them "
            f"would be wrong. Add {year} to it, as your government has published it."
        )
    if found["error"]:
        raise SettingsError([*found["error"], *found["warning"]])
    return found["warning"]


def _emoji(found: Any, say: Saying) -> list[str]:
    """What the emoji in texts cost, each with its place."""
    from convo.verification.emoji import emoji_costs

    return [f"{note.place}: {say(note.what)}" for note in emoji_costs(found.loaded)]


def _write(
    settings: Sequence[str], flows: Sequence[FlowError], told: dict[str, Any], say: Saying
) -> None:
    from convo.cli.problems import show
    from convo.settings.reading import FILE

    for problem in settings:
        click.secho(say(problem), fg="red", err=True)
    show(flows, say)
    count = len(settings) + len(flows)
    if not Path(FILE).exists():
        return  # there is no business here, and nothing in it to be counted
    if count:
        mistakes = sentence("{count} mistake." if count == 1 else "{count} mistakes.", count=count)
        click.echo(f"\n{say(mistakes)}", err=True)
    else:
        click.secho(say(sentence("All is well: ")), fg="green", nl=False)
        flow, handler = told["flows"], told["handlers"]
        both = sentence(
            "{flows}, {handlers}.",
            flows=sentence("{count} flow" if flow == 1 else "{count} flows", count=flow),
            handlers=sentence(
                "{count} handler" if handler == 1 else "{count} handlers", count=handler
            ),
        )
        click.echo(say(both))


def _write_json(settings: Sequence[str], flows: Sequence[FlowError], told: dict[str, Any]) -> None:
    from convo.cli.problems import as_json

    problems = [as_json(problem) for problem in flows]
    answer = {"settings": settings, "problems": problems, **told}
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
