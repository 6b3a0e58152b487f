"""Numbers in every writing, and what is said around one."""

import pytest

from convo.understanding.numerals import (
    chinese_number,
    match_number,
    number_of,
    understand_number,
)

BOTH = ("en", "zh")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8", 8),
        ("８", 8),
        ("⑧", 8),
        ("08", 8),
        ("-3", -3),
        ("+3", 3),
        ("3.5", 3.5),
        ("8.0", 8),
        ("1,000", 1000),
        ("1,234,567.5", 1234567.5),
        ("eight", 8),
        ("Twenty-three", 23),
        ("ninety nine", 99),
        ("minus five", -5),
        ("八", 8),
        ("两", 2),
        ("兩", 2),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("二十三", 23),
        ("廿三", 23),
        ("一百", 100),
        ("一百二", 120),
        ("一百零二", 102),
        ("一百一十二", 112),
        ("一千零二十三", 1023),
        ("两万", 20000),
        ("壹贰叁", 123),
        ("二〇二六", 2026),
        ("叁", 3),
        ("贰佰", 200),
        ("负三", -3),
        ("三点五", 3.5),
        ("零", 0),
        ("", None),
        ("七八", None),
        ("十十", None),
        ("百", None),
        ("3,5", None),
        ("1,00", None),
        ("1.2.3", None),
        ("8-9", None),
        ("8 or 9", None),
        ("1e5", None),
        ("0x10", None),
        ("٣", 3),
        ("३", 3),
        ("½", None),
        ("三点", None),
        ("twenty twenty", None),
        ("twenty-ten", None),
        ("one two", None),
        ("eighty-", 80),
        ("9" * 16, None),
        (">8", None),
        ("8+", None),
    ],
)
def test_a_whole_text_is_read_as_a_number(text: str, value: float | None) -> None:
    found = number_of(match_number(text), BOTH)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8", 8),
        ("8/10", 8),
        ("8 / 10", 8),
        ("8 out of 10", 8),
        ("eight out of ten", 8),
        ("8 of 10", 8),
        ("8分", 8),
        ("８分", 8),
        ("八分", 8),
        ("打9分吧", 9),
        ("我给八分", 8),
        ("大概7分", 7),
        ("I'd say 8", 8),
        ("I’d say about 8", 8),
        ("maybe a 7", 7),
        ("Probably 9, thanks", 9),
        ("9 please", 9),
        ("10 points!", 10),
        ("4 people", 4),
        ("we're four people", 4),
        ("我们4个人", 4),
        ("一共三位", 3),
        ("table for two please", 2),
        ("0", 0),
        ("7.5", 7.5),
        ("10", 10),
        ("11", None),
        ("-1", None),
        ("8/100", None),
        ("8 out of 5", None),
        ("8 or 9", None),
        ("8-9", None),
        ("8–9", None),
        ("8~9", None),
        ("八九分", None),
        ("8 9", None),
        ("8到9", None),
        ("8, 9", None),
        ("not 8", None),
        ("不是8", None),
        ("8+", None),
        (">8", None),
        ("less than 8", None),
        ("at least 8", None),
        ("ten or so", 10),
        ("ten or so?", None),
        ("", None),
        ("?", None),
        ("good", None),
        ("8am", None),
        ("8pm", None),
        ("8点", None),
        ("no", None),
        ("I have 2 kids so 9", None),
        ("eightt", None),
        ("第八", None),
        ("12th", None),
        ("8x", None),
    ],
)
def test_a_number_from_0_to_10_is_understood(text: str, value: float | None) -> None:
    assert understand_number(text, minimum=0, maximum=10, languages=BOTH) == value


def test_bounds_and_wholeness_are_kept() -> None:
    assert understand_number("7.5", whole=True, languages=BOTH) is None
    assert understand_number("7.0", whole=True, languages=BOTH) == 7
    assert understand_number("250", languages=BOTH) == 250
    assert understand_number("8/10", languages=BOTH) is None
    assert understand_number("-3", languages=BOTH) == -3
    assert understand_number("3", minimum=4, languages=BOTH) is None


def test_every_number_to_9999_reads_back_from_chinese() -> None:
    digits = "零一二三四五六七八九"

    def written(number: int) -> str:
        text, gap = "", False
        for multiple, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
            digit = number // multiple % 10
            if digit:
                text += ("零" if gap and text else "") + digits[digit] + name
            gap = not digit
        return text

    assert all(chinese_number(written(number)) == number for number in range(1, 10_000))


@pytest.mark.parametrize("languages", [("en",), ("zh",), ("fr", "en"), ("xx",), ()])
def test_figures_are_numbers_in_any_set_of_languages(languages: tuple[str, ...]) -> None:
    assert number_of("1", languages) == 1
    assert understand_number("-2.5", languages=languages) == -2.5


def test_a_number_word_of_another_language_is_no_number() -> None:
    assert number_of("seven", ("zh",)) is None
    assert number_of("七", ("en",)) is None
