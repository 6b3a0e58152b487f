"""Flows while they are written: read anew when a file changes, and in force when they are right."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from convo.chinese import SAYING, Saying
from convo.console.phones import Phones
from convo.errors import ConvoError, FlowError, FlowErrors, SettingsError
from convo.language.document import caret
from convo.routing.playbook import Playbook
from convo.runtime.shelf import Shelf
from convo.settings import Settings
from convo.wiring.authored import Authored, authored, flow_sources

LOOK_AGAIN = 0.3
"""Seconds between two looks at the folder of flows."""


async def reload(found: Authored, shelf: Shelf[Playbook], phones: Phones) -> None:
    """Watch the flows; conversations under way keep their version. Without an end.

    A mistake is shown, and the version before stays in force.
    """
    settings = found.settings
    known = await asyncio.to_thread(_read, settings)
    while True:
        await asyncio.sleep(LOOK_AGAIN)
        sources, wrong = await asyncio.to_thread(_read, settings)
        if (sources, wrong) == known:
            continue
        known = sources, wrong
        try:
            fresh = await asyncio.to_thread(authored, settings)
        except ConvoError as error:
            told = {name: _told(error, sources, say) for name, say in SAYING.items()}
            phones.tell("flows", {"mistakes": told})
            continue
        fresh.playbook.make_ready()
        await shelf.renew(replace(fresh.playbook, secret=shelf.playbook.secret))
        phones.tell("flows", {"mistakes": None})


def _read(settings: Settings) -> tuple[Mapping[str, str], str]:
    """What the files say now, by their paths; or what keeps them from being read."""
    try:
        return flow_sources(settings), ""
    except ConvoError as error:
        return {}, str(error)


def _told(error: ConvoError, sources: Mapping[str, str], say: Saying) -> str:
    match error:
        case FlowErrors():
            return "\n\n".join(_shown(problem, sources, say) for problem in error.problems)
        case SettingsError():
            return "\n".join(map(say, error.problems))
        case _:
            return str(error)


def _shown(problem: FlowError, sources: Mapping[str, str], say: Saying) -> str:
    """A mistake with its line, a caret below it, and how to mend it."""
    lines = [f"{problem.place}: {say(problem.what)}"]
    if problem.place.file in sources:
        lines += caret(sources[problem.place.file], problem.place).split("\n")
    if problem.mend:
        lines.append(say(problem.mend))
    return "\n    ".join(lines)
