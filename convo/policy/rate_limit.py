"""How many parts may leave now: the generic cell rate algorithm (GCRA), and a count of the day.

Parts are charged, not messages, for parts are what carriers count and bill. All is counted in
whole numbers: a millisecond is `rate.parts` ticks, a part costs `rate.every` of them, so nothing
is rounded and every answer holds to the millisecond.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from convo.core.limits import Limit

STOP_AT = 95
"""Percent of a day's parts at which we stop: carriers may count a little otherwise than we do, and
what is beyond the cap is refused, and charged by some all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What of a limit is used up."""

    #: The tick at which everything that was sent is paid for.
    paid: int = 0
    #: The day that `today` counts, as `date.toordinal` numbers it.
    day: int = 0
    today: int = 0


def permits(limit: Limit, spent: Spent, now: int) -> int | None:
    """Whole parts that may start at `now` (ms since 1970); None where nothing limits them.

    A message may start while there is one, and may be longer than what is left: that overdraws
    the limit by this message and is paid for before the next.
    """
    left: list[int] = []
    if (rate := limit.rate) is not None:
        debt = max(0, spent.paid - now * rate.parts)
        left.append(rate.burst - -(-debt // rate.every))
    if limit.per_day is not None:
        left.append(most_a_day(limit.per_day) - _today(limit, spent, now))
    return max(0, min(left)) if left else None


def charged(limit: Limit, spent: Spent, parts: int, now: int) -> Spent:
    """What is used up once `parts` more have left; below 0 they are given back."""
    paid = spent.paid
    if (rate := limit.rate) is not None:
        paid = (max(paid, now * rate.parts) if parts > 0 else paid) + parts * rate.every
    if limit.per_day is None:
        return Spent(paid=paid)
    today = max(0, _today(limit, spent, now) + parts)
    return Spent(paid=paid, day=_moment(limit, now).toordinal(), today=today)


def free_at(limit: Limit, spent: Spent, now: int) -> int:
    """When `permits` will be one or more, ms since 1970; `now` when it is."""
    at = now
    if (rate := limit.rate) is not None:
        # All but the burst less one part must be paid for.
        at = max(at, -(((rate.burst - 1) * rate.every - spent.paid) // rate.parts))
    if limit.per_day is not None and _today(limit, spent, now) >= most_a_day(limit.per_day):
        at = max(at, day_of(limit, now)[1])
    return at


def most_a_day(per_day: int) -> int:
    """Parts of a day behind which no message starts."""
    return per_day * STOP_AT // 100


def day_of(limit: Limit, now: int) -> tuple[int, int]:
    """The first moment of the limit's day, and of the next one, ms since 1970."""
    today = _moment(limit, now).date()
    begin, end = (
        datetime.combine(day, time.min, ZoneInfo(limit.zone))
        for day in (today, today + timedelta(days=1))
    )
    return int(begin.timestamp() * 1_000), int(end.timestamp() * 1_000)


def _today(limit: Limit, spent: Spent, now: int) -> int:
    """Parts that have left since the day began."""
    return spent.today if spent.day == _moment(limit, now).toordinal() else 0


def _moment(limit: Limit, now: int) -> datetime:
    return datetime.fromtimestamp(now / 1_000, ZoneInfo(limit.zone))
