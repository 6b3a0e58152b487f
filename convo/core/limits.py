"""How much may leave: so many parts in a time, or in a day, by one channel or by several."""

from dataclasses import dataclass
from math import gcd
from typing import Self

PACIFIC = "America/Los_Angeles"
"""The day of 10DLC's caps: T-Mobile counts a brand's parts from midnight to midnight Pacific."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """`parts` every so many milliseconds, in the smallest whole numbers that say it."""

    parts: int
    every: int

    @classmethod
    def of(cls, parts: int, every: int) -> Self:
        """`parts` in `every` milliseconds, both above 0."""
        common = gcd(parts, every)
        return cls(parts=parts // common, every=every // common)

    @property
    def burst(self) -> int:
        """Parts that may leave at once: a tenth of a second's, and never less than one."""
        return max(1, self.parts * 100 // self.every)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit; channels that name the same one share it."""

    #: Its own among all limits, like `accounts.twilio`.
    name: str
    rate: Rate | None = None
    #: Parts of a day in `zone`.
    per_day: int | None = None
    zone: str = PACIFIC
