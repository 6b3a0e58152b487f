"""A channel whose provider fails, and the backup that carries its messages meanwhile."""

import asyncio
from dataclasses import replace

import pytest

from convo.errors import ConfigError, LeaseOver, RateLimited, SendUncertain, Unavailable
from convo.runtime.breaker import RULES
from tests.runtime.bench import benched
from tests.runtime.stage import FakeProvider, Idempotent
from tests.stores.contract_desk import BEN, PEOPLE, message

pytestmark = pytest.mark.anyio

WRONG = ConfigError("bad token", code="20003")
IN_DOUBT = SendUncertain("broken off")


async def test_a_channel_that_is_stopped_is_left_for_its_backup(
    caplog: pytest.LogCaptureFixture,
) -> None:
    main, other = FakeProvider(WRONG), FakeProvider()
    async with benched(main, other) as bench:
        await bench.say(message("m1"), message("m2"))
        for _ in range(4):
            await bench.step()
        assert (main.texts, other.texts) == (["text of m1"], ["text of m1", "text of m2"])
        assert await bench.moves() == [("main", "other"), ("main", "other")]
        assert bench.stage.meter.seen["moved", "main", "other"] == 2
        assert bench.stage.meter.seen["sends", "other", "accepted"] == 2
        assert bench.stage.sender.stopped == ("main",)
    assert "go by other where they surely have not left" in caplog.text


async def test_what_is_moved_is_known_before_it_leaves() -> None:
    """Whoever answers it at once must find their conversation."""
    other = FakeProvider()
    other.gate = asyncio.Event()
    async with benched(FakeProvider(WRONG), other) as bench:
        await bench.say(message("m1"))
        await bench.step()
        leaving = asyncio.create_task(bench.step())
        await bench.stage.until(lambda: other.texts == ["text of m1"])
        assert await bench.moves() == [("main", "other")]
        other.gate.set()
        await leaving


@pytest.mark.parametrize("main", [FakeProvider(IN_DOUBT, WRONG), Idempotent(IN_DOUBT, WRONG)])
async def test_what_may_have_left_is_never_given_to_another(main: FakeProvider) -> None:
    other = FakeProvider()
    async with benched(main, other) as bench:
        await bench.say(replace(message("m1"), kind="otp"), message("m2"))
        await bench.say(message("b1", contact=BEN, due=1))
        await bench.step()  # m1 is in doubt, and b1 stops the channel
        for _ in range(5):
            await bench.step()
        assert other.texts == ["text of b1"]
        await bench.passes(10 * RULES.every)
        await bench.step()
        assert main.texts.count("text of m1") == 2
        assert other.texts == ["text of b1", "text of m2"]


async def test_a_send_that_was_not_begun_in_time_may_move() -> None:
    main, other = FakeProvider(LeaseOver("late", code="lease"), WRONG), FakeProvider()
    async with benched(main, other) as bench:
        await bench.say(message("m1"))
        await bench.say(message("b1", contact=BEN, due=1))
        for _ in range(2):
            await bench.step()
        assert sorted(other.texts) == ["text of b1", "text of m1"]


async def test_who_is_asked_to_slow_down_keeps_its_messages() -> None:
    other = FakeProvider()
    async with benched(FakeProvider(*[RateLimited("slow", retry_after=1)] * 50), other) as bench:
        for n, contact in enumerate(PEOPLE):
            await bench.say(message(f"m{n}", contact=contact))
        for _ in range(20):
            await bench.passes(1_000)
        assert (other.texts, bench.stage.sender.stopped) == ([], ())


async def test_a_channel_comes_back_after_some_tries_that_all_went_well() -> None:
    main, other = FakeProvider(WRONG, Unavailable("x")), FakeProvider()
    async with benched(main, other) as bench:
        await bench.say(message("m0"))
        await bench.step()
        await bench.step()
        for n in range(1, RULES.tries + 3):
            await bench.say(message(f"a{n}", contact=BEN), message(f"b{n}", contact=BEN))
            await bench.passes(10 * RULES.every)
            for _ in range(3):
                await bench.passes(2_000)  # in which what did not leave comes due again
        tried = [f"text of a{n}" for n in range(1, RULES.tries + 2)]
        # The first try failed, so the backup had it; the last but one was the fifth that went well.
        assert main.texts == ["text of m0", *tried, "text of b6", "text of a7", "text of b7"]
        assert other.texts[:3] == ["text of m0", "text of a1", "text of b1"]
        assert other.texts[3:] == [f"text of b{n}" for n in range(2, RULES.tries + 1)]
        assert bench.stage.sender.stopped == ()


async def test_a_channel_is_tried_with_one_text_however_many_partitions_have_some() -> None:
    async with benched(FakeProvider(WRONG), FakeProvider()) as bench:
        await bench.say(message("m0"))
        await bench.step()
        sender, now = bench.stage.sender, bench.stage.time.now + 10 * RULES.every
        first = await sender.room(now)
        assert (first.messages["main"], first.via) == (1, {})
        second = await sender.room(now)
        assert (second.messages.keys(), second.via) == ({"other"}, {"main": {"main": "other"}})
        sender.take((), first)  # its partition had none
        assert (await sender.room(now)).messages["main"] == 1


async def test_a_backup_that_fails_too_gives_back_what_it_had() -> None:
    main, other = FakeProvider(WRONG), FakeProvider(WRONG)
    async with benched(main, other) as bench:
        await bench.say(message("m1"))
        for _ in range(4):
            await bench.step()
        assert bench.stage.sender.stopped == ("main", "other")
        assert (len(main.texts), len(other.texts)) == (1, 1)
        for _ in range(RULES.tries + 1):
            await bench.passes(10 * RULES.every)
            await bench.step()
        assert len(main.texts) + len(other.texts) == 3
