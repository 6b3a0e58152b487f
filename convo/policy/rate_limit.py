"""How many parts a channel may send now: the generic cell rate algorithm, by parts.

A limit keeps one number for each channel: when it would be idle if it sent no faster than
allowed. Parts are charged, not messages, for parts are what carriers count and bill.
"""

import math
from dataclasses import dataclass

# A part that is all but free is free: clocks in seconds since 1970 are no more exact.
_ALMOST = 1e-3


@dataclass(frozen=True, slots=True)
class Bucket:
    """`theoretical_arrival`: seconds, by the caller's clock, when everything sent is paid for."""

    theoretical_arrival: float = 0.0


def permits(bucket: Bucket, now: float, parts_per_second: float, burst: float) -> float:
    """Whole parts that may start now; at most `burst`, infinite for an infinite rate.

    A message may start while there is one, and may be longer than what is left: that overdraws
    the bucket by this message and is paid for before the next.
    """
    if math.isinf(parts_per_second):
        return math.inf
    debt = max(0.0, bucket.theoretical_arrival - now) * parts_per_second
    return float(max(0, math.floor(burst - debt + _ALMOST)))


def spend(bucket: Bucket, now: float, parts: float, parts_per_second: float) -> Bucket:
    """The bucket after `parts` have been sent."""
    return Bucket(max(bucket.theoretical_arrival, now) + parts / parts_per_second)


def next_free(bucket: Bucket, now: float, parts_per_second: float, burst: float) -> float:
    """Seconds until `permits` is at least one; 0 when it is. A burst under one counts as one."""
    if math.isinf(parts_per_second):
        return 0.0
    debt = max(0.0, bucket.theoretical_arrival - now) * parts_per_second
    return max(0.0, debt - burst + 1) / parts_per_second
