"""What an owner has committed lately, to be done again where a server took over that lacks it."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

KEPT_FOR = 10.0
"""Seconds: what a replica may be behind."""

KEPT_STEPS = 400
"""Steps at most, which is less than that where a partition is very busy."""

Asked = TypeVar("Asked")
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Generic[Asked, Read]):
    """A step that was answered."""

    #: How many came before it.
    seq: int
    #: When the answer came, by the loop's `time()`.
    at: float
    asked: Asked = field(repr=False)
    #: Ids of the messages that it handed out, when, ms, and to be carried by which channel: from
    #: then on they may have left.
    claims: Sequence[tuple[str, int, str]] = ()
    #: Ids of the errands that it handed out.
    errands: Sequence[str] = ()
    #: What it read of the inbox, oldest first.
    read: Sequence[Read] = field(default=(), repr=False)


class Redo(Generic[Asked, Read]):
    """The last steps of one lease."""

    def __init__(self) -> None:
        self._steps: deque[Step[Asked, Read]] = deque(maxlen=KEPT_STEPS)

    def note(self, step: Step[Asked, Read]) -> None:
        """The newest. A server has answered it, so what is old enough is safe there."""
        while self._steps and self._steps[0].at < step.at - KEPT_FOR:
            self._steps.popleft()
        self._steps.append(step)

    def since(self, seq: int) -> Sequence[Step[Asked, Read]] | None:
        """The steps behind the first `seq` of them; None where we do not have them all any more."""
        steps = [step for step in self._steps if step.seq >= seq]
        return steps if steps and steps[0].seq == seq else None

    def read(self) -> Iterator[Read]:
        """What these steps have read of the inbox; one that was read twice comes twice."""
        for step in self._steps:
            yield from step.read
