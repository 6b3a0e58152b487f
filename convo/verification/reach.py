"""Steps that no conversation can come to."""

from collections.abc import Iterator

from convo.engine.flow import Flow
from convo.errors import FlowError
from convo.routing.loading import Loaded
from convo.verification.finding import at_key


def unreachable_steps(loaded: Loaded) -> Iterator[FlowError]:
    """Neither a way, nor an anytime word, nor the flow's silence leads there."""
    for name, written in loaded.written.items():
        flow = loaded.playbook.flows[name]
        reached = _reached(flow)
        for step in flow.steps:
            if step not in reached:
                what = f'No way leads to step "{step}".'
                mend = "Let a `go` lead there, or take it away."
                yield at_key(written, ("steps", step), what, mend)


def _reached(flow: Flow) -> frozenset[str]:
    found: set[str] = set()
    waiting = [flow.first, *(entry.go for entry in flow.anytime.values())]
    while waiting:
        step = waiting.pop()
        if step in found or step not in flow.steps:
            continue
        found.add(step)
        waiting += [way.to for way in flow.ways[step] if way.to is not None]
    return frozenset(found)
