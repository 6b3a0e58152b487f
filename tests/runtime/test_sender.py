"""Each outcome of a send, and what becomes of the message and the channel."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from convo.core.events import OptedOutElsewhere
from convo.errors import (
    ConfigError,
    Invalid,
    LeaseOver,
    OptedOut,
    RateLimited,
    SendUncertain,
    Unavailable,
)
from convo.ports import Done, Sent, Settle, Wants
from convo.runtime.breaker import RULES
from convo.runtime.sender import DELIVERED_WITHIN, LONGEST_PAUSE, MOST_TRIES
from convo.runtime.valve import STOPPED_FOR
from tests.runtime.stage import (
    ANNA,
    START,
    FakeProvider,
    Idempotent,
    Stage,
    business,
    claim,
    say,
    staged,
)

pytestmark = pytest.mark.anyio


async def sent(stage: Stage, **message: Any) -> Settle:
    """The settle of one message that is claimed and sent."""
    stage.sender.take([claim(**message)])
    await stage.until(lambda: not len(stage.sender) and not len(stage.resolver))
    (settle,) = stage.results.take().settles
    return settle


async def test_an_accepted_message_keeps_its_providers_ids() -> None:
    provider = FakeProvider(Sent(provider_ids=("X1", "X2")))
    async with staged(provider) as stage:
        settle = await sent(stage)
        assert settle == Settle(
            outbound="m1", attempt="a1", outcome="accepted", provider_ids=("X1", "X2")
        )
        assert provider.callbacks == ["https://example.test/dlr/m1"]


async def test_a_channel_that_keeps_the_order_of_delivery_lets_the_next_wait() -> None:
    provider = FakeProvider(Sent(), Unavailable("x"))
    async with staged(provider, business=business(order="delivered")) as stage:
        assert (await sent(stage)).next_after == START + DELIVERED_WITHIN
        assert (await sent(stage)).next_after == 0


async def test_what_surely_was_not_sent_comes_again_later_and_later() -> None:
    async with staged(FakeProvider(Unavailable("x"), Unavailable("x", code="503"))) as stage:
        first = await sent(stage)
        later = await sent(stage, tries=5)
        assert (first.outcome, later.outcome) == ("again", "again")
        assert 750 <= first.due - START <= 1_250
        assert 24_000 <= later.due - START <= 40_000
        assert later.code == "503"


async def test_what_may_not_leave_any_more_is_settled_and_blames_nobody() -> None:
    provider = FakeProvider(*[LeaseOver("late", code="lease")] * RULES.in_a_row)
    async with staged(provider) as stage:
        for _ in range(RULES.in_a_row):
            settle = await sent(stage, tries=MOST_TRIES)
            assert (settle.outcome, settle.code, settle.due) == ("again", "lease", START)
        assert stage.sender.stopped == ()


async def test_an_adapter_is_told_until_when_a_message_may_leave() -> None:
    provider = FakeProvider()
    async with staged(provider) as stage:
        stage.sender.take([replace(claim(), leave_by=12.5)])
        await stage.until(lambda: not len(stage.sender))
        assert provider.leave_by == 12.5


async def test_a_message_is_given_up_after_its_last_try() -> None:
    async with staged(FakeProvider(Unavailable("x"))) as stage:
        assert (await sent(stage, tries=MOST_TRIES - 1)).outcome == "failed"


async def test_a_rate_limit_pauses_the_channel_for_as_long_as_asked() -> None:
    async with staged(FakeProvider(RateLimited("slow", retry_after=7.5))) as stage:
        settle = await sent(stage, tries=MOST_TRIES)
        assert (settle.outcome, settle.due) == ("again", START + 7_500)
        assert (await stage.sender.room(START + 7_499)).messages == {}
        assert stage.sender.opens(START) == START + 7_500
        assert (await stage.sender.room(START + 7_500)).messages == {"main": 8 // 2}
        assert stage.sender.stopped == ()


async def test_a_contact_that_had_enough_for_now_holds_up_nobody_else() -> None:
    enough = RateLimited("one a minute", retry_after=60, contact_only=True)
    async with staged(FakeProvider(enough)) as stage:
        settle = await sent(stage)
        assert (settle.outcome, settle.due) == ("again", START + 60_000)
        assert (await stage.sender.room(START)).messages == {"main": 8}
        assert stage.sender.stopped == ()


@pytest.mark.parametrize("asked", [1e6, float("inf")])
async def test_a_rate_limit_of_days_is_not_believed(asked: float) -> None:
    async with staged(FakeProvider(RateLimited("slow", retry_after=asked))) as stage:
        assert (await sent(stage)).due == START + LONGEST_PAUSE


async def test_a_refused_message_has_failed() -> None:
    async with staged(FakeProvider(Invalid("no such number", code="21211"))) as stage:
        settle = await sent(stage)
        assert (settle.outcome, settle.code) == ("failed", "21211")


async def test_an_opt_out_at_the_provider_becomes_ours() -> None:
    async with staged(FakeProvider(OptedOut("stop", code="21610"))) as stage:
        assert (await sent(stage)).outcome == "failed"
        lease = await stage.store.acquire(0, "test")
        assert lease is not None
        work = await stage.store.advance(lease, Done(), Wants(events=9))
        (pending,) = work.events
        assert isinstance(pending.event, OptedOutElsewhere)
        (consent,) = work.contacts[ANNA].consents
        assert consent.state == "withdrawn"
        (act,) = await stage.store.acts(ANNA)
        assert (act.origin.how, act.origin.channel) == ("provider", "main")


async def test_wrong_settings_stop_the_channel_and_lose_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    provider = FakeProvider(ConfigError("bad token for +12025550111", code="20003"))
    async with staged(provider) as stage:
        settle = await sent(stage, tries=MOST_TRIES)
        assert (settle.outcome, settle.due) == ("again", START + STOPPED_FOR)
        assert (await stage.sender.room(START)).messages == {}
        assert stage.sender.stopped == ("main",)
        assert stage.meter.levels["channel_stopped", "main"] == 1
        assert "Channel main is stopped" in caplog.text
        assert "+1202" not in caplog.text
        # Half open: one message may try; when it goes, all may.
        stage.time.now += STOPPED_FOR
        assert (await stage.sender.room(stage.time.now)).messages == {"main": 1}
        assert (await sent(stage)).outcome == "accepted"
        assert (await stage.sender.room(stage.time.now)).messages == {"main": 8}
        assert stage.meter.levels["channel_stopped", "main"] == 0


async def test_a_provider_that_keeps_failing_is_left_alone_for_a_while() -> None:
    script = [Unavailable("x")] * (RULES.in_a_row + 1)
    async with staged(FakeProvider(*script)) as stage:
        for _ in range(RULES.in_a_row):
            await sent(stage)
        assert (await stage.sender.room(stage.time.now)).messages == {}
        stage.time.now += RULES.every
        await sent(stage)  # the one that tries it fails as well
        assert (await stage.sender.room(stage.time.now)).messages == {}
        stage.time.now += RULES.every
        assert (await sent(stage)).outcome == "accepted"
        assert stage.sender.stopped == ()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (SendUncertain("x.example: reset; it may have been taken"), "x.example: reset; it may"),
        (ValueError("+12025550111 hello"), "ValueError"),
        (KeyError("x"), "KeyError"),
    ],
)
async def test_an_unclear_or_unexpected_end_is_in_doubt_and_held(
    error: Exception, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    provider = FakeProvider(error)
    async with staged(provider) as stage:
        settle = await sent(stage)
        assert settle.outcome == "held"
        # What people are told of it; words that are not ours may hold a number or a text.
        assert settle.code.startswith(told)
        assert "hello" not in settle.code
        assert len(provider.texts) == 1
        assert stage.meter.seen["sends", "main", "in_doubt"] == 1
        assert "hello" not in caplog.text
        assert "+1202" not in caplog.text


async def test_a_cancellation_out_of_an_adapter_is_in_doubt_too() -> None:
    def cancelled() -> None:
        raise asyncio.CancelledError

    async with staged(FakeProvider(cancelled)) as stage:
        assert (await sent(stage)).outcome == "held"


async def test_a_send_that_hangs_is_in_doubt_when_its_time_is_up() -> None:
    provider = FakeProvider()
    provider.gate = asyncio.Event()
    async with staged(provider, within=0.01) as stage:
        assert (await sent(stage)).outcome == "held"


async def test_a_send_is_not_ended_before_it_has_begun() -> None:
    """Who slept beyond the time of a send finds its end due before its beginning."""
    provider = FakeProvider()
    async with staged(provider, within=0.0) as stage:
        provider.gate = asyncio.Event()
        stage.sender.take([claim()])
        stage.sender._end_late()
        await asyncio.sleep(0)
        assert len(provider.texts) == 1
        provider.gate.set()
        await stage.until(lambda: not len(stage.sender))


async def test_a_send_that_never_began_leaves_its_place() -> None:
    async with staged(FakeProvider()) as stage:
        stage.sender.take([claim()])
        await stage.sender.drain(-1)
        assert (len(stage.sender), stage.valves["main"].in_flight) == (0, 0)


async def test_a_message_past_its_time_is_not_sent() -> None:
    provider = FakeProvider()
    async with staged(provider) as stage:
        settle = await sent(stage, not_after=START - 1)
        assert (settle.outcome, settle.code) == ("failed", "too_late")
        assert provider.texts == []


async def test_a_channel_takes_no_more_at_once_than_it_may() -> None:
    provider = FakeProvider()
    provider.gate = asyncio.Event()
    async with staged(provider, at_once=2) as stage:
        stage.sender.take([claim(say(ANNA, "x", f"m{n}"), attempt=f"a{n}") for n in range(2)])
        assert (await stage.sender.room(START)).messages == {}
        assert stage.sender.in_flight == {"a0", "a1"}
        provider.gate.set()
        await stage.until(lambda: not len(stage.sender))
        assert (await stage.sender.room(START)).messages == {"main": 2}


async def test_bulk_keeps_to_its_places_though_many_partitions_ask_before_any_has_some() -> None:
    async with staged(FakeProvider(), at_once=256) as stage:
        stage.valves["main"].shared_by = 6
        rooms = [await stage.sender.room(START) for _ in range(6)]
        assert [room.bulk["main"] for room in rooms] == [32, 16, 8, 8, 8, 8]
        for room in rooms:
            stage.sender.take((), room)
        assert (await stage.sender.room(START)).bulk == {"main": 32}


async def test_replies_find_places_though_bulk_has_taken_all_of_its_own() -> None:
    provider = FakeProvider()
    provider.gate = asyncio.Event()
    async with staged(provider, at_once=8) as stage:
        assert (await stage.sender.room(START)).bulk == {"main": 2}
        stage.sender.take([claim(say(ANNA, "x", f"m{n}"), attempt=f"a{n}") for n in range(2)])
        room = await stage.sender.room(START)
        assert (room.messages, room.bulk) == ({"main": 6}, {"main": 0})
        provider.gate.set()
        await stage.until(lambda: not len(stage.sender))


async def test_an_idempotent_provider_is_simply_asked_again() -> None:
    async with staged(Idempotent(SendUncertain("reset"))) as stage:
        settle = await sent(stage)
        assert settle.outcome == "again"
        assert stage.time.slept == []


async def test_what_is_under_way_ends_before_a_drain_does() -> None:
    provider = FakeProvider()
    provider.gate = asyncio.Event()
    async with staged(provider) as stage:
        stage.sender.take([claim()])
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(0.02, provider.gate.set)
        await stage.sender.drain(5)
        assert [s.outcome for s in stage.results.take().settles] == ["accepted"]


async def test_what_does_not_end_in_a_drain_stays_in_doubt() -> None:
    provider = FakeProvider()
    provider.gate = asyncio.Event()
    async with staged(provider) as stage:
        stage.sender.take([claim()])
        await asyncio.sleep(0)
        await stage.sender.drain(0.01)
        assert stage.results.empty
        assert len(stage.sender) == 0
