"""Days that come every year: the next one, and what the 29th of February is in a common year."""

import calendar
from datetime import date
from typing import Literal

LeapDay = Literal["28 Feb", "1 Mar"]

_FEBRUARY, _LEAP = 2, 29


def next_anniversary(of: date, after: date, leap_day: LeapDay) -> date:
    """The first day after `after` on which it is that day of the year again."""
    this = in_year(of, after.year, leap_day)
    return this if this > after else in_year(of, after.year + 1, leap_day)


def in_year(of: date, year: int, leap_day: LeapDay) -> date:
    """The day of `year`; one that this year has not got is the one that is declared."""
    if (of.month, of.day) == (_FEBRUARY, _LEAP) and not calendar.isleap(year):
        return date(year, _FEBRUARY, 28) if leap_day == "28 Feb" else date(year, 3, 1)
    return date(year, of.month, of.day)
