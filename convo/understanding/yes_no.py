"""Yes or no, said with the whole message; anything else is not guessed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from convo.understanding.normalise import (
    BETWEEN_WORDS,
    either,
    fold_letters,
    folded,
    normalise,
    words_of,
)
from convo.understanding.vocabulary import vocabularies

MAX_ANSWER = 80
"""Characters: a longer text says more than yes or no."""

_CLAUSE = re.compile(r"[,.;!，。；！、]\s*")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")


def understand_yes_no(text: str, languages: Sequence[str]) -> bool | None:
    """True or False when every word says it or is mere politeness, else None.

    A question mark is never an answer, and yes together with no is None ("好不好", "yes 👎").
    """
    plain = fold_letters(folded(text))
    if not plain or len(plain) > MAX_ANSWER or "?" in plain:
        return None
    words = _answers(tuple(languages))
    answer = words.alone.get(normalise(plain))
    if answer is None:
        answer = _said(plain, words)
    if answer is None and _STRETCHED.search(plain):
        answer = _said(_STRETCHED.sub(r"\1", plain), words)
    return answer


def without_no(text: str, languages: Sequence[str]) -> str:
    """What follows a no: "the other one" of "No, the other one". The text itself without one."""
    end = _CLAUSE.search(text)
    if end is None or understand_yes_no(text[: end.start()], languages) is not False:
        return text
    return text[end.end() :]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answers:
    piece: re.Pattern[str]
    meaning: Mapping[str, bool]
    #: "ya" is yes to an American and already to a Spaniard; "schon gut" is two good words.
    neither: frozenset[str]
    #: What answers as the whole reply, and says nothing beside other words.
    alone: Mapping[str, bool]
    #: Such a word as a sentence of its own at the beginning: 得，冇問題.
    first: re.Pattern[str]
    #: What adds nothing to the answer before it, and is none by itself: いいえ、結構です.
    repeating: Mapping[bool, frozenset[str]]


def _said(plain: str, words: _Answers) -> bool | None:
    answer: bool | None = None
    first = words.first.match(plain)
    at = 0
    if first is not None:
        answer, at = words.alone[first.group()], first.end()
    while at < len(plain):
        piece = words.piece.match(plain, at)
        if piece is None:
            return None
        at = piece.end()
        if answer is not None and piece.group() in words.repeating[answer]:
            continue
        if piece.group() in words.neither:
            return None
        says = words.meaning.get(piece.group())
        if says is None:
            continue
        if answer is not None and answer is not says:
            return None
        answer = says
    return answer


@cache
def _answers(languages: tuple[str, ...]) -> _Answers:
    tables = vocabularies(languages)
    yes = {word for table in tables for word in (*table.yes, *table.yes_signs)}
    no = {word for table in tables for word in (*table.no, *table.no_signs)}
    # What is yes in one language and no in another is neither.
    meaning = dict.fromkeys(yes - no, True) | dict.fromkeys(no - yes, False)
    repeating = {
        True: frozenset(word for table in tables for word in table.after_yes),
        False: frozenset(word for table in tables for word in table.after_no),
    }
    words = words_of(
        tables, lambda t: (*t.yes, *t.no, *t.polite, *t.not_answers, *t.after_yes, *t.after_no)
    )
    alone = dict.fromkeys((word for table in tables for word in table.yes_alone), True)
    alone |= dict.fromkeys((word for table in tables for word in table.no_alone), False)
    signs = (sign for t in tables for sign in (*t.yes_signs, *t.no_signs))
    return _Answers(
        # The longest always wins, so 不好 is never read as 好 nor "no way" as "no".
        piece=re.compile(rf"{words}|{either(signs)}|{BETWEEN_WORDS}"),
        meaning=meaning,
        neither=frozenset(word for table in tables for word in table.not_answers)
        | repeating[True]
        | repeating[False],
        repeating=repeating,
        alone=alone,
        first=re.compile(rf"{either(alone)}(?=[,.!;，。！]|\Z)"),
    )
