"""Languages by their tags (BCP 47): which forms are read in place of one another.

A language has wider forms (zh-HK, zh-Hant, zh) and sisters. Chinese is the one that is written in
two scripts, and who reads one of them would rather read the other than another language.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

Script = Literal["Hant", "Hans", ""]

TRADITIONAL = "zh-Hant"
_CHINESE = "zh"
_IN_TRADITIONAL = frozenset(("TW", "HK", "MO"))
"""Where Chinese is written in traditional characters."""


def base_of(language: str) -> str:
    """The language itself, without script and region: "zh" of "zh-Hant-HK"."""
    return language.replace("_", "-").partition("-")[0]


@lru_cache(maxsize=256)
def script_of(language: str) -> Script:
    """The characters that a form of Chinese is written in; "" for all other languages."""
    base, *subtags = language.replace("_", "-").split("-")
    if base != _CHINESE:
        return ""
    named = {subtag.title() for subtag in subtags} & {"Hant", "Hans"}
    if named:
        return "Hant" if "Hant" in named else "Hans"
    return "Hant" if any(subtag.upper() in _IN_TRADITIONAL for subtag in subtags) else "Hans"


@lru_cache(maxsize=256)
def forms_of(language: str) -> tuple[str, ...]:
    """The language itself, then its wider forms, the nearest first."""
    spelled = language.replace("_", "-")
    traditional = (TRADITIONAL,) if script_of(language) == "Hant" else ()
    return tuple(dict.fromkeys((language, spelled, *traditional, base_of(language))))


def nearest(known: Iterable[str], language: str) -> str | None:
    """The one of these that who reads `language` reads best; None when none is a form of it.

    The language itself, else a form in its script, the wider the better, else any of its forms.
    """
    base, script = base_of(language), script_of(language)
    forms = forms_of(language)

    def farness(each: str) -> tuple[bool, int]:
        place = forms.index(each) if each in forms else len(forms)
        return script_of(each) != script, place

    return min((each for each in known if base_of(each) == base), key=farness, default=None)
