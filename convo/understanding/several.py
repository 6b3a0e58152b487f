"""Which options of a list were meant, where several may be: "1 3", "1-3", "all but 2", "none"."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from convo.understanding.normalise import (
    either,
    folded,
    letter_by_letter,
    match_key,
    trimmed,
    words_of,
    written,
)
from convo.understanding.numerals import counted_numbers, number_of, spelt_numbers
from convo.understanding.options import OptionList, slip_of
from convo.understanding.several_pieces import TELLING, Piece, pieces_of, words_between
from convo.understanding.vocabulary import Vocabulary, vocabularies

MAX_ANSWER = 400
"""Characters: who writes more than this tells a story and chooses nothing."""

MAX_UNKNOWN = 30
"""Characters of a piece that is said to be no option; a longer one is a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """The options that were chosen, in the order of the list; none of them is an answer too."""

    ids: tuple[str, ...]
    #: What stands among options and is none, as it was written; nothing is chosen then.
    unknown: str = ""


def understand_several(text: str, listed: OptionList) -> Several | None:
    """The options that a reply names: by number, name, range, "all", "all but" or "none".

    Every word has to be accounted for: a question, a "not", an "or" and a sentence that says
    something else are nothing, and so is a list without one option in it.
    """
    signs, grammar = folded(text), _grammar(listed.languages)
    plain = match_key(text)
    if not plain or "?" in signs or grammar.no_signs & {*signs} or plain in listed.not_numbers:
        return None
    exact = listed.named.get(plain)
    if exact is not None:
        return Several(ids=(exact,)) if exact else None
    if TELLING & {*signs.replace(trimmed(signs), "", 1)}:
        return None
    said = trimmed(written(text[: MAX_ANSWER + 1].strip().replace("\n", " , ")))
    if len(said) > MAX_ANSWER:
        return None
    plain, origin = letter_by_letter(said)
    order = tuple(listed.by_number.values())
    # "None of these" may be an option itself: then it is what "none" is, and nothing beside it.
    none, all_ = _called(listed, grammar.none), _called(listed, grammar.everything)
    others = tuple(id for id in order if id not in none | all_)
    for whole, ids in (
        (grammar.none, none),
        (grammar.none_of, none),
        (grammar.everything, all_ or others),
    ):
        found = whole.fullmatch(plain)
        if found is not None:
            fits = _counts(found, len(others), grammar)
            return Several(ids=tuple(id for id in order if id in ids)) if fits else None
    but = grammar.all_but.fullmatch(plain) or grammar.but_all.fullmatch(plain)
    if but is not None and not _counts(but, len(others), grammar):
        return None
    start, end = (0, len(plain)) if but is None else but.span("but")
    named = _listed(plain[start:end], listed, order, but is not None)
    if isinstance(named, Piece):
        first, last = origin[start + named.start], origin[start + named.end]
        return Several(ids=(), unknown=said[first:last])
    if named is None or (len(named) > 1 and named & (none | all_)):
        return None
    chosen = named if but is None else frozenset(others) - named
    return Several(ids=tuple(id for id in order if id in chosen)) if chosen else None


def _called(listed: OptionList, whole: re.Pattern[str]) -> frozenset[str]:
    """The options that are called "none of these", or "all of them"."""
    return frozenset(id for name, id in listed.named.items() if id and whole.fullmatch(name))


def _counts(said: re.Match[str], options: int, grammar: "_Grammar") -> bool:
    """Whether "both", "all four" and 四个都要 are as many as there are; "all" always is."""
    counts = [word for name, word in said.groupdict().items() if name.startswith("count") and word]
    return all(grammar.count(word) == options for word in counts)


# --- a list ---------------------------------------------------------------------------------------


def _listed(
    plain: str, listed: OptionList, order: Sequence[str], of_all: bool
) -> frozenset[str] | Piece | None:
    """The options of a list, or the piece in it that is none; None where it is no list.

    `of_all` says that they are taken out of all, so that one piece that is no option is enough.
    """
    pieces = pieces_of(plain, listed)
    if not pieces or (pieces[0].kind == "and" and plain[0].isalnum()):
        return None
    squeezed = _squeezed(pieces, plain, listed)
    if squeezed is not None:
        return squeezed
    ids: set[str] = set()
    counts: list[Piece] = []
    unknown: Piece | None = None
    for segment in _segments(pieces):
        found = _named(segment, plain, listed, order)
        if found is None:
            return None
        ids |= found.ids
        unknown = unknown or found.unknown
        counts += [piece for piece in segment if piece.kind in ("count", "wanted")]
    if unknown is not None:
        return unknown if ids or of_all else None
    grammar = _grammar(listed.languages)
    for piece in counts:
        count = grammar.count(plain[piece.start : piece.end]) if piece.kind == "count" else None
        if len(ids) < 2 or (count is not None and count != len(ids)):
            return None
    return frozenset(ids)


def _segments(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """What stands between two commas, or two "and"."""
    segment: list[Piece] = []
    for piece in pieces:
        if piece.kind == "and":
            yield segment
            segment = []
        else:
            segment.append(piece)
    yield segment


@dataclass(frozen=True, slots=True, kw_only=True)
class _Segment:
    """The options that one segment names, and what in it is none."""

    ids: frozenset[str] = frozenset()
    unknown: Piece | None = None


def _named(
    segment: Sequence[Piece], plain: str, listed: OptionList, order: Sequence[str]
) -> _Segment | None:
    """What one segment names; None where it says something else."""
    pieces = _in_their_place(segment, plain, listed)
    kinds = [piece.kind for piece in pieces]
    if "item" not in kinds:
        return _word(pieces, plain, listed) if "strange" in kinds else _Segment()
    if "strange" in kinds or "before" in kinds[kinds.index("item") :]:
        return None
    runs = _runs(pieces)
    if _counts_things([run[0] for run in runs if len(run) == 1]):
        return None
    ids: set[str] = set()
    unknown: Piece | None = None
    for run in runs:
        if not all(item.id for item in run):
            unknown = unknown or next(item for item in run if not item.id)
            ids |= {item.id for item in run if item.id}
            continue
        places = [order.index(item.id) for item in run]
        if sorted({*places}) != places and len(run) > 1:
            return None
        # 1-3-5 is each of them.
        through = range(places[0], places[-1] + 1) if len(run) == 2 else places
        ids |= {order[place] for place in through}
    return _Segment(ids=frozenset(ids), unknown=unknown)


def _in_their_place(segment: Sequence[Piece], plain: str, listed: OptionList) -> Sequence[Piece]:
    """The pieces, of which those of a range make none here are what they are elsewhere.

    Of "1 a 3" the a is "to", of "a 1" it is an article, and a word of neither kind is strange.
    """
    before = words_between(listed.languages).before
    placed: list[Piece] = []
    ranges = {
        n
        for n, piece in enumerate(segment)
        if piece.kind == "to" and _is_item(segment, n - 1) and _is_item(segment, n + 1)
    }
    for n, piece in enumerate(segment):
        stays = n in ranges if piece.kind == "to" else bool(ranges)
        if piece.kind not in ("to", "beginning", "until") or stays:
            placed.append(piece)
        elif before.fullmatch(plain, piece.start, piece.end):
            placed.append(replace(piece, kind="before"))
        else:
            placed.append(replace(piece, kind="strange"))
    return placed


def _is_item(segment: Sequence[Piece], n: int) -> bool:
    return 0 <= n < len(segment) and segment[n].kind == "item"


def _runs(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The items, those of a range together."""
    runs: list[list[Piece]] = []
    joined = False
    for piece in pieces:
        if piece.kind == "item" and joined:
            runs[-1].append(piece)
        elif piece.kind == "item":
            runs.append([piece])
        joined = piece.kind == "to"
    return runs


def _counts_things(items: Sequence[Piece]) -> bool:
    """Whether a number stands by names and is not that of one: "2 news", "the first three"."""
    numbers = names = 0
    behind = [*items, None][1:]
    paired = False
    for item, following in zip(items, behind, strict=True):
        if paired:
            paired = False
            continue
        bare = item.numbered and not item.named
        paired = bare and following is not None and following.named and following.id == item.id
        names += paired or not bare
        numbers += bare and not paired
    return bool(numbers and names)


def _word(pieces: Sequence[Piece], plain: str, listed: OptionList) -> _Segment | None:
    """What stands alone between two commas and is no option: a slip of one, or a polite word."""
    strange = [piece for piece in pieces if piece.kind == "strange"]
    whole = replace(strange[0], end=strange[-1].end)
    word = plain[whole.start : whole.end]
    meant = slip_of(word, listed)
    if meant is not None:
        return _Segment(ids=frozenset((meant,)))
    polite = _grammar(listed.languages).polite
    if word in polite or plain[pieces[0].start : pieces[-1].end] in polite:
        return _Segment()
    says_something = word in listed.words or word in listed.named or listed.refusals.stand_in(word)
    return None if says_something or len(word) > MAX_UNKNOWN else _Segment(unknown=whole)


def _squeezed(pieces: Sequence[Piece], plain: str, listed: OptionList) -> frozenset[str] | None:
    """134 where there are fewer than ten options: each figure one of them, and rising."""
    items = [piece for piece in pieces if piece.kind in ("item", "strange")]
    around = [piece.kind for piece in pieces if piece.start > items[0].start] if items else []
    if len(items) != 1 or items[0].id or {*around} - {"after"}:
        return None
    said = plain[items[0].start : items[0].end]
    figures = [number_of(figure, listed.languages) for figure in said]
    if len(figures) < 2 or max(listed.by_number) > 9 or sorted({*figures}, key=str) != figures:
        return None
    ids = [listed.by_number.get(int(figure)) for figure in figures if figure is not None]
    found = frozenset(id for id in ids if id is not None)
    return found if len(found) == len(said) else None


# --- the words around -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grammar:
    none: re.Pattern[str]
    none_of: re.Pattern[str]
    everything: re.Pattern[str]
    all_but: re.Pattern[str]
    but_all: re.Pattern[str]
    no_signs: frozenset[str]
    polite: frozenset[str]
    counted: Mapping[str, int]
    languages: tuple[str, ...]

    def count(self, word: str) -> float | None:
        """How many options a word says there are."""
        return self.counted.get(word) or number_of(word, self.languages)


@cache
def _grammar(languages: tuple[str, ...]) -> _Grammar:
    tables = vocabularies(languages)
    counted = {word: n for table in tables for word, n in counted_numbers(table).items()}
    spelt = {word: n for table in tables for word, n in spelt_numbers(table).items()}
    for table in tables:
        counted |= {**table.several.all_of, **table.several.none_of}
    signs = re.escape("".join(char for table in tables for char in table.digits))
    mark = re.escape("".join(table.ordinal_mark for table in tables)) or "\0"
    number = rf"(?<![{mark}])(?:[0-9]{{1,2}}|{either([*spelt, *counted])}" + (
        f"|[{signs}])" if signs else ")"
    )
    before = rf"(?>(?:{words_of(tables, _wishes)}[ ,.:、]*)*)"
    after = rf"(?>(?:[ ,.!、]*{words_of(tables, _thanks)})*)"
    all_words = (
        rf"(?:{words_of(tables, lambda t: t.several.all)}"
        rf"|{words_of(tables, lambda t: t.several.all_before_number)} ?(?P<count>{number})"
        rf"|(?P<count_first>{number}) ?{words_of(tables, lambda t: t.several.all_after_number)}"
        rf"|(?P<count_said>{words_of(tables, lambda t: t.several.all_of)}))"
    )
    leaving_out = words_of(tables, lambda t: t.several.leaving_out)
    left_out = words_of(tables, lambda t: t.several.left_out)
    apart = "[ ,、:]*"
    return _Grammar(
        none=re.compile(f"{before}{words_of(tables, lambda t: t.several.none)}{after}"),
        none_of=re.compile(
            f"{before}(?P<count>{words_of(tables, lambda t: t.several.none_of)}){after}"
        ),
        everything=re.compile(f"{before}{all_words}{after}"),
        all_but=re.compile(f"{before}{all_words}{apart}{leaving_out}{apart}(?P<but>.+)"),
        but_all=re.compile(
            f"{before}(?P<out>{leaving_out}{apart})?(?P<but>.+?){apart}"
            f"(?(out)(?:{left_out}{apart})*|(?:{left_out}{apart})+){all_words}{after}"
        ),
        no_signs=frozenset(sign for table in tables for sign in table.no_signs),
        polite=frozenset(word for table in tables for word in (*table.polite, *table.yes)),
        counted=counted,
        languages=languages,
    )


def _wishes(table: Vocabulary) -> Sequence[str]:
    """But for those that say "all" with a number behind them: les quatre."""
    return [word for word in table.several.before if word not in table.several.all_before_number]


def _thanks(table: Vocabulary) -> Sequence[str]:
    """Only what is polite and nothing else: "alles ok" chooses nothing."""
    return [*table.several.after, *(word for word in table.after_option if word in table.polite)]
