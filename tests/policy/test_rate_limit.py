"""A channel never sends more parts than it may."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.policy.rate_limit import Bucket, next_free, permits, spend

START = 1_800_000_000.0


def test_a_rested_channel_may_send_its_burst_and_then_waits_for_one_part() -> None:
    bucket = Bucket()
    assert permits(bucket, START, 2.0, 5.0) == 5
    bucket = spend(bucket, START, 5, 2.0)
    assert permits(bucket, START, 2.0, 5.0) == 0
    assert next_free(bucket, START, 2.0, 5.0) == pytest.approx(0.5)
    assert permits(bucket, START + 0.5, 2.0, 5.0) == 1
    assert permits(bucket, START + 60, 2.0, 5.0) == 5


def test_a_long_message_overdraws_once_and_is_paid_for_before_the_next() -> None:
    bucket = spend(Bucket(), START, 10, 1.0)
    assert permits(bucket, START, 1.0, 1.0) == 0
    assert next_free(bucket, START, 1.0, 1.0) == pytest.approx(10)
    assert permits(bucket, START + 9.9, 1.0, 1.0) == 0
    assert permits(bucket, START + 10, 1.0, 1.0) == 1


def test_an_unlimited_channel_is_always_free() -> None:
    bucket = spend(Bucket(), START, 1000, math.inf)
    assert permits(bucket, START, math.inf, 1.0) == math.inf
    assert next_free(bucket, START, math.inf, 1.0) == 0


def test_a_channel_slower_than_a_part_a_second_still_sends() -> None:
    bucket = spend(Bucket(), START, 1, 0.1)
    wait = next_free(bucket, START, 0.1, 1.0)
    assert wait == pytest.approx(10)
    assert permits(bucket, START + wait, 0.1, 1.0) == 1


LONGEST = 11  # parts of 1,600 characters of GSM-7


@given(
    st.sampled_from([0.1, 1.0, 3.0, 10.0, 97.3, 1000.0]),
    st.integers(1, 40),
    st.lists(
        st.tuples(st.floats(0, 20), st.lists(st.integers(1, LONGEST), max_size=8)), max_size=40
    ),
)
def test_in_no_stretch_of_time_is_more_sent_than_burst_and_rate(
    rate: float, burst: int, visits: list[tuple[float, list[int]]]
) -> None:
    """A greedy sender that takes whatever it is let: one message over at most."""
    bucket, now = Bucket(), START
    sent: list[tuple[float, int]] = []
    for pause, waiting in visits:
        now += pause
        allowed = permits(bucket, now, rate, float(burst))
        taken = 0
        for parts in waiting:
            if taken >= allowed:
                break
            taken += parts
        bucket = spend(bucket, now, taken, rate) if taken else bucket
        sent.append((now, taken))
    for first, (begin, _) in enumerate(sent):
        total = 0
        for end, parts in sent[first:]:
            total += parts
            assert total <= burst + rate * (end - begin) + LONGEST - 1 + 0.01


@given(st.floats(0.05, 2000), st.integers(1, 50), st.integers(1, 200))
def test_waiting_as_long_as_told_frees_a_part(rate: float, burst: int, spent: int) -> None:
    bucket = spend(Bucket(), START, spent, rate)
    now = START + next_free(bucket, START, rate, float(burst))
    assert permits(bucket, now, rate, float(burst)) >= 1
