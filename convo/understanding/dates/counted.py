"""How days and times are said where a sign tells what each number counts; words from the table."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from convo.understanding.date_words import CountedWords
from convo.understanding.dates.calendar_days import (
    day_of_month,
    next_day_of_month,
    next_such_date,
    written_day,
)
from convo.understanding.dates.figures import Groups, Pattern, Reader
from convo.understanding.dates.reading import Reading
from convo.understanding.normalise import NO_WORD_GOES_ON, either
from convo.understanding.numerals import chinese_number, spelt_numbers
from convo.understanding.vocabulary import Vocabulary

HOUR = 60
LAST_HOUR_WORD = 12
LAST_DAY = 31
TEN = 10
MINUTES_SPELT = 5
"""Above the days of a month, only minutes such as 40 and 45 are said in words."""

NONE_SUCH = 99
"""In place of what is no number: a day, and an hour, that there is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """One language's words with what they come to."""

    words: CountedWords
    numbers: Mapping[str, int]
    hours: Mapping[str, int]

    def number(self, written: str | None, names: Mapping[str, int] | None = None) -> int:
        written = written or ""
        if written.isascii() and written.isdigit():
            return int(written)
        named = (self.numbers if names is None else names).get(written)
        if named is not None:
            return named
        value = chinese_number(written)
        return NONE_SUCH if value is None else value

    # --- readers: days ----------------------------------------------------------------------

    def month_and_day(self, reading: Reading, groups: Groups) -> bool:
        year, years_on, month, day = groups
        month_number, day_number = self.month(month), self.number(day)
        if year or years_on:
            number = int(year) if year else reading.now.year + self.words.years_on[years_on or ""]
            return reading.on(written_day(number, month_number, day_number))
        return reading.on(next_such_date(reading.now.date(), month_number, day_number))

    def day_and_month(self, reading: Reading, groups: Groups) -> bool:
        day, month, year = groups
        return self.month_and_day(reading, (year, None, month, day))

    def month(self, written: str | None) -> int:
        return self.number(written, self.words.months)

    def day_in_month(self, reading: Reading, groups: Groups) -> bool:
        which, day = groups
        number = self.words.month_days.get(day or "") or self.number(day)
        if which:
            months = self.words.months_on[which]
            return reading.on(day_of_month(reading.now.date(), number, months))
        return reading.on(next_day_of_month(reading.now.date(), number))

    def festival(self, reading: Reading, groups: Groups) -> bool:
        month, day = self.words.festivals[groups[0] or ""]
        return reading.on(next_such_date(reading.now.date(), month, day))

    def weekday(self, reading: Reading, groups: Groups) -> bool:
        week, following, name, week_behind = groups
        number = self.words.weekdays[name or ""]
        which = week or week_behind
        if which:
            return reading.weekday_of(number, self.words.weeks[which])
        return reading.weekday_of(number, 1) if following else reading.weekday(number)

    def weekday_of_a_date(self, reading: Reading, groups: Groups) -> bool:
        return reading.weekday(self.words.short_weekdays[groups[0] or ""])

    def day(self, reading: Reading, groups: Groups) -> bool:
        return reading.days_from_today(self.words.days[groups[0] or ""])

    def day_and_part(self, reading: Reading, groups: Groups) -> bool:
        days, part = self.words.day_parts[groups[0] or ""]
        return reading.days_from_today(days) and reading.part(part)

    def part(self, reading: Reading, groups: Groups) -> bool:
        return reading.part(self.words.parts[groups[0] or ""])

    # --- readers: from now ------------------------------------------------------------------

    def later(self, reading: Reading, groups: Groups) -> bool:
        amount, unit, and_a_half = groups
        half = 0.5 if and_a_half else 0.0
        if amount in self.words.half_a:
            return reading.later(0.5, self.words.units[unit or ""])
        count = 1 if amount is None else self.number(amount)
        return reading.later(count + half, self.words.units[unit or ""])

    def so_many(self, units: Mapping[str, str], count: int) -> Reader:
        def later(reading: Reading, groups: Groups) -> bool:
            unit, and_a_half = groups
            return reading.later(count + (0.5 if and_a_half else 0.0), units[unit or ""])

        return later

    # --- readers: clock ---------------------------------------------------------------------

    def clock(self, reading: Reading, groups: Groups) -> bool:
        hour, more, minute, before = groups
        minutes = self.words.behind_hour[more] if more else self.number(minute or "0")
        return self.at(reading, hour, -minutes if before else minutes)

    def ahead(self, reading: Reading, groups: Groups) -> bool:
        more, hour = groups
        return self.at(reading, hour, self.words.ahead_of_hour[more or ""])

    def at(self, reading: Reading, hour: str | None, minutes: int) -> bool:
        written = (hour or "").startswith("0")
        number = self.number(hour, self.hours)
        if minutes >= 0:
            return reading.at(number, minutes, as_written=written)
        number = number - 1 if number > 1 else LAST_HOUR_WORD
        return reading.at(number, HOUR + minutes, as_written=written)

    def whole_time(self, reading: Reading, groups: Groups) -> bool:
        return reading.at(*self.words.whole_times[groups[0] or ""])

    def figures(self, reading: Reading, groups: Groups) -> bool:
        hour, minute = groups
        return self.at(reading, hour, int(minute or 0))

    def hour_alone(self, reading: Reading, groups: Groups) -> bool:
        return reading.number(self.number(groups[0], self.hours))


def counted_patterns(table: Vocabulary, words: CountedWords) -> tuple[Pattern, ...]:
    """The grammar; the first pattern that fits wins, so the longer ways of saying come first."""
    numbers = {
        word: value
        for word, value in spelt_numbers(table).items()
        if value <= LAST_DAY or value % MINUTES_SPELT == 0
    }
    small = {word: value for word, value in numbers.items() if 0 < value <= LAST_HOUR_WORD}
    spoken = _Counted(words=words, numbers=numbers, hours={**small, **words.hours})
    forms = _Forms(
        end=NO_WORD_GOES_ON if table.spaced else "",
        attached=f"(?:{either(table.attached_before)} ?)?" if table.attached_before else "",
        characters="".join([*table.digits, *table.multiples, *table.joined]),
        hour_signs=tuple(
            written
            for written in _characters_up_to_twelve(table)
            if written not in table.dates.fillers
        ),
    )
    return (
        *_later_patterns(spoken, forms),
        *_date_patterns(spoken, forms),
        *_day_patterns(spoken, forms),
        *_clock_patterns(spoken, forms),
    )


def _characters_up_to_twelve(table: Vocabulary) -> Iterable[str]:
    ones = [char for char, value in table.digits.items() if value > 0]
    tens = [char for char, value in table.multiples.items() if value == TEN]
    return (*ones, *tens, *(ten + one for ten in tens for one in ones if table.digits[one] <= 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Forms:
    """What stands for what in the patterns of one language."""

    end: str
    attached: str
    characters: str
    #: A character that also is an ending, as 이 is, is no hour by itself.
    hour_signs: tuple[str, ...]

    def one(self, words: Iterable[str]) -> str:
        """One of these words, as a group."""
        return f"({either(words)}){self.end}"

    def word(self, words: Iterable[str]) -> str:
        return f"(?:{either(words)}{self.end})"

    def number(self, names: Iterable[str], *, figures: str = "[0-9]{1,2}") -> str:
        """A number, as a group. Figures may touch what they count in any language."""
        ways = [f"{figures}(?![0-9])", either(names) + self.end]
        if self.characters:
            ways.append(f"[{re.escape(self.characters)}]{{1,4}}")
        return f"({'|'.join(ways)})"


def _later_patterns(spoken: _Counted, forms: _Forms) -> Iterable[Pattern]:
    words = spoken.words
    count = forms.number([*spoken.numbers, *words.half_a], figures="[0-9]{1,4}")
    unit = forms.one(words.units)
    half = f"(?: ?{forms.one(words.and_a_half)})?"
    if words.within:
        within = forms.word(words.within)
        yield rf"{within} {count} ?{unit}{half}", spoken.later
        yield rf"{within} ()?{unit}{half}", spoken.later
        yield rf"{within} {forms.one(words.two_of)}{half}", spoken.so_many(words.two_of, 2)
    if words.from_now:
        behind = f" ?{forms.word(words.from_now)}"
        yield rf"{count} ?{unit}{half}{behind}", spoken.later
        # 時間 with half in front of it: 1時間半 and 1 and a half 時間.
        yield rf"{forms.one(words.one_of)}{half}{behind}", spoken.so_many(words.one_of, 1)
        yield rf"{forms.one(words.two_of)}{half}{behind}", spoken.so_many(words.two_of, 2)


def _date_patterns(spoken: _Counted, forms: _Forms) -> Iterable[Pattern]:
    words = spoken.words
    number = forms.number(spoken.numbers)
    named = forms.one(words.months)
    year = rf"(?:(20[0-9]{{2}}) ?{forms.word(words.year_sign)} ?|{forms.one(words.years_on)} ?)?"
    day_sign = forms.word(words.day_sign)
    of = f"(?:{forms.word(words.before_month)} )?"
    no_clock = rf"(?![0-9:]| ?{forms.word(words.hour_sign)}|\.[0-9])"
    which = f"(?:{forms.one(words.months_on)} ?)?"
    if forms.end:
        yield (
            rf"{number} {forms.word(words.month_sign)} {number}()?{no_clock}",
            spoken.day_and_month,
        )
        yield (
            rf"{number} ?(?:{day_sign} )?{of}{named}(?: (20[0-9]{{2}})(?![0-9]))?",
            spoken.day_and_month,
        )
    else:
        yield (
            rf"{year}{number} ?{forms.word(words.month_sign)} ?{number} ?{day_sign}",
            spoken.month_and_day,
        )
        yield rf"{year}{number} ?{forms.word(words.month_sign)}(?:の)? ?{number}{no_clock}", _never
    yield rf"{year}{named} ?{of}{number}(?: ?{day_sign})?{no_clock}", spoken.month_and_day
    month_days = forms.one(words.month_days)
    yield rf"{which}{month_days}", spoken.day_in_month
    yield rf"{which}{number} ?{day_sign}", spoken.day_in_month
    yield rf"{forms.word(words.before_day)} ()?{number}{no_clock}", spoken.day_in_month
    yield forms.one(words.festivals), spoken.festival


def _day_patterns(spoken: _Counted, forms: _Forms) -> Iterable[Pattern]:
    words = spoken.words
    week = forms.one(words.weeks)
    coming = forms.word(words.coming)
    before = f"(?:{forms.word(words.before_weekday)} )?"
    yield (
        rf"(?:{week} ?)?(?:{forms.one(words.next)} |{coming} ?)?{before}{forms.attached}"
        rf"{forms.one(words.weekdays)}(?: {coming})?(?: {week})?",
        spoken.weekday,
    )
    yield rf"{forms.one(words.short_weekdays)}(?= ?\))", spoken.weekday_of_a_date
    yield forms.one(words.day_parts), spoken.day_and_part
    yield forms.attached + forms.one(words.days), spoken.day
    yield forms.attached + forms.one(words.parts), spoken.part


def _clock_patterns(spoken: _Counted, forms: _Forms) -> Iterable[Pattern]:
    words = spoken.words
    hour = forms.number(spoken.hours)
    minute = forms.number(spoken.numbers)
    more = forms.one(words.behind_hour)
    counted = f"{minute} ?{forms.word(words.minutes)}(?: ?{forms.one(words.minutes_before)})?"
    no_more = r"(?![0-9:/-]|\.[0-9])"
    ahead = forms.one(words.ahead_of_hour)
    if words.hour_sign:
        sign = forms.word(words.hour_sign)
        yield rf"{ahead} {hour} ?{sign}", spoken.ahead
        yield rf"{forms.one(words.whole_times)} {sign}", spoken.whole_time
        yield rf"([0-9]{{1,2}})[:.]([0-9]{{2}}) ?{sign}", spoken.figures
        yield rf"{hour} ?{sign}(?: ?{more}| ?{counted})?", spoken.clock
    if words.at:
        at = f"{forms.attached}{forms.word(words.at)} ?"
        and_minutes = f" ?{either(words.and_minutes)} ?{counted}"
        yield rf"{at}([0-9]{{1,2}})[:.]([0-9]{{2}})(?![0-9])", spoken.figures
        yield rf"(?:{at})?{hour}(?: {more}|{and_minutes})", spoken.clock
        yield rf"{at}{hour}{no_more}()?()?()?", spoken.clock
    yield rf"{ahead} {hour}", spoken.ahead
    alone = words.hours if words.at else forms.hour_signs
    yield forms.one(alone), spoken.hour_alone


def _never(_reading: Reading, _groups: Groups) -> bool:
    return False
