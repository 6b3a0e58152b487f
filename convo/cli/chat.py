"""`convo chat`: talk to a flow in the terminal, on a clock of its own."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import click

from convo.authoring import Action, Call, Failed, Keyword
from convo.errors import FlowErrors, SettingsError
from convo.language.spelling import advice
from convo.routing.playbook import Playbook
from convo.settings import Settings
from convo.steps.do import Do


@click.command(short_help="Talk to a flow in the terminal.")
@click.argument("flow", required=False)
@click.option("--say", "said", multiple=True, help="Text this, then end; may be given often.")
@click.option("--pretend", is_flag=True, help="Ask what actions answer instead of running them.")
@click.option("--now", "start", help='When it begins: "2026-11-22 10:00"; now when left out.')
@click.option("--json", "as_json", is_flag=True, help="Write JSON: a list of what happened.")
@click.pass_context
def chat(
    ctx: click.Context,
    flow: str | None,
    said: tuple[str, ...],
    pretend: bool,
    start: str | None,
    as_json: bool,
) -> None:
    """Talk to FLOW (a name, or a file like flows/booking.yaml), or to the whole business.

    The same router, gate and store as in production, but nothing is sent and time waits for you:
    `/wait 10m` lets it pass. `/save NAME` makes a test of what you said. /help lists the rest.

    \b
    convo chat booking
    convo chat booking --say book --say 1
    echo book | convo chat
    """
    from convo.cli.talk import Talk
    from convo.wiring.authored import settings_in

    settings = settings_in(Path.cwd())
    zone = ZoneInfo(settings.business.zone)
    talk = Talk(
        load=lambda: playbook_for(settings, flow, pretend=pretend),
        settings=settings,
        flow=flow_name(settings, flow),
        start=_start(start, zone),
        pretends=pretend,
        tells="json" if as_json else _manner(said),
    )
    lines = iter(said) if said else None
    failed = asyncio.run(talk.hold(lines))
    if failed:
        ctx.exit(1)


def _manner(said: Sequence[str]) -> Literal["bubbles", "lines"]:
    at_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    return "bubbles" if at_terminal and not said else "lines"


def _start(written: str | None, zone: ZoneInfo) -> datetime:
    if written is None:
        return datetime.now(zone).replace(second=0, microsecond=0)
    try:
        return datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=zone)
    except ValueError:
        raise click.BadParameter('write it like "2026-11-22 10:00".', param_hint="--now") from None


def flow_name(settings: Settings, flow: str | None) -> str | None:
    """The name of the flow that was asked for. Raises `SettingsError` when there is none."""
    from convo.wiring.authored import flow_sources

    if flow is None:
        return None
    if Path(flow).is_file():
        return Path(flow).stem
    names = [Path(path).stem for path in flow_sources(settings)]
    if flow not in names:
        where = settings.flows.name
        raise SettingsError([f'There is no flow "{flow}" in {where}/. {advice(flow, names)}'])
    return flow


def playbook_for(
    settings: Settings, flow: str | None, *, pretend: bool = False
) -> tuple[Playbook, str]:
    """Everything authored, and a word on what was left out. Raises `FlowErrors`.

    When only other flows have mistakes, the one that was asked for is loaded with those it runs.
    Actions that are to be pretended need not be there.
    """
    from convo.scanning import scan
    from convo.wiring.authored import flow_sources

    handlers = scan(settings.handlers)
    sources = dict(flow_sources(settings))
    own = None if flow is None else _own_source(settings, flow, sources)
    try:
        return _checked(settings, sources, handlers, pretend), ""
    except FlowErrors as errors:
        if own is None or any(problem.place.file == own for problem in errors.problems):
            raise
        few = _with_what_it_runs(own, sources)
        told = "Other files have mistakes, so only this flow is loaded; `convo check` names them."
        return _checked(settings, few, handlers, pretend), told


def _checked(
    settings: Settings,
    sources: Mapping[str, str],
    handlers: Sequence[Keyword | Action],
    pretend: bool,
) -> Playbook:
    from convo.routing.loading import load
    from convo.verification import verify

    names = {Path(file).stem for file in sources}
    anytime = [each for each in settings.anytime if each.flow in names]
    loaded = load(sources, handlers, settings.business, anytime)
    playbook = loaded.playbook
    if pretend:
        steps = [step for flow in playbook.flows.values() for step in flow.steps.values()]
        stand_ins = {
            step.do: Action(name=step.do, act=_stand_in, about="")
            for step in steps
            if isinstance(step, Do)
        }
        playbook = replace(playbook, actions={**stand_ins, **playbook.actions})
    verify(replace(loaded, playbook=playbook))
    return playbook


async def _stand_in(call: Call) -> None:
    """Never called: whatever is pretended is answered before."""
    raise Failed(f"nobody has written what answers {call.key}")


def _own_source(settings: Settings, flow: str, sources: dict[str, str]) -> str:
    """The path of the flow among the sources; a file from elsewhere is put among them."""
    for path in sources:
        if (
            Path(path).stem == flow
            or (settings.file.parent / path).resolve() == Path(flow).resolve()
        ):
            return path
    sources[flow] = Path(flow).read_text("utf-8")
    return flow


def _with_what_it_runs(own: str, sources: dict[str, str]) -> dict[str, str]:
    from convo.engine.schema import read_flow
    from convo.steps.run import Run

    by_name = {Path(path).stem: path for path in sources}
    few: dict[str, str] = {}
    waiting = [own]
    while waiting:
        path = waiting.pop()
        if path in few:
            continue
        few[path] = sources[path]
        steps = read_flow(sources[path], path).steps.values()
        waiting += [by_name[s.run] for s in steps if isinstance(s, Run) and s.run in by_name]
    return few
