"""What conversations never came to: the steps, ways and refusals of each flow that none took."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from convo.core.record_codec import Recorded
from convo.engine.flow import Flow
from convo.steps.end import END
from convo.steps.run import Run

EXPIRES = "expires"

#: Flow, step ("" for a way that every step has), label, where it leads.
Way = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """How much of one flow was walked, and what never was."""

    flow: str
    steps: int
    ways: int
    never_steps: tuple[str, ...]
    #: As one reads them: "day: give_up -> front_desk".
    never_ways: tuple[str, ...]
    #: Questions that never met a reply which they do not take.
    never_refused: tuple[str, ...]


def covered(flows: Mapping[str, Flow], recorded: Iterable[Recorded]) -> tuple[Covered, ...]:
    """What the records say of each flow, in the order of the flows."""
    taken: set[Way] = set()
    entered: set[tuple[str, str]] = set()
    refused: set[tuple[str, str]] = set()
    for each in recorded:
        for record in each.records:
            facts = record.facts
            match record.kind:
                case "started" if facts["flow"] in flows:
                    entered.add((facts["flow"], flows[facts["flow"]].first))
                case "step":
                    flow, step, to = facts["flow"], facts["step"], facts["to"]
                    taken.add(_way(flow, step, facts["branch"], to))
                    entered |= {(flow, step), (flow, to)}
                case "unclear":
                    refused.add((facts["flow"], facts["step"]))
                case _:
                    pass
    _enter_runs(flows, entered)
    return tuple(_covered(flow, taken, entered, refused) for flow in flows.values())


def _enter_runs(flows: Mapping[str, Flow], entered: set[tuple[str, str]]) -> None:
    """A flow that another runs is begun at its first step, which no record tells."""
    for flow, step in tuple(entered):
        form = flows[flow].steps.get(step) if flow in flows else None
        if isinstance(form, Run) and form.run in flows:
            entered.add((form.run, flows[form.run].first))


def _way(flow: str, step: str, label: str, to: str) -> Way:
    shared = label == EXPIRES or label.startswith("anytime:")
    return (flow, "" if shared else step, label, to)


def _covered(
    flow: Flow,
    taken: set[Way],
    entered: set[tuple[str, str]],
    refused: set[tuple[str, str]],
) -> Covered:
    ways: dict[Way, None] = {}
    for step, branches in flow.ways.items():
        for branch in branches:
            ways[_way(flow.name, step, branch.label, branch.to or END)] = None
    for word, entry in flow.anytime.items():
        ways[_way(flow.name, "", f"anytime:{word}", entry.go)] = None
    return Covered(
        flow=flow.name,
        steps=len(flow.steps),
        ways=len(ways),
        never_steps=tuple(step for step in flow.steps if (flow.name, step) not in entered),
        never_ways=tuple(_told(way) for way in ways if way not in taken),
        never_refused=tuple(
            name
            for name, step in flow.steps.items()
            if step.asks and (flow.name, name) not in refused
        ),
    )


def _told(way: Way) -> str:
    _, step, label, to = way
    if label == EXPIRES:
        return f"expires -> {to}"
    if not step:
        return f"{label.replace(':', ' ')} -> {to}"
    return f"{step}: {label} -> {to}"
