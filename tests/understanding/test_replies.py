"""The open table of replies: how many there are, and how well each language is understood."""

from collections.abc import Sequence
from functools import cache

import pytest

from tests.understanding.reply_table import NEVER_WRONG, Judged, judged, question_of, read_rows

LEAST_ROWS = 6_000
LEAST_NOISE = 0.30
MOST_WRONG = 0.001
LEAST_UNDERSTOOD = 0.97
LEAST_UNDERSTOOD_OF_A_LANGUAGE = 0.95
LANGUAGES = sorted({row.language for row in read_rows()})


@cache
def rows() -> Sequence[Judged]:
    return tuple(map(judged, read_rows()))


def of(language: str) -> list[Judged]:
    return [each for each in rows() if each.row.language == language]


def understood(judgements: Sequence[Judged]) -> float:
    """The share of those that mean something."""
    meant = [each for each in judgements if not each.row.says_nothing]
    return sum(each.verdict == "right" for each in meant) / len(meant)


def told(judgements: Sequence[Judged]) -> list[str]:
    return [f"{e.row.language}.tsv:{e.row.line} understood as {e.found}" for e in judgements]


def test_there_are_thousands_of_replies_and_many_say_nothing() -> None:
    assert len(rows()) >= LEAST_ROWS
    noise = sum(each.row.says_nothing for each in rows())
    assert noise / len(rows()) >= LEAST_NOISE


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_yes_no_no_and_no_law_word_is_ever_wrong(language: str) -> None:
    wrong = [each for each in of(language) if each.verdict == "wrong"]
    assert told([each for each in wrong if question_of(each.row) in NEVER_WRONG]) == []


def test_one_action_in_a_thousand_is_wrong_at_most() -> None:
    wrong = [each for each in rows() if each.verdict == "wrong"]
    assert len(wrong) <= MOST_WRONG * len(rows()), told(wrong)


def test_nearly_all_that_means_something_is_understood() -> None:
    assert understood(rows()) >= LEAST_UNDERSTOOD


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_understood(language: str) -> None:
    assert understood(of(language)) >= LEAST_UNDERSTOOD_OF_A_LANGUAGE
