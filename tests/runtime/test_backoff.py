"""Waits double, are spread, and end somewhere."""

from itertools import pairwise

from convo.runtime.backoff import FIRST, LONGEST, wait


def test_a_wait_doubles_and_is_spread_by_a_quarter_to_each_side() -> None:
    for tries in range(10):
        whole = min(FIRST * 2**tries, LONGEST)
        assert 0.75 * whole <= wait(tries, "m") <= 1.25 * whole


def test_waits_grow_until_the_longest() -> None:
    waits = [wait(tries, "m") for tries in range(40)]
    assert all(late > early / 2 for early, late in pairwise(waits))
    assert max(waits) <= 1.25 * LONGEST
    assert min(waits[20:]) >= 0.75 * LONGEST


def test_the_same_try_of_the_same_message_waits_equally_long_and_others_do_not() -> None:
    assert wait(3, "m") == wait(3, "m")
    assert len({wait(3, f"m{n}") for n in range(100)}) > 90
