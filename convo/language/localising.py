"""How values look in a text: dates, numbers and labels in the contact's language and zone.

English: `Mon 23 Nov, 3:00 pm`; Chinese: `11月23日周一 下午3:00`, with 凌晨, 早上, 上午,
中午, 下午 or 晚上 as people say them. A year that is not the current one is written. Other
languages go by CLDR. No narrow or non-breaking spaces: one of them would make a short text cost
twice as many parts.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from babel import Locale, UnknownLocaleError, localedata
from babel.dates import DateTimePattern, parse_pattern
from babel.languages import get_official_languages
from babel.lists import format_list
from babel.numbers import format_decimal

from convo.errors import RenderError
from convo.language.phrases import phrase
from convo.language.scope import Choice, Choices, Scope, Standing
from convo.sentences import sentence

GROUPED_FROM = 1000
#: Languages that put one between the things they list.
_IDEOGRAPHIC_COMMA = frozenset(("zh", "ja"))
_SPACES = re.compile("[\u00a0\u2007\u2009\u202f]")
# English alone means the British order: day before month, as in most of the world.
_LOCALES = {"en": "en_GB"}
# language -> date, date with year, time, both
_PATTERNS = {
    "en": ("EEE d MMM", "EEE d MMM y", "h:mm a", "{1}, {0}"),
    "zh": ("M月d日EEE", "y年M月d日EEE", "h:mm", "{1} {0}"),
    # CLDR abbreviates 오전 and 오후 to AM and PM, which nobody does in Korean.
    "ko": ("M월 d일 (EEE)", "y년 M월 d일 (EEE)", "aaaa h:mm", "{1} {0}"),
}
#: What stands between day and time elsewhere, where it is no comma.
_BETWEEN = {"ja": "{1} {0}", "ar": "{1}، {0}"}
_PARTS_OF_DAY = (
    (5, "凌晨"),
    (8, "早上"),
    (12, "上午"),
    (13, "中午"),
    (19, "下午"),
    (24, "晚上"),
)
_KINDS = (
    (bool, sentence("yes or no")),
    (str, sentence("a text")),
    ((int, float, Decimal), sentence("a number")),
    (datetime, sentence("a date and time")),
    (date, sentence("a date")),
    (time, sentence("a time")),
    ((list, tuple), sentence("a list")),
    (dict, sentence("a mapping")),
)


def kind_of(value: object) -> str:
    """What an author would call such a value: "a number"; never the value itself."""
    if value is None:
        return sentence("empty")
    return next(
        (name for family, name in _KINDS if isinstance(value, family)), sentence("something else")
    )


class EmptyValue(RenderError):
    """A text would show a value that nobody has given yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Manner:
    locale: Locale
    day: DateTimePattern
    day_and_year: DateTimePattern
    clock: DateTimePattern
    both: str


@lru_cache(maxsize=64)
def _manner(language: str) -> _Manner:
    spelled = language.replace("_", "-")
    wider = spelled.partition("-")[0]
    # en-US has the order of its own.
    own = _PATTERNS.get(spelled if wider == "en" else wider)
    try:
        locale = Locale.parse(_LOCALES.get(spelled, spelled), sep="_" if spelled == "en" else "-")
    except (UnknownLocaleError, ValueError):
        if wider != spelled:
            return _manner(wider)
        return _manner("en")
    if own is not None:
        day, day_and_year, clock, both = own
        return _Manner(
            locale=locale,
            day=parse_pattern(day),
            day_and_year=parse_pattern(day_and_year),
            clock=parse_pattern(clock),
            both=both,
        )
    skeletons = cast("Mapping[str, DateTimePattern]", locale.datetime_skeletons)
    medium = cast("Mapping[str, DateTimePattern]", locale.date_formats)["medium"]
    return _Manner(
        locale=locale,
        day=skeletons.get("MMMEd") or medium,
        day_and_year=skeletons.get("yMMMEd") or medium,
        clock=locale.time_formats["short"],
        both=_BETWEEN.get(wider, "{1}, {0}"),
    )


def language_locale(language: str) -> Locale:
    """The locale by which dates and lists of a language are written."""
    return _manner(language).locale


def number_locale(scope: Scope) -> Locale:
    """The locale by which numbers are written: the form that the language has in the business's
    country, where it is one of the country's own languages."""
    return _number_locale(scope.language, scope.country)


@lru_cache(maxsize=64)
def _number_locale(language: str, country: str) -> Locale:
    spelled = language.replace("-", "_")
    at_home = f"{spelled}_{country}"
    own = get_official_languages(country, de_facto=True) if country else ()
    if spelled in own and localedata.exists(at_home):
        return Locale.parse(at_home)
    return language_locale(language)


def plain_spaces(text: str) -> str:
    """The same without narrow and non-breaking spaces."""
    return text if text.isascii() else _SPACES.sub(" ", text)


def local(value: datetime, scope: Scope) -> datetime:
    """In the contact's zone; a datetime without a zone already is."""
    return value if value.tzinfo is None else value.astimezone(scope.zone)


def shown(value: object, scope: Scope) -> str:
    """The value as a text in the scope's language; text itself stays exactly as it is."""
    kind = type(value)
    if kind is str:
        return str(value)
    for family, show in _SHOWS.items():
        if isinstance(value, family):
            return show(value, scope)
    if value is None:
        raise EmptyValue("A value that this text shows is empty.")
    if isinstance(value, (list, tuple)):
        return listed(cast("Sequence[object]", value), scope)
    raise RenderError(sentence("A text cannot show {kind}.", kind=kind_of(value)))


def listed(values: Sequence[object], scope: Scope) -> str:
    """Several values as one would say them: A, B and C."""
    return format_list(
        [shown(value, scope) for value in values], locale=language_locale(scope.language)
    )


def joined(values: Sequence[object], separator: str | None, scope: Scope) -> str:
    """Several values in one line, by the language's own comma when none is given."""
    if separator is None:
        separator = "、" if scope.language.partition("-")[0] in _IDEOGRAPHIC_COMMA else ", "
    return separator.join(shown(value, scope) for value in values)


def _show_choice(value: Choice, scope: Scope) -> str:
    return value.label(scope.language)


def _show_choices(value: Choices, scope: Scope) -> str:
    return listed(value, scope) if value else phrase("none", scope.language)


def _show_bool(value: bool, scope: Scope) -> str:
    return phrase("yes" if value else "no", scope.language)


def _show_number(value: int | float | Decimal, scope: Scope) -> str:
    if isinstance(value, int) and abs(value) < GROUPED_FROM:
        return str(value)
    # A float is rounded to three decimals: 0.1 + 0.2 is nobody's 0.30000000000000004.
    exact = not isinstance(value, Decimal)
    locale = number_locale(scope)
    return plain_spaces(format_decimal(value, locale=locale, decimal_quantization=exact))


def _day(value: date, scope: Scope) -> str:
    return _written_day(value, value.year == local(scope.now, scope).year, scope.language)


# A business says the same few days and hours over and over, and Babel takes 25 us for each.
@lru_cache(maxsize=1_024)
def _written_day(value: date, this_year: bool, language: str) -> str:
    manner = _manner(language)
    pattern = manner.day if this_year else manner.day_and_year
    return pattern.apply(value, manner.locale)


def _show_datetime(value: datetime, scope: Scope) -> str:
    here = local(value, scope)
    clock = _clock(here.time(), scope.language)
    day = _day(here.date(), scope)
    both = _manner(scope.language).both
    return plain_spaces(both.replace("{1}", day).replace("{0}", clock))


def _show_date(value: date, scope: Scope) -> str:
    return plain_spaces(_day(value, scope))


def _show_time(value: time, scope: Scope) -> str:
    return plain_spaces(_clock(value, scope.language))


@lru_cache(maxsize=1_024)
def _clock(value: time, language: str) -> str:
    """CLDR has 午夜12:00 for midnight, which day is anybody's guess; hence our own words."""
    manner = _manner(language)
    words = manner.clock.apply(value, manner.locale)
    if manner.locale.language != "zh":
        return words
    return next(word for end, word in _PARTS_OF_DAY if value.hour < end) + words


def _show_standing(value: Standing, scope: Scope) -> str:
    if not value:
        return "0"
    separator = "，" if scope.language.partition("-")[0] == "zh" else ", "
    return separator.join(
        f"{choice.label(scope.language)} {shown(value[choice], scope)}" for choice in value.choices
    )


# In this order: a bool is an int, a datetime is a date, a Choice is a str.
_SHOWS: dict[type, Callable[[Any, Scope], str]] = {
    Choice: _show_choice,
    Choices: _show_choices,
    Standing: _show_standing,
    str: lambda value, _: str.__str__(value),
    bool: _show_bool,
    int: _show_number,
    float: _show_number,
    Decimal: _show_number,
    datetime: _show_datetime,
    date: _show_date,
    time: _show_time,
}


def weekday(value: date, scope: Scope) -> Choice:
    """The day of the week: equal to "monday" in conditions, shown in the scope's language."""
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    index = value.weekday()
    shown_as = _manner(scope.language).locale.days["stand-alone"]["wide"][index]
    return Choice(names[index], {scope.language: str(shown_as)})
