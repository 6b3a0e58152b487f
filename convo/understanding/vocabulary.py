"""The word tables of the languages, read once: words/<language>.yaml and nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

import yaml

from convo.understanding.letters import as_compared

_LOADER = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
_FOLDER = files(__package__ or __name__) / "words"
_SUFFIX = ".yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateWords:
    """Words that say a day or a time. Days count from today, weekdays from Monday as 0.

    `at` to `half_a` are the small words of the spaced languages' grammar, named by English ones.
    What follows `fillers` English has not got.
    """

    days: Mapping[str, int]
    day_parts: Mapping[str, tuple[int, str]]
    weekdays: Mapping[str, int]
    months: Mapping[str, int]
    parts: Mapping[str, str]
    short_parts: Mapping[str, str]
    festivals: Mapping[str, tuple[int, int]]
    this: tuple[str, ...]
    next: tuple[str, ...]
    coming: tuple[str, ...]
    this_week: tuple[str, ...]
    next_week: tuple[str, ...]
    at: tuple[str, ...]
    on: tuple[str, ...]
    of: tuple[str, ...]
    the: tuple[str, ...]
    before_other_number: tuple[str, ...]
    oclock: tuple[str, ...]
    past: tuple[str, ...]
    to: tuple[str, ...]
    half: tuple[str, ...]
    quarter: tuple[str, ...]
    minutes: tuple[str, ...]
    within: tuple[str, ...]
    from_now: tuple[str, ...]
    one: tuple[str, ...]
    half_a: tuple[str, ...]
    units: Mapping[str, str]
    misspelt: Mapping[str, str]
    fillers: tuple[str, ...]
    #: These come before a day of the month, which is a plain number: "el 5", "le 5", "am 5.".
    day_marks: tuple[str, ...]
    #: "el cinco de diciembre": the days of the month are counted, not put in order.
    days_are_counted: bool
    #: 5.12. is a date.
    dotted_dates: bool
    #: 17.15 is a time, where it can be no date.
    dotted_times: bool
    #: These are other words too, and days only right before a figure or a full stop: "Do 15 Uhr".
    short_weekdays: Mapping[str, int]
    #: Behind a weekday: "el viernes que viene" is the next one there is.
    coming_after: tuple[str, ...]
    #: Before and behind a weekday: some mean the next one, some that of next week.
    next_or_coming: tuple[str, ...]
    next_or_coming_after: tuple[str, ...]
    #: What an hour is said with where "at" stands before it: "a las 15 horas", but not "3 horas".
    oclock_after_at: tuple[str, ...]
    #: "las tres y media", "trois heures moins le quart".
    plus: tuple[str, ...]
    less: tuple[str, ...]
    #: "halb drei" is 2:30, and "viertel drei" 2:15.
    half_before: tuple[str, ...]
    fraction_before: Mapping[str, int]
    #: "midi et quart".
    named_hours: Mapping[str, int]
    #: "un quart d'heure", in minutes.
    spans: Mapping[str, int]
    #: "dans quinze jours" is in two weeks to most, and in 15 days to some.
    loose_days: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedWords:
    """Words that say a day or a time where a sign tells what each number counts: 3時半, 5 baje.

    The names of the `..._sign` lists say of what; what stands `ahead_of_hour` or `behind_hour`
    adds minutes or takes them away.
    """

    days: Mapping[str, int]
    day_parts: Mapping[str, tuple[int, str]]
    weekdays: Mapping[str, int]
    short_weekdays: Mapping[str, int]
    months: Mapping[str, int]
    month_days: Mapping[str, int]
    year_sign: tuple[str, ...]
    month_sign: tuple[str, ...]
    day_sign: tuple[str, ...]
    before_month: tuple[str, ...]
    before_day: tuple[str, ...]
    weeks: Mapping[str, int]
    months_on: Mapping[str, int]
    years_on: Mapping[str, int]
    next: tuple[str, ...]
    coming: tuple[str, ...]
    before_weekday: tuple[str, ...]
    parts: Mapping[str, str]
    festivals: Mapping[str, tuple[int, int]]
    at: tuple[str, ...]
    hours: Mapping[str, int]
    hour_sign: tuple[str, ...]
    ahead_of_hour: Mapping[str, int]
    behind_hour: Mapping[str, int]
    whole_times: Mapping[str, tuple[int, int]]
    and_minutes: tuple[str, ...]
    minutes: tuple[str, ...]
    minutes_before: tuple[str, ...]
    within: tuple[str, ...]
    from_now: tuple[str, ...]
    units: Mapping[str, str]
    one_of: Mapping[str, str]
    two_of: Mapping[str, str]
    half_a: tuple[str, ...]
    and_a_half: tuple[str, ...]


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
    #: Next to the one option that was named, they say that there is another thing.
    and_more: tuple[str, ...]
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
    raw = cast("dict[str, object]", as_compared(read, _texts(read, "respelt")))
    dates = _table(raw, "dates")
    return Vocabulary(
        language=language,
        spaced=_text(raw, "script") == "spaced",
        attached_before=_words(raw, "attached_before"),
        yes=_words(raw, "yes"),
        no=_words(raw, "no"),
        yes_alone=_words(raw, "yes_alone"),
        no_alone=_words(raw, "no_alone"),
        after_yes=_words(raw, "after_yes"),
        after_no=_words(raw, "after_no"),
        polite=_words(raw, "polite"),
        yes_signs=_text(raw, "yes_signs"),
        no_signs=_text(raw, "no_signs"),
        never_guessed=_words(raw, "never_guessed"),
        not_answers=_words(raw, "not_answers"),
        not_refusing=_words(raw, "not_refusing"),
        not_numbers=_words(raw, "not_numbers"),
        numbers=_numbers(raw, "numbers"),
        tens=_numbers(raw, "tens"),
        counted=_numbers(raw, "counted"),
        to_nineteen=_words(raw, "to_nineteen"),
        tens_then_ones=_words(raw, "tens_then_ones"),
        ones_then_tens=_words(raw, "ones_then_tens"),
        decimal=_text(raw, "decimal") or ".",
        hundreds=_numbers(raw, "hundreds"),
        hundreds_then_rest=_words(raw, "hundreds_then_rest"),
        ordinals=_numbers(raw, "ordinals"),
        digits=_numbers(raw, "digits"),
        multiples=_numbers(raw, "multiples"),
        joined=_texts(raw, "joined"),
        minus=_words(raw, "minus"),
        ordinal_endings=_words(raw, "ordinal_endings"),
        ordinal_mark=_text(raw, "ordinal_mark"),
        counters=_words(raw, "counters"),
        last=_words(raw, "last"),
        before_number=_words(raw, "before_number"),
        after_number=_words(raw, "after_number"),
        out_of=_words(raw, "out_of"),
        before_option=_words(raw, "before_option"),
        after_option=_words(raw, "after_option"),
        refusing=_words(raw, "refusing"),
        whose=_words(raw, "whose"),
        longer_words=_words(raw, "longer_words"),
        plurals=_words(raw, "plurals"),
        genders=_texts(raw, "genders"),
        and_more=_words(raw, "and_more"),
        counted_dates=_counted(dates) if _text(dates, "grammar") == "counted" else None,
        dates=DateWords(
            days=_numbers(dates, "days"),
            day_parts=_day_parts(dates),
            weekdays=_numbers(dates, "weekdays"),
            months=_numbers(dates, "months"),
            parts=_texts(dates, "parts"),
            short_parts=_texts(dates, "short_parts"),
            festivals=_number_pairs(dates, "festivals"),
            this=_words(dates, "this"),
            next=_words(dates, "next"),
            coming=_words(dates, "coming"),
            this_week=_words(dates, "this_week"),
            next_week=_words(dates, "next_week"),
            at=_words(dates, "at"),
            on=_words(dates, "on"),
            of=_words(dates, "of"),
            the=_words(dates, "the"),
            before_other_number=_words(dates, "before_other_number"),
            oclock=_words(dates, "oclock"),
            past=_words(dates, "past"),
            to=_words(dates, "to"),
            half=_words(dates, "half"),
            quarter=_words(dates, "quarter"),
            minutes=_words(dates, "minutes"),
            within=_words(dates, "within"),
            from_now=_words(dates, "from_now"),
            one=_words(dates, "one"),
            half_a=_words(dates, "half_a"),
            units=_texts(dates, "units"),
            misspelt=_texts(dates, "misspelt"),
            fillers=_words(dates, "fillers"),
            day_marks=_words(dates, "day_marks"),
            days_are_counted=_text(dates, "days_are_counted") == "true",
            dotted_dates=_text(dates, "dotted_dates") == "true",
            dotted_times=_text(dates, "dotted_times") == "true",
            short_weekdays=_numbers(dates, "short_weekdays"),
            coming_after=_words(dates, "coming_after"),
            next_or_coming=_words(dates, "next_or_coming"),
            next_or_coming_after=_words(dates, "next_or_coming_after"),
            oclock_after_at=_words(dates, "oclock_after_at"),
            plus=_words(dates, "plus"),
            less=_words(dates, "less"),
            half_before=_words(dates, "half_before"),
            fraction_before=_numbers(dates, "fraction_before"),
            named_hours=_numbers(dates, "named_hours"),
            spans=_numbers(dates, "spans"),
            loose_days=_words(dates, "loose_days"),
        ),
    )


def _counted(dates: dict[str, object]) -> CountedWords:
    return CountedWords(
        days=_numbers(dates, "days"),
        day_parts=_day_parts(dates),
        weekdays=_numbers(dates, "weekdays"),
        short_weekdays=_numbers(dates, "short_weekdays"),
        months=_numbers(dates, "months"),
        month_days=_numbers(dates, "month_days"),
        year_sign=_words(dates, "year_sign"),
        month_sign=_words(dates, "month_sign"),
        day_sign=_words(dates, "day_sign"),
        before_month=_words(dates, "before_month"),
        before_day=_words(dates, "before_day"),
        weeks=_numbers(dates, "weeks"),
        months_on=_numbers(dates, "months_on"),
        years_on=_numbers(dates, "years_on"),
        next=_words(dates, "next"),
        coming=_words(dates, "coming"),
        before_weekday=_words(dates, "before_weekday"),
        parts=_texts(dates, "parts"),
        festivals=_number_pairs(dates, "festivals"),
        at=_words(dates, "at"),
        hours=_numbers(dates, "hours"),
        hour_sign=_words(dates, "hour_sign"),
        ahead_of_hour=_numbers(dates, "ahead_of_hour"),
        behind_hour=_numbers(dates, "behind_hour"),
        whole_times=_number_pairs(dates, "whole_times"),
        and_minutes=_words(dates, "and_minutes"),
        minutes=_words(dates, "minutes"),
        minutes_before=_words(dates, "minutes_before"),
        within=_words(dates, "within"),
        from_now=_words(dates, "from_now"),
        units=_texts(dates, "units"),
        one_of=_texts(dates, "one_of"),
        two_of=_texts(dates, "two_of"),
        half_a=_words(dates, "half_a"),
        and_a_half=_words(dates, "and_a_half"),
    )


def vocabularies(languages: Iterable[str]) -> tuple[Vocabulary, ...]:
    """The tables there are for these languages; `zh-CN` reads the table of `zh`."""
    found = dict.fromkeys(language.replace("_", "-").split("-")[0] for language in languages)
    return tuple(words for name in found if (words := vocabulary(name)) is not None)


# A table may leave a key out: a language without special ordinals has none.


def _table(raw: dict[str, object], key: str) -> dict[str, object]:
    return cast("dict[str, object]", raw.get(key) or {})


def _text(raw: dict[str, object], key: str) -> str:
    return cast("str", raw.get(key) or "")


def _words(raw: dict[str, object], key: str) -> tuple[str, ...]:
    return tuple(cast("list[str]", raw.get(key) or []))


def _texts(raw: dict[str, object], key: str) -> dict[str, str]:
    return cast("dict[str, str]", raw.get(key) or {})


def _numbers(raw: dict[str, object], key: str) -> dict[str, int]:
    return {word: int(number) for word, number in _texts(raw, key).items()}


def _day_parts(dates: dict[str, object]) -> dict[str, tuple[int, str]]:
    return {word: (int(days), part) for word, (days, part) in _pairs(dates, "day_parts")}


def _number_pairs(raw: dict[str, object], key: str) -> dict[str, tuple[int, int]]:
    return {word: (int(first), int(second)) for word, (first, second) in _pairs(raw, key)}


def _pairs(raw: dict[str, object], key: str) -> Iterable[tuple[str, tuple[str, str]]]:
    return cast("dict[str, tuple[str, str]]", raw.get(key) or {}).items()
