"""Which sessions a newer version of their flow takes along, and where they go on in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from convo.core.sessions import Frame
from convo.engine.flow import Flow
from convo.engine.moves import STAY, followed
from convo.engine.schema import Moved
from convo.engine.walking import Bundle
from convo.steps.run import Run

OUTCOME = "moved"
"""How a flow ends that `moved` ends."""

#: An errand is out; `moved` says stay; the step has changed or is gone, and `moved` says nothing;
#: or it is as it was, and `moved` says nothing.
Why = Literal["errand", "told", "changed", "gone", "same"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a session goes on in another version of its flow."""

    version: str
    bundle: Bundle
    #: The frames that go along, as they are there; what stood on top of the last one is left.
    frames: tuple[Frame, ...]
    #: What is said of the step where it stood in the last one; None where that is as it was.
    line: Moved | None
    #: Names of answers that are not kept there, or not as answers of this kind.
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Why a session stays in its version, and where: the step that says so."""

    why: Why
    flow: str
    step: str


def destination(
    frames: Sequence[Frame], old: Bundle, version: str, new: Bundle
) -> Destination | Stay:
    """Where another version takes a session along, or why it does not.

    A session goes whole. Where one flow runs another, each of the two must know where its people
    go on: by its `moved`, or because the step at which they stand is as it was. While an errand is
    out nobody goes: its answer belongs to the version that asked for it.
    """
    if frames[-1].errand is not None:
        return _stay("errand", frames[-1])
    going: list[Frame] = []
    lost: list[str] = []
    told, line = False, None
    for n, frame in enumerate(frames):
        was, flow = old[frame.flow], new[frame.flow]
        line = line_for(frame.step, was, flow)
        if line is None and not unchanged(frame.step, was, flow):
            return _stay("changed" if frame.step in flow.steps else "gone", frame)
        if line is not None and line.go == STAY and STAY not in flow.steps:
            return _stay("told", frame)
        told = told or line is not None
        lost += _lost(frame, was, flow)
        going.append(_there(frame, line, was, flow, version))
        if line is not None and not _runs(flow, line, frames[n + 1 : n + 2]):
            break
    if not told:
        return _stay("same", frames[-1])
    return Destination(
        version=version, bundle=new, frames=tuple(going), line=line, lost=tuple(lost)
    )


def _stay(why: Why, frame: Frame) -> Stay:
    return Stay(why=why, flow=frame.flow, step=frame.step)


def line_for(step: str, was: Flow, flow: Flow) -> Moved | None:
    """What `flow` says of people who wait at a step of the older version `was`.

    A line that `was` had already is about versions before it: an old line that was left in the file
    moves nobody again, unless the step has changed since.
    """
    line = flow.moved.get(step)
    if line is None or (line == was.moved.get(step) and unchanged(step, was, flow)):
        return None
    return followed(line, flow.moved, flow.steps)


def unchanged(step: str, was: Flow, flow: Flow) -> bool:
    """Whether a step is there, and says and does what it did."""
    return was.steps[step].is_as(flow.steps.get(step))


def _runs(flow: Flow, line: Moved, above: Sequence[Frame]) -> bool:
    """Whether a line leads to where the flow that stands above is run too."""
    step = flow.steps.get(line.go or "")
    return isinstance(step, Run) and not line.again and [each.flow for each in above] == [step.run]


def _there(frame: Frame, line: Moved | None, was: Flow, flow: Flow, version: str) -> Frame:
    """The frame in the other version; at its first step where no step is named."""
    step = frame.step if line is None else line.go
    if step not in flow.steps:
        step = flow.first
    renamed = [step if name == frame.step else name for name in frame.trail]
    gone = _lost(frame, was, flow)
    return replace(
        frame,
        version=version,
        step=step,
        answers={name: raw for name, raw in frame.answers.items() if name not in gone},
        brought={
            name: raw
            for name, raw in frame.brought.items()
            if was.brings.get(name) == flow.brings.get(name)
        },
        trail=tuple(name for name in renamed if name in flow.steps),
    )


def _lost(frame: Frame, was: Flow, flow: Flow) -> Sequence[str]:
    return [name for name, raw in frame.answers.items() if not _is_kept(name, raw, was, flow)]


def _is_kept(name: str, raw: Any, was: Flow, flow: Flow) -> bool:
    """Whether an answer is of the same kind there, and an option still one."""
    kind = flow.answers.get(name)
    if kind != was.answers.get(name):
        return False
    if name not in flow.labels or kind not in ("option", "options"):
        return True
    chosen = cast("list[str]", raw) if kind == "options" else [raw]
    return flow.labels[name].keys() >= {*chosen}
