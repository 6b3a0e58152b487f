"""A reply that names several options, cut into pieces: numbers, names, what is between them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from convo.understanding.normalise import LETTERS, whole, words_of
from convo.understanding.numerals import spelt_numbers
from convo.understanding.options import (
    OptionList,
    longest_first,
    number_form,
    option_numbered,
)
from convo.understanding.vocabulary import Vocabulary, vocabularies

LISTS_REMEMBERED = 512
MAX_PIECES = 80
"""A list of twenty options, each with its number, its name and a comma, has sixty."""

#: `item` is an option, or a number that is none; `strange` a word of nobody's knowledge.
Kind = Literal[
    "item", "count", "wanted", "to", "beginning", "until", "and", "before", "after", "strange"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a reply, and what it is."""

    kind: Kind
    start: int
    end: int
    #: The option that an item is; empty for a number that the list has not got.
    id: str = ""
    #: Whether an item is a number, also one of a place: "3", "the third".
    numbered: bool = False
    #: Whether it is a name or a place, so that "one" behind it is no number.
    named: bool = False


#: A sign of these says more than where a piece ends.
TELLING = frozenset("$€£¥₹₩%<>=^@_")
_APART = frozenset(",;/|&+、·・‧•。")
_WORD = re.compile(rf"[{LETTERS}']+|.")


def pieces_of(plain: str, listed: OptionList) -> list[Piece] | None:
    """The pieces, as they follow each other; None where a sign says something else ("$1").

    More of them than a list has are none either.
    """
    words, names = words_between(listed.languages), _names(listed)
    pieces: list[Piece] = []
    at = 0
    while at < len(plain) and len(pieces) <= MAX_PIECES:
        sign = plain[at]
        if not sign.isalnum():
            if not _says_nothing(plain, at, pieces):
                return None
            if sign in _APART:
                pieces.append(Piece(kind="and", start=at, end=at + 1))
            elif sign == "~" or (sign == "-" and plain[at + 1 : at + 2] != " "):
                pieces.append(Piece(kind="to", start=at, end=at + 1))
            at += 1
            continue
        piece = _piece_at(at, plain, listed, words, names, pieces)
        pieces.append(piece)
        at = piece.end
    return pieces if len(pieces) <= MAX_PIECES else None


def _says_nothing(plain: str, at: int, pieces: list[Piece]) -> bool:
    """Whether a sign only parts what stands around it. "1:30" is an hour, and -1 below none."""
    before, after = plain[at - 1 : at], plain[at + 1 : at + 2]
    match plain[at]:
        case ":":
            return not (before.isdigit() and after.isdigit())
        case "-":
            begins = not pieces or pieces[-1].kind == "and"
            # "- 1" is a line of a list; "1-3" a range; "1 - 3" may be either.
            return after == " " if begins else before.isalnum() and after.isalnum()
        case ".":
            return after != "."  # "1...3" may be a range
        case sign:
            return sign not in TELLING


def _piece_at(
    at: int,
    plain: str,
    listed: OptionList,
    words: "Words",
    names: "_Names",
    pieces: list[Piece],
) -> Piece:
    """The piece that begins here: a name of an option before anything else."""
    named = names.pattern.match(plain, at)
    if named is not None:
        id = names.ids[named[0]]
        kind = "item" if id else "strange"  # the name of two of them names none
        return Piece(kind=kind, start=at, end=named.end(), id=id, named=True)
    latest = pieces[-1] if pieces else None
    for pattern in _in_order(latest, at, words):
        found = pattern.match(plain, at)
        kind = None if found is None else _KINDS.get(found.lastgroup or "")
        if found is not None and kind is not None:
            return Piece(kind=kind, start=at, end=found.end())
        if found is not None and not _is_no_place(found, plain, words):
            return _numbered(found, at, listed)
    word = _WORD.match(plain, at)
    return Piece(kind="strange", start=at, end=at + 1 if word is None else word.end())


def _in_order(latest: Piece | None, at: int, words: "Words") -> Iterator[re.Pattern[str]]:
    """What may begin here, in the order in which it is looked for."""
    if latest is not None and latest.named:
        yield words.after  # "the red one" is no red and a first
    yield words.how_many
    if latest is not None and latest.kind == "item" and latest.end == at:
        yield words.between  # 이랑 behind a number is no 2
    yield words.number
    yield words.last
    yield words.first if latest is None else words.between


def _is_no_place(found: re.Match[str], plain: str, words: "Words") -> bool:
    """2つ is two of them, whichever; and a syllable of a longer word is no 1: 네일."""
    return found[0] in words.unsure or _GOES_ON.match(plain, found.start()) is not None


_GOES_ON = re.compile("(?<=[\u1100-\u11ff\uac00-\ud7af])[\u1100-\u11ff\uac00-\ud7af]")


def _numbered(found: re.Match[str], at: int, listed: OptionList) -> Piece:
    if "last" in found.re.groupindex:
        id = listed.by_number[max(listed.by_number)]
        return Piece(kind="item", start=at, end=found.end(), id=id, numbered=True, named=True)
    return Piece(
        kind="item",
        start=at,
        end=found.end(),
        id=option_numbered(found, listed) or "",
        numbered=True,
        named=found["place"] is not None or found["spelt"] in listed.ordinals,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What stands between the options of a list, in some languages."""

    how_many: re.Pattern[str]
    number: re.Pattern[str]
    last: re.Pattern[str]
    #: What a reply may begin with, and what goes on; the group tells the kind.
    first: re.Pattern[str]
    between: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    unsure: frozenset[str]


#: The groups of the patterns above; a word of two kinds is of the first.
_KINDS: Mapping[str, Kind] = {
    "count": "count",
    "wanted": "wanted",
    "to": "to",
    "until": "until",
    "also": "and",
    "beginning": "beginning",
    "after": "after",
    "before": "before",
}


@cache
def words_between(languages: tuple[str, ...]) -> Words:
    """Those of these languages, made once."""
    tables = vocabularies(languages)
    before = words_of(tables, _before)
    after = words_of(tables, _after)
    kinds = (
        f"(?P<to>{words_of(tables, lambda t: t.several.to)})"
        f"|(?P<until>{words_of(tables, lambda t: t.several.until)})"
        # In Arabic it is written together with the next word.
        f"|(?P<also>{words_of(tables, lambda t: t.several.also)}|\u0648)"
    )
    beginning = f"(?P<beginning>{words_of(tables, lambda t: t.several.beginning)})"
    first = words_of(tables, lambda t: (*_before(t), *t.yes))
    return Words(
        number=re.compile(number_form(languages).pattern),
        how_many=re.compile(
            f"(?P<count>{words_of(tables, lambda t: t.several.all_of)})"
            f"|(?P<wanted>{words_of(tables, lambda t: t.several.wanted)})"
        ),
        last=re.compile(f"(?P<last>{words_of(tables, lambda t: t.last)})"),
        first=re.compile(f"{kinds}|(?P<before>{first})|(?P<after>{after})|{beginning}"),
        between=re.compile(f"{kinds}|(?P<after>{after})|(?P<before>{before})|{beginning}"),
        before=re.compile(before),
        after=re.compile(f"(?P<after>{after})"),
        unsure=frozenset(word for table in tables for word in table.several.unsure),
    )


def _before(table: Vocabulary) -> Iterable[str]:
    never = {*table.refusing, *table.several.unsure}
    return [w for w in (*table.several.before, *table.before_option) if w not in never]


def _after(table: Vocabulary) -> Iterable[str]:
    # दो is "give" behind an option, and two behind "the first".
    never = {*table.refusing, *(word for word, n in spelt_numbers(table).items() if 1 < n < 10)}
    return [w for w in (*table.several.after, *table.after_option) if w not in never]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """What options are called, however short, and as it stands in sentences."""

    ids: Mapping[str, str]
    pattern: re.Pattern[str]


def _names(listed: OptionList) -> _Names:
    short = {name: id for name, id in listed.named.items() if not name.isdigit()}
    return _made(tuple((short | {**listed.in_sentences}).items()))


@lru_cache(maxsize=LISTS_REMEMBERED)
def _made(named: tuple[tuple[str, str], ...]) -> _Names:
    ids = dict(named)
    pattern = "|".join(map(whole, longest_first(ids))) or "(?!)"
    return _Names(ids=ids, pattern=re.compile(pattern))
