"""Steps that no conversation can come to."""

from collections.abc import Collection, Iterator

from convo.engine.flow import Flow
from convo.errors import FlowError
from convo.routing.loading import Loaded
from convo.sentences import sentence
from convo.verification.finding import at_key


def unreachable_steps(loaded: Loaded) -> Iterator[FlowError]:
    """Neither a way, nor an anytime word, nor the flow's silence, nor `moved` leads there."""
    for name, written in loaded.written.items():
        flow = loaded.playbook.flows[name]
        found = reached(flow)
        for step in flow.steps:
            if step not in found:
                what = sentence('No way leads to step "{step}".', step=step)
                mend = sentence("Let a `go` lead there, or take it away.")
                yield at_key(written, ("steps", step), what, mend)


def reached(flow: Flow, past: Collection[tuple[str, str]] = ()) -> frozenset[str]:
    """The steps that can be come to, taking no way of `past`: (step, label) each."""
    found: set[str] = set()
    waiting = [
        flow.first,
        *(entry.go for entry in flow.anytime.values()),
        *(line.go for line in flow.moved.values() if line.go is not None),
    ]
    while waiting:
        step = waiting.pop()
        if step in found or step not in flow.steps:
            continue
        found.add(step)
        waiting += [
            way.to
            for way in flow.ways[step]
            if way.to is not None and (step, way.label) not in past
        ]
    return frozenset(found)
