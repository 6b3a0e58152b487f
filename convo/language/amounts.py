"""How amounts look: money, shares and lengths of time, as the contact's language writes them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal, cast

from babel.dates import format_timedelta
from babel.lists import format_list
from babel.numbers import (
    NumberPattern,
    format_currency,
    format_percent,
    is_currency,
    list_currencies,
    parse_pattern,
)

from convo.errors import RenderError
from convo.language.localising import language_locale, number_locale, plain_spaces
from convo.language.operators import Number
from convo.language.scope import Scope
from convo.language.spelling import did_you_mean
from convo.sentences import sentence

UNITS: Mapping[str, int] = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
"""What a length of time is counted in, the longest first, each in seconds."""

#: Languages that write a length of time in one word, or in words with a space between them; the
#: others join its two parts as they join any two things.
_IN_ONE_WORD = frozenset(("zh", "ja"))
_SIDE_BY_SIDE = frozenset(("ko",))


def money(value: Number, currency: str, scope: Scope) -> str:
    """An amount with the sign of its currency (ISO 4217, such as "CNY"), "" for the business's."""
    known = currency or scope.currency
    if not known:
        raise RenderError(sentence('`money` needs a currency here: write money("CNY").'))
    return plain_spaces(format_currency(value, known.upper(), locale=number_locale(scope)))


def wrong_currency(currency: object) -> str:
    """What is wrong with it; empty when nothing is."""
    if not isinstance(currency, str):
        return sentence('A currency is three letters, such as "CNY".')
    if is_currency(currency.upper()):
        return ""
    near = did_you_mean(currency.upper(), list_currencies())
    meant = (
        sentence('Did you mean "{near}"?', near=near)
        if near
        else sentence('It is three letters, such as "CNY".')
    )
    return sentence('"{currency}" is no currency. {meant}', currency=currency, meant=meant)


def percent(share: Number, decimals: int, scope: Scope) -> str:
    """A share of 1 as a percentage, with up to so many decimals."""
    rounded = round(share, decimals + 2)
    return plain_spaces(
        format_percent(rounded, locale=number_locale(scope), decimal_quantization=False)
    )


def with_decimals(value: Number, decimals: int, scope: Scope) -> str:
    """A number with exactly so many decimals."""
    locale = number_locale(scope)
    usual = cast("Mapping[str | None, NumberPattern]", locale.decimal_formats)[None]
    pattern = parse_pattern(usual.pattern)
    pattern.frac_prec = (decimals, decimals)
    return plain_spaces(pattern.apply(value, locale))


def length_of_time(seconds: Number, scope: Scope) -> str:
    """Its two longest units, the second rounded: "1 day and 3 hours"."""
    locale = language_locale(scope.language)
    language = scope.language.partition("-")[0]
    parts = [
        format_timedelta(timedelta(seconds=part), granularity, threshold=_NEVER, locale=locale)
        for granularity, part in _parts(seconds)
    ]
    if language in _IN_ONE_WORD:
        return "".join(parts).replace(" ", "")
    said = " ".join(parts) if language in _SIDE_BY_SIDE else format_list(parts, locale=locale)
    return plain_spaces(said)


_Granularity = Literal["day", "hour", "minute", "second"]
_GRANULARITIES: tuple[_Granularity, ...] = ("day", "hour", "minute", "second")

#: Of a unit, before the next longer one is taken: which is ours to say.
_NEVER = 10**9


def _parts(seconds: Number) -> list[tuple[_Granularity, int]]:
    """(unit, its seconds) of the longest unit that there is one of, and of the next if any."""
    units = list(UNITS.values())
    longest = next((at for at, unit in enumerate(units) if seconds >= unit), len(units) - 1)
    smallest = units[min(longest + 1, len(units) - 1)]
    whole = round(seconds / smallest) * smallest
    if longest and whole >= units[longest - 1]:
        longest -= 1  # 59 minutes and 59.6 seconds are an hour
    first = whole - whole % units[longest]
    found: list[tuple[_Granularity, int]] = [(_GRANULARITIES[longest], first)]
    if rest := whole - first:
        found.append((_GRANULARITIES[longest + 1], rest))
    return found
