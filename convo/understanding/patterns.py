"""An answer of a form that only its author knows: a booking's number, a plate, a postcode."""

from dataclasses import dataclass
from itertools import islice

import re2

from convo.understanding.normalise import folded, match_key, trimmed, written
from convo.understanding.refusing import refusals

MAX_ANSWER = 200
"""Characters: who writes more than this tells a story."""

SHORTEST_INSIDE = 5
"""Characters, a figure among them, of what is taken out of a sentence, or put together over
spaces: "2 of us" has a figure too, and "no way" is five letters."""

MAX_INSIDE = 20
"""A sentence in which the pattern is found more often than this has no answer in it."""

_BETWEEN = str.maketrans(dict.fromkeys(" -·"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """RE2's, so that no text takes it longer than its length. Capitals make no difference."""

    regexp: re2._Regexp  # pyright: ignore[reportPrivateUsage] -- it has no other name
    #: What is kept of a match; empty: all of it.
    group: str

    def kept(self, found: re2._Match) -> str:  # pyright: ignore[reportPrivateUsage]
        """The one group that has a name, or else the whole match."""
        return (found.group(self.group) if self.group else None) or found.group() or ""


def compiled(source: str) -> Pattern:
    """Raises `re2.error` for what RE2 has not got: looking around, and back-references."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    regexp = re2.compile(source, options)
    names = list(regexp.groupindex)
    return Pattern(regexp=regexp, group=names[0] if len(names) == 1 else "")


def understand_pattern(text: str, pattern: Pattern, languages: tuple[str, ...]) -> str | None:
    """What a reply has of the pattern, in its own capitals and plain width; None is unclear.

    The whole reply without what stands around it, or written with spaces and dashes; else the one
    such thing in a sentence, unless the sentence refuses, asks or says "or".
    """
    said = written(text)
    if not said or len(said) > MAX_ANSWER:
        return None
    as_it_is = _whole(said.strip(" -"), pattern)
    if as_it_is is not None or "?" in folded(text):
        return as_it_is
    joined = said.translate(_BETWEEN)
    whole = _whole(trimmed(said), pattern) or (_whole(joined, pattern) if _tells(joined) else None)
    if whole is not None or refusals(languages).stand_in(match_key(text)):
        return whole
    return _inside(said, pattern)


def _whole(said: str, pattern: Pattern) -> str | None:
    found = pattern.regexp.fullmatch(said)
    return None if found is None else pattern.kept(found) or None


def _inside(said: str, pattern: Pattern) -> str | None:
    found = list(islice(pattern.regexp.finditer(said), MAX_INSIDE + 1))
    kept = {
        pattern.kept(each)
        for each in found
        if _tells(each.group() or "") and _stands_alone(said, each.start(), each.end())
    }
    return kept.pop() or None if len(kept) == 1 and len(found) <= MAX_INSIDE else None


def _tells(part: str) -> bool:
    return len(part) >= SHORTEST_INSIDE and any(map(str.isdigit, part))


def _stands_alone(said: str, start: int, end: int) -> bool:
    """Whether it is no piece of a longer word or number; Han and Hangul may touch it."""
    return not (_one_word(said[:start][-1:] + said[start]) or _one_word(said[end - 1 : end + 1]))


def _one_word(pair: str) -> bool:
    return len(pair) > 1 and all(char.isalnum() and char < "\u2e80" for char in pair)
