"""No limit ever lets more parts leave than it says, and none holds one back a millisecond."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.core.limits import Limit, Rate
from convo.policy.rate_limit import Spent, charged, free_at, most_a_day, permits

START = 1_800_000_000_000
LONGEST = 24
"""Parts of 1,600 Chinese characters, the longest text there is."""

FIFTY = Limit(name="x", rate=Rate.of(50, 1_000))
SLOW = Limit(name="x", rate=Rate.of(1, 10_000))
BRAND = Limit(name="x", per_day=2_000)


def test_a_rate_is_told_in_its_smallest_numbers() -> None:
    assert Rate.of(100, 60_000) == Rate(parts=1, every=600)
    assert Rate.of(97, 1_000) == Rate(parts=97, every=1_000)


@pytest.mark.parametrize(
    ("parts", "every", "burst"), [(1, 1_000, 1), (19, 1_000, 1), (50, 1_000, 5), (1, 10_000, 1)]
)
def test_a_tenth_of_a_seconds_parts_may_leave_at_once_and_never_none(
    parts: int, every: int, burst: int
) -> None:
    assert Rate.of(parts, every).burst == burst
    assert permits(Limit(name="x", rate=Rate.of(parts, every)), Spent(), START) == burst


def test_a_rested_limit_gives_its_burst_and_then_part_after_part() -> None:
    spent = charged(FIFTY, Spent(), 5, START)
    assert permits(FIFTY, spent, START) == 0
    assert free_at(FIFTY, spent, START) == START + 20
    assert permits(FIFTY, spent, START + 19) == 0
    assert permits(FIFTY, spent, START + 20) == 1
    assert permits(FIFTY, spent, START + 99) == 4
    assert permits(FIFTY, spent, START + 100_000) == 5


def test_a_long_message_overdraws_once_and_is_paid_for_before_the_next() -> None:
    spent = charged(SLOW, Spent(), 10, START)
    assert free_at(SLOW, spent, START) == START + 100_000
    assert permits(SLOW, spent, START + 99_999) == 0
    assert permits(SLOW, spent, START + 100_000) == 1


def test_what_is_given_back_is_as_if_never_taken() -> None:
    spent = charged(FIFTY, Spent(), 3, START)
    taken = charged(FIFTY, spent, 2, START)
    assert charged(FIFTY, taken, -2, START) == spent
    day = charged(BRAND, Spent(), 7, START)
    assert charged(BRAND, charged(BRAND, day, 5, START), -5, START) == day


def test_what_has_neither_rate_nor_cap_is_free() -> None:
    assert permits(Limit(name="x"), Spent(), START) is None
    assert free_at(Limit(name="x"), Spent(), START) == START


# --- the day of 10DLC ---------------------------------------------------------------------------

MIDNIGHT = datetime(2026, 3, 8, tzinfo=ZoneInfo("America/Los_Angeles"))
"""The day on which Pacific clocks go forward: it has 23 hours."""


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000)


def test_a_day_stops_at_95_percent_until_midnight_pacific() -> None:
    noon = ms(MIDNIGHT) + 12 * 3_600_000
    spent = charged(BRAND, Spent(), 1_899, noon)
    assert permits(BRAND, spent, noon) == 1
    spent = charged(BRAND, spent, 1, noon)
    assert permits(BRAND, spent, noon) == 0
    end = ms(MIDNIGHT + timedelta(days=1))
    assert end - ms(MIDNIGHT) == 23 * 3_600_000
    assert free_at(BRAND, spent, noon) == end
    assert permits(BRAND, spent, end - 1) == 0
    assert permits(BRAND, spent, end) == 1_900


def test_a_day_is_the_limits_own() -> None:
    utc = Limit(name="x", per_day=1_000, zone="UTC")
    at = ms(datetime(2026, 5, 1, 23, 59, tzinfo=UTC))
    spent = charged(utc, Spent(), 950, at)
    assert free_at(utc, spent, at) == at + 60_000


def test_a_rate_and_a_cap_hold_both() -> None:
    both = Limit(name="x", rate=Rate.of(1, 1_000), per_day=1_000, zone="UTC")
    at = ms(datetime(2026, 5, 1, 12, tzinfo=UTC))
    spent = charged(both, Spent(), 1, at)
    assert (permits(both, spent, at), free_at(both, spent, at)) == (0, at + 1_000)
    spent = charged(both, spent, 949, at)
    assert free_at(both, spent, at + 949_000) == ms(datetime(2026, 5, 2, tzinfo=UTC))


# --- for any rate -------------------------------------------------------------------------------

RATES = st.builds(Rate.of, st.integers(1, 5_000), st.sampled_from([1_000, 60_000, 3_600_000]))


@given(
    RATES,
    st.lists(
        st.tuples(st.integers(0, 20_000), st.lists(st.integers(1, LONGEST), max_size=8)),
        max_size=40,
    ),
    st.booleans(),
)
def test_in_no_stretch_of_time_is_more_sent_than_burst_and_rate(
    rate: Rate, visits: list[tuple[int, list[int]]], singles: bool
) -> None:
    """A greedy sender that takes whatever it is let: one message over at most, and none over
    where all are of one part."""
    limit, spent, now = Limit(name="x", rate=rate), Spent(), START
    sent: list[tuple[int, int]] = []
    for pause, waiting in visits:
        now += pause
        allowed = permits(limit, spent, now)
        assert allowed is not None
        taken = 0
        for parts in waiting:
            if taken >= allowed:
                break
            taken += 1 if singles else parts
        spent = charged(limit, spent, taken, now)
        sent.append((now, taken))
    over = 0 if singles else LONGEST - 1
    for first, (begin, _) in enumerate(sent):
        total = 0
        for end, parts in sent[first:]:
            total += parts
            assert (total - rate.burst - over) * rate.every <= rate.parts * (end - begin)


@given(RATES, st.integers(1, 200))
def test_a_part_is_free_at_the_very_millisecond_that_is_told(rate: Rate, parts: int) -> None:
    limit = Limit(name="x", rate=rate)
    spent = charged(limit, Spent(), parts, START)
    at = free_at(limit, spent, START)
    assert (permits(limit, spent, at) or 0) >= 1
    assert at == START or permits(limit, spent, at - 1) == 0


@given(st.integers(500, 300_000), st.lists(st.integers(1, LONGEST), max_size=50))
def test_the_longest_text_does_not_break_the_cap_of_a_day(cap: int, waiting: list[int]) -> None:
    limit = Limit(name="x", per_day=cap)
    spent = charged(limit, Spent(), most_a_day(cap) - 1, START)
    for parts in waiting:
        if permits(limit, spent, START):
            spent = charged(limit, spent, parts, START)
    assert spent.today <= cap
