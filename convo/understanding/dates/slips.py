"""A slip of the finger in the name of a day or a month: "thursdsay"."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain

from convo.understanding.near_misses import edits
from convo.understanding.telling import all_words
from convo.understanding.vocabulary import vocabularies

SHORTEST_SLIP = 5
"""Letters: "may" and "mai", "mar" and "mer" are one edit apart and both right."""

MOST_SLIPS = 2
"""Of a reply; more of them is another subject."""

_WORD = re.compile(r"[a-z']{4,}")


def without_slips(plain: str, languages: Sequence[str]) -> str | None:
    """The text with such names put right, if that is all it needs.

    None where a word is one slip from none of them, or from two. The first letter is always right.
    """
    words = _words(tuple(languages))
    right: dict[str, str] = {}
    for typed in dict.fromkeys(_WORD.findall(plain)):
        if typed in words.known:
            continue
        near = {
            name: meaning
            for name, meaning in words.names.items()
            if name[0] == typed[0] and edits(typed, name, 1) is not None
        }
        if len(set(near.values())) != 1 or len(typed) < SHORTEST_SLIP or len(right) == MOST_SLIPS:
            return None
        right[typed] = next(iter(near))
    return _WORD.sub(lambda word: right.get(word[0], word[0]), plain) if right else None


class _Words:
    """Names that may be meant with what they mean, and all words that are right as they are."""

    __slots__ = ("known", "names")

    def __init__(self, names: Mapping[str, object], known: frozenset[str]) -> None:
        self.names = names
        self.known = known


@cache
def _words(languages: tuple[str, ...]) -> _Words:
    names: dict[str, object] = {}
    known: set[str] = set()
    for table in (table for table in vocabularies(languages) if table.spaced):
        dates = table.dates
        for kind, listed in enumerate((dates.weekdays, dates.months, dates.days)):
            names |= {
                name: (kind, meaning)
                for name, meaning in listed.items()
                if len(name) >= SHORTEST_SLIP and name.isalpha()
            }
        # "nicht" is no slip of "nacht": every word of the tables is right as it is.
        more = (dates.misspelt, dates.festivals, dates.parts, dates.past, dates.to, dates.next)
        phrases = chain(chain.from_iterable(more), all_words(table))
        known.update(word for phrase in phrases for word in _WORD.findall(phrase))
    return _Words(names, frozenset(known))
