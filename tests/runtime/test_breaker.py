"""When a channel is left alone, and when it is trusted again."""

from collections.abc import Iterable

from convo.runtime.breaker import RULES, Breaker
from tests.runtime.stage import START

SECOND = 1_000


def every(share: int) -> Iterable[bool]:
    """Whether each of a hundred sends fails, evenly spread: so many of them."""
    return [n * share // 100 != (n - 1) * share // 100 for n in range(1, 101)]


def sends(breaker: Breaker, fails: Iterable[bool], *, apart: int, at: int = START) -> int:
    """These, one behind the other; which of them shut it, counted from 1, or 0."""
    for n, fail in enumerate(fails, start=1):
        if fail and breaker.failed(at, breaker.era):
            return n
        if not fail:
            breaker.answered(at, breaker.era)
        at += apart
    return 0


def with_others() -> Breaker:
    return Breaker(RULES, others=True)


def test_more_than_three_of_ten_shut_it_and_less_never_do() -> None:
    assert sends(with_others(), every(31), apart=6 * SECOND)
    assert not sends(with_others(), [*every(29)] * 5, apart=6 * SECOND)


def test_a_share_of_a_few_means_nothing() -> None:
    half = [True, False] * (RULES.least // 2 - 1)
    assert not sends(with_others(), half, apart=SECOND)
    assert sends(with_others(), [*half, True, True], apart=SECOND)


def test_what_failed_long_ago_is_forgotten() -> None:
    breaker = with_others()
    assert not sends(breaker, [True, True, False] * 6, apart=SECOND)
    later = START + RULES.window + 30 * SECOND
    assert not sends(breaker, [False, False, False, True] * 10, apart=SECOND, at=later)


def test_where_nobody_else_can_carry_them_a_share_stops_nothing() -> None:
    alone = Breaker(RULES, others=False)
    assert not sends(alone, [True, False] * 100, apart=SECOND)
    assert sends(alone, [True] * 20, apart=SECOND) == RULES.in_a_row


def test_it_is_trusted_again_after_some_tries_that_all_went_well() -> None:
    breaker = with_others()
    breaker.open()
    assert [breaker.answered(START, breaker.era) for _ in range(RULES.tries - 1)] == [False] * 4
    assert breaker.failed(START, breaker.era)
    assert [breaker.answered(START, breaker.era) for _ in range(RULES.tries)] == [
        *[False] * 4,
        True,
    ]
    assert not breaker.shut


def test_where_nobody_else_can_carry_them_one_try_is_enough() -> None:
    breaker = Breaker(RULES, others=False)
    breaker.open()
    assert breaker.answered(START, breaker.era)


def test_sends_that_began_before_it_was_shut_or_opened_tell_nothing_new() -> None:
    breaker = with_others()
    before = breaker.era
    breaker.open()
    assert not any(breaker.answered(START, before) for _ in range(RULES.tries))
    shut = breaker.era
    for _ in range(RULES.tries):
        breaker.answered(START, shut)
    assert not any(breaker.failed(START, shut) for _ in range(RULES.in_a_row))
    assert not breaker.shut


def test_one_that_is_trusted_again_begins_anew() -> None:
    breaker = with_others()
    assert sends(breaker, [True] * 20, apart=SECOND)
    for _ in range(RULES.tries):
        breaker.answered(START, breaker.era)
    assert not sends(breaker, [True] * (RULES.in_a_row - 1), apart=SECOND)
