"""How days and times are written in Chinese, in figures or in characters."""

import re

from convo.understanding.dates.calendar_days import (
    day_of_month,
    next_day_of_month,
    next_such_date,
    written_day,
)
from convo.understanding.dates.figures import Groups, Pattern
from convo.understanding.dates.reading import Reading
from convo.understanding.normalise import either
from convo.understanding.numerals import chinese_number
from convo.understanding.vocabulary import Vocabulary

QUARTERS = {"一刻": 15, "三刻": 45, "半": 30}
WEEKS = {"这": 0, "这个": 0, "本": 0, "今": 0, "下": 1, "下个": 1, "下下": 2, "下下个": 2}
MONTHS_ON = {"这个": 0, "本": 0, "这": 0, "下个": 1, "下": 1}
YEARS_ON = {"今年": 0, "明年": 1, "后年": 2}
WEEK_WORDS = ("周", "星期", "礼拜")
WEEK = f"(?:{'|'.join(WEEK_WORDS)})"
HOUR = 60


def _number(written: str | None) -> int:
    """What it comes to, and for what is no number a day and hour that there is not."""
    written = written or ""
    if written.isascii():
        return int(written)
    value = chinese_number(written)
    return HOUR * HOUR if value is None else value


def chinese_patterns(table: Vocabulary) -> tuple[Pattern, ...]:
    """The grammar of Chinese; its words come from the table, its order is here."""
    dates = table.dates
    chars = re.escape("".join([*table.digits, *table.multiples, *table.joined]))
    number = rf"([0-9]{{1,2}}|[{chars}]{{1,4}})"
    count = rf"([0-9]{{1,4}}|[{chars}]{{1,4}}|半)"
    named = "".join(word for word in dates.weekdays if not word.isdigit())
    weekday = f"([{named}]|[1-7](?![0-9点:]))"
    short = either(dates.short_parts)

    def month_and_day(reading: Reading, groups: Groups) -> bool:
        year, years_on, month, day = groups
        if year:
            return reading.on(written_day(_number(year), _number(month), _number(day)))
        if years_on:
            named = reading.now.year + YEARS_ON[years_on]
            return reading.on(written_day(named, _number(month), _number(day)))
        return reading.on(next_such_date(reading.now.date(), _number(month), _number(day)))

    def day_in_month(reading: Reading, groups: Groups) -> bool:
        which, day = groups
        today = reading.now.date()
        if which:
            return reading.on(day_of_month(today, _number(day), MONTHS_ON[which]))
        return reading.on(next_day_of_month(today, _number(day)))

    def week_day(reading: Reading, groups: Groups) -> bool:
        which, day, short_part = groups
        number = dates.weekdays[day or ""]
        if short_part:
            reading.part(dates.short_parts[short_part])
        if which:
            return reading.weekday_of(number, WEEKS[which])
        return reading.weekday(number)

    def named_day(reading: Reading, groups: Groups) -> bool:
        day, short_part = groups
        if short_part:
            reading.part(dates.short_parts[short_part])
        return reading.days_from_today(dates.days[day or ""])

    def day_and_part(reading: Reading, groups: Groups) -> bool:
        days, part = dates.day_parts[groups[0] or ""]
        return reading.days_from_today(days) and reading.part(part)

    def from_now(reading: Reading, groups: Groups) -> bool:
        amount, and_half, unit = groups
        halves = 0.5 if and_half else 0.0
        whole = 0.5 if amount == "半" else _number(amount)
        return reading.later(whole + halves, dates.units[unit or ""])

    def clock(reading: Reading, groups: Groups) -> bool:
        hour, fraction, minute = groups
        minutes = QUARTERS[fraction] if fraction else _number(minute or "0")
        return reading.at(_number(hour), minutes, as_written=(hour or "").startswith(("0", "零")))

    def clock_to(reading: Reading, groups: Groups) -> bool:
        before, hour = groups
        minutes = QUARTERS.get(before or "") or _number(before)
        return 0 < minutes < HOUR and reading.at((_number(hour) - 1) or 12, HOUR - minutes)

    return (
        (
            rf"(?:(20[0-9]{{2}}|二[{chars}]{{3}})年|({either(YEARS_ON)}))?"
            rf"{number} ?月 ?{number}(?: ?[日号]|(?! ?[0-9点时:]))",
            month_and_day,
        ),
        (rf"(?:({either(MONTHS_ON)})月)?{number} ?[日号](?!后|以后|之后)", day_in_month),
        (
            f"({either(dates.festivals)})",
            lambda reading, groups: reading.on(
                next_such_date(reading.now.date(), *dates.festivals[groups[0] or ""])
            ),
        ),
        (rf"(?:过)?{count}(个半)?({either(dates.units)})(?:之后|以后|后)", from_now),
        (
            rf"({either(WEEKS)})?{WEEK}{weekday}(?:({short})(?!上|早|点|一点(?![半0-9一-十])))?",
            week_day,
        ),
        (rf"({either(dates.day_parts)})", day_and_part),
        (rf"({either(dates.days)})(?:({short})(?!上|晨|点|一点(?![半0-9一-十])))?", named_day),
        (
            f"({either(dates.parts)})",
            lambda reading, groups: reading.part(dates.parts[groups[0] or ""]),
        ),
        (rf"差({either(['一刻'])}|{number[1:-1]})(?:分钟?)?(?:到)?{number}点", clock_to),
        (
            rf"{number} ?(?:点钟?|时)(?:整|({either(QUARTERS)})"
            rf"|(?!后|以后|之后)(?:([0-9]{{1,2}}|[{chars}]{{1,4}})分?))?(?![前后刻]|以|之|多)",
            clock,
        ),
        (
            f"([{chars}]{{1,3}})",
            lambda reading, groups: reading.number(_number(groups[0])),
        ),
    )
