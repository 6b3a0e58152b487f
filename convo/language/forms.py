"""Which forms of a language are read in place of one another: zh-HK, zh-Hant, zh."""

from collections.abc import Mapping
from functools import lru_cache

_WRITTEN_AS: Mapping[str, str] = {"zh-TW": "zh-Hant", "zh-HK": "zh-Hant", "zh-MO": "zh-Hant"}
"""Where Chinese is written in traditional characters."""


@lru_cache(maxsize=128)
def forms_of(language: str) -> tuple[str, ...]:
    """The language itself, then its wider forms, the nearest first."""
    spelled = language.replace("_", "-")
    forms = (language, spelled, _WRITTEN_AS.get(spelled), spelled.partition("-")[0])
    return tuple(dict.fromkeys(form for form in forms if form))
