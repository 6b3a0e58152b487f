"""The questions that a session has come by in a flow, so that it can go back to the one before."""

from collections.abc import Sequence

BACK = "back"
"""Where an anytime word leads that goes to the question before."""

MAX_TRAIL = 20
"""Questions that are remembered: a record must stay small, and nobody goes back further."""


def visited(trail: Sequence[str], question: str) -> tuple[str, ...]:
    """The trail with a question that has just been come to; asked again it is the same one."""
    return tuple(trail) if [*trail[-1:]] == [question] else (*trail[1 - MAX_TRAIL :], question)


def back_from(trail: Sequence[str], step: str) -> tuple[str, ...]:
    """The trail up to the question before `step`; at the first question, up to that one."""
    before = trail[:-1] if [*trail[-1:]] == [step] else trail
    return tuple(before or trail)
