"""Two machines fall silent soon; people are never cut off."""

from dataclasses import replace

import pytest

from convo.core.contacts import Pace
from convo.policy.loop_guard import (
    DAY,
    LOOP_RULES,
    MINUTE,
    QUICK,
    REPLIES_A_DAY,
    REPLIES_A_MINUTE,
    REPLIES_IN_TEN_MINUTES,
    REST,
    SECOND,
    heard,
    silent,
    spoke,
)

NOON = 20_000 * DAY + 12 * 60 * MINUTE
AWAY = "I am driving and will call you back."


def test_the_third_auto_reply_in_a_row_is_not_answered() -> None:
    pace = Pace()
    for n in range(3):
        at = NOON + n * 5 * SECOND
        pace = heard(pace, AWAY, at)
        assert silent(pace, at) == ("loop-echo" if n == 2 else None)
        pace = spoke(pace, at)


def test_an_echo_is_known_by_its_words_not_its_dots() -> None:
    pace = Pace()
    for n, text in enumerate((AWAY, AWAY.upper(), AWAY + "!!")):
        pace = heard(pace, text, NOON + n * SECOND)
    assert silent(pace, NOON + 2 * SECOND) == "loop-echo"


def test_another_text_or_a_good_while_ends_the_silence() -> None:
    pace = Pace()
    for n in range(5):
        pace = heard(pace, AWAY, NOON + n * SECOND)
    assert silent(pace, NOON + 4 * SECOND) == "loop-echo"
    assert silent(heard(pace, "Now I can talk", NOON + 5 * SECOND), NOON + 5 * SECOND) is None
    later = NOON + 20 * SECOND
    assert silent(pace, later) is None
    assert silent(heard(pace, AWAY, later), later) == "loop-echo"
    later = NOON + 2 * REST
    assert silent(heard(pace, AWAY, later), later) is None


def test_slow_repetition_is_no_echo() -> None:
    pace = Pace()
    for n in range(5):
        at = NOON + n * 11 * SECOND
        pace = heard(pace, AWAY, at)
        assert silent(pace, at) is None


@pytest.mark.parametrize("answer", ["5", "yes", "好的", "👍", "next"])
def test_somebody_who_gives_three_questions_the_same_short_answer_is_no_machine(
    answer: str,
) -> None:
    pace = Pace()
    for n in range(5):
        pace = heard(pace, answer, NOON + n * SECOND)
        assert silent(pace, NOON + n * SECOND) is None


def test_somebody_who_tries_two_flows_in_a_hurry_is_answered() -> None:
    pace = Pace()
    for n in range(9):
        assert silent(pace, NOON + n * SECOND) is None
        pace = spoke(pace, NOON + n * SECOND)


def test_too_many_replies_in_a_minute_are_not_sent_and_the_next_minute_begins_anew() -> None:
    pace = Pace()
    for n in range(REPLIES_A_MINUTE):
        assert silent(pace, NOON + n * SECOND) is None
        pace = spoke(pace, NOON + n * SECOND)
    assert silent(pace, NOON + 30 * SECOND) == "loop-minute"
    assert silent(pace, NOON + MINUTE) is None


def test_ten_minutes_and_a_day_have_their_limits_too() -> None:
    pace, said, refused = Pace(), 0, set[str]()
    day = NOON // DAY * DAY
    for minute in range(24 * 60):
        at = day + minute * MINUTE
        for _ in range(3):
            rule = silent(pace, at)
            if rule:
                refused.add(rule)
            else:
                pace, said = spoke(pace, at), said + 1
        if minute == 9:
            assert said == REPLIES_IN_TEN_MINUTES
    assert said == REPLIES_A_DAY
    assert refused == {"loop-ten-minutes", "loop-day"} <= set(LOOP_RULES)
    assert silent(pace, day + DAY) is None


def test_several_texts_of_one_turn_all_count() -> None:
    pace = spoke(Pace(), NOON, REPLIES_A_MINUTE)
    assert silent(pace, NOON) == "loop-minute"


def test_a_clock_that_goes_back_does_not_stick() -> None:
    pace = spoke(Pace(), NOON, REPLIES_IN_TEN_MINUTES)
    assert silent(pace, NOON - 2 * DAY) is None


def test_ten_long_answers_each_written_in_half_a_minute_are_a_machine_s_however_they_vary() -> None:
    pace, at = spoke(Pace(), NOON), NOON
    for n in range(QUICK):
        assert silent(pace, at) is None
        at += 11 * SECOND
        pace = heard(pace, f"Your message number {n} has arrived.", at)
        if n < QUICK - 1:
            pace = spoke(pace, at)
    assert silent(pace, at) == "loop-quick"
    # Nor is it spoken to by a reminder soon after, nor when it goes on.
    pace = heard(pace, "Are you still there?", at + 5 * MINUTE)
    assert silent(pace, at + 5 * MINUTE) == "loop-quick"
    assert silent(pace, at + REST + MINUTE) is None
    pace = heard(pace, "Hello again, this is Anna.", at + REST + MINUTE)
    assert silent(pace, at + REST + MINUTE) is None


def test_a_short_or_a_slow_answer_in_between_is_a_person_s() -> None:
    for word, wait in (("yes", 5 * SECOND), ("I had to look that up", 31 * SECOND)):
        pace, at = spoke(Pace(), NOON), NOON
        for n in range(3 * QUICK):
            at += wait if n % 5 == 0 else 5 * SECOND
            pace = heard(pace, word if n % 5 == 0 else f"A longer answer, the {n}th", at)
            assert silent(pace, at) is None
            # Only this rule is looked at here: the limits by the minute are others.
            pace = replace(pace, spoke_at=at)
