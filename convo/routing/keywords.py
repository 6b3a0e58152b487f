"""Words that start things: flows, keyword handlers, and what is understood at any time."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from convo.understanding.near_misses import near_miss
from convo.understanding.normalise import contains_phrase, either, match_key
from convo.understanding.vocabulary import known_languages, vocabularies


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a word leads to."""

    kind: Literal["flow", "keyword"]
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A word found in a text: how it was found, and what followed it."""

    target: Target
    word: str
    how: Literal["whole", "first", "contained", "near"]
    rest: str = field(default="", repr=False)


def spaced(word: str) -> bool:
    """Whether a word's script puts spaces between words."""
    return word.isascii() or not any("\u2e80" <= sign <= "\u9fff" for sign in word)


def _hiding(word: str) -> re.Pattern[str] | None:
    """The longer words that a word without spaces around it would be found in by chance."""
    tables = vocabularies(known_languages())
    longer = [each for t in tables for each in t.longer_words if word in each and word != each]
    return re.compile(either(longer)) if longer else None


class StartWords:
    """Every start word of the playbook, looked up by the rules of level 4."""

    def __init__(self, words: Iterable[tuple[str, Target]]) -> None:
        self._whole: dict[str, Target] = {}
        self._as_written: dict[str, str] = {}
        for word, target in words:
            key = match_key(word)
            self._whole[key] = target
            self._as_written.setdefault(key, word)
        # Longest first, so that "test drive" is found before "test".
        self._by_length: Sequence[str] = sorted(self._whole, key=len, reverse=True)
        self._inside = {word: hiding for word in self._whole if (hiding := _hiding(word))}

    def whole(self, text: str) -> Match | None:
        """The whole message is a word, or begins with a keyword handler's word."""
        key = match_key(text)
        target = self._whole.get(key)
        if target is not None:
            return Match(target=target, word=self._as_written[key], how="whole")
        for word in self._by_length:
            target = self._whole[word]
            if target.kind == "keyword" and key.startswith(word):
                rest = key[len(word) :]
                if rest[:1].isspace() or not spaced(word) or rest[:1].isdigit():
                    said = self._as_written[word]
                    return Match(target=target, word=said, how="first", rest=rest.strip(" :：,，#"))
        return None

    def contained(self, text: str) -> Match | None:
        """Exactly one target's word is somewhere in the message."""
        key = match_key(text)
        found: dict[Target, str] = {}
        for word in self._by_length:
            target = self._whole[word]
            if target not in found and self._stands(word, key):
                found[target] = word
        if len(found) != 1:
            return None
        ((target, word),) = found.items()
        rest = key.partition(word)[2].strip(" :：,，#") if target.kind == "keyword" else ""
        return Match(target=target, word=self._as_written[word], how="contained", rest=rest)

    def _stands(self, word: str, key: str) -> bool:
        """Whether a word stands in a text by itself, and not by chance in another word."""
        if not contains_phrase(key, word):
            return False
        hiding = self._inside.get(word)
        return hiding is None or contains_phrase(hiding.sub(" ", key), word)

    def near(self, text: str) -> Match | None:
        """The message is one slip away from a word: to be asked back, never to be acted on."""
        word = near_miss(match_key(text), self._by_length)
        if word is None:
            return None
        return Match(target=self._whole[word], word=self._as_written[word], how="near")
