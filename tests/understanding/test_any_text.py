"""Whatever is written, nothing raises, and nothing takes long."""

from collections.abc import Callable
from datetime import datetime
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.understanding.dates import understand_date, understand_time, understand_when
from convo.understanding.emails import understand_email
from convo.understanding.names import understand_name
from convo.understanding.near_misses import near_miss
from convo.understanding.normalise import contains_phrase, fold_letters, match_key, normalise
from convo.understanding.numerals import match_number, number_of, understand_number
from convo.understanding.options import OptionWords, option_list, understand_option
from convo.understanding.patterns import compiled, understand_pattern
from convo.understanding.places import PlaceNames, place_list, understand_place
from convo.understanding.several import understand_several
from convo.understanding.telling import language_of
from convo.understanding.vocabulary import known_languages, vocabularies
from convo.understanding.yes_no import understand_yes_no

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
OPTIONS = (
    OptionWords(id="haircut", number=1, labels=("Haircut", "剪发"), words=("cut",)),
    OptionWords(id="colour", number=2, labels=("Colour", "染发"), words=("dye",)),
)
BOTH = ("en", "zh")
WESTERN = ("es", "fr", "de", "pt", "en")
LONGEST = 1_600
SLOWEST_SECONDS = 0.005
TRIES = 5

PLACES = place_list(
    (
        PlaceNames(id="a", names=("Green Park", "剪发街"), within=("East",)),
        PlaceNames(id="b", names=("Haircut Lane 1",), within=()),
    ),
    ("en", "zh", "ja", "ko", "ar", "hi", "es", "fr", "de", "pt"),
)
MENU = option_list(
    (
        OptionWords(id="a", number=1, labels=("Green Park", "剪发"), words=()),
        OptionWords(id="b", number=2, labels=("Red", "红"), words=()),
    ),
    ("en", "zh", "ja", "ko", "ar", "hi", "es", "fr", "de", "pt"),
)
REF = compiled(r"[A-Z]{2}\d{6}")
#: As many steps as are let through, and it begins at every letter and figure.
LARGEST = compiled(r"(\w{1,9} ?){1,99}[!]")
EASTERN = ("zh", "ja", "ko", "ar", "hi", "en")
READERS: dict[str, Callable[[str], object]] = {
    "normalise": normalise,
    "fold_letters": fold_letters,
    "language_of": lambda text: language_of(text, (*WESTERN, "zh", "ja", "ko", "ar", "hi")),
    "number_of": lambda text: number_of(match_number(text), BOTH),
    "understand_number": lambda text: understand_number(
        text, minimum=0, maximum=10, languages=BOTH
    ),
    "understand_yes_no": lambda text: understand_yes_no(text, BOTH),
    "understand_option": lambda text: understand_option(text, OPTIONS, BOTH),
    "understand_when": lambda text: understand_when(text, now=NOW, languages=BOTH),
    "understand_date": lambda text: understand_date(text, now=NOW, day_first=True, languages=BOTH),
    "understand_time": lambda text: understand_time(text, now=NOW, languages=BOTH),
    "a number of the West": lambda text: understand_number(text, languages=WESTERN),
    "yes or no of the West": lambda text: understand_yes_no(text, WESTERN),
    "an option of the West": lambda text: understand_option(text, OPTIONS, WESTERN),
    "a time of the West": lambda text: understand_when(text, now=NOW, languages=WESTERN),
    "a number of the East": lambda text: understand_number(text, languages=EASTERN),
    "yes or no of the East": lambda text: understand_yes_no(text, EASTERN),
    "an option of the East": lambda text: understand_option(text, OPTIONS, EASTERN),
    "a time of the East": lambda text: understand_when(text, now=NOW, languages=EASTERN),
    "a start word": lambda text: contains_phrase(text, "예약"),
    "a pattern": lambda text: understand_pattern(text, REF, EASTERN),
    "the largest pattern": lambda text: understand_pattern(text, LARGEST, BOTH),
    "a name": lambda text: understand_name(text, BOTH),
    "a name of the West": lambda text: understand_name(text, WESTERN),
    "a name of the East": lambda text: understand_name(text, EASTERN),
    "an address": lambda text: understand_email(text, BOTH),
    "an address of the West": lambda text: understand_email(text, WESTERN),
    "an address of the East": lambda text: understand_email(text, EASTERN),
    "a place": lambda text: understand_place(text, PLACES),
    "several": lambda text: understand_several(text, MENU),
    "near_miss": lambda text: near_miss(text, ("booking", "appointment")),
}


def known_words() -> list[str]:
    tables = vocabularies(known_languages())
    return sorted(
        {
            word
            for table in tables
            for listed in (
                table.yes, table.no, table.polite, table.numbers, table.ordinals, table.digits,
                table.multiples, table.before_number, table.after_number, table.refusing,
                table.dates.days, table.dates.day_parts, table.dates.weekdays,
                table.dates.months, table.dates.parts, table.dates.units, table.dates.festivals,
                table.dates.at, table.dates.past, table.dates.to, table.dates.half,
                table.dates.next, table.dates.this, table.dates.within, table.dates.fillers,
            )
            for word in listed
        }
        | {
            word
            for table in tables
            if (counted := table.counted_dates) is not None
            for listed in (
                counted.days, counted.weekdays, counted.months, counted.weeks, counted.parts,
                counted.hours, counted.hour_sign, counted.month_sign, counted.day_sign,
                counted.ahead_of_hour, counted.behind_hour, counted.whole_times, counted.minutes,
                counted.within, counted.from_now, counted.units, counted.half_a, counted.coming,
            )
            for word in listed
        }
    )  # fmt: skip


MARKS = [
    " ",
    " ",
    ", ",
    "/",
    "-",
    ":",
    ".",
    "am",
    "pm",
    "月",
    "日",
    "号",
    "点",
    "分",
    "年",
    "后",
    "周",
    "半",
]
FIGURES = [str(number) for number in range(0, 62)] + ["99", "2026", "2027", "0", "00", "0000"]
REPEATED = [
    *(
        "a",
        "1",
        " ",
        "好",
        "好的 ",
        "yes ",
        "no ",
        "please ",
        "1 ",
        "一",
        "十",
        "(",
        "👍",
        "'",
        "-",
    ),
    *("haircut ", "not haircut ", "剪发", "i'd say ", "a a ", "tomorrow ", "at ", "明天", "3pm "),
    *("1,", "1.", "1/", "e\u0301", "點", "twenty ", "the ", "İ", "三点", "the day after ", "in 3 "),
    *(
        "1,000",
        *(
            "はい",
            "カット",
            "三時半",
            "네 ",
            "열두시 ",
            "예약",
            "نعم ",
            "و",
            "الساعة ",
            "هاي",
            "कल ",
            "बजे ",
            "हाँ जी ",
            "ा",
        ),
        "1.000,",
        "le ",
        "der 5. ",
        "a las ",
        "sí ",
        "vingt et ",
        "und",
        "halb ",
        "y ",
        *("a@", "a@b.c ", "@", "dot ", "a at b dot ", "艾特", "mailto:"),
        *("i'm ", "叫", "です", "입니다"),
        "5.12.",
    ),
]


@pytest.fixture(scope="module", autouse=True)
def patterns_made() -> None:  # pyright: ignore[reportUnusedFunction] -- by pytest
    """A set of languages has its patterns made once, when it is read first."""
    for read in READERS.values():
        read("x")


@pytest.mark.parametrize("name", READERS)
@given(text=st.text())
def test_no_text_raises(name: str, text: str) -> None:
    READERS[name](text)


@given(pieces=st.lists(st.sampled_from([*known_words(), *MARKS, *FIGURES]), max_size=12))
def test_no_jumble_of_known_words_raises(pieces: list[str]) -> None:
    for text in ("".join(pieces), " ".join(pieces)):
        for read in READERS.values():
            read(text)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("piece", REPEATED)
def test_a_long_text_takes_a_few_milliseconds_at_most(name: str, piece: str) -> None:
    text = (piece * LONGEST)[:LONGEST]
    read = READERS[name]
    read(text)
    fastest = min(seconds_for(read, text) for _ in range(TRIES))
    assert fastest < SLOWEST_SECONDS


def seconds_for(read: Callable[[str], object], text: str) -> float:
    started = process_time()
    read(text)
    return process_time() - started


def test_every_answer_is_the_same_in_traditional_characters() -> None:
    for traditional in ("明天下午三點", "後天上午十點半", "週五", "十二月五號"):
        when = understand_when(traditional, now=NOW, languages=BOTH)
        assert when is not None
        assert when == understand_when(match_key(traditional), now=NOW, languages=BOTH)
