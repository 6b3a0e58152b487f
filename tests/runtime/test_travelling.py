"""Travelling ahead in time: who sleeps until then wakes, and nobody goes back."""

import asyncio

import pytest

from convo.runtime.travelling import Traveller

DAY = 86_400


@pytest.mark.anyio
async def test_who_sleeps_until_then_wakes_at_the_journey_and_not_before() -> None:
    traveller = Traveller(lambda: 1_000)
    short = asyncio.create_task(traveller.sleep(DAY))
    long = asyncio.create_task(traveller.sleep(3 * DAY))
    await asyncio.sleep(0)
    traveller.travel(DAY * 1_000)
    await asyncio.wait_for(short, 60)
    assert not long.done()
    traveller.travel(2 * DAY * 1_000)
    await asyncio.wait_for(long, 60)
    assert traveller.now() == 1_000 + 3 * DAY * 1_000


def test_those_who_wait_by_another_clock_are_told() -> None:
    traveller, told = Traveller(lambda: 0), list[int]()
    traveller.on_arrival(lambda: told.append(traveller.now()))
    traveller.travel(5)
    traveller.travel(0)
    assert told == [5, 5]


def test_nobody_goes_back() -> None:
    traveller = Traveller(lambda: 0)
    with pytest.raises(ValueError, match="ahead only"):
        traveller.travel(-1)
    assert traveller.now() == 0
