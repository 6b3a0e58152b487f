"""Which language a text is in, of those that the business speaks; never more than can be told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.understanding.telling import language_of

ALL = ("en", "es", "fr", "de", "pt", "zh", "ja", "ko", "ar", "hi")


@pytest.mark.parametrize(
    ("text", "among", "language"),
    [
        ("hello", ("en", "zh"), "en"),
        ("ＯＫ", ("en", "zh"), "en"),
        ("您好", ("en", "zh"), "zh"),
        ("您好", ("en", "zh-Hant"), "zh-Hant"),
        ("ok 好的", ("en", "zh"), "zh"),
        ("預約", ("en", "zh", "zh-Hant"), "zh-Hant"),
        ("预约", ("en", "zh-Hant", "zh"), "zh"),
        ("預约", ("zh-Hant", "zh"), "zh-Hant"),
        ("您好", ("zh-Hant", "zh"), "zh-Hant"),
        ("我们预约明天，謝", ("zh-Hant", "zh"), "zh"),
        ("預約", ("zh", "zh-HK"), "zh-HK"),
        ("預約", ("zh-TW", "zh-HK"), "zh-TW"),
        ("您好", ("en", "es"), None),
        ("予約", ("ja", "en"), "ja"),
        ("予約", ("ja", "zh"), "zh"),
        ("予約したい", ("ja", "zh"), "ja"),
        ("예약", ALL, "ko"),
        ("مرحبا", ALL, "ar"),
        ("नमस्ते", ALL, "hi"),
        ("привет", ALL, None),
        ("1", ALL, None),
        ("👍", ALL, None),
        ("", ALL, None),
        ("hello", ("zh",), None),
        ("BOOK", ("es",), "es"),
        ("quiero una cita para mañana por la tarde", ("en", "es"), "es"),
        ("quiero una cita para manana por la tarde", ("en", "es", "pt"), "es"),
        ("I would like an appointment tomorrow", ("en", "es"), "en"),
        ("bonjour, je voudrais un rendez-vous demain", ("en", "fr", "de"), "fr"),
        ("Guten Tag, ich hätte gerne einen Termin am Freitag", ("en", "fr", "de"), "de"),
        ("olá, queria marcar para sexta-feira", ("es", "pt"), "pt"),
        ("gracias", ("en", "es"), "es"),
        ("danke", ("en", "de"), "de"),
        ("no", ("en", "es"), None),
        ("ok", ("en", "es", "fr", "de", "pt"), None),
        ("Maria Gomez", ("en", "es"), None),
        ("gracias, thank you", ("en", "es"), None),
    ],
)
def test_a_language_is_told_by_its_script_and_then_by_its_own_words(
    text: str, among: tuple[str, ...], language: str | None
) -> None:
    assert language_of(text, among) == language


def test_forms_that_a_text_does_not_tell_apart_go_by_what_is_usual() -> None:
    assert language_of("您好", ("zh", "zh-Hant"), "zh-Hant") == "zh-Hant"
    assert language_of("预约", ("zh", "zh-Hant"), "zh-Hant") == "zh"
    assert language_of("hello", ("en", "en-US"), "en-US") == "en-US"
    assert language_of("您好", ("en", "zh"), "zh-Hant") == "zh"


@given(st.text(), st.lists(st.sampled_from(ALL), unique=True))
def test_only_a_language_that_is_spoken_is_told(text: str, among: list[str]) -> None:
    assert language_of(text, among) in {*among, None}


@given(st.text())
def test_the_order_of_the_languages_tells_nothing(text: str) -> None:
    assert language_of(text, ALL) == language_of(text, ALL[::-1])
