"""Steps that lead round and round without anybody being asked or anything being waited for."""

from collections.abc import Iterator

from convo.engine.flow import Flow
from convo.errors import FlowError
from convo.routing.loading import Loaded
from convo.sentences import sentence
from convo.steps.say import Say
from convo.steps.set import Set
from convo.verification.finding import at_key


def endless_circles(loaded: Loaded) -> Iterator[FlowError]:
    """Circles of `say` and `set` alone: they turn for ever. One with a `branch` in it may end."""
    for name, written in loaded.written.items():
        flow = loaded.playbook.flows[name]
        known: set[str] = set()
        for step in flow.steps:
            circle = _circle(flow, step)
            if circle and not known & {*circle}:
                known |= {*circle}
                what = sentence(
                    "Here the conversation goes round for ever: {circle}.",
                    circle=" > ".join(circle),
                )
                mend = sentence("Let one of these lead elsewhere, or ask or wait in between.")
                yield at_key(written, ("steps", circle[0]), what, mend)


def _circle(flow: Flow, first: str) -> tuple[str, ...]:
    """The steps from `first` back to it, if each of them only speaks or sets and goes on."""
    walked: list[str] = []
    step: str | None = first
    while step is not None and step not in walked:
        if not isinstance(flow.steps.get(step), Say | Set):
            return ()
        walked.append(step)
        step = flow.ways[step][0].to
    return tuple(walked) if step == first else ()
