"""Which of the languages that a business speaks a text is in: by its script, then by its words."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain

from convo.understanding.normalise import match_key
from convo.understanding.vocabulary import Vocabulary, vocabulary

MAX_WORDS = 60
"""A text longer than this has told its language before its end, or never will."""

CLEARLY_MORE = 2
"""Times as many words of its own as the next language has: names and loan words are in all."""

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
#: Scripts that one of our languages alone is written in. Kana comes before Han, which Japanese
#: has too, and all of them before Latin letters: "OK 好的" is Chinese.
_SCRIPTS: Mapping[str, re.Pattern[str]] = {
    "ja": re.compile("[\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f]"),
    "ko": re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7af]"),
    "ar": re.compile("[\u0620-\u065f\u0671-\u06d3\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]"),
    "hi": re.compile("[\u0904-\u0963]"),
    "zh": _HAN,
}
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a]")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")


def language_of(text: str, among: Sequence[str]) -> str | None:
    """The one of the languages that a text is in; None when that cannot be told.

    Of two languages in Latin letters it is the one with clearly more words that only it has.
    """
    spoken = {
        language.replace("_", "-").partition("-")[0]: language for language in reversed(among)
    }
    for language, script in _SCRIPTS.items():
        if (language == "zh" or not text.isascii()) and script.search(text):
            return spoken.get(language) or (spoken.get("ja") if language == "zh" else None)
    if _LATIN.search(text) is None:
        return None
    latin = tuple(sorted(filter(in_latin_letters, spoken)))
    if len(latin) < 2:
        return spoken[latin[0]] if latin else None
    told = _told(text, latin)
    return None if told is None else spoken[told]


def in_latin_letters(language: str) -> bool:
    """Whether a language is written in letters that it shares with most others."""
    return language.replace("_", "-").partition("-")[0] not in _SCRIPTS


def written_alike(among: Iterable[str]) -> bool:
    """Whether two of the languages are in Latin letters, so that letters alone tell nothing."""
    return sum(map(in_latin_letters, among)) > 1


def _told(text: str, languages: tuple[str, ...]) -> str | None:
    own = _own_words(languages)
    words = _WORD.findall(match_key(text))[:MAX_WORDS]
    count = Counter(own[word] for word in words if word in own)
    (first, most), (_, next_most) = [*count.most_common(2), ("", 0), ("", 0)][:2]
    return first if most > CLEARLY_MORE * next_most else None


@cache
def _own_words(languages: tuple[str, ...]) -> Mapping[str, str]:
    """Every word that is of one of the languages alone, with that language."""
    owners: dict[str, set[str]] = {}
    for language in languages:
        table = vocabulary(language)
        for word in all_words(table) if table is not None else ():
            owners.setdefault(word, set()).add(language)
    return {word: next(iter(their)) for word, their in owners.items() if len(their) == 1}


def all_words(table: Vocabulary) -> set[str]:
    """Every single word that stands in the lists of a table, but for letters alone."""
    dates = table.dates
    lists = (table.yes, table.no, table.polite, table.refusing, table.last, table.never_guessed)
    numbers = (table.numbers, table.tens, table.ordinals)
    around = (table.before_number, table.after_number, table.before_option, table.after_option)
    days = (dates.days, dates.day_parts, dates.weekdays, dates.months, dates.parts, dates.units)
    small = (dates.fillers, dates.at, dates.within, dates.this, dates.next_week, dates.from_now)
    phrases = chain.from_iterable((*lists, *numbers, *around, *days, *small))
    return {word for phrase in phrases for word in _WORD.findall(phrase) if len(word) > 1}
