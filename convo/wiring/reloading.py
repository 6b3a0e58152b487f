"""Flows while they are written: read anew when a file changes, and in force when they are right."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from convo.console.phones import Phones
from convo.errors import ConvoError, FlowError, FlowErrors
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
        except FlowErrors as errors:
            shown = (_shown(problem, sources) for problem in errors.problems)
            phones.tell("flows", {"mistakes": "\n\n".join(shown)})
            continue
        except ConvoError as error:
            phones.tell("flows", {"mistakes": str(error)})
            continue
        fresh.playbook.make_ready()
        await shelf.renew(replace(fresh.playbook, secret=shelf.playbook.secret))
        phones.tell("flows", {"mistakes": ""})


def _read(settings: Settings) -> tuple[Mapping[str, str], str]:
    """What the files say now, by their paths; or what keeps them from being read."""
    try:
        return flow_sources(settings), ""
    except ConvoError as error:
        return {}, str(error)


def _shown(problem: FlowError, sources: Mapping[str, str]) -> str:
    """A mistake with its line, a caret below it, and how to mend it."""
    lines = [f"{problem.place}: {problem.what}"]
    if problem.place.file in sources:
        lines += caret(sources[problem.place.file], problem.place).split("\n")
    if problem.mend:
        lines.append(problem.mend)
    return "\n    ".join(lines)
