"""Exclusive codes: place n of a pool is its n-th code."""

import pytest

from convo.runtime.codes import Codes
from tests.runtime.stage import staged
from tests.runtime.test_errands import answer, answers, asked

pytestmark = pytest.mark.anyio

POOLS = {"spring": ("A", "B"), "autumn": ("A",)}


async def test_each_contact_has_one_code_of_each_pool_and_the_same_again() -> None:
    async with staged() as stage:
        codes = Codes(POOLS, stage.store)
        assert [await codes.give("spring", who) for who in "xyxz"] == ["A", "B", "A", None]
        assert await codes.give("autumn", "z") == "A"


async def test_a_file_that_grew_gives_on_and_one_that_shrank_gives_nothing_it_has_not() -> None:
    async with staged() as stage:
        before = Codes(POOLS, stage.store)
        for who in "xyz":
            await before.give("spring", who)
        assert await Codes({"spring": ("A", "B", "C")}, stage.store).give("spring", "z") == "C"
        shorter = Codes({"spring": ("A",)}, stage.store)
        assert [await shorter.give("spring", who) for who in "xy"] == ["A", None]


async def test_a_code_is_spent_once_under_one_key_and_pools_are_apart() -> None:
    async with staged() as stage:
        codes = Codes(POOLS, stage.store)
        asked = [("A", "1"), ("A", "2"), ("A", "1"), ("B", "2"), ("C", "1")]
        told = [await codes.redeem("spring", code, key) for code, key in asked]
        assert told == ["redeemed", "used", "redeemed", "redeemed", "unknown"]
        assert await codes.redeem("autumn", "A", "2") == "redeemed"
        assert await codes.redeem("winter", "A", "2") == "unknown"


async def test_an_errand_brings_a_code_or_says_why_there_is_none() -> None:
    async with staged(code_pools=POOLS) as stage:
        assert (await answer(stage, asked("code", "autumn", key="x", arguments={}))).value == "A"
        for n, pool in enumerate(("autumn", "winter")):
            stage.errands.take([asked("code", pool, key="y", arguments={}, id=f"n{n}")])
            await stage.until(lambda: not len(stage.errands))
        told = [each.failure for each in await answers(stage)]
        assert told[-2:] == ["all codes are given", "convo.toml has no [codes.winter]"]


@pytest.mark.parametrize("name", ["code:spring", "redeemed:spring/A"])
async def test_no_flow_can_take_codes_away_by_reserving_places_of_their_name(name: str) -> None:
    async with staged(code_pools=POOLS) as stage:
        told = await answer(stage, asked("reserve", name, arguments={}))
        assert "places cannot be called" in told.failure
