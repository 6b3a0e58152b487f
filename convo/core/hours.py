"""When something is open: spans of the wall clock, by weekday, and by a calendar of holidays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

DAYS_A_WEEK = 7

#: `holiday`: a day off by law; `working`: a weekend's day that is worked for it (调休).
CalendarDay = Literal["holiday", "working"]
#: What such a day does to what is open on its weekday.
DayRule = Literal["as usual", "closed", "open"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Minutes after midnight on the wall, `opens` < `closes`."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The days on which a country does not live by its week, for the years that are known."""

    days: Mapping[date, CalendarDay] = field(default_factory=dict[date, CalendarDay])
    years: frozenset[int] = frozenset()


NO_CALENDAR = Calendar()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Open spans of every weekday, Monday first, and what the calendar changes."""

    week: tuple[tuple[Span, ...], ...]
    #: Those of a day that the calendar opens.
    extra: tuple[Span, ...] = ()
    on_holidays: DayRule = "as usual"
    on_working_weekends: DayRule = "as usual"

    @property
    def heeds_calendar(self) -> bool:
        return (self.on_holidays, self.on_working_weekends) != ("as usual", "as usual")

    def spans_of(self, day: date, calendar: Calendar) -> Sequence[Span]:
        """When it is open on `day`."""
        known = calendar.days.get(day)
        rule = {
            None: "as usual",
            "holiday": self.on_holidays,
            "working": self.on_working_weekends,
        }[known]
        match rule:
            case "closed":
                return ()
            case "open":
                return self.week[day.weekday()] or self.extra
            case _:
                return self.week[day.weekday()]


def daily(opens: int, closes: int) -> Hours:
    """The same span on every day."""
    return Hours(week=((Span(opens=opens, closes=closes),),) * DAYS_A_WEEK)
