"""Which of the languages that a business speaks a text is in: by its script, then by its words."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain

from convo.core.languages import base_of, script_of
from convo.understanding.normalise import match_key
from convo.understanding.vocabulary import Vocabulary, vocabulary

MAX_WORDS = 60
"""A text longer than this has told its language before its end, or never will."""

MAX_SIGNS = 200
"""Characters of a Chinese text that are looked at to tell its script."""

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


def language_of(text: str, among: Sequence[str], usual: str | None = None) -> str | None:
    """The one of the languages that a text is in; None when that cannot be told.

    Of two languages in Latin letters it is the one with clearly more words that only it has; of two
    forms of Chinese the one with characters that only it is written in. Of forms that the text does
    not tell apart it is `usual`, else the first.
    """
    spoken = {base_of(language): language for language in reversed(among)}
    if usual is not None and usual in among:
        spoken[base_of(usual)] = usual
    for language, script in _SCRIPTS.items():
        if (language == "zh" or not text.isascii()) and script.search(text):
            if language == "zh" and language in spoken:
                return _written_chinese(text, among) or spoken[language]
            return spoken.get(language) or (spoken.get("ja") if language == "zh" else None)
    if _LATIN.search(text) is None:
        return None
    latin = tuple(sorted(filter(in_latin_letters, spoken)))
    if len(latin) < 2:
        return spoken[latin[0]] if latin else None
    told = _told(text, latin)
    return None if told is None else spoken[told]


def _written_chinese(text: str, among: Sequence[str]) -> str | None:
    """The first of the forms that are written in the characters of the text; None for any."""
    forms = {script_of(each): each for each in reversed(among) if base_of(each) == "zh"}
    if len(forms) < 2:
        return None
    signs = [sign for sign in text[:MAX_SIGNS] if _HAN.match(sign)]
    traditional = sum(_only_in("big5", "gb2312", sign) for sign in signs)
    simplified = sum(_only_in("gb2312", "big5", sign) for sign in signs)
    if traditional == simplified:
        return None
    return forms["Hant" if traditional > simplified else "Hans"]


def _only_in(one: str, other: str, sign: str) -> bool:
    """Whether a character is of one standard and not of the other: Taiwan's has the traditional
    characters, China's of 1980 the simplified ones, and both have what was never simplified."""
    return _has(one, sign) and not _has(other, sign)


def _has(standard: str, sign: str) -> bool:
    try:
        sign.encode(standard)
    except UnicodeEncodeError:
        return False
    return True


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
