"""How days and times are said in languages with spaces between words; the words are the table's."""

from convo.understanding.dates.figures import HALF, Groups, Pattern, Reader
from convo.understanding.dates.reading import Reading
from convo.understanding.dates.spoken import Spoken, spoken
from convo.understanding.normalise import NO_WORD_GOES_ON as END
from convo.understanding.normalise import either
from convo.understanding.vocabulary import Vocabulary


def spaced_patterns(table: Vocabulary) -> tuple[Pattern, ...]:
    """The grammar; the first pattern that fits wins, so the longer ways of saying come first."""
    words = spoken(table)
    return (*_day_patterns(table, words), *_clock_patterns(table, words))


def leading_patterns(table: Vocabulary) -> tuple[Pattern, ...]:
    """What must be looked for before figures alone: "15h" is not all of "15h et demie"."""
    words = spoken(table)
    dates = words.dates
    hour = f"([0-9]{{1,2}}|{either(words.all_hours)}{END})"
    oclock = f" ?{either(dates.oclock)}{END}"
    maybe_oclock = f"(?:{oclock})?"
    behind_at = f"{either(dates.at)} ?"
    at = f"(?:{behind_at})?"
    fraction = f"({either([*dates.half, *dates.quarter])}){END}"
    amount = f"({either([*dates.half, *dates.quarter, *words.to_sixty])}{END}|[0-9]{{1,2}})"
    minutes = f"(?: {either(dates.minutes)}{END})?"
    exact = f"([0-5][0-9](?![0-9])|{either(words.minutes)}{END})"
    plus, less = f" ?{either(dates.plus)} ", f" ?{either(dates.less)} "
    plus_or_less = f"(?: ({either([*dates.plus, *dates.less])}))? "
    named = f"({either(dates.named_hours)})"
    half = f"(?: ?{HALF})?"
    no_more = f"(?![0-9:/]| ?{either([*dates.oclock, *dates.of])}{END})"
    day_word = either([*words.weekdays, *dates.short_weekdays, *words.ordinals])
    # "um 3 am Freitag" is no hour before noon.
    am = f"(?= am (?:{day_word}{END}|[0-9]))"
    on = f"(?:{either(dates.day_marks)} )?"
    dotted = rf"([0-3]?[0-9])\.(0?[1-9]|1[0-2])\.?(?![0-9:]|\.?[0-9]|{oclock})"
    other_oclock = f" ?{either(dates.oclock_after_at)}{END}"
    return _of_lists_there_are(
        (dates.dotted_dates, rf"([0-9]{{1,2}})\.([0-5][0-9]){oclock}", words.figures),
        (dates.dotted_dates, f"{on}{dotted}", words.dotted),
        (dates.dotted_times, r"([0-2]?[0-9])\.(00|1[3-9]|[2-5][0-9])(?![0-9.])", words.figures),
        (dates.plus, f"{at}{hour}{maybe_oclock}{plus}{fraction}{half}", words.plus),
        (dates.plus, f"{at}{hour}{oclock}{plus}{amount}{minutes}{half}", words.plus),
        (dates.plus, f"{behind_at}{hour}{plus}{amount}{minutes}{no_more}{half}", words.plus),
        (dates.less, f"{at}{hour}{maybe_oclock}{less}{amount}{minutes}{half}", words.less),
        (dates.plus or dates.half_before, f"{at}{hour}{oclock} ?{exact}{minutes}()", words.hour),
        (dates.oclock_after_at, f"{behind_at}{hour}{other_oclock}()()", words.hour),
        ("am" in dates.on, f"{at}{hour}{maybe_oclock}{am}()()", words.hour),
        (dates.named_hours, f"{at}{named}{plus_or_less}{amount}{minutes}", words.named_hour),
    )


def _day_patterns(table: Vocabulary, words: Spoken) -> tuple[Pattern, ...]:
    dates = words.dates
    endings = either(table.ordinal_endings)
    month = f"({either(words.months)}){END}"
    weekday_name = f"({either(words.weekdays)})"
    weekday = f"{weekday_name}{END}"
    unit = f"({either(dates.units)}){END}"
    count = f"([0-9]{{1,4}}|{either([*words.to_sixty, *dates.one, *dates.half_a])}{END})"
    and_half = f"( {either(dates.plus)} {either(dates.half)}{END})?"
    of = f"(?:{either(dates.of)} )?"
    year = rf"(?:,? {of}(20[0-9]{{2}})(?![0-9:]))?"
    day = rf"(?:([0-9]{{1,2}}){endings}?|({either(words.ordinals)}){END})"
    no_clock = rf"(?![0-9:]|\.[0-9]| ?{_uncaptured(HALF)}|[a-z])"
    oclock = either([*dates.oclock, *dates.oclock_after_at])
    no_hour = rf"(?![0-9:/]|h(?![a-z])|[.-][0-9]| ?{oclock}{END})"
    no_month = rf"(?!\.? ?{of}{either(words.months)}{END})"
    marks = either(dates.day_marks)
    the_or_mark = either([*dates.the, *dates.day_marks])
    the = f"(?:{the_or_mark} )?"
    on = f"(?:{either([*dates.on, *dates.day_marks])} )?"
    before = f"(?:{either(dates.on)} )?"
    this = either(dates.this)
    which = either([*dates.next, *dates.this, *dates.coming, *dates.next_or_coming])
    after = f"(?: ({either([*dates.coming_after, *dates.next_or_coming_after])}){END})?"
    part = f"({either([*words.parts, *dates.short_parts])}){END}"
    next_week, this_week = f"{either(dates.next_week)}{END}", f"{either(dates.this_week)}{END}"
    figures = rf"(?=\.|,? [0-9]{{1,2}}(?:[.:h][0-9]| ?{oclock}{END}))"
    return _of_lists_there_are(
        (True, rf"{month}\.? {the}{day}{no_clock}{year}", words.month_first),
        (True, rf"{the}{day} ?{of}{month}\.?{year}", words.day_first),
        (True, rf"{the}([0-9]{{1,2}}){endings}{END}()", words.day_alone),
        (True, rf"{the_or_mark} ()({either(words.ordinals)}){END}", words.day_alone),
        (dates.day_marks, rf"{marks} ([0-9]{{1,2}})\.?{no_hour}()", words.day_alone),
        (True, rf"({either(dates.festivals)}){END}", words.festival),
        (True, rf"{next_week},? {of}{on}{weekday}", words.weekday_after(1)),
        (True, rf"{this_week},? {of}{on}{weekday}", words.weekday_after(0)),
        (True, rf"{before}{weekday},? {of}{next_week}", words.weekday_after(1)),
        (True, rf"{before}{weekday},? {of}{this_week}", words.weekday_after(0)),
        (
            dates.day_marks,
            rf"{before}{weekday_name},? (?:{marks} )?([0-9]{{1,2}})(?![a-z]){no_hour}{no_month}",
            words.weekday_and_number,
        ),
        (
            dates.short_weekdays,
            f"({either(dates.short_weekdays)}){figures}",
            words.short_weekday,
        ),
        (dates.short_parts, rf"{before}{weekday_name} ?{part}", words.weekday_and_part),
        (True, rf"{before}(?:({which}) )?{weekday}{after}", words.weekday),
        (True, rf"({either(dates.day_parts)}){END}", words.day_and_part),
        (
            dates.short_parts,
            rf"({either(words.days)}) ({either(dates.short_parts)}){END}",
            words.day_and_short_part,
        ),
        (True, rf"({either(words.days)}){END}", words.day),
        (dates.spans, rf"{either(dates.within)} ({either(dates.spans)}){END}", words.span),
        (True, rf"{either(dates.within)} {count} ?{unit}{and_half}", words.later),
        (True, rf"{count} ?{unit}{and_half} {either(dates.from_now)}{END}", words.later),
        (True, rf"(?:({this}) )?({either(words.parts)}){END}", words.part),
    )


def _clock_patterns(table: Vocabulary, words: Spoken) -> tuple[Pattern, ...]:
    dates = words.dates
    hours, numbers = either(words.hours), either(words.to_sixty)
    hour = f"([0-9]{{1,2}}|{hours}{END})"
    any_hour = f"([0-9]{{1,2}}|{either(words.all_hours)}{END})"
    minute = f"{either(words.minutes)}{END}"
    at = f"(?:{either(dates.at)} ?)?"
    at_last = f"{either(dates.at)} ?"
    amount = f"({either([*dates.half, *dates.quarter])}|{numbers}|[0-9]{{1,2}})"
    amount += rf"(?: {either(dates.minutes)})? "
    half = f"(?: ?{HALF})?"
    # Behind "at 3" nothing may follow that makes it more, or other, than an hour.
    clock_words = (*dates.oclock, *dates.past, *dates.to, *words.minutes)
    day_words = (*dates.of, *dates.units, *words.months, *table.ordinal_endings)
    # "a las 3 de la tarde": there the part of the day begins with such a word.
    other = f"(?!{either(words.parts)}{END}){either((*clock_words, *day_words))}"
    no_more = rf"(?![0-9:/-]|\.[0-9]|h(?![a-z])| ?{other}{END}| ?{_uncaptured(HALF)})"
    half_before = f"{either(dates.half_before)} {hour}"
    shift = f"{amount}({either([*dates.past, *dates.to])}) "
    part_of_hour = f"({either(dates.fraction_before)})"
    no_oclock = f"(?! ?{either(dates.oclock)}{END})"
    before_other = either(dates.before_other_number)
    return _of_lists_there_are(
        (dates.half_before, f"{at}{shift}{half_before}", words.half_before),
        (dates.half_before, f"{at}()(){half_before}", words.half_before),
        (dates.fraction_before, f"{at}{part_of_hour} {hour}{no_oclock}", words.fraction_before),
        (True, rf"{at}{amount}{either(dates.past)} {hour}{half}", words.past),
        (True, rf"{at}{amount}{either(dates.to)} {hour}{half}", words.to),
        (True, rf"{at}{any_hour} ?()(?:{either(dates.oclock)}{END}){half}", words.hour),
        (True, rf"{at}({hours}) ({minute}){half}", words.hour),
        (dates.plus, rf"{at_last}({either(words.all_hours)}) ({minute}){half}", words.hour),
        (True, rf"{at}({hours}) ?(){HALF}", words.hour),
        (True, rf"{at_last}([0-9]{{1,2}})([0-9]{{2}}){no_more}", words.figures),
        (True, rf"{at_last}([0-9]{{1,2}})\.([0-9]{{2}}){END}", words.figures),
        (True, rf"{at_last}{hour}()(){no_more}", words.hour),
        (True, rf"{before_other} (?:[0-9]{{1,2}}|{numbers}){no_more}", _never),
        (True, f"({hours}){END}", words.hour_alone),
    )


def _of_lists_there_are(*rows: tuple[object, str, Reader]) -> tuple[Pattern, ...]:
    """Without the patterns of words that the language has not got: each costs time."""
    return tuple((pattern, reader) for words, pattern, reader in rows if words)


def _uncaptured(pattern: str) -> str:
    return pattern.replace("([", "(?:[", 1)


def _never(_reading: Reading, _groups: Groups) -> bool:
    return False
