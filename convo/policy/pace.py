"""How fast a channel goes that its provider has told to slow down: half at once, back bit by bit.

Additive increase, multiplicative decrease: what networks do that nobody tells how much they take.
"""

from dataclasses import dataclass
from typing import Final

FULL: Final = 64
"""A pace is told in sixty-fourths of the full one, which is never exceeded."""

FASTER_EVERY: Final = 1_000
"""Milliseconds without a complaint after which it goes by a sixty-fourth faster."""

ONE_COMPLAINT: Final = 1_000
"""Milliseconds in which several complaints are about the same: they were under way together."""


@dataclass(frozen=True, slots=True)
class Pace:
    """`steps` of FULL at the time `since` (ms since 1970), when it was last told to slow down."""

    steps: int = FULL
    since: int = 0

    def at(self, now: int) -> int:
        """The sixty-fourths that it goes at now."""
        return min(FULL, self.steps + max(0, now - self.since) // FASTER_EVERY)


def slowed(pace: Pace, now: int) -> Pace:
    """The pace after a complaint."""
    steps = pace.at(now)
    if steps < FULL and now - pace.since < ONE_COMPLAINT:
        return pace
    return Pace(steps=max(1, steps // 2), since=now)
