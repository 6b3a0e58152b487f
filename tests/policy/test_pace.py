"""Half at once, back bit by bit, never above the full pace."""

from hypothesis import given
from hypothesis import strategies as st

from convo.policy.pace import FASTER_EVERY, FULL, ONE_COMPLAINT, Pace, slowed

START = 1_800_000_000_000


def test_a_complaint_halves_the_pace_and_a_second_without_one_gives_a_step_back() -> None:
    pace = slowed(Pace(), START)
    assert pace.at(START) == FULL // 2
    assert pace.at(START + FASTER_EVERY - 1) == FULL // 2
    assert pace.at(START + FASTER_EVERY) == FULL // 2 + 1
    assert pace.at(START + 1_000_000) == FULL


def test_complaints_about_what_was_under_way_together_count_once() -> None:
    pace = slowed(Pace(), START)
    assert slowed(pace, START + ONE_COMPLAINT - 1) == pace
    assert slowed(pace, START + ONE_COMPLAINT).at(START + ONE_COMPLAINT) == FULL // 4


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 100_000))))
def test_it_never_stands_still_and_is_never_too_fast(story: list[tuple[bool, int]]) -> None:
    pace, now = Pace(), START
    for complaint, wait in story:
        now += wait
        before = pace.at(now)
        if complaint:
            pace = slowed(pace, now)
            assert pace.at(now) in (before, max(1, before // 2))
        assert 1 <= pace.at(now) <= FULL
