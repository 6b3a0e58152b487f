"""A replica that lacks the last moments takes over, and hears of them from who was there."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from convo.core.decisions import HeldChoice, HeldDecision, ParkedDecision
from convo.core.events import Answered
from convo.core.failures import GivenUp
from convo.core.records import Record
from convo.core.shards import SHARDS
from convo.errors import Fenced, StoreError
from convo.ports import Arrival, Done, Settle, Wants
from convo.stores.redis.store import RedisStore
from tests.servers import PROGRAMS
from tests.stores.contract_desk import (
    ANN,
    BEN,
    HOUR,
    START,
    Desk,
    HandSetClock,
    consent,
    desk_of,
    errand,
    message,
    report,
    text,
    timer,
    turn,
    words,
)
from tests.stores.failing_over import Pair, pair

pytestmark = pytest.mark.anyio

Opened = Callable[[], Awaitable[RedisStore]]


@pytest.fixture(params=list(PROGRAMS))
async def servers(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Pair]:
    async with pair(PROGRAMS[request.param](), tmp_path) as servers:
        yield servers


@pytest.fixture
def clock() -> HandSetClock:
    return HandSetClock()


@pytest.fixture
async def opened(servers: Pair, clock: HandSetClock) -> AsyncIterator[Opened]:
    """Opens stores of one business, each as another process would."""
    stores: list[RedisStore] = []

    async def opened() -> RedisStore:
        store = await RedisStore.open(servers.url, partitions=1, clock=clock)
        stores.append(store)
        return store

    yield opened
    for store in stores:
        await store.close()


async def test_what_an_owner_has_committed_is_done_again_where_it_is_missing(
    servers: Pair, opened: Opened, clock: HandSetClock
) -> None:
    desk = await desk_of(await opened(), clock)
    await desk.say(message("before"))
    servers.part()
    event = await desk.pending("hello")
    told = turn(
        event,
        record=b"[2]",
        outbound=(message("m1"), message("m2"), message("b1", contact=BEN)),
        timers=(timer("t", START),),
        consents=(consent("news", "given", 7),),
        errands=(errand("e1"), errand("e2")),
        records=(Record(kind="said"),),
    )
    work = await desk.advance(turns=[told], errands=1)
    claims = {each.message.id: each for each in work.claims}
    assert (claims.keys(), [each.errand.id for each in work.errands]) == ({"before", "b1"}, ["e1"])
    settled = Settle(outbound="before", attempt=claims["before"].attempt, outcome="accepted")
    work = await desk.advance(settles=[settled], messages=1, errands=0)
    claims |= {each.message.id: each for each in work.claims}
    servers.fail_over()

    async with asyncio.timeout(60):
        work = await again(lambda: desk.advance(messages=0))
    # What left, or may have, is not handed out again; nor is the errand that runs.
    assert [each.errand.id for each in work.errands] == ["e2"]
    assert await desk.claim() == []
    (due,) = (await desk.look()).events
    await desk.advance(turns=[turn(due, record=None)], messages=0)
    kept = await desk.kept()
    assert (kept.record, [each.state for each in kept.consents]) == (b"[2]", ["given"])
    assert len(await desk.records("said")) == 1
    for id in ("m1", "b1"):
        await desk.settle(claims[id], "accepted", f"P{id}")
    assert await desk.claim() == ["m2"]
    assert {str(each.facts["message"]) for each in await desk.records("sent")} == {
        *("before", "m1", "b1"),
    }


async def test_who_carried_what_the_owner_handed_out_is_known_again(
    servers: Pair, opened: Opened, clock: HandSetClock
) -> None:
    desk = await desk_of(await opened(), clock)
    await desk.say(message("m1"))
    servers.part()
    claim = (await desk.claims(by="other", via={"main": {"main": "other"}}))["m1"]
    servers.fail_over()
    async with asyncio.timeout(60):
        await again(lambda: desk.advance(messages=0))
    await desk.settle(claim, "accepted", "SM1")
    await desk.accept(report("delivered", provider_id="SM1", channel="other"))
    assert await desk.statuses() == ["delivered"]


async def test_whose_an_id_is_is_not_told_before_what_is_missing_has_been_heard(
    servers: Pair, opened: Opened, clock: HandSetClock
) -> None:
    desk = await desk_of(await opened(), clock)
    await desk.say(message("m1"), message("m2"))
    first = (await desk.claims())["m1"]
    servers.part()
    await desk.settle(first, "accepted", "P1")
    second = (await desk.claims())["m2"]
    servers.fail_over()
    told = ""
    async with asyncio.timeout(60):
        while "lacks steps" not in told:
            with pytest.raises(StoreError) as refused:
                await desk.store.others(second, ["P1"])
            told = str(refused.value)
        await again(lambda: desk.advance(messages=0))
    assert (await desk.store.others(second, ["P1"])).provider_ids == {"P1"}


async def test_a_text_that_came_in_the_lost_moments_is_brought_again(
    servers: Pair, opened: Opened, clock: HandSetClock
) -> None:
    desk, web = await desk_of(await opened(), clock), await opened()
    await web.accept([text("1")])
    servers.part()
    await web.accept([text("2"), text("3", contact=BEN)])
    await web.accept([text("4"), text("4")])
    (read, *_) = (await desk.look()).events
    await desk.advance(turns=[turn(read)])
    servers.fail_over()
    # Nothing else comes in, so the web process looks by itself whether all is there.
    heard: list[str] = []
    async with asyncio.timeout(60):
        while len(heard) < 3:
            heard = words(await again(desk.look))
    assert heard == ["2", "3", "4"]
    assert await web.accept([text("1"), text("2"), text("4")]) == ["duplicate"] * 3


async def test_what_is_brought_again_comes_before_what_is_new(
    servers: Pair, opened: Opened, clock: HandSetClock
) -> None:
    desk, web = await desk_of(await opened(), clock), await opened()
    servers.part()
    for n in range(5):
        await web.accept([text(f"{n}")])
    servers.fail_over()
    new = [asyncio.create_task(again(lambda n=n: web.accept([text(f"{n}")]))) for n in (5, 6, 7)]
    await asyncio.sleep(0.2)  # nobody is let in before the owner was here
    assert not any(each.done() for each in new)
    async with asyncio.timeout(60):
        await again(desk.look)
        assert await asyncio.gather(*new) == [["accepted"]] * 3
    assert words(await desk.look()) == ["0", "1", "2", "3", "4", "5", "6", "7"]


async def test_what_an_owner_read_is_not_lost_though_nobody_brings_it_again(
    servers: Pair, opened: Opened, clock: HandSetClock
) -> None:
    web = await opened()
    desk = await desk_of(await opened(), clock)
    servers.part()
    await web.accept([text("STOP", law="stop"), text("hello", contact=BEN)])
    await web.close()  # as if it had died
    stop, hello = (await desk.look()).events
    await desk.advance(turns=[turn(stop, records=(Record(kind="said"),))])
    servers.fail_over()
    async with asyncio.timeout(60):
        work = await again(lambda: desk.advance(turns=[turn(hello)], messages=0))
    assert work.events == ()
    assert await desk.state() == "withdrawn"
    assert [each.proof for each in await desk.store.acts(ANN)] == ["STOP"]
    other = await opened()
    assert await other.accept([text("STOP", law="stop")]) == ["duplicate"]
    assert len(await desk.records("said")) == 1


async def test_what_a_text_said_that_an_owner_read_is_known_though_nobody_brings_it_again(
    servers: Pair, opened: Opened, clock: HandSetClock
) -> None:
    web = await opened()
    desk = await desk_of(await opened(), clock)
    servers.part()
    await web.accept([text("one", key="k")])
    await web.close()  # as if it had died
    (first,) = (await desk.look()).events
    servers.fail_over()
    async with asyncio.timeout(60):
        await again(lambda: desk.advance(turns=[turn(first)]))
    other = await opened()
    same, altered = text("one", key="k"), text("two", key="k")
    assert await other.accept([same, altered, altered]) == ["duplicate", "altered", "duplicate"]
    assert words(await desk.look()) == []


async def test_other_words_that_were_told_in_the_lost_moments_are_told_again_and_never_taken(
    servers: Pair, opened: Opened, clock: HandSetClock
) -> None:
    desk, first = await desk_of(await opened(), clock), await opened()
    other = await opened()
    servers.part()
    await first.accept([text("one", key="k")])
    assert await other.accept([text("two", key="k")]) == ["altered"]
    servers.fail_over()
    async with asyncio.timeout(60):
        # Whoever was told of other words brings them again before anybody brings the first.
        await again(desk.look)
        await again(lambda: other.accept([text("later")]))
        await again(lambda: first.accept([text("last")]))
    assert sorted(words(await desk.look())) == ["last", "later", "one"]
    (told,) = await desk.records("altered")
    assert told.facts["text"] == "two"
    assert await other.accept([text("two", key="k")]) == ["duplicate"]


async def test_a_text_whose_id_another_took_in_the_lost_moments_is_told_and_holds_up_nothing(
    servers: Pair, opened: Opened, clock: HandSetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first brings nothing again by itself before the other one has come.
    monkeypatch.setattr("convo.stores.redis.ring.KNOCK_EVERY", HOUR)
    desk, first = await desk_of(await opened(), clock), await opened()
    other = await opened()
    servers.part()
    assert await first.accept([text("one", key="k")]) == ["accepted"]
    servers.fail_over()
    async with asyncio.timeout(60):
        await again(desk.look)
        assert await again(lambda: other.accept([text("two", key="k")])) == ["accepted"]
        assert await again(lambda: first.accept([text("later")])) == ["accepted"]
    assert words(await desk.look()) == ["two", "later"]
    (told,) = await desk.records("altered")
    assert told.facts["text"] == "one"
    assert await first.accept([text("one", key="k")]) == ["duplicate"]


async def decides(store: RedisStore, decision: HeldDecision | ParkedDecision) -> str:
    (answer,) = await store.accept([Arrival(event=decision, dedupe="")])
    return answer


async def test_a_held_message_that_was_sent_once_more_in_the_lost_moments_is_held_no_more(
    servers: Pair, opened: Opened, clock: HandSetClock
) -> None:
    desk, web = await desk_of(await opened(), clock), await opened()
    await desk.say(message("m1"), message("m2"))
    await desk.settle((await desk.claims())["m1"], "held")
    send = HeldDecision(contact=ANN, message="m1", choice="send", by="mei")
    servers.part()
    assert await decides(web, send) == "accepted"
    claim = (await desk.claims(messages=1))["m1"]
    await web.close()  # whoever was told cannot tell it again
    servers.fail_over()
    async with asyncio.timeout(60):
        await again(lambda: desk.advance(messages=0))
        other = await opened()
        # It may have left, so nobody is asked again and it is not handed out again.
        assert await again(lambda: decides(other, send)) == "duplicate"
    assert await desk.claim() == []
    await desk.settle(claim, "accepted", "P1")
    assert await desk.claim() == ["m2"]
    assert [each.facts["message"] for each in await desk.records("sent")] == ["m1"]
    (told,) = await desk.records("decided")
    assert told.facts == {"choice": "send", "by": "somebody", "message": "m1"}


async def test_a_held_message_whose_sending_was_also_settled_in_the_lost_moments_is_done(
    servers: Pair, opened: Opened, clock: HandSetClock
) -> None:
    desk, web = await desk_of(await opened(), clock), await opened()
    await desk.say(message("m1"))
    servers.part()
    await desk.settle((await desk.claims())["m1"], "held")
    send = HeldDecision(contact=ANN, message="m1", choice="send", by="mei")
    assert await decides(web, send) == "accepted"
    await desk.settle((await desk.claims())["m1"], "accepted", "P1")
    servers.fail_over()
    async with asyncio.timeout(60):
        await again(lambda: desk.advance(messages=0))
        assert await again(lambda: decides(web, send)) == "duplicate"
    assert await desk.claim() == []
    assert len(await desk.records("sent")) == 1


@pytest.mark.parametrize("choice", ["send", "drop"])
async def test_a_decision_of_which_nothing_came_before_it_was_lost_is_simply_open_again(
    servers: Pair, opened: Opened, clock: HandSetClock, choice: HeldChoice
) -> None:
    desk, web = await desk_of(await opened(), clock), await opened()
    await desk.say(message("m1"))
    await desk.settle((await desk.claims())["m1"], "held")
    servers.part()
    decision = HeldDecision(contact=ANN, message="m1", choice=choice, by="mei")
    assert await decides(web, decision) == "accepted"
    servers.fail_over()
    async with asyncio.timeout(60):
        await again(desk.look)
        assert await again(desk.claim) == []
        assert await again(lambda: decides(web, decision)) == "accepted"
    assert await desk.claim() == (["m1"] if choice == "send" else [])


FIRST, SECOND = (str(n * SHARDS) for n in (1, 2))
"""What the first two events are called that partition 0 parks."""


def let_go(parked: str) -> ParkedDecision:
    return ParkedDecision(contact=ANN, parked=parked, choice="again", by="mei")


@pytest.mark.parametrize(
    ("of", "lost", "comes_to"),
    [
        ("a text", "the decision", "a reply"),
        ("a text", "that it was parked too", "a failure"),
        ("a timer", "that it was parked too", "a reply"),
        ("a timer", "the decision", "nothing yet"),
    ],
)
async def test_a_parked_event_that_was_let_go_in_the_lost_moments_takes_its_turn_once(
    servers: Pair, opened: Opened, clock: HandSetClock, of: str, lost: str, comes_to: str
) -> None:
    desk, web = await desk_of(await opened(), clock), await opened()
    if of == "a text":
        event = await desk.pending("poison")
    else:
        await desk.say(contact=ANN, timers=(timer("t", START),))
        (event,) = (await desk.look()).events
    if lost != "the decision":
        servers.part()
    await desk.advance(turns=[turn(event, record=None, parked="boom")])
    if lost == "the decision":
        servers.part()
    assert await decides(web, let_go(FIRST)) == "accepted"
    (once_more,) = (await desk.look()).events
    replied = turn(once_more, outbound=(message("m1"),))
    if comes_to == "a reply":
        await desk.advance(turns=[replied], messages=0)
    elif comes_to == "a failure":
        await desk.advance(turns=[turn(once_more, record=None, parked="boom")], messages=0)
    servers.fail_over()
    async with asyncio.timeout(60):
        await again(lambda: desk.advance(messages=0))
        assert await again(lambda: decides(web, let_go(FIRST))) == "duplicate"
    if comes_to == "a failure":
        assert await decides(web, let_go(SECOND)) == "accepted"
        (once_more,) = (await desk.look()).events
        replied = turn(once_more, outbound=(message("m1"),))
    assert [each.order for each in (await desk.look()).events] == (
        [] if comes_to == "a reply" else [once_more.order]
    )
    await desk.advance(turns=[replied], messages=0)
    assert (await desk.look()).events == ()
    assert await desk.claim() == ["m1"]
    assert await desk.claim() == []
    by_mei = [("again", "mei", SECOND)] if comes_to == "a failure" else []
    assert await told_of_parked(desk) == [("again", "somebody", FIRST), *by_mei]


async def told_of_parked(desk: Desk) -> list[tuple[str, str, str]]:
    """Choice, by whom and of what, of each decision that is told; what it was is told as well."""
    told = [each.facts for each in await desk.records("decided")]
    assert all(facts["event"] for facts in told)
    return [(facts["choice"], facts["by"], facts["parked"]) for facts in told]


async def test_what_only_reads_like_a_parked_event_leaves_it_parked(
    servers: Pair, opened: Opened, clock: HandSetClock
) -> None:
    desk, web = await desk_of(await opened(), clock), await opened()
    event = await desk.pending("poison")
    await desk.advance(turns=[turn(event, record=None, parked="boom")])
    servers.part()
    assert (await desk.pending("poison")).event.contact == ANN
    servers.fail_over()
    async with asyncio.timeout(60):
        await again(desk.look)
        assert await again(lambda: decides(web, let_go(FIRST))) == "accepted"
    assert words(await desk.look()) == ["poison", "poison"]


async def test_a_parked_errand_that_was_let_go_in_the_lost_moments_is_handed_out_once(
    servers: Pair, opened: Opened, clock: HandSetClock
) -> None:
    desk, web = await desk_of(await opened(), clock), await opened()
    await desk.say(contact=ANN, errands=(errand("e1"),))
    await desk.advance(messages=0)
    given_up = GivenUp(
        answer=Answered(contact=ANN, errand="e1", kind="action", channel="main", failure="x"),
        account="boom",
    )
    await desk.store.advance(desk.lease, Done(given_up=(given_up,)), Wants())
    servers.part()
    assert await decides(web, let_go(FIRST)) == "accepted"
    assert [each.errand.id for each in (await desk.advance(messages=0)).errands] == ["e1"]
    servers.fail_over()
    async with asyncio.timeout(60):
        work = await again(lambda: desk.advance(messages=0))
        assert await again(lambda: decides(web, let_go(FIRST))) == "duplicate"
    assert work.errands == ()
    await desk.advance(errands_done=["e1"])
    clock.now += HOUR
    assert (await desk.advance()).errands == ()
    assert await told_of_parked(desk) == [("again", "somebody", FIRST)]


async def test_a_stop_that_comes_to_the_new_server_is_younger_than_all_before(
    servers: Pair, opened: Opened, clock: HandSetClock
) -> None:
    desk = await desk_of(await opened(), clock)
    servers.part()
    for _ in range(5):
        await desk.pending()
    event = (await desk.look()).events[-1]
    joined = consent("", "given", event.order)
    await desk.advance(turns=[turn(event, consents=(joined,))])
    servers.fail_over()
    async with asyncio.timeout(60):
        await again(desk.look)
        await again(lambda: desk.accept(text("STOP", law="stop")))
    assert await desk.state() == "withdrawn"


async def test_a_partition_that_became_ours_in_the_lost_moments_stays_ours(
    servers: Pair, opened: Opened, clock: HandSetClock
) -> None:
    before = await desk_of(await opened(), clock)
    await before.say(message("m1"))
    await before.store.release(before.lease)
    servers.part()
    desk = await desk_of(await opened(), clock)
    (claim,) = (await desk.claims()).values()
    servers.fail_over()
    async with asyncio.timeout(60):
        await again(desk.look)
    assert await desk.claim() == []
    await desk.settle(claim)
    assert len(await desk.records("sent")) == 1


async def test_a_partition_that_was_given_back_in_the_lost_moments_is_given_back_again(
    servers: Pair, opened: Opened, clock: HandSetClock
) -> None:
    desk = await desk_of(await opened(), clock)
    event = await desk.pending()
    servers.part()
    await desk.advance(turns=[turn(event)])
    servers.fail_over()
    async with asyncio.timeout(60):
        await again(lambda: desk.store.release(desk.lease))
    next_one = await desk_of(await opened(), clock)
    assert words(await next_one.look()) == []


async def test_a_report_in_the_lost_moments_settles_its_message_again(
    servers: Pair, opened: Opened, clock: HandSetClock
) -> None:
    desk, web = await desk_of(await opened(), clock), await opened()
    servers.part()
    await desk.say(message("m1"), message("m2"))
    await desk.claims()
    await web.accept([report("delivered", outbound="m1")])
    assert [*(await desk.claims())] == ["m2"]
    servers.fail_over()
    async with asyncio.timeout(60):
        await again(desk.look)
        while "delivered" not in await desk.statuses():
            await asyncio.sleep(0.02)
    assert await desk.claim() == []
    await desk.store.release(desk.lease)
    lease = await desk.acquire()
    assert lease is not None
    assert [each.message.id for each in lease.doubts] == ["m2"]


async def test_nobody_else_takes_a_partition_before_its_owner_could_come_back(
    servers: Pair, opened: Opened, clock: HandSetClock, caplog: pytest.LogCaptureFixture
) -> None:
    desk, other = await desk_of(await opened(), clock), await opened()
    servers.part()
    event = await desk.pending()
    await desk.advance(turns=[turn(event)])
    clock.now += 60_000  # it took so long that the lease is over
    servers.fail_over()
    async with asyncio.timeout(60):
        assert await again(lambda: other.acquire(0, "other")) is None
        clock.now += 9_000
        assert await other.acquire(0, "other") is None
        clock.now += 2_000
        with caplog.at_level(logging.WARNING, logger="convo.store"):
            assert await other.acquire(0, "other") is not None
        assert "The owner of partition 0 went with its Redis" in caplog.text
        with pytest.raises(Fenced):
            await again(desk.look)
        assert await other.accept([text("hello")]) == ["accepted"]


async def test_what_is_older_than_the_log_is_counted_as_lost(
    servers: Pair,
    opened: Opened,
    clock: HandSetClock,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("convo.stores.redis.redo.KEPT_FOR", -1)
    desk = await desk_of(await opened(), clock)
    servers.part()
    for _ in range(3):
        await desk.advance()
    servers.fail_over()
    with pytest.raises(Fenced):
        async with asyncio.timeout(60):
            await again(desk.look)
    assert "The last 3 steps of partition 0 are lost" in caplog.text


async def test_a_flow_that_was_kept_in_the_lost_moments_is_kept_again(
    servers: Pair, opened: Opened, clock: HandSetClock
) -> None:
    desk = await desk_of(await opened(), clock)
    servers.part()
    await desk.store.keep_flow("v1", b"flow: hello")
    servers.fail_over()
    async with asyncio.timeout(60):
        await again(desk.look)
        while await desk.store.flow("v1") is None:
            await asyncio.sleep(0.02)
    assert await desk.store.flow("v1") == b"flow: hello"


async def test_a_server_that_was_only_started_anew_lacks_nothing(
    servers: Pair, opened: Opened, clock: HandSetClock, caplog: pytest.LogCaptureFixture
) -> None:
    desk, web = await desk_of(await opened(), clock), await opened()
    await web.accept([text("1")])
    (event,) = (await desk.look()).events
    servers.serves.kill()
    servers.serves.start()
    servers.line.turn_to(servers.serves.port)
    async with asyncio.timeout(60):
        await again(lambda: desk.advance(turns=[turn(event)]))
        await again(lambda: web.accept([text("2")]))
    assert words(await desk.look()) == ["2"]
    assert "lost" not in caplog.text


T = TypeVar("T")


async def again(ask: Callable[[], Awaitable[T]]) -> T:
    while True:
        try:
            return await ask()
        except Fenced:
            raise
        except StoreError:
            await asyncio.sleep(0.02)
