"""Answers of an author's own form: what is kept of them, and what is not taken for one."""

import pytest

from convo.understanding.patterns import MAX_ANSWER, compiled, understand_pattern

READ = ("en", "zh")
REF = compiled(r"[A-Z]{2}\d{6}")


def test_capitals_make_no_difference_unless_the_pattern_says_so() -> None:
    assert understand_pattern("ab123456", REF, READ) == "ab123456"
    strict = compiled(r"(?-i)[A-Z]{2}\d{6}")
    assert understand_pattern("ab123456", strict, READ) is None
    assert understand_pattern("AB123456", strict, READ) == "AB123456"


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        (r"(?P<ref>[A-Z]{2})\d{6}", "AB"),
        (r"(?P<letters>[A-Z]{2})(?P<figures>\d{6})", "AB123456"),
        (r"([A-Z]{2})\d{6}", "AB123456"),
        (r"[A-Z]{2}(?P<more>X)?\d{6}", "AB123456"),
    ],
)
def test_the_one_group_that_has_a_name_is_kept(source: str, kept: str) -> None:
    assert understand_pattern("AB123456", compiled(source), READ) == kept


def test_a_pattern_that_fits_nothing_at_all_keeps_nothing() -> None:
    anything = compiled(r"\d*")
    for text in ("", "  ", " - ", "\u200b"):
        assert understand_pattern(text, anything, READ) is None


def test_a_short_or_plain_word_is_not_taken_out_of_a_sentence() -> None:
    assert understand_pattern("2 of us", compiled(r"\d{1,3}"), READ) is None
    assert understand_pattern("it is lovely", compiled(r"[a-z]{6}"), READ) is None
    assert understand_pattern("lovely", compiled(r"[a-z]{6}"), READ) == "lovely"
    assert understand_pattern("no way", compiled(r"[a-z]{5}"), READ) is None


def test_a_question_mark_asks_unless_it_is_of_the_pattern() -> None:
    assert understand_pattern("AB123456?", REF, READ) is None
    assert understand_pattern("why?", compiled(r"\w+\?"), READ) == "why?"


def test_a_story_has_no_answer_in_it() -> None:
    text = "AB123456 " + "x" * MAX_ANSWER
    assert understand_pattern(text, REF, READ) is None
    assert understand_pattern(text[:MAX_ANSWER], REF, READ) == "AB123456"
    assert understand_pattern("a1b2c " * 30, compiled("a1b2c"), READ) is None
