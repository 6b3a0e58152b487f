"""Which option of a list was meant: by its words, by its number, or named in a sentence."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from itertools import chain, islice

from convo.understanding.near_misses import edits
from convo.understanding.normalise import (
    NO_WORD_GOES_ON,
    either,
    fold_letters,
    folded,
    is_syllable,
    match_key,
    normalise,
    whole,
    words_of,
)
from convo.understanding.numerals import number_of, spelt_numbers, spelt_ordinals
from convo.understanding.refusing import Refusals, refusals
from convo.understanding.telling import all_words
from convo.understanding.vocabulary import vocabularies

LISTS_REMEMBERED = 512
SHORTEST_NAMED = 2
"""Characters: a label of one letter or character is not looked for inside a sentence."""

SHORT = 3
MAX_NAMED = 20
"""A sentence that names options more often than this chooses none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionWords:
    """An option as people may name it. The id is ours and is never matched."""

    id: str
    number: int
    labels: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionList:
    """Options made ready to be matched, in every way that they may be meant."""

    exactly: Mapping[str, str]
    named: Mapping[str, str]
    by_number: Mapping[int, str]
    languages: tuple[str, ...]
    spelt: Mapping[str, int]
    ordinals: frozenset[str]
    number: re.Pattern[str]
    number_alone: re.Pattern[str]
    not_numbers: frozenset[str]
    last: re.Pattern[str]
    asked: re.Pattern[str]
    in_sentences: Mapping[str, str]
    inside: re.Pattern[str]
    and_more: re.Pattern[str]
    #: Letters alone -> the names that have them: "x ray" and "xray" are "x-ray".
    squeezed: Mapping[str, Sequence[str]]
    #: What has a meaning of its own and is no slip of a label.
    words: frozenset[str]
    refusals: Refusals
    leading: re.Pattern[str]
    #: Where the numbers do not begin at 1: "the first" is a place in the list all the same.
    by_place: Mapping[int, str] = field(default_factory=dict[int, str])


def understand_option(
    text: str, options: Sequence[OptionWords], languages: Sequence[str]
) -> str | None:
    """The id of the one option meant, else None.

    First the whole text as a label or word, in whatever language; then as a number of the list
    ("1", "①", "第一个", "the second", "last"); then the one option named in a sentence, unless
    the sentence refuses, asks or says "or". A number the list has not got is None.
    """
    return understand_listed(text, option_list(tuple(options), tuple(languages)))


def understand_listed(text: str, listed: OptionList) -> str | None:
    """As `understand_option`, for options that were made ready once."""
    written = folded(text)
    plain = match_key(written)
    if not plain:
        return None
    exact = listed.exactly.get(fold_letters(written))
    if exact is None and "?" not in written:
        exact = listed.named.get(plain)
    if exact is not None:
        return exact if exact != _SEVERAL else None
    # "1?" and 剪不剪 ask for something; 이번 is this time and no second one.
    if "?" in written or _A_NOT_A.search(plain) or plain in listed.not_numbers:
        return None
    numbered = listed.number_alone.fullmatch(plain) or listed.number.fullmatch(plain)
    if numbered is not None:
        return None if _PRICE.search(written) else option_numbered(numbered, listed)
    if listed.last.fullmatch(plain):
        return listed.by_number[max(listed.by_number)] if listed.by_number else None
    asked = listed.asked.fullmatch(plain)
    if asked is not None:
        return listed.named[asked["name"]] or None
    return _named_in_a_sentence(plain, listed) or slip_of(plain, listed)


def renumbered(listed: OptionList, ids: Sequence[str], numbers: Sequence[int]) -> OptionList:
    """The same options under other numbers, in their order."""
    return replace(
        listed,
        by_number=dict(zip(numbers, ids, strict=True)),
        by_place=dict(enumerate(ids, start=1)),
    )


def option_numbered(numbered: re.Match[str], listed: OptionList) -> str | None:
    """The option under a number that `number_form` found; None where the list has not got it."""
    place, spelt, digits, ending, chinese = numbered.group(
        "place", "spelt", "digits", "ending", "chinese"
    )
    said = place or spelt or digits or chinese
    number = listed.spelt.get(said) or number_of(said, listed.languages)
    if not isinstance(number, int):
        return None
    if (place or ending or spelt in listed.ordinals) and number in listed.by_place:
        return listed.by_place[number]
    return listed.by_number.get(number)


_A_NOT_A = re.compile(r"([\u4e00-\u9fff])[不没唔]\1")

_SEVERAL = ""
"""Stands where two options share a word."""

_HERE = "\ue000"
"""Stands where an option was named; no text has it, for it is of no script."""

_PRICE = re.compile(r"[$€£¥₹₩][ 0-9]|[0-9] ?[$€£₹₩]")

SHORTEST_SLIP = 5
"""Letters: a shorter word is one edit from too many others."""


def slip_of(plain: str, listed: OptionList) -> str | None:
    """The one label that the whole text is a slip of the finger from: "haircutt", "xray".

    The first letter is right, for "unhappy" is no slip of "happy", and nothing is guessed that
    another label is as near to, or from a word that has a meaning of its own.
    """
    joined = "".join(filter(str.isalnum, plain))
    if not joined.isascii() or not joined.isalpha() or plain in listed.words:
        return None
    same = {listed.named[name] for name in listed.squeezed.get(joined, ())}
    if not same and len(joined) >= SHORTEST_SLIP:
        near = (
            name
            for name in listed.named
            if name[0] == plain[0] and len(name) >= SHORTEST_SLIP and not _DIGIT.search(name)
        )
        same = {listed.named[name] for name in near if edits(plain, name, 1) is not None}
    return same.pop() or None if len(same) == 1 else None


_DIGIT = re.compile("[0-9]")


def _named_in_a_sentence(plain: str, listed: OptionList) -> str | None:
    if not any(name in plain for name in listed.in_sentences):
        return None
    found = islice(listed.inside.finditer(plain), MAX_NAMED + 1)
    spans = [(name.start(1), name.end(1), name[1]) for name in found]
    if not 0 < len(spans) <= MAX_NAMED:
        return None
    # "cut" inside "cut and colour" was not said by itself.
    outer = [
        (start, end, name)
        for start, end, name in spans
        if not any(
            other_start <= start and end <= other_end and other_end - other_start > end - start
            for other_start, other_end, _ in spans
        )
    ]
    names = {name for _, _, name in outer}
    meant = {listed.in_sentences[name] for name in names}
    around = plain
    for start, end, _ in outer:
        around = f"{around[:start]}{_HERE * (end - start)}{around[end:]}"
    if listed.and_more.search(around):
        return None
    around = around.replace(_HERE, " ")
    if len(meant) != 1 or listed.refusals.stand_in(around):
        return None
    option = meant.pop()
    leading = listed.leading.match(plain)
    if leading is not None and listed.by_number.get(int(leading[0]), option) != option:
        return None
    return option or None


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberForm:
    """How the number of an option is written, and what its words mean."""

    pattern: str
    spelt: Mapping[str, int]
    ordinals: frozenset[str]


@cache
def number_form(languages: tuple[str, ...]) -> NumberForm:
    """Of these languages; in the pattern 第一个 is a `place`, for 一个 may be a quantity."""
    tables = vocabularies(languages)
    spelt = {word: value for t in tables for word, value in spelt_numbers(t).items()}
    ordinals = {word: value for t in tables for word, value in spelt_ordinals(t).items()}
    spelt |= ordinals
    endings = either(ending for t in tables for ending in t.ordinal_endings)
    chars = re.escape("".join(c for t in tables for c in (*t.digits, *t.multiples, *t.joined)))
    chinese = f"[{chars}]{{1,6}}" if chars else "(?!)"
    digits = "[0-9]{1,4}(?![0-9])"
    mark = either(table.ordinal_mark for table in tables if table.ordinal_mark)
    counter = either(word for table in tables for word in table.counters)
    pattern = (
        rf"(?:{mark}(?P<place>{digits}|{chinese}){counter}?"
        rf"|(?P<spelt>{either(spelt)}){NO_WORD_GOES_ON}"
        rf"|(?P<digits>{digits})(?P<ending>{endings})?{NO_WORD_GOES_ON}"
        rf"|(?P<chinese>{chinese}){endings}?)"
    )
    return NumberForm(pattern=pattern, spelt=spelt, ordinals=frozenset(ordinals))


@lru_cache(maxsize=LISTS_REMEMBERED)
def option_list(options: tuple[OptionWords, ...], languages: tuple[str, ...]) -> OptionList:
    """The options made ready; equal ones are made ready once."""
    tables = vocabularies(languages)
    named = _by_name(options, match_key)
    form = number_form(languages)
    number = form.pattern
    before = rf"(?>(?:{words_of(tables, lambda table: table.before_option)}[ .,:#°(、]*)*)"
    # "no 2" is the number 2, but "no haircut" is none.
    wishes = words_of(tables, lambda t: [w for w in t.before_option if w not in t.refusing])
    wishing = rf"(?>(?:{wishes}[ .,:#°(、]*)*)"
    after = rf"(?>(?:[ .,!、)~]*{words_of(tables, lambda table: table.after_option)})*)"
    last = words_of(tables, lambda table: table.last)
    plurals = [ending for table in tables for ending in table.plurals]
    genders = {man: woman for table in tables for man, woman in table.genders.items()}
    in_sentences = _parted(named, languages) | _in_sentences(named, plurals, genders)
    for name in _told_by_accents(options):
        in_sentences.pop(name, None)
    more = words_of(tables, lambda table: table.and_more)
    squeezed: dict[str, list[str]] = {}
    for name in named:
        squeezed.setdefault("".join(filter(str.isalnum, name)), []).append(name)
    return OptionList(
        exactly=_by_name(options, lambda name: fold_letters(folded(name))),
        named=named,
        by_number={option.number: option.id for option in options},
        languages=languages,
        spelt=form.spelt,
        ordinals=form.ordinals,
        number=re.compile(f"{before}{number}{after}"),
        number_alone=re.compile(f"{number}{after}"),
        not_numbers=frozenset(word for table in tables for word in table.not_numbers),
        last=re.compile(f"{before}{last}{after}"),
        asked=re.compile(f"{wishing}(?P<name>{either(named)}){NO_WORD_GOES_ON}{after}"),
        in_sentences=in_sentences,
        and_more=re.compile(
            rf"{_HERE} ?(?:, ?)?{more}(?=.*[^\W_{_HERE}])|(?<![a-z0-9]){more} {_HERE}"
        ),
        squeezed=squeezed,
        words=own_meanings(languages),
        inside=re.compile(f"(?=({'|'.join(map(whole, longest_first(in_sentences))) or '(?!)'}))"),
        refusals=refusals(languages),
        leading=re.compile(r"[0-9]{1,4}(?![0-9:/.-])"),
    )


def _by_name(options: Iterable[OptionWords], spelling: Callable[[str], str]) -> dict[str, str]:
    named: dict[str, str] = {}
    for option in options:
        written = [spelt for name in (*option.labels, *option.words) for spelt in spellings(name)]
        for name in filter(None, map(spelling, written)):
            named[name] = option.id if named.get(name, option.id) == option.id else _SEVERAL
    return named


def longest_first(names: Iterable[str]) -> list[str]:
    """So that of two names that begin alike a pattern finds the longer one."""
    return sorted(names, key=lambda name: (-len(name), name))


def spellings(name: str) -> Iterable[str]:
    """German is also written without its own letters: "faerben" is "färben"."""
    return dict.fromkeys((name, name.casefold().translate(_WRITTEN_OUT)))


_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def _long_enough(name: str) -> bool:
    return len(name) >= SHORTEST_NAMED or is_syllable(name)


@cache
def own_meanings(languages: tuple[str, ...]) -> frozenset[str]:
    """Whatever says something by itself, so that "later" is no slip of "laser"."""
    tables = vocabularies(languages)
    phrases = ((*t.yes, *t.no, *t.refusing, *t.polite, *t.never_guessed) for t in tables)
    return frozenset(chain(*phrases, *map(all_words, tables)))


def _told_by_accents(options: Iterable[OptionWords]) -> set[str]:
    """Names so short that without the accent they are another word: "té" is tea, "te" is you."""
    names = (name for option in options for name in (*option.labels, *option.words))
    plain = {match_key(name): normalise(name) for name in names}
    return {
        key for key, name in plain.items() if len(key) <= SHORT and key.isascii() and key != name
    }


def _in_sentences(
    named: Mapping[str, str], plurals: Iterable[str], genders: Mapping[str, str]
) -> dict[str, str]:
    """Names as they may stand in a sentence; in an alphabet, also in the plural."""
    long_enough = {name: id for name, id in named.items() if _long_enough(name)}
    singular = {name: id for name, id in long_enough.items() if not name.isdigit()}
    more = {
        f"{name}{ending}": id
        for name, id in singular.items()
        if name[-1].isalpha() and name[-1] < "\u2e80"
        for ending in plurals
    }
    hers = {
        name.removesuffix(his) + her: id
        for name, id in singular.items()
        for his, her in genders.items()
        if name.endswith(his)
    }
    return more | hers | singular


def _parted(named: Mapping[str, str], languages: Sequence[str]) -> dict[str, str]:
    """Names of two Chinese signs with a small word between, but 三个月 is not 三月."""
    parting = [word for table in vocabularies(languages) for word in table.parting]
    found: dict[str, str] = {}
    for name, id in named.items():
        if _TWO_SIGNS.fullmatch(name) and number_of(name[0], languages) is None:
            for spelt in (f"{name[0]}{word}{name[1]}" for word in parting):
                found[spelt] = id if found.get(spelt, id) == id else _SEVERAL
    return found


_TWO_SIGNS = re.compile("[\u4e00-\u9fff]{2}")
