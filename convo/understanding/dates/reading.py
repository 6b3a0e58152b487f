"""What a reply has said so far about a day and a time, and what that comes to."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from convo.understanding.dates.calendar_days import (
    days_on,
    next_day_of_month,
    next_weekday,
    weekday_in_week,
)
from convo.understanding.dates.clock_times import LAST_HOUR, NOON, moment

MINUTES = {"minute": 1, "hour": 60}
DAYS = {"day": 1, "week": 7}


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A day, a time of day, or both; what was not said is None."""

    day: date | None
    time: time | None


@dataclass(slots=True, kw_only=True)
class Reading:
    """Filled in word by word; every method tells whether the words can mean anything."""

    now: datetime
    day_first: bool | None
    days: set[date] = field(default_factory=set[date])
    clocks: set[tuple[int, int, str | None, bool]] = field(
        default_factory=set[tuple[int, int, str | None, bool]]
    )
    parts: set[str] = field(default_factory=set[str])
    instants: set[datetime] = field(default_factory=set[datetime])
    bare: list[int] = field(default_factory=list[int])
    weekdays: set[int] = field(default_factory=set[int])
    weekday_named: bool = False
    day_in_words: bool = False

    def on(self, day: date | None) -> bool:
        if day is None:
            return False
        self.days.add(day)
        return True

    def days_from_today(self, days: int) -> bool:
        self.day_in_words = True
        return self.on(days_on(self.now.date(), days))

    def weekday(self, weekday: int) -> bool:
        """The next such day, unless a date is given too: then that must be such a day."""
        self.day_in_words = self.weekday_named = True
        self.weekdays.add(weekday)
        return True

    def weekday_of(self, weekday: int, weeks: int) -> bool:
        """None such when it is over already: "this Monday" said on a Friday."""
        self.day_in_words = self.weekday_named = True
        day = weekday_in_week(self.now.date(), weekday, weeks)
        return day is not None and day >= self.now.date() and self.on(day)

    def weekday_next_or_coming(self, weekday: int) -> bool:
        """The next such day, if it is in the next week too: people mean one or the other."""
        today = self.now.date()
        day = next_weekday(today, weekday)
        self.day_in_words = self.weekday_named = True
        return day == weekday_in_week(today, weekday, 1) and self.on(day)

    def weekday_and_number(self, weekday: int, number: int) -> bool:
        """The next such day of the month, if it is such a weekday."""
        day = next_day_of_month(self.now.date(), number)
        return day is not None and day.weekday() == weekday and self.on(day)

    def part(self, name: str) -> bool:
        self.parts.add(name)
        return True

    def at(
        self, hour: int, minute: int = 0, half: str | None = None, *, as_written: bool = False
    ) -> bool:
        self.clocks.add((hour, minute, half or None, as_written))
        return True

    def later(self, amount: float, unit: str) -> bool:
        """So long from now: days keep the calendar, hours and minutes the clock."""
        if unit in DAYS:
            whole = amount * DAYS[unit]
            return float(whole).is_integer() and self.days_from_today(int(whole))
        try:
            instant = self.now.astimezone(UTC) + timedelta(minutes=amount * MINUTES[unit])
            local = instant.astimezone(self.now.tzinfo)
        except OverflowError:
            return False
        self.instants.add(local.replace(second=0, microsecond=0))
        return True

    def number(self, value: int) -> bool:
        self.bare.append(value)
        return True

    def conclude(self, *, time_only: bool) -> When | None:
        """None where nothing was said, or two things that do not go together."""
        if self.weekdays and not self._place_the_weekday():
            return None
        if max(len(self.days), len(self.parts), len(self.instants)) > 1:
            return None
        if self.instants:
            return self._exact()
        day = next(iter(self.days), None)
        part = next(iter(self.parts), None)
        if self.bare and not self._place_the_bare_number(day, time_only=time_only):
            return None
        if len(self.clocks) > 1:
            return None
        if part == "midnight" and day is not None and not self._before_midnight():
            return None  # of which of two nights?
        if not self.clocks:
            said = {"noon": time(NOON), "midnight": time(0)}.get(part or "")
            return When(day=day, time=said) if day or said else None
        hour, minute, half, as_written = next(iter(self.clocks))
        found = moment(hour, minute, half=half, part=part, as_written=as_written)
        if found is None:
            return None
        said, days = found
        return When(day=days_on(day, days) if day else None, time=said)

    def _place_the_weekday(self) -> bool:
        if len(self.weekdays) > 1:
            return False
        weekday = next(iter(self.weekdays))
        if self.days:
            return all(day.weekday() == weekday for day in self.days)
        return self.on(next_weekday(self.now.date(), weekday))

    def _exact(self) -> When | None:
        if self.days or self.clocks or self.parts or self.bare:
            return None
        instant = next(iter(self.instants))
        return When(day=instant.date(), time=instant.time())

    def _before_midnight(self) -> bool:
        return any(hour % NOON >= NOON - 2 for hour, _, _, _ in self.clocks)

    def _place_the_bare_number(self, day: date | None, *, time_only: bool) -> bool:
        """A number alone is an hour only where a day or a part of it was said in words.

        After a weekday it may be the day of the month: "Friday 27" is, "Friday 4" is not clear
        when that Friday is the 4th.
        """
        if len(self.bare) != 1 or self.clocks:
            return False
        number = self.bare[0]
        if self.weekday_named and day is not None and not self.parts:
            if number == day.day:
                return number > NOON
            if number > NOON:
                return False
        if not (self.parts or self.day_in_words or time_only) or number > LAST_HOUR:
            return False
        return self.at(number)
