"""What somebody is called: the name alone, out of what people write around it."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from convo.understanding.dates import says_when
from convo.understanding.normalise import (
    BETWEEN_WORDS,
    LETTERS,
    NO_WORD_GOES_ON,
    either,
    folded,
    letter_by_letter,
    match_key,
    trimmed,
    words_of,
    written,
)
from convo.understanding.numerals import match_number, number_of
from convo.understanding.vocabulary import Vocabulary, vocabularies

MAX_ANSWER = 120
"""Characters: who writes more than this tells more than a name."""

MAX_WORDS = 7
"""José María de la Cruz has five."""

MAX_HAN = 5
"""Characters without a sign between them: 小早川秀秋. More of them are a sentence."""

_HAN = re.compile(rf"[\u3400-\u4dbf\u4e00-\u9fff]{{{MAX_HAN + 1}}}")
#: 林, 김; a letter of an alphabet is nobody's name.
_NAME_OF_ONE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
#: Letters of Hangul that make no syllable: ㅋㅋ is laughter.
_LOOSE = re.compile("[\u1100-\u11ff]")
_SIGNS = frozenset(" '.,-·・‧")


def understand_name(text: str, languages: tuple[str, ...]) -> str | None:
    """The name in its own capitals; None for a sentence, a number, a yes, a question, a state.

    "I'm Anna Lee", 我叫王小明 and 田中です are what they say; "I'm busy" is not.
    """
    said = written(text)
    if not said or len(said) > MAX_ANSWER or "?" in folded(text):
        return None
    words = _words(languages)
    plain, origin = letter_by_letter(said)
    lead = words.lead.match(plain)
    start = lead.end() if lead is not None else 0
    tail = words.tail.search(plain, start)
    end = tail.start() if tail is not None else len(plain)
    name = trimmed(said[origin[start] : origin[end]])
    return name if _is_one(name, words, languages) else None


def _is_one(name: str, words: "_Words", languages: tuple[str, ...]) -> bool:
    if not name[:1].isalpha() or not all(map(_belongs, name)) or _LOOSE.search(name):
        return False
    key = match_key(name)
    if key in words.also:
        return True
    if len(key) < 2 and not _NAME_OF_ONE.match(key):
        return False
    sentence = len(name.split()) > MAX_WORDS or _HAN.search(name) or words.never.search(key)
    return not (sentence or key in words.none or _says_a_number_or_a_day(name, languages))


def _says_a_number_or_a_day(name: str, languages: tuple[str, ...]) -> bool:
    if number_of(match_number(name), languages) is not None:
        return True
    return says_when(name, languages)


def _belongs(char: str) -> bool:
    return char.isalpha() or char in _SIGNS or unicodedata.category(char)[0] == "M"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    lead: re.Pattern[str]
    tail: re.Pattern[str]
    never: re.Pattern[str]
    #: What is no name as the whole reply.
    none: frozenset[str]
    also: frozenset[str]


@cache
def _words(languages: tuple[str, ...]) -> _Words:
    tables = vocabularies(languages)
    sign = f"(?:{BETWEEN_WORDS})"
    before = words_of(tables, lambda table: table.names.before)
    after = either(word for table in tables for word in table.names.after)
    endings = either(word for table in tables for word in table.names.endings)
    spaced = either(word for table in tables if table.spaced for word in table.names.never)
    joined = either(word for table in tables if not table.spaced for word in table.names.never)
    return _Words(
        lead=re.compile(rf"(?>{sign}*(?:{before}{sign}*)*)"),
        tail=re.compile(rf"(?:{sign}+{after}{NO_WORD_GOES_ON}|{sign}*{endings})+{sign}*\Z"),
        never=re.compile(f"{joined}|(?<![{LETTERS}']){spaced}{NO_WORD_GOES_ON}"),
        none=frozenset(word for table in tables for word in _no_names(table)),
        also=frozenset(word for table in tables for word in table.names.also_names),
    )


def _no_names(table: Vocabulary) -> set[str]:
    answers = (table.yes, table.no, table.yes_alone, table.no_alone, table.not_answers)
    others = (table.polite, table.never_guessed, table.names.no_names)
    return {word for words in (*answers, *others) for word in words}
