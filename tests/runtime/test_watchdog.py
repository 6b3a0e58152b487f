"""A loop that stands still is told of, with the place and without what is said there."""

import time

import pytest

from convo.runtime.watchdog import BLOCKED_LOOKS, HUNG_LOOKS, Watchdog
from tests.runtime.stage import Counting

GUARD = 60.0
"""Seconds: a hang guard."""


def a_handler_that_blocks(caplog: pytest.LogCaptureFixture, number: str) -> None:
    until = time.monotonic() + GUARD
    while not caplog.records:
        assert time.monotonic() < until, f"nobody has seen it ({number})"
        time.sleep(0.001)


@pytest.mark.anyio
async def test_who_blocks_the_loop_is_named_by_the_place(caplog: pytest.LogCaptureFixture) -> None:
    meter = Counting()
    async with Watchdog(meter, look_every=0.005):
        a_handler_that_blocks(caplog, "+12025550111")
    told = caplog.records[0].getMessage()
    assert "in a_handler_that_blocks" in told
    assert "test_watchdog.py:" in told
    assert "+1202" not in told
    assert "number" not in told
    assert meter.seen["blocked",] >= 1


@pytest.mark.anyio
async def test_it_is_told_once_for_as_long_as_it_lasts_and_again_the_next_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    watchdog = Watchdog(Counting())
    watchdog.look()
    for _ in range(BLOCKED_LOOKS - 1):
        watchdog.look()
    assert not caplog.records
    for _ in range(10):
        watchdog.look()
    assert len(caplog.records) == 1
    watchdog.beat()
    for _ in range(BLOCKED_LOOKS):
        watchdog.look()
    assert len(caplog.records) == 1
    watchdog.look()
    assert len(caplog.records) == 2


@pytest.mark.anyio
async def test_a_loop_that_does_not_go_on_is_ended_and_one_that_does_is_not() -> None:
    ends: list[str] = []
    watchdog = Watchdog(Counting(), end=lambda: ends.append("end"))
    watchdog.look()
    for _ in range(HUNG_LOOKS - 1):
        watchdog.look()
    assert ends == []
    watchdog.beat()
    for _ in range(HUNG_LOOKS):
        watchdog.look()
    assert ends == []
    watchdog.look()
    assert ends == ["end"]


@pytest.mark.anyio
async def test_a_loop_that_comes_round_is_never_told_of(caplog: pytest.LogCaptureFixture) -> None:
    watchdog = Watchdog(Counting())
    for _ in range(100):
        watchdog.beat()
        watchdog.look()
        watchdog.look()
    assert not caplog.records
