"""Which place of a list is meant: by its name, a part of it, or in a sentence."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from convo.understanding.near_misses import near_miss
from convo.understanding.normalise import (
    BETWEEN_WORDS,
    NO_WORD_GOES_ON,
    either,
    folded,
    match_key,
    whole,
    words_of,
)
from convo.understanding.options import own_meanings, spellings
from convo.understanding.refusing import Refusals, refusals
from convo.understanding.vocabulary import vocabularies

LISTS_REMEMBERED = 64
MAX_ANSWER = 200
"""Characters: who writes more than this tells a story."""

SHORTEST_PART = 3
"""Letters of a part of a name that is taken for it: Rio of Rio de Janeiro."""

SHORTEST_HAN_PART = 2
SHORTEST_SLIP = 5
"""Letters: a shorter word is one edit from too many others."""

MAX_FOUND = 6
"""Places that are asked about at once; a reply that fits more is not clear."""

MAX_NAMED = 20
"""A sentence that names places more often than this names none."""

_SIGN = re.compile(BETWEEN_WORDS)
_WORDS = re.compile(rf"(?:(?!{BETWEEN_WORDS}).)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceNames:
    """A place as people may name it, and what it lies in. The id is ours and is never matched."""

    id: str
    names: tuple[str, ...]
    within: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceList:
    """Places made ready to be matched."""

    ids: tuple[str, ...]
    #: Letters alone of a name, also with what it lies in -> the places that are called so.
    exactly: Mapping[str, frozenset[str]]
    #: The same of words and characters of names.
    parts: Mapping[str, frozenset[str]]
    named: Mapping[str, frozenset[str]]
    inside: re.Pattern[str]
    within: Mapping[str, re.Pattern[str]]
    refusals: Refusals
    before: re.Pattern[str]
    after: re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFound:
    """The place, or those of one name, in the order of the list."""

    ids: tuple[str, ...]
    #: Spelt nearly so only: to be asked back.
    slip: bool


def understand_place(text: str, listed: PlaceList) -> PlaceFound | None:
    """The place that a reply names, several where their name is the same; None where none is.

    A question, a "not" and two places of different names are nothing. What is one or two letters
    beside a name is found as a slip.
    """
    plain = match_key(text[: MAX_ANSWER + 1])
    if not plain or len(plain) > MAX_ANSWER or "?" in folded(text):
        return None
    exact = listed.exactly.get(_letters(plain))
    if exact is not None:
        return _ordered(exact, listed)
    core = listed.after.sub("", listed.before.sub("", plain, count=1), count=1)
    if listed.refusals.stand_in(core):
        return None
    found = (
        listed.exactly.get(_letters(core))
        or _in_a_sentence(plain, listed)
        or listed.parts.get(_letters(core))
        or listed.parts.get(_letters(plain))
    )
    if found is not None:
        return _ordered(found, listed)
    near = near_miss(core, listed.named) if len(core) >= SHORTEST_SLIP else None
    return None if near is None else _ordered(listed.named[near], listed, slip=True)


def _ordered(ids: Iterable[str], listed: PlaceList, *, slip: bool = False) -> PlaceFound | None:
    meant = {*ids}
    found = tuple(id for id in listed.ids if id in meant)
    return PlaceFound(ids=found, slip=slip) if 0 < len(found) <= MAX_FOUND else None


def _in_a_sentence(plain: str, listed: PlaceList) -> frozenset[str] | None:
    """The places that all names in it have in common, and of these the one in the named region."""
    matches = islice(listed.inside.finditer(plain), MAX_NAMED + 1)
    spans = [(name.start(1), name.end(1)) for name in matches]
    if not 0 < len(spans) <= MAX_NAMED:
        return None
    outer = [
        (start, end)
        for start, end in spans
        if not any(a <= start and end <= b and (a, b) != (start, end) for a, b in spans)
    ]
    meant = frozenset(listed.ids)
    for start, end in outer:
        meant &= listed.named[plain[start:end]]
    there = frozenset(id for id in meant if listed.within[id].search(plain))
    return there or meant


def _letters(plain: str) -> str:
    return _SIGN.sub("", plain)


@lru_cache(maxsize=LISTS_REMEMBERED)
def place_list(places: tuple[PlaceNames, ...], languages: tuple[str, ...]) -> PlaceList:
    """The places made ready; equal ones are made ready once."""
    tables = vocabularies(languages)
    named: dict[str, frozenset[str]] = {}
    exactly: dict[str, frozenset[str]] = {}
    parts: dict[str, frozenset[str]] = {}
    for place in places:
        here = frozenset((place.id,))
        for name in _keys(place.names):
            named[name] = named.get(name, frozenset()) | here
            regions = _keys(place.within)
            for full in (name, *(each for r in regions for each in (name + r, r + name))):
                letters = _letters(full)
                exactly[letters] = exactly.get(letters, frozenset()) | here
            for part in _parts(name):
                parts[part] = parts.get(part, frozenset()) | here
    own = own_meanings(languages)
    sign = f"(?:{BETWEEN_WORDS})"
    before = words_of(tables, lambda table: table.places.before)
    after = [(word, table.spaced) for table in tables for word in table.places.after]
    spaced = either(word for word, apart in after if apart)
    joined = either(word for word, apart in after if not apart)
    names = sorted(named, key=lambda name: (-len(name), name))
    return PlaceList(
        ids=tuple(place.id for place in places),
        exactly=exactly,
        parts={part: ids for part, ids in parts.items() if part not in own},
        named=named,
        inside=re.compile(f"(?=({'|'.join(map(whole, names)) or '(?!)'}))"),
        within={
            place.id: re.compile("|".join(map(whole, _keys(place.within))) or "(?!)")
            for place in places
        },
        refusals=refusals(languages),
        before=re.compile(rf"\A(?>(?:{before}{sign}*)+)"),
        after=re.compile(rf"(?:{sign}+{spaced}{NO_WORD_GOES_ON}|{sign}*{joined})+\Z"),
    )


def _keys(names: Sequence[str]) -> tuple[str, ...]:
    written = (spelt for name in names for spelt in spellings(name))
    return tuple(dict.fromkeys(filter(None, map(match_key, written))))


def _parts(name: str) -> Iterator[str]:
    """Neighbouring words of a name; of one written together, neighbouring characters."""
    words = _WORDS.findall(name)
    if len(words) > 1:
        for start in range(len(words)):
            for end in range(start + 1, len(words) + 1):
                part = "".join(words[start:end])
                if len(part) >= SHORTEST_PART:
                    yield part
    elif not name.isascii() and name >= "\u2e80":
        for start in range(len(name)):
            for end in range(start + SHORTEST_HAN_PART, len(name) + 1):
                yield name[start:end]
