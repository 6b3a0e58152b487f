"""Places and splits that share a name and are declared differently, so that one would be wrong."""

from collections.abc import Iterator

from convo.engine.schema import Written
from convo.errors import FlowError
from convo.language.document import Path
from convo.routing.loading import Loaded
from convo.sentences import sentence
from convo.steps.limit import Limit
from convo.steps.split import Split
from convo.verification.finding import finding


def unlike_shares(loaded: Loaded) -> Iterator[FlowError]:
    """The second of two that differ is told, with where the first is."""
    first: dict[tuple[str, str], tuple[object, Written, Path]] = {}
    for flow_name, written in loaded.written.items():
        for step_name, step in loaded.playbook.flows[flow_name].steps.items():
            path: Path = ("steps", step_name)
            match step:
                case Limit() if step.limit.first is not None:
                    kind, name = "places", step.limit.of or flow_name
                    declared: object = step.limit.first
                    path = (*path, "limit")
                    mend = sentence(
                        "Give both the same `first`, or the places another name in `of`."
                    )
                case Split():
                    kind, name = "split", step.as_ or f"{flow_name}/{step_name}"
                    declared = tuple(step.split.values())
                    path = (*path, "split")
                    mend = sentence(
                        "Give both the same shares in the same order, or another name in `as`."
                    )
                case _:
                    continue
            known, where, place = first.setdefault((kind, name), (declared, written, path))
            if known != declared:
                there = where.document.place(place)
                what = sentence(
                    '"{name}" is declared differently at {file}:{line}.',
                    name=name,
                    file=there.file,
                    line=there.line,
                )
                yield finding(written, path, what, mend)
