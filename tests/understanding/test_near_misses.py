"""A slip of the finger is found, once, and never turned into a law word, a yes or a no."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.understanding.near_misses import edits, near_miss

WORDS = ("book", "booking", "appointment", "menu", "prices", "haircut", "opening hours", "预约")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("bookin", "booking"),
        ("bookign", "booking"),
        ("Bokking!", "booking"),
        ("apointment", "appointment"),
        ("apointmant", "appointment"),
        ("hiarcut", "haircut"),
        ("price", "prices"),
        ("opning huors", "opening hours"),
        ("bok", None),
        ("boko", "book"),
        ("boook", "book"),
        ("menuu", "menu"),
        ("mneu", "menu"),
        ("appintmnat", None),
        ("haircut", None),
        ("something", None),
        ("预约吧", None),
        ("", None),
        ("x" * 500, None),
    ],
)
def test_a_slip_finds_its_word_from_four_letters_on(text: str, word: str | None) -> None:
    assert near_miss(text, WORDS) == word


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("stopp", ["shops", "stops"]),
        ("cancle", ["candle"]),
        ("unsubscibe", ["unsubscribe"]),
        ("start", ["smart", "starts"]),
        ("confrim", ["confirm"]),
        ("yesss", ["yes"]),
        ("canot", ["cannot"]),
        ("stopal", ["stopall"]),
        ("stpo", ["step", "shop"]),
        ("yess", ["less"]),
        ("halp", ["hall"]),
        ("quti", ["quiz"]),
    ],
)
def test_a_law_word_and_yes_and_no_are_never_guessed(text: str, words: list[str]) -> None:
    assert near_miss(text, words) is None


@pytest.mark.parametrize(
    ("text", "words", "word"),
    [
        ("مواعيدد", ["مواعيد"], "مواعيد"),
        ("الأسعر", ["الأسعار"], "الأسعار"),
        ("अपॉइन्टमेंट", ["अपॉइंटमेंट"], "अपॉइंटमेंट"),
        ("توقفف", ["توقعف"], None),
        ("예얏해", ["예약해"], None),
        ("よやくく", ["よやくち"], None),
    ],
)
def test_letters_of_any_alphabet_slip_and_syllables_do_not(
    text: str, words: list[str], word: str | None
) -> None:
    assert near_miss(text, words) == word


def test_a_tie_is_not_decided() -> None:
    assert near_miss("tasts", ["tests", "tastes"]) is None
    assert near_miss("prixes", ["prices", "prizes"]) is None


@cache
def edits_by_definition(left: str, right: str) -> int:
    if not left or not right:
        return len(left) + len(right)
    ways = [
        edits_by_definition(left[1:], right) + 1,
        edits_by_definition(left, right[1:]) + 1,
        edits_by_definition(left[1:], right[1:]) + (left[0] != right[0]),
    ]
    if len(left) > 1 and left[:2] == right[1::-1]:
        ways.append(edits_by_definition(left[2:], right[2:]) + 1)
    return min(ways)


@given(st.text("abcd", max_size=8), st.text("abcd", max_size=8), st.integers(0, 8))
def test_edits_are_counted_as_their_definition_counts_them(
    left: str, right: str, limit: int
) -> None:
    counted = edits_by_definition(left, right)
    assert edits(left, right, limit) == (counted if counted <= limit else None)


def test_edits_of_known_pairs_are_as_in_the_books() -> None:
    assert edits("kitten", "sitting", 5) == 3
    assert edits("ca", "abc", 5) == 3
    assert edits("tset", "test", 5) == 1
    assert edits("tset", "test", 0) is None
