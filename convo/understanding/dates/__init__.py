"""When? A day, a time, or both, out of a short reply in any language that has a table."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import Enum
from functools import cache
from itertools import chain

from convo.understanding.date_words import CountedWords, DateWords
from convo.understanding.dates.chinese import chinese_patterns
from convo.understanding.dates.counted import counted_patterns
from convo.understanding.dates.figures import IN_FIGURES, Groups, Pattern, Reader
from convo.understanding.dates.reading import Reading, When
from convo.understanding.dates.slips import without_slips
from convo.understanding.dates.spaced import leading_patterns, spaced_patterns
from convo.understanding.normalise import NO_WORD_GOES_ON, either, fold_letters, folded, match_key
from convo.understanding.vocabulary import Vocabulary, vocabularies

__all__ = ["When", "says_when", "understand_date", "understand_time", "understand_when"]

MAX_ANSWER = 200
"""Characters: who writes more than this tells a story."""

MAX_PIECES = 60

_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_GROUP = re.compile(r"(?<!\\)\((?!\?)")


def understand_when(
    text: str,
    *,
    now: datetime,
    languages: Sequence[str],
    day_first: bool | None = None,
) -> When | None:
    """The day and the time a reply names; None unless every word of it was understood.

    `now` carries the zone the answer is read in. `day_first` says whether 12/5 is in May; with
    None it is not clear. A weekday is the next such day and never today; "next Friday" and 下周五
    are in the next week from Monday to Sunday. Without am, pm or a part of the day, 1 to 6 are in
    the afternoon and 7 to 12 as written; a bare "3" is no time by itself. Two days, two times, a
    range, "before" and "not" are None.
    """
    reading = _read_or_mended(text, now=now, languages=languages, day_first=day_first)
    return None if reading is None else reading.conclude(time_only=False)


def understand_date(
    text: str,
    *,
    now: datetime,
    languages: Sequence[str],
    day_first: bool | None = None,
) -> date | None:
    """The day alone, whatever time is said with it."""
    when = understand_when(text, now=now, languages=languages, day_first=day_first)
    return None if when is None else when.day


def understand_time(text: str, *, now: datetime, languages: Sequence[str]) -> time | None:
    """The time alone, for a day already known: here a bare "3" or 三 is an hour too.

    None when the reply names a day other than today, for that would be a change of the day.
    """
    reading = _read_or_mended(text, now=now, languages=languages, day_first=None)
    when = None if reading is None else reading.conclude(time_only=True)
    if when is None or when.day not in {None, now.date()}:
        return None
    return when.time


def says_when(text: str, languages: Sequence[str]) -> bool:
    """Whether a text says a day or a time, and nothing else: Frida is no slip of Friday here."""
    reading = _read(text, now=_ANY_DAY, languages=languages, day_first=None)
    return reading is not None and reading.conclude(time_only=False) is not None


def _read_or_mended(
    text: str, *, now: datetime, languages: Sequence[str], day_first: bool | None
) -> Reading | None:
    reading = _read(text, now=now, languages=languages, day_first=day_first)
    if reading is not None or len(text) > MAX_ANSWER:
        return reading
    mended = without_slips(fold_letters(folded(text)), languages)
    if mended is None:
        return None
    return _read(mended, now=now, languages=languages, day_first=day_first)


def _read(
    text: str, *, now: datetime, languages: Sequence[str], day_first: bool | None
) -> Reading | None:
    if now.tzinfo is None:
        raise ValueError("now has no time zone; give it in the zone the answer is read in")
    plain = match_key(text)
    if not plain or len(plain) > MAX_ANSWER or "?" in plain:
        return None
    asks = "?" in folded(text)
    grammar = _grammar(tuple(languages))
    reading = Reading(now=now, day_first=day_first)
    at, worded = 0, False
    for _ in range(MAX_PIECES):
        filler = grammar.word.match(plain, at)
        if filler is not None and filler[0] in grammar.fillers:
            at, worded = filler.end(), True
        else:
            pieces = grammar.pieces[_script(plain[at])]
            piece = pieces.pattern.match(plain, at)
            if piece is None:
                return None
            reader = pieces.readers.get(piece.lastgroup or "")
            if reader is not None:
                read, first, last = reader
                if not read(reading, piece.groups()[first:last]):
                    return None
            worded = worded or (reader is None and piece[0][-1].isalpha())
            at = piece.end()
        if at == len(plain):
            # "Can I come at 3?" wishes, "3pm?" asks back.
            return reading if worded or not asks else None
        if plain[at] == " ":
            at += 1
    return None


class _Script(Enum):
    FIGURES = 0
    LETTERS = 1
    HAN = 2


def _script(char: str) -> _Script:
    if char in "0123456789":
        return _Script.FIGURES
    # Hangul jamo are letters of words that stand further up.
    return _Script.HAN if char >= "\u2e80" or "\u1100" <= char < "\u1200" else _Script.LETTERS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pieces:
    """Patterns in one; each reader with the numbers of the first and last of its groups."""

    pattern: re.Pattern[str]
    readers: Mapping[str, tuple[Reader, int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grammar:
    """`fillers` are the words that begin nothing else, so that most words cost one look-up."""

    word: re.Pattern[str]
    fillers: frozenset[str]
    pieces: Mapping[_Script, _Pieces]


@cache
def _grammar(languages: tuple[str, ...]) -> _Grammar:
    tables = vocabularies(languages)
    counted = _counted(table for table in tables if table.spaced)
    counted_together = _counted(table for table in tables if not table.spaced)
    others = [table for table in tables if table.counted_dates is None]
    spaced = [pattern for table in others if table.spaced for pattern in spaced_patterns(table)]
    first = [pattern for table in others if table.spaced for pattern in leading_patterns(table)]
    han = [pattern for table in others if not table.spaced for pattern in chinese_patterns(table)]
    bare: list[Pattern] = [(r"([0-9]{1,2})(?![0-9:.a-z]|,[0-9])", _bare)]
    said = {word for table in tables if table.spaced for word in table.dates.fillers}
    joined = {word for table in tables if not table.spaced for word in table.dates.fillers}
    fillers = [f"{either(joined)}|{either(said)}{NO_WORD_GOES_ON}", r"[^\w/+<>=&%$#]+"]
    starting = {word.split()[0] for table in tables for word in _starting_words(table.dates)}
    starting |= {
        word.split()[0]
        for table in tables
        if table.counted_dates is not None
        for word in _counted_starting(table.counted_dates)
    }
    # The first word of a longer filler begins that.
    starting |= {word.split()[0] for word in said if " " in word}
    return _Grammar(
        word=re.compile(rf"[a-z\u00df-\u024f']+{NO_WORD_GOES_ON}"),
        fillers=frozenset(word for word in said if word not in starting),
        pieces={
            _Script.FIGURES: _pieces(
                [*first, *counted, *counted_together, *IN_FIGURES, *han, *spaced, *bare], fillers
            ),
            _Script.LETTERS: _pieces([*first, *spaced, *counted], fillers),
            _Script.HAN: _pieces([*counted_together, *han], fillers),
        },
    )


def _starting_words(dates: DateWords) -> Iterable[str]:
    """All that a pattern may begin with in letters, apart from numbers."""
    lists = (dates.at, dates.the, dates.before_other_number, dates.within, dates.one, dates.half_a)
    weeks = (dates.this, dates.next, dates.coming, dates.this_week, dates.next_week)
    names = (dates.days, dates.day_parts, dates.weekdays, dates.months, dates.parts)
    others = (dates.festivals, dates.half, dates.quarter, dates.misspelt)
    more = (dates.day_marks, dates.next_or_coming, dates.short_weekdays, dates.named_hours)
    halves = (dates.half_before, dates.fraction_before)
    return chain.from_iterable((*lists, *weeks, *names, *others, *more, *halves))


def _counted(tables: Iterable[Vocabulary]) -> list[Pattern]:
    return [
        pattern
        for table in tables
        if table.counted_dates is not None
        for pattern in counted_patterns(table, table.counted_dates)
    ]


def _counted_starting(words: CountedWords) -> Iterable[str]:
    lists = (words.before_day, words.next, words.coming, words.before_weekday, words.at)
    more = (words.within, words.half_a, words.and_minutes)
    names = (words.days, words.day_parts, words.weekdays, words.months, words.month_days)
    others = (words.weeks, words.months_on, words.years_on, words.parts, words.festivals)
    clocks = (words.hours, words.ahead_of_hour, words.whole_times, words.one_of, words.two_of)
    return chain.from_iterable((*lists, *more, *names, *others, *clocks))


def _pieces(patterns: Sequence[Pattern], fillers: Sequence[str]) -> _Pieces:
    pieces: list[str] = []
    readers: dict[str, tuple[Reader, int, int]] = {}
    groups = 0
    for number, (pattern, reader) in enumerate(patterns):
        inside = len(_GROUP.findall(pattern))
        name = f"_{number}"
        pieces.append(f"(?P<{name}>{pattern})")
        readers[name] = (reader, groups + 1, groups + 1 + inside)
        groups += 1 + inside
    return _Pieces(pattern=re.compile("|".join([*pieces, *fillers])), readers=readers)


def _bare(reading: Reading, groups: Groups) -> bool:
    return reading.number(int(groups[0] or 0))
