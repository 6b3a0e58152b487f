"""The words of one language that say a day or a time, in either of the two grammars."""

from collections.abc import Mapping
from dataclasses import dataclass

from convo.understanding import entries
from convo.understanding.entries import Raw


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


def date_words(dates: Raw) -> DateWords:
    """From the part `dates` of a table."""
    return DateWords(
        days=entries.numbers(dates, "days"),
        day_parts=entries.day_parts(dates),
        weekdays=entries.numbers(dates, "weekdays"),
        months=entries.numbers(dates, "months"),
        parts=entries.texts(dates, "parts"),
        short_parts=entries.texts(dates, "short_parts"),
        festivals=entries.number_pairs(dates, "festivals"),
        this=entries.words(dates, "this"),
        next=entries.words(dates, "next"),
        coming=entries.words(dates, "coming"),
        this_week=entries.words(dates, "this_week"),
        next_week=entries.words(dates, "next_week"),
        at=entries.words(dates, "at"),
        on=entries.words(dates, "on"),
        of=entries.words(dates, "of"),
        the=entries.words(dates, "the"),
        before_other_number=entries.words(dates, "before_other_number"),
        oclock=entries.words(dates, "oclock"),
        past=entries.words(dates, "past"),
        to=entries.words(dates, "to"),
        half=entries.words(dates, "half"),
        quarter=entries.words(dates, "quarter"),
        minutes=entries.words(dates, "minutes"),
        within=entries.words(dates, "within"),
        from_now=entries.words(dates, "from_now"),
        one=entries.words(dates, "one"),
        half_a=entries.words(dates, "half_a"),
        units=entries.texts(dates, "units"),
        misspelt=entries.texts(dates, "misspelt"),
        fillers=entries.words(dates, "fillers"),
        day_marks=entries.words(dates, "day_marks"),
        days_are_counted=entries.text(dates, "days_are_counted") == "true",
        dotted_dates=entries.text(dates, "dotted_dates") == "true",
        dotted_times=entries.text(dates, "dotted_times") == "true",
        short_weekdays=entries.numbers(dates, "short_weekdays"),
        coming_after=entries.words(dates, "coming_after"),
        next_or_coming=entries.words(dates, "next_or_coming"),
        next_or_coming_after=entries.words(dates, "next_or_coming_after"),
        oclock_after_at=entries.words(dates, "oclock_after_at"),
        plus=entries.words(dates, "plus"),
        less=entries.words(dates, "less"),
        half_before=entries.words(dates, "half_before"),
        fraction_before=entries.numbers(dates, "fraction_before"),
        named_hours=entries.numbers(dates, "named_hours"),
        spans=entries.numbers(dates, "spans"),
        loose_days=entries.words(dates, "loose_days"),
    )


def counted_words(dates: Raw) -> CountedWords:
    """From the part `dates` of a table that counts."""
    return CountedWords(
        days=entries.numbers(dates, "days"),
        day_parts=entries.day_parts(dates),
        weekdays=entries.numbers(dates, "weekdays"),
        short_weekdays=entries.numbers(dates, "short_weekdays"),
        months=entries.numbers(dates, "months"),
        month_days=entries.numbers(dates, "month_days"),
        year_sign=entries.words(dates, "year_sign"),
        month_sign=entries.words(dates, "month_sign"),
        day_sign=entries.words(dates, "day_sign"),
        before_month=entries.words(dates, "before_month"),
        before_day=entries.words(dates, "before_day"),
        weeks=entries.numbers(dates, "weeks"),
        months_on=entries.numbers(dates, "months_on"),
        years_on=entries.numbers(dates, "years_on"),
        next=entries.words(dates, "next"),
        coming=entries.words(dates, "coming"),
        before_weekday=entries.words(dates, "before_weekday"),
        parts=entries.texts(dates, "parts"),
        festivals=entries.number_pairs(dates, "festivals"),
        at=entries.words(dates, "at"),
        hours=entries.numbers(dates, "hours"),
        hour_sign=entries.words(dates, "hour_sign"),
        ahead_of_hour=entries.numbers(dates, "ahead_of_hour"),
        behind_hour=entries.numbers(dates, "behind_hour"),
        whole_times=entries.number_pairs(dates, "whole_times"),
        and_minutes=entries.words(dates, "and_minutes"),
        minutes=entries.words(dates, "minutes"),
        minutes_before=entries.words(dates, "minutes_before"),
        within=entries.words(dates, "within"),
        from_now=entries.words(dates, "from_now"),
        units=entries.texts(dates, "units"),
        one_of=entries.texts(dates, "one_of"),
        two_of=entries.texts(dates, "two_of"),
        half_a=entries.words(dates, "half_a"),
        and_a_half=entries.words(dates, "and_a_half"),
    )
