"""How days and times are said in languages with spaces between words; the words are the table's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from convo.understanding.dates.calendar_days import next_day_of_month, next_such_date, written_day
from convo.understanding.dates.figures import HALF, Groups, Pattern, Reader
from convo.understanding.dates.reading import Reading
from convo.understanding.normalise import NO_WORD_GOES_ON as END
from convo.understanding.normalise import either
from convo.understanding.numerals import spelt_numbers, spelt_ordinals
from convo.understanding.vocabulary import DateWords, Vocabulary

Meaning = TypeVar("Meaning", int, str)

HALF_HOUR = 30
QUARTER_HOUR = 15
HOUR = 60
LAST_HOUR_WORD = 12
FIRST_MINUTE_WORD = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spoken:
    """One language's words with what they come to, slips of the pen included."""

    dates: DateWords
    numbers: Mapping[str, int]
    hours: Mapping[str, int]
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

    # --- readers ----------------------------------------------------------------------------

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

    def weekday(self, reading: Reading, groups: Groups) -> bool:
        which, name = groups
        number = self.weekdays[name or ""]
        if which in self.dates.next:
            return reading.weekday_of(number, 1)
        if which in self.dates.this and reading.now.weekday() == number:
            return reading.weekday_of(number, 0)
        return reading.weekday(number)

    def weekday_after(self, weeks: int) -> Reader:
        return lambda reading, groups: reading.weekday_of(self.weekdays[groups[0] or ""], weeks)

    def day(self, reading: Reading, groups: Groups) -> bool:
        return reading.days_from_today(self.days[groups[0] or ""])

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

    def later(self, reading: Reading, groups: Groups) -> bool:
        amount, unit = groups
        if amount in self.dates.half_a:
            return reading.later(0.5, self.dates.units[unit or ""])
        count = 1 if amount in self.dates.one else self.number(amount)
        return reading.later(count, self.dates.units[unit or ""])

    def past(self, reading: Reading, groups: Groups) -> bool:
        minutes, hour, half = groups
        return reading.at(self.number(hour), self.minutes_in(minutes), half)

    def to(self, reading: Reading, groups: Groups) -> bool:
        minutes, hour, half = groups
        before = HOUR - self.minutes_in(minutes)
        return reading.at((self.number(hour) - 1) or LAST_HOUR_WORD, before % HOUR, half)

    def hour(self, reading: Reading, groups: Groups) -> bool:
        hour, minute, half = groups
        return reading.at(self.number(hour), self.minutes[minute] if minute else 0, half)

    def figures(self, reading: Reading, groups: Groups) -> bool:
        hour, minute = groups
        written = (hour or "").startswith("0")
        return reading.at(int(hour or 0), int(minute or 0), as_written=written)

    def hour_alone(self, reading: Reading, groups: Groups) -> bool:
        return reading.number(self.hours[groups[0] or ""])


def spaced_patterns(table: Vocabulary) -> tuple[Pattern, ...]:
    """The grammar; the first pattern that fits wins, so the longer ways of saying come first."""
    spoken = _spoken(table)
    return (*_day_patterns(table, spoken), *_clock_patterns(table, spoken))


def _day_patterns(table: Vocabulary, spoken: _Spoken) -> tuple[Pattern, ...]:
    dates = spoken.dates
    endings = either(table.ordinal_endings)
    month = f"({either(spoken.months)}){END}"
    weekday = f"({either(spoken.weekdays)}){END}"
    unit = f"({either(dates.units)}){END}"
    count = f"([0-9]{{1,4}}|{either([*spoken.numbers, *dates.one, *dates.half_a])}{END})"
    year = r"(?:,? (20[0-9]{2})(?![0-9:]))?"
    day = rf"(?:([0-9]{{1,2}}){endings}?|({either(spoken.ordinals)}){END})"
    no_clock = rf"(?![0-9:]|\.[0-9]| ?{_uncaptured(HALF)}|[a-z])"
    the = f"(?:{either(dates.the)} )?"
    on = f"(?:{either(dates.on)} )?"
    this = either(dates.this)
    which = either([*dates.next, *dates.this, *dates.coming])
    next_week, this_week = f"{either(dates.next_week)}{END}", f"{either(dates.this_week)}{END}"
    return (
        (rf"{month}\.? {the}{day}{no_clock}{year}", spoken.month_first),
        (rf"{the}{day} ?(?:{either(dates.of)} )?{month}\.?{year}", spoken.day_first),
        (rf"{the}([0-9]{{1,2}}){endings}{END}()", spoken.day_alone),
        (rf"{either(dates.the)} ()({either(spoken.ordinals)}){END}", spoken.day_alone),
        (rf"({either(dates.festivals)}){END}", spoken.festival),
        (rf"{next_week},? {on}{weekday}", spoken.weekday_after(1)),
        (rf"{this_week},? {on}{weekday}", spoken.weekday_after(0)),
        (rf"{weekday},? {next_week}", spoken.weekday_after(1)),
        (rf"{weekday},? {this_week}", spoken.weekday_after(0)),
        (rf"(?:({which}) )?{weekday}", spoken.weekday),
        (rf"({either(dates.day_parts)}){END}", spoken.day_and_part),
        (rf"({either(spoken.days)}){END}", spoken.day),
        (rf"{either(dates.within)} {count} ?{unit}", spoken.later),
        (rf"{count} ?{unit} {either(dates.from_now)}{END}", spoken.later),
        (rf"(?:({this}) )?({either(spoken.parts)}){END}", spoken.part),
    )


def _clock_patterns(table: Vocabulary, spoken: _Spoken) -> tuple[Pattern, ...]:
    dates = spoken.dates
    hours, numbers = either(spoken.hours), either(spoken.numbers)
    hour = f"([0-9]{{1,2}}|{hours}{END})"
    minute = f"{either(spoken.minutes)}{END}"
    at = f"(?:{either(dates.at)} ?)?"
    at_last = f"{either(dates.at)} ?"
    amount = f"({either([*dates.half, *dates.quarter])}|{numbers}|[0-9]{{1,2}})"
    amount += rf"(?: {either(dates.minutes)})? "
    half = f"(?: ?{HALF})?"
    # Behind "at 3" nothing may follow that makes it more, or other, than an hour.
    clock_words = (*dates.oclock, *dates.past, *dates.to, *spoken.minutes)
    day_words = (*dates.of, *dates.units, *spoken.months, *table.ordinal_endings)
    other = either((*clock_words, *day_words))
    no_more = rf"(?![0-9:/-]|\.[0-9]|h(?![a-z])| ?{other}{END}| ?{_uncaptured(HALF)})"
    return (
        (rf"{at}{amount}{either(dates.past)} {hour}{half}", spoken.past),
        (rf"{at}{amount}{either(dates.to)} {hour}{half}", spoken.to),
        (rf"{at}{hour} ?()(?:{either(dates.oclock)}{END}){half}", spoken.hour),
        (rf"{at}({hours}) ({minute}){half}", spoken.hour),
        (rf"{at}({hours}) ?(){HALF}", spoken.hour),
        (rf"{at_last}([0-9]{{1,2}})([0-9]{{2}}){no_more}", spoken.figures),
        (rf"{at_last}([0-9]{{1,2}})\.([0-9]{{2}}){END}", spoken.figures),
        (rf"{at_last}{hour}()(){no_more}", spoken.hour),
        (
            rf"{either(dates.before_other_number)} (?:[0-9]{{1,2}}|{numbers}){no_more}",
            _never,
        ),
        (f"({hours}){END}", spoken.hour_alone),
    )


def _spoken(table: Vocabulary) -> _Spoken:
    numbers = spelt_numbers(table)
    slips = table.dates.misspelt
    return _Spoken(
        dates=table.dates,
        numbers=numbers,
        hours={word: value for word, value in numbers.items() if 0 < value <= LAST_HOUR_WORD},
        minutes={word: value for word, value in numbers.items() if value >= FIRST_MINUTE_WORD},
        ordinals=spelt_ordinals(table),
        months=_with_slips(table.dates.months, slips),
        days=_with_slips(table.dates.days, slips),
        weekdays=_with_slips(table.dates.weekdays, slips),
        parts=_with_slips(table.dates.parts, slips),
    )


def _with_slips(words: Mapping[str, Meaning], slips: Mapping[str, str]) -> dict[str, Meaning]:
    known = {slip: words[right] for slip, right in slips.items() if right in words}
    return {**words, **known}


def _uncaptured(pattern: str) -> str:
    return pattern.replace("([", "(?:[", 1)


def _never(_reading: Reading, _groups: Groups) -> bool:
    return False
