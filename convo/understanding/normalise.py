"""One way of writing for everything that is compared: case, width, marks, spaces, characters."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache

from convo.core.folding import INVISIBLE, one_spelling, without_accents
from convo.understanding.letters import simplified
from convo.understanding.vocabulary import Vocabulary, known_languages, vocabulary

MAX_TEXT = 1_600
"""Characters of a reply that are looked at; the rest is no answer to a question."""

_MAX_ROUNDS = 8

_PLAIN_MARKS = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201b\u02bc\u00b4`", "'"),
        **dict.fromkeys("\u201c\u201d", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u301c\u223c", "~"),
        "\U0001f51f": "10",
        **dict(zip("\u061f\u060c\u061b\u066b\u066c\u0964", "?,;.,.", strict=True)),
        # A digit is a digit in any script.
        **{
            chr(code): str(unicodedata.digit(chr(code)))
            for code in range(0x660, 0xD70)
            if unicodedata.category(chr(code)) == "Nd"
        },
    }
)
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_HANGUL_LETTERS = "\u1100-\u11ff\uac00-\ud7af"
_KANA = "\u3041-\u30ff\u31f0-\u31ff"

#: What words are made of where spaces stand between them, marks on letters included.
LETTERS = "a-z0-9\u00c0-\u024f\u0370-\u052f\u0620-\u065f\u066e-\u06d3\u0900-\u0963\u0966-\u0d7f"

NO_WORD_GOES_ON = rf"(?!'?[{LETTERS}])"
"""Behind a word of a spaced language: it ends here. Han may follow, as in "3pm见"."""

#: A mark that a letter carries is no sign between words.
BETWEEN_WORDS = r"(?![\u0900-\u0963])[\W_]"

#: Scripts that put words together without a space, and the one whose words take endings.
_WRITTEN_TOGETHER = re.compile(f"{_HAN.pattern[:-1]}{_KANA}]")
_TAKES_ENDINGS = re.compile(f"[{_HANGUL_LETTERS}]")


def folded(text: str) -> str:
    """As `normalise`, but what stands before and behind the words is kept."""
    text = text[:MAX_TEXT]
    if text.isascii():
        plain = " ".join(text.lower().split()).replace("`", "'")
        if plain.isprintable():
            return plain
    # Folding case can undo composing and the other way round, so until nothing changes.
    for _ in range(_MAX_ROUNDS):
        plain = INVISIBLE.sub("", text).translate(_PLAIN_MARKS)
        plain = unicodedata.normalize("NFKC", plain).casefold()
        plain = " ".join(unicodedata.normalize("NFKC", plain).split())[:MAX_TEXT].rstrip()
        if plain == text:
            break
        text = plain
    return text


def written(text: str) -> str:
    """In their own capitals, but plain width, single spaces, nothing invisible: to be kept."""
    plain = INVISIBLE.sub("", text[:MAX_TEXT]).translate(_PLAIN_MARKS)
    return " ".join(unicodedata.normalize("NFKC", plain).split())[:MAX_TEXT]


def normalise(text: str) -> str:
    """Lower case, plain width, single spaces, no marks or emoji at the ends, nothing invisible."""
    return trimmed(folded(text))


def trimmed(plain: str) -> str:
    """Without the marks and emoji at its ends.

    A sign right before a number stays ("-8"), and so does a text of marks alone ("👍", "?").
    """
    if not plain or (plain[0].isalnum() and plain[-1].isalnum()):
        return plain
    start, end = 0, len(plain)
    while start < end and not plain[start].isalnum():
        start += 1
    if start == end:
        return plain
    while not _belongs(plain[end - 1]):
        end -= 1
    if start and plain[start] in "0123456789" and plain[start - 1] in "+-":
        signed_twice = start > 1 and plain[start - 2] in "+-"
        start -= not signed_twice
    return plain[start:end]


def _belongs(char: str) -> bool:
    """Whether it is a letter, a digit, or a mark that a letter carries (Indic vowels)."""
    return char.isalnum() or unicodedata.category(char)[0] == "M"


def fold_letters(text: str) -> str:
    """Simplified characters, plain letters, one spelling in each script. For matching only."""
    if text.isascii():
        return text
    return without_accents(one_spelling(text.translate(simplified())))


def letter_by_letter(said: str) -> tuple[str, list[int]]:
    """The letters that a text is matched by, and which of its own letters each comes from.

    One more index than letters: where the text ends.
    """
    plain: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(said):
        letters = fold_letters(char.casefold())
        plain.append(letters)
        origin += [index] * len(letters)
    return "".join(plain), [*origin, len(said)]


def match_key(text: str) -> str:
    """What two spellings of the same words have in common."""
    return fold_letters(normalise(text))


def contains_phrase(text: str, phrase: str) -> bool:
    """Whether a phrase stands in a text, both as `match_key` leaves them.

    Letters and digits only as whole words ("car" is not in "card"); Han anywhere.
    """
    return bool(phrase) and phrase in text and _standing(phrase).search(text) is not None


@cache
def _standing(phrase: str) -> re.Pattern[str]:
    return re.compile(whole(phrase))


def whole(phrase: str) -> str:
    """The pattern of a phrase that is not a piece of a longer word."""
    ends = f"(?![{_HANGUL_LETTERS}])" if is_syllable(phrase) else _word_ends(phrase[-1])
    return _word_begins(phrase[0]) + re.escape(phrase) + ends


def is_syllable(phrase: str) -> bool:
    """Whether it is a Korean word of one syllable, which no ending is told from when joined."""
    return len(phrase) == 1 and _TAKES_ENDINGS.match(phrase) is not None


def _word_begins(letter: str) -> str:
    if _WRITTEN_TOGETHER.match(letter):
        return ""
    return f"(?<![{_HANGUL_LETTERS}])" if _TAKES_ENDINGS.match(letter) else _no_word_before(letter)


def _word_ends(letter: str) -> str:
    together = _WRITTEN_TOGETHER.match(letter) or _TAKES_ENDINGS.match(letter)
    return "" if together else NO_WORD_GOES_ON


@cache
def _no_word_before(letter: str) -> str:
    """An article may be in the way: "l'addition", "d'abord", الحلاقة. "X-large" is not large."""
    tables = [words for name in known_languages() if (words := vocabulary(name)) is not None]
    block = ord(letter) // 256
    attached = sorted(
        {word for t in tables for word in t.attached_before if ord(word[0]) // 256 == block}
    )
    behind = (f"(?<=(?<![{LETTERS}]){word})" for word in attached)
    return "(?:" + "|".join((f"(?<![{LETTERS}'])(?<![a-z]-)", r"(?<=\b[dl]')", *behind)) + ")"


def either(words: Iterable[str]) -> str:
    """The pattern of any of these, the longest first. Of nothing, a pattern that never fits.

    Words that begin alike are looked through together: one by one, hundreds of number words in
    every pattern cost more than all else.
    """
    first = _Beginning()
    for word in words:
        first.add(word)
    return f"(?:{first.pattern() or '(?!)'})"


class _Beginning:
    """What words go on with behind the letters they have in common."""

    __slots__ = ("ends", "further")

    def __init__(self) -> None:
        self.ends = False
        self.further: dict[str, _Beginning] = {}

    def add(self, word: str) -> None:
        place = self
        for letter in word:
            place = place.further.setdefault(letter, _Beginning())
        place.ends = True

    def pattern(self) -> str:
        ways = [re.escape(letter) + on.pattern() for letter, on in sorted(self.further.items())]
        if not ways or (len(ways) == 1 and not self.ends):
            return "".join(ways)
        return f"(?:{'|'.join(ways)})" + ("?" if self.ends else "")


def words_of(tables: Iterable[Vocabulary], listed: Callable[[Vocabulary], Iterable[str]]) -> str:
    """The pattern of one list of several languages: whole words where there are spaces."""
    words = [(word, table.spaced) for table in tables for word in listed(table)]
    # "ok" ends where a word ends, whatever language borrowed it.
    alone = {word for word, spaced in words if spaced or word.isascii()}
    joined = either(word for word, _ in words if word not in alone)
    return f"(?:{joined}|{either(alone)}{NO_WORD_GOES_ON})"
