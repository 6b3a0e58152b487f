"""One spaced language's words for days and times, and what is made of those that were found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from convo.understanding.date_words import DateWords
from convo.understanding.dates.calendar_days import next_day_of_month, next_such_date, written_day
from convo.understanding.dates.figures import Groups, Reader
from convo.understanding.dates.reading import Reading
from convo.understanding.numerals import spelt_numbers, spelt_ordinals
from convo.understanding.vocabulary import Vocabulary

Meaning = TypeVar("Meaning", int, str)

HALF_HOUR = 30
QUARTER_HOUR = 15
HOUR = 60
LAST_HOUR_WORD = 12
LAST_HOUR_OF_DAY = 23
FIRST_MINUTE_WORD = 10
LAST_DAY_WORD = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One language's words with what they come to, slips of the pen included."""

    dates: DateWords
    numbers: Mapping[str, int]
    #: Those that minutes, and days from now, are counted with.
    to_sixty: Mapping[str, int]
    #: Hours that need no word to be told for hours, and those of the whole day.
    hours: Mapping[str, int]
    all_hours: Mapping[str, int]
    minutes: Mapping[str, int]
    ordinals: Mapping[str, int]
    months: Mapping[str, int]
    days: Mapping[str, int]
    weekdays: Mapping[str, int]
    parts: Mapping[str, str]

    def number(self, word: str | None) -> int:
        word = word or ""
        return int(word) if word.isdigit() else self.numbers[word]

    def day_number(self, figure: str | None, word: str | None) -> int:
        return int(figure) if figure else self.ordinals[word or ""]

    def minutes_in(self, word: str | None) -> int:
        if word in self.dates.half:
            return HALF_HOUR
        return QUARTER_HOUR if word in self.dates.quarter else self.number(word)

    # --- days ---------------------------------------------------------------------------------

    def month_first(self, reading: Reading, groups: Groups) -> bool:
        name, figure, word, year = groups
        return self.day_first(reading, (figure, word, name, year))

    def day_first(self, reading: Reading, groups: Groups) -> bool:
        figure, word, name, year = groups
        month, day = self.months[name or ""], self.day_number(figure, word)
        if year:
            return reading.on(written_day(int(year), month, day))
        return reading.on(next_such_date(reading.now.date(), month, day))

    def day_alone(self, reading: Reading, groups: Groups) -> bool:
        figure, word = groups
        return reading.on(next_day_of_month(reading.now.date(), self.day_number(figure, word)))

    def dotted(self, reading: Reading, groups: Groups) -> bool:
        day, month = (int(group or 0) for group in groups)
        return reading.on(next_such_date(reading.now.date(), month, day))

    def weekday(self, reading: Reading, groups: Groups) -> bool:
        which, name, after = groups
        number = self.weekdays[name or ""]
        if which in self.dates.next:
            return reading.weekday_of(number, 1)
        if which in self.dates.next_or_coming or after in self.dates.next_or_coming_after:
            return reading.weekday_next_or_coming(number)
        if which in self.dates.this and reading.now.weekday() == number:
            return reading.weekday_of(number, 0)
        return reading.weekday(number)

    def short_weekday(self, reading: Reading, groups: Groups) -> bool:
        return reading.weekday(self.dates.short_weekdays[groups[0] or ""])

    def weekday_and_part(self, reading: Reading, groups: Groups) -> bool:
        name, part = groups
        part = self.parts.get(part or "") or self.dates.short_parts[part or ""]
        return reading.weekday(self.weekdays[name or ""]) and reading.part(part)

    def weekday_and_number(self, reading: Reading, groups: Groups) -> bool:
        name, figure = groups
        return reading.weekday_and_number(self.weekdays[name or ""], int(figure or 0))

    def weekday_after(self, weeks: int) -> Reader:
        return lambda reading, groups: reading.weekday_of(self.weekdays[groups[0] or ""], weeks)

    def day(self, reading: Reading, groups: Groups) -> bool:
        return reading.days_from_today(self.days[groups[0] or ""])

    def day_and_short_part(self, reading: Reading, groups: Groups) -> bool:
        name, part = groups
        return self.day(reading, (name,)) and reading.part(self.dates.short_parts[part or ""])

    def day_and_part(self, reading: Reading, groups: Groups) -> bool:
        days, part = self.dates.day_parts[groups[0] or ""]
        return reading.days_from_today(days) and reading.part(part)

    def part(self, reading: Reading, groups: Groups) -> bool:
        this, name = groups
        today = this is None or reading.days_from_today(0)
        return today and reading.part(self.parts[name or ""])

    def festival(self, reading: Reading, groups: Groups) -> bool:
        month, day = self.dates.festivals[groups[0] or ""]
        return reading.on(next_such_date(reading.now.date(), month, day))

    # --- from now -----------------------------------------------------------------------------

    def later(self, reading: Reading, groups: Groups) -> bool:
        amount, unit, and_half = groups
        name = self.dates.units[unit or ""]
        if amount in self.dates.half_a:
            return reading.later(0.5, name)
        count = 1 if amount in self.dates.one else self.number(amount)
        if name == "day" and str(count) in self.dates.loose_days:
            return False
        return reading.later(count + (0.5 if and_half else 0), name)

    def span(self, reading: Reading, groups: Groups) -> bool:
        return reading.later(self.dates.spans[groups[0] or ""], "minute")

    # --- the clock ----------------------------------------------------------------------------

    def past(self, reading: Reading, groups: Groups) -> bool:
        minutes, hour, half = groups
        return reading.at(self.number(hour), self.minutes_in(minutes), half)

    def to(self, reading: Reading, groups: Groups) -> bool:
        minutes, hour, half = groups
        return self._before(reading, hour, self.minutes_in(minutes), half)

    def plus(self, reading: Reading, groups: Groups) -> bool:
        hour, minutes, half = groups
        return self.past(reading, (minutes, hour, half))

    def less(self, reading: Reading, groups: Groups) -> bool:
        hour, minutes, half = groups
        return self.to(reading, (minutes, hour, half))

    def half_before(self, reading: Reading, groups: Groups) -> bool:
        minutes, which, hour = groups
        shift = self.minutes_in(minutes) if minutes else 0
        before = which in self.dates.to
        return self._before(reading, hour, HALF_HOUR + (shift if before else -shift), None)

    def fraction_before(self, reading: Reading, groups: Groups) -> bool:
        name, hour = groups
        return self._before(reading, hour, HOUR - self.dates.fraction_before[name or ""], None)

    def named_hour(self, reading: Reading, groups: Groups) -> bool:
        name, which, minutes = groups
        hour, amount = self.dates.named_hours[name or ""], self.minutes_in(minutes)
        if which in self.dates.less:
            hour, amount = (hour - 1) % (LAST_HOUR_OF_DAY + 1), HOUR - amount
        return reading.at(hour, amount, as_written=True)

    def _before(self, reading: Reading, hour: str | None, minutes: int, half: str | None) -> bool:
        """So many minutes before the hour: before one it is twelve, as on a clock's face."""
        number = self.number(hour)
        if not 0 < minutes <= HOUR:
            return minutes == 0 and reading.at(number, 0, half)
        return reading.at((number - 1) or LAST_HOUR_WORD, (HOUR - minutes) % HOUR, half)

    def hour(self, reading: Reading, groups: Groups) -> bool:
        hour, minute, half = groups
        written = (hour or "").startswith("0")
        return reading.at(
            self.number(hour), self.number(minute) if minute else 0, half, as_written=written
        )

    def figures(self, reading: Reading, groups: Groups) -> bool:
        hour, minute = groups
        written = (hour or "").startswith("0")
        return reading.at(int(hour or 0), int(minute or 0), as_written=written)

    def hour_alone(self, reading: Reading, groups: Groups) -> bool:
        return reading.number(self.hours[groups[0] or ""])


def spoken(table: Vocabulary) -> Spoken:
    """The words of a language's table, made ready."""
    dates = table.dates
    numbers = spelt_numbers(table)
    ordinals = spelt_ordinals(table)
    if dates.days_are_counted:
        ordinals |= {word: n for word, n in numbers.items() if 0 < n <= LAST_DAY_WORD}
    return Spoken(
        dates=dates,
        numbers=numbers,
        to_sixty={word: value for word, value in numbers.items() if value <= HOUR},
        hours={word: value for word, value in numbers.items() if 0 < value <= LAST_HOUR_WORD},
        all_hours={word: value for word, value in numbers.items() if value <= LAST_HOUR_OF_DAY},
        minutes={
            word: value for word, value in numbers.items() if FIRST_MINUTE_WORD <= value < HOUR
        },
        ordinals=ordinals,
        months=_with_slips(dates.months, dates.misspelt),
        days=_with_slips(dates.days, dates.misspelt),
        weekdays=_with_slips(dates.weekdays, dates.misspelt),
        parts=_with_slips(dates.parts, dates.misspelt),
    )


def _with_slips(words: Mapping[str, Meaning], slips: Mapping[str, str]) -> dict[str, Meaning]:
    known = {slip: words[right] for slip, right in slips.items() if right in words}
    return {**words, **known}
