"""Where a phone may be at home: every country's name, and a number of it that nobody has."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache

import phonenumbers
from babel import Locale

from convo.drawing.wording import PageLanguage
from convo.errors import BadAddress
from convo.language.localising import language_locale
from convo.policy.numbering import example_number

COUNTRIES: frozenset[str] = frozenset(phonenumbers.SUPPORTED_REGIONS)
"""ISO codes of all that have phone numbers."""

NUMBERS_TRIED = 10_000


@cache
def countries(language: PageLanguage) -> Sequence[tuple[str, str]]:
    """Code and name of each, by their names."""
    names: Mapping[str, str] = Locale(language).territories
    known = [(code, names[code]) for code in COUNTRIES if code in names]
    return sorted(known, key=lambda each: each[1])


def languages_of(codes: Collection[str]) -> Sequence[tuple[str, str]]:
    """Code and own name of each."""
    return [(code, own_name(code)) for code in codes]


def own_name(code: str) -> str:
    """What a language calls itself."""
    locale = language_locale(code)
    name = locale.get_display_name() if "-" in code else locale.get_language_name()
    return name or code


def free_number(country: str, taken: Collection[str]) -> str:
    """A number of this country, E.164, that is not among these. Raises `BadAddress`."""
    first = example_number(country).e164
    stem, digits = first[:-4], int(first[-4:])
    for n in range(NUMBERS_TRIED):
        number = f"{stem}{(digits + n) % NUMBERS_TRIED:04d}"
        if number not in taken:
            return number
    raise BadAddress("All numbers like this one are in use here: write another.")
