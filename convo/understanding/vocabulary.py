"""The word tables of the languages, read once: words/<language>.yaml and nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

import yaml

from convo.understanding import entries
from convo.understanding.date_words import CountedWords, DateWords, counted_words, date_words
from convo.understanding.letters import as_compared

_LOADER = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
_FOLDER = files(__package__ or __name__) / "words"
_SUFFIX = ".yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameWords:
    """What people write around their name, `endings` right behind it; and what is none.

    A word of `never` makes a sentence of it, and `no_names` are none by themselves. `also_names`
    are names, whatever else they mean.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    endings: tuple[str, ...]
    never: tuple[str, ...]
    no_names: tuple[str, ...]
    also_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressWords:
    """How the signs of an e-mail address are said, and what is written before one."""

    at: tuple[str, ...]
    dot: tuple[str, ...]
    before: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWords:
    """What is written around a part of a place's name."""

    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralWords:
    """How several options of a list are named at once.

    `all_of` and `none_of` words say how many there are ("both", "neither"), and so do a number
    behind `all_before_number` or before `all_after_number` ("all four", 四个都要). What is left out
    stands behind `leaving_out` or before `left_out`, a range between `beginning`, `to` and `until`.
    `wanted` says behind a list that all of it is meant; `unsure` words choose nothing.
    """

    all: tuple[str, ...]
    all_of: Mapping[str, int]
    all_before_number: tuple[str, ...]
    all_after_number: tuple[str, ...]
    none: tuple[str, ...]
    none_of: Mapping[str, int]
    leaving_out: tuple[str, ...]
    left_out: tuple[str, ...]
    beginning: tuple[str, ...]
    to: tuple[str, ...]
    until: tuple[str, ...]
    also: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    wanted: tuple[str, ...]
    unsure: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """One language's words, as they are compared: without accents, in one spelling.

    `spaced` languages put spaces between words, and what is `attached_before` one; `refusing` are
    the words that make a sentence something else than a plain choice. `yes_alone` and `no_alone`
    answer as the whole reply only; `after_yes` and `after_no` repeat an answer and are none by
    themselves. `counted` numbers count only in front of something.
    `not_answers` are words that answer nothing in this language, and `not_refusing` words that
    refuse nothing, whatever they do in another.
    """

    language: str
    spaced: bool
    attached_before: tuple[str, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]
    yes_alone: tuple[str, ...]
    no_alone: tuple[str, ...]
    after_yes: tuple[str, ...]
    after_no: tuple[str, ...]
    polite: tuple[str, ...]
    yes_signs: str
    no_signs: str
    never_guessed: tuple[str, ...]
    not_answers: tuple[str, ...]
    not_refusing: tuple[str, ...]
    not_numbers: tuple[str, ...]
    numbers: Mapping[str, int]
    tens: Mapping[str, int]
    counted: Mapping[str, int]
    to_nineteen: tuple[str, ...]
    tens_then_ones: tuple[str, ...]
    ones_then_tens: tuple[str, ...]
    decimal: str
    hundreds: Mapping[str, int]
    hundreds_then_rest: tuple[str, ...]
    ordinals: Mapping[str, int]
    digits: Mapping[str, int]
    multiples: Mapping[str, int]
    joined: Mapping[str, str]
    minus: tuple[str, ...]
    ordinal_endings: tuple[str, ...]
    ordinal_mark: str
    counters: tuple[str, ...]
    last: tuple[str, ...]
    before_number: tuple[str, ...]
    after_number: tuple[str, ...]
    out_of: tuple[str, ...]
    before_option: tuple[str, ...]
    after_option: tuple[str, ...]
    refusing: tuple[str, ...]
    #: Before a thing, and no part of its name: "your visit" is a visit.
    whose: tuple[str, ...]
    #: Words, and pieces of two, in which the signs of another word stand by chance.
    longer_words: tuple[str, ...]
    plurals: tuple[str, ...]
    #: How a label ends for a man, and for a woman.
    genders: Mapping[str, str]
    #: What stands between the two signs of a verb and its thing: 剪发 is said as 剪个发.
    parting: tuple[str, ...]
    #: Next to the one option that was named, they say that there is another thing.
    and_more: tuple[str, ...]
    names: NameWords
    addresses: AddressWords
    places: PlaceWords
    several: SeveralWords
    dates: DateWords
    #: In place of the grammar of `dates`, where the language has the other one.
    counted_dates: CountedWords | None


@cache
def known_languages() -> tuple[str, ...]:
    """Every language that has a table, in the order of the alphabet."""
    names = (entry.name for entry in _FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))


@cache
def vocabulary(language: str) -> Vocabulary | None:
    """The words of a language, or None where there is no table for it."""
    if language not in known_languages():
        return None
    source = (_FOLDER / f"{language}{_SUFFIX}").read_text(encoding="utf-8")
    # Texts only: yes and no are words here, not truth values.
    read = cast("dict[str, object]", yaml.load(source, Loader=_LOADER))
    raw = cast("dict[str, object]", as_compared(read, entries.texts(read, "respelt")))
    dates = entries.table(raw, "dates")
    return Vocabulary(
        language=language,
        spaced=entries.text(raw, "script") == "spaced",
        attached_before=entries.words(raw, "attached_before"),
        yes=entries.words(raw, "yes"),
        no=entries.words(raw, "no"),
        yes_alone=entries.words(raw, "yes_alone"),
        no_alone=entries.words(raw, "no_alone"),
        after_yes=entries.words(raw, "after_yes"),
        after_no=entries.words(raw, "after_no"),
        polite=entries.words(raw, "polite"),
        yes_signs=entries.text(raw, "yes_signs"),
        no_signs=entries.text(raw, "no_signs"),
        never_guessed=entries.words(raw, "never_guessed"),
        not_answers=entries.words(raw, "not_answers"),
        not_refusing=entries.words(raw, "not_refusing"),
        not_numbers=entries.words(raw, "not_numbers"),
        numbers=entries.numbers(raw, "numbers"),
        tens=entries.numbers(raw, "tens"),
        counted=entries.numbers(raw, "counted"),
        to_nineteen=entries.words(raw, "to_nineteen"),
        tens_then_ones=entries.words(raw, "tens_then_ones"),
        ones_then_tens=entries.words(raw, "ones_then_tens"),
        decimal=entries.text(raw, "decimal") or ".",
        hundreds=entries.numbers(raw, "hundreds"),
        hundreds_then_rest=entries.words(raw, "hundreds_then_rest"),
        ordinals=entries.numbers(raw, "ordinals"),
        digits=entries.numbers(raw, "digits"),
        multiples=entries.numbers(raw, "multiples"),
        joined=entries.texts(raw, "joined"),
        minus=entries.words(raw, "minus"),
        ordinal_endings=entries.words(raw, "ordinal_endings"),
        ordinal_mark=entries.text(raw, "ordinal_mark"),
        counters=entries.words(raw, "counters"),
        last=entries.words(raw, "last"),
        before_number=entries.words(raw, "before_number"),
        after_number=entries.words(raw, "after_number"),
        out_of=entries.words(raw, "out_of"),
        before_option=entries.words(raw, "before_option"),
        after_option=entries.words(raw, "after_option"),
        refusing=entries.words(raw, "refusing"),
        whose=entries.words(raw, "whose"),
        longer_words=entries.words(raw, "longer_words"),
        plurals=entries.words(raw, "plurals"),
        genders=entries.texts(raw, "genders"),
        parting=entries.words(raw, "parting"),
        and_more=entries.words(raw, "and_more"),
        names=_name_words(entries.table(raw, "names")),
        addresses=_address_words(entries.table(raw, "addresses")),
        places=_place_words(entries.table(raw, "places")),
        several=_several_words(entries.table(raw, "several")),
        counted_dates=counted_words(dates) if entries.text(dates, "grammar") == "counted" else None,
        dates=date_words(dates),
    )


def _name_words(names: entries.Raw) -> NameWords:
    return NameWords(
        before=entries.words(names, "before"),
        after=entries.words(names, "after"),
        endings=entries.words(names, "endings"),
        never=entries.words(names, "never"),
        no_names=entries.words(names, "no_names"),
        also_names=entries.words(names, "also_names"),
    )


def _address_words(addresses: entries.Raw) -> AddressWords:
    return AddressWords(
        at=entries.words(addresses, "at"),
        dot=entries.words(addresses, "dot"),
        before=entries.words(addresses, "before"),
    )


def _place_words(places: entries.Raw) -> PlaceWords:
    return PlaceWords(before=entries.words(places, "before"), after=entries.words(places, "after"))


def _several_words(several: entries.Raw) -> SeveralWords:
    return SeveralWords(
        all=entries.words(several, "all"),
        all_of=entries.numbers(several, "all_of"),
        all_before_number=entries.words(several, "all_before_number"),
        all_after_number=entries.words(several, "all_after_number"),
        none=entries.words(several, "none"),
        none_of=entries.numbers(several, "none_of"),
        leaving_out=entries.words(several, "leaving_out"),
        left_out=entries.words(several, "left_out"),
        beginning=entries.words(several, "beginning"),
        to=entries.words(several, "to"),
        until=entries.words(several, "until"),
        also=entries.words(several, "also"),
        before=entries.words(several, "before"),
        after=entries.words(several, "after"),
        wanted=entries.words(several, "wanted"),
        unsure=entries.words(several, "unsure"),
    )


def vocabularies(languages: Iterable[str]) -> tuple[Vocabulary, ...]:
    """The tables there are for these languages; `zh-CN` reads the table of `zh`."""
    found = dict.fromkeys(language.replace("_", "-").split("-")[0] for language in languages)
    return tuple(words for name in found if (words := vocabulary(name)) is not None)
