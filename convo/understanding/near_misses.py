"""The one word a slip of the finger was probably meant for; to be asked back, never taken."""

from collections.abc import Iterable
from functools import cache

from convo.understanding.normalise import match_key
from convo.understanding.vocabulary import known_languages, vocabularies

SHORTEST = 4
"""Letters: below it one edit makes another word too easily. Start words such as "book" and "menu"
have four, and being asked back for "look" costs less than no answer to "boook"."""

SHORTEST_FOR_TWO = 8
MAX_WORD = 40


def near_miss(text: str, words: Iterable[str]) -> str | None:
    """The one nearest of the words, within one edit from 4 letters on and two from 8.

    None for an exact match (it is not a miss), for a tie, for Chinese, where one character is
    another word, and whenever a law word, a yes or a no is as near: these are never guessed.
    """
    typed = match_key(text)
    allowed = _allowed(len(typed))
    if not allowed or len(typed) > MAX_WORD or not _spelt_in_letters(typed):
        return None
    forbidden = _never_guessed()
    if typed in forbidden:
        return None
    nearest: set[str] = set()
    found = ""
    closest = allowed
    for word in words:
        plain = match_key(word)
        if not _spelt_in_letters(plain):
            continue
        distance = edits(typed, plain, min(closest, _allowed(len(plain))))
        if distance is None:
            continue
        if distance == 0 or plain in forbidden:
            return None
        if distance < closest:
            nearest.clear()
        closest = distance
        nearest.add(plain)
        found = word
    if len(nearest) != 1:
        return None
    as_near = (edits(typed, word, closest) for word in forbidden)
    return None if any(distance is not None for distance in as_near) else found


def edits(left: str, right: str, limit: int) -> int | None:
    """How many letters are put in, left out, changed or swapped with the next; None over limit.

    The restricted Damerau-Levenshtein distance: no letter is edited twice.
    """
    # One edit brings in or takes out one letter at most.
    letters, others = set(left), set(right)
    if max(abs(len(left) - len(right)), len(letters - others), len(others - letters)) > limit:
        return None
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, char in enumerate(left, 1):
        before, above, row = row, before, [i]
        for j, other in enumerate(right, 1):
            cost = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (char != other))
            if i > 1 and j > 1 and char == right[j - 2] and left[i - 2] == other:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return None
    return row[-1] if row[-1] <= limit else None


def _allowed(letters: int) -> int:
    return (letters >= SHORTEST) + (letters >= SHORTEST_FOR_TWO)


def _spelt_in_letters(plain: str) -> bool:
    """Whether it is in an alphabet; a Han character is a word, not a letter."""
    return all(char < "\u2e80" for char in plain)


@cache
def _never_guessed() -> frozenset[str]:
    tables = vocabularies(known_languages())
    listed = (word for t in tables for word in (*t.never_guessed, *t.yes, *t.no))
    return frozenset(word for word in listed if _spelt_in_letters(word))
