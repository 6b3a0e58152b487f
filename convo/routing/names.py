"""What open questions are called when we speak of them, and how people may call them back."""

import itertools
import re
from collections.abc import Collection, Sequence

from convo.engine.asked import called, quoted
from convo.engine.walk import Walk
from convo.policy.clipping import clipped
from convo.understanding.dates.chinese import WEEK, WEEK_WORDS
from convo.understanding.normalise import match_key, words_of
from convo.understanding.telling import language_of
from convo.understanding.vocabulary import vocabularies

NAME_AT_MOST = 40
"""Characters of a question's name or own words in a list: three of them stay in two parts."""

SHORTEST_WORD = 2
"""Signs of a word that tells one name from the others."""

_WHOSE = re.compile(f"^{words_of(vocabularies(('zh',)), lambda table: table.whose)}")
_WORD = re.compile(r"[^\W_]+(?:[':.][^\W_]+)*")


def name_of(walk: Walk) -> str:
    """What the flow is called to customers, else the question's own words, clipped."""
    return _short(called(walk.flow, walk.scene) or _own_words(walk) or walk.flow.name)


def _own_words(walk: Walk) -> str:
    """Not those of marketing to who has not agreed: a list of ours must not let them out."""
    question, flow = walk.question, walk.flow
    agreed = flow.message_class != "marketing" or walk.around.consent_to(flow.programme) == "given"
    if not agreed and question is not None and question.purpose() != "consent":
        return ""
    return "" if question is None else quoted(question, walk.flow, walk.scene)


def _short(name: str) -> str:
    return clipped(" ".join(name.split()), NAME_AT_MOST)


def names_of(walks: Sequence[Walk]) -> list[str]:
    """The same for several, each as it stands in a list: two that share one get their words."""
    names = [name_of(walk) for walk in walks]
    told: list[str] = []
    for walk, name in zip(walks, names, strict=True):
        own = _own_words(walk)
        shared = names.count(name) > 1 and own
        said = _short(own) if shared else name
        told.append(said[:1].upper() + said[1:])
    return told


def telling_words(name: str, others: Collection[str], languages: Sequence[str]) -> tuple[str, ...]:
    """Words that only this name has, and two in a row: "Fri" and "27 nov" of "Visit Fri 27 Nov".

    A day of the week is told by each of its words: people write "the Friday one" of "Fri".
    """
    theirs = {word for other in others for word in _words(other)}
    own = [word for word in _words(name) if word not in theirs]
    spelt = {word for word in own if len(word) >= SHORTEST_WORD and not word.isdigit()}
    return tuple(spelt | {day for word in own for day in _same_day(word, languages)})


def _words(name: str) -> list[str]:
    """In their order, each word and each two in a row that have a letter in them."""
    plain = match_key(name)
    if language_of(name, ("zh",)) == "zh":
        return [*re.findall(f"{WEEK}.", plain), _WHOSE.sub("", plain)]
    single = _WORD.findall(plain)
    pairs = (f"{one} {two}" for one, two in itertools.pairwise(single))
    return [*single, *(pair for pair in pairs if not pair.replace(" ", "").isdigit())]


def _same_day(word: str, languages: Sequence[str]) -> set[str]:
    """All words for the day of the week that `word` is; none for every other word."""
    for table in vocabularies(languages):
        days = table.dates.weekdays
        if table.spaced and word in days:
            return {other for other, day in days.items() if day == days[word]}
        before = re.match(WEEK, word)
        if before is not None and (day := days.get(word[before.end() :])) is not None:
            names = [name for name, number in days.items() if number == day]
            return {f"{week}{name}" for week in WEEK_WORDS for name in names}
    return set()
