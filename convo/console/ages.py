"""Times and how long ago they were, as a page tells them."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_time

from convo.drawing.wording import PageLanguage

LOCALES: Mapping[PageLanguage, str] = {"en": "en_GB", "zh": "zh_CN"}

#: A day of this year, and of another, with the time: patterns of CLDR.
DAY_OF: Mapping[PageLanguage, str] = {"en": "d MMM, HH:mm", "zh": "M月d日 HH:mm"}
DAY_OF_YEAR: Mapping[PageLanguage, str] = {"en": "d MMM y, HH:mm", "zh": "y年M月d日 HH:mm"}

#: Milliseconds, and what so many of them are called.
UNITS: Mapping[PageLanguage, tuple[tuple[int, str], ...]] = {
    "en": ((86_400_000, "{} d"), (3_600_000, "{} h"), (60_000, "{} min"), (1_000, "{} s")),
    "zh": ((86_400_000, "{} 天"), (3_600_000, "{} 小时"), (60_000, "{} 分钟"), (1_000, "{} 秒")),
}


def moment(at: int, now: int, zone: str, language: PageLanguage) -> str:
    """A time of today as a time, any other with its day. Both are ms since 1970."""
    place, locale = ZoneInfo(zone), LOCALES[language]
    when = datetime.fromtimestamp(at / 1_000, place)
    today = datetime.fromtimestamp(now / 1_000, place)
    if when.date() == today.date():
        return format_time(when, "short", place, locale)
    pattern = DAY_OF[language] if when.year == today.year else DAY_OF_YEAR[language]
    return format_datetime(when, pattern, place, locale)


def age(length: int, language: PageLanguage) -> str:
    """So many milliseconds in their largest unit, rounded down; below 0 is none."""
    units = UNITS[language]
    unit, words = next((each for each in units if length >= each[0]), units[-1])
    return words.format(f"{max(0, length) // unit:,}")
