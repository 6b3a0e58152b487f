"""Contacts are divided anew beside processes that know the old partitions, or by two at once."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from convo.console.book import Book
from convo.core.presence import Presence
from convo.core.recalls import Recall
from convo.core.voices import Voice
from convo.errors import Fenced, LaidOutAnew, StoreUnavailable
from convo.ports import Arrival, Done, Settle
from convo.stores.redis import address, copying, moving, ring
from convo.stores.redis.connecting import connected
from convo.stores.redis.laying_out import present
from convo.stores.redis.layout import FIXED
from convo.stores.redis.looking import looking
from convo.stores.redis.store import LEASE, RedisStore
from tests.servers import RunningServer, redis_server, running
from tests.stores.contract_desk import message, text, turn, words
from tests.stores.dividing import PEOPLE, Business, Deadly, Killed, id_of, lived, seen, wanted

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def removed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "KEPT_FOR", 0.0)


ANN = PEOPLE[0]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running(redis_server(), tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
async def shop(server: RunningServer) -> AsyncIterator[Business]:
    """Of two partitions, with a store that knows no others."""
    shop = Business(server.url, people=PEOPLE[:8])
    await shop.open(2, inbox_limit=50)
    yield shop
    await shop.close()


def deadly(shop: Business) -> Deadly:
    return Deadly(connected(address.read(shop.url), "fast"))


def test_every_key_of_a_partition_is_copied_in_one_way() -> None:
    ways = [*copying.OF_CONTACTS, *copying.TELLING, *copying.KNOWN_BY, *copying.OF_ANYBODY]
    assert sorted([*ways, "state", "inbox", "parked", "records"]) == sorted(FIXED)


async def test_what_came_before_is_a_duplicate_also_to_who_did_not_hear_of_it(
    shop: Business,
) -> None:
    arrivals = [text(f"{n}", contact=who, key=f"k{n}") for n, who in enumerate(shop.people)]
    arrivals.append(text("STOP", contact=ANN, key="stop", law="stop"))
    await shop.store.accept(arrivals)
    await shop.divide(16)
    new = [replace(each, dedupe=f"new {each.dedupe}") for each in arrivals[:-1]]
    answers = await shop.store.accept([*arrivals, *new])
    assert answers == ["duplicate"] * len(arrivals) + ["accepted"] * len(new)
    assert shop.store.partitions == 16
    heard = [
        (each.event.contact, text)
        for lease in await shop.own()
        for work in [await shop.store.advance(lease, Done(), wanted())]
        for each, text in zip(work.events, words(work), strict=True)
    ]
    for n, who in enumerate(shop.people):
        stopped = ["STOP"] if who == ANN else []
        assert [text for whose, text in heard if whose == who] == [f"{n}", *stopped, f"{n}"]


async def test_what_texts_have_said_is_known_elsewhere_too(shop: Business) -> None:
    arrivals = [text(f"{n}", contact=who, key=f"k{n}") for n, who in enumerate(shop.people)]
    await shop.store.accept(arrivals)
    await shop.divide(16)
    others = [text("other", contact=who, key=f"k{n}") for n, who in enumerate(shop.people)]
    assert await shop.store.accept([*arrivals, *others, *others]) == [
        each for each in ("duplicate", "altered", "duplicate") for _ in shop.people
    ]
    told = await seen(shop)
    for who in shop.people:
        ((_, records),) = told[f"records of {who.e164}"]
        assert [(each.kind, each.facts["text"]) for each in records] == [("altered", "other")]


async def test_what_lapses_lapses_elsewhere_too(shop: Business) -> None:
    await lived(shop)
    await shop.give_back()
    await shop.divide(3)
    await shop.store.attend("test")
    kept = await shop.keys()
    lapsing = [key for key in kept if re.search(":(seen|said|settled):", key)]
    assert {key.split(":")[2] for key in lapsing} == {"seen", "said", "settled"}
    for key in lapsing:
        assert await shop.store._wire.ask("PTTL", key) > 0


async def test_numbers_of_events_go_on_and_a_late_start_undoes_no_stop(shop: Business) -> None:
    await shop.store.accept([text("hello", contact=who) for who in shop.people])
    before = {
        each.order
        for lease in await shop.own()
        for each in (await shop.store.advance(lease, Done(), wanted())).events
    }
    await shop.give_back()
    await shop.divide(3)
    await shop.store.accept([text("STOP", contact=ANN, law="stop")])
    await shop.own()
    work = await shop.advance(ANN)
    assert [each.order in before for each in work.events if each.event.contact == ANN] == [
        True,
        False,
    ]
    assert max(each.order for each in work.events) > max(before)


async def test_an_act_that_the_full_inbox_kept_alone_acts_no_second_time(shop: Business) -> None:
    filling = [text(f"{n}", contact=ANN, key=f"{n}") for n in range(50)]
    await shop.store.accept(filling)
    stop = text("STOP", contact=ANN, law="stop")
    assert await shop.store.accept([stop]) == ["busy"]
    await shop.divide(3)
    await shop.own()
    work = await shop.advance(ANN)
    await shop.advance(ANN, Done(turns=tuple(turn(each, record=None) for each in work.events)))
    assert await shop.store.accept([stop]) == ["accepted"]
    assert len(await shop.store.acts(ANN)) == 1


async def test_what_was_recalled_is_not_claimed_elsewhere_either(shop: Business) -> None:
    voice = Voice(session="s", flows=("spring",), version="v", request="r")
    await shop.own()
    await shop.store.accept([text("hi", contact=ANN)])
    event = (await shop.advance(ANN)).events[0]
    said = replace(message(id_of(ANN, 1), contact=ANN), voice=voice)
    await shop.advance(ANN, Done(turns=(turn(event, outbound=(said,)),)), messages=1)
    asked = Recall(flow="spring", version="", request="", contact=None, by="me")
    await shop.store.accept([Arrival(event=asked, dedupe="")])
    await shop.give_back()
    await shop.divide(3)
    await shop.store.attend("test")
    doubt = next(claim for lease in await shop.own() for claim in lease.doubts)
    again = Settle(outbound=said.id, attempt=doubt.attempt, outcome="again")
    assert (await shop.advance(ANN, Done(settles=(again,)), messages=1)).claims == ()
    async with looking(shop.url, clock=shop.clock, prefix=shop.prefix) as ledger:
        told = await ledger.message(said.id)
    assert told is not None
    assert (told.status, told.code) == ("cancelled", "recalled")


async def test_whoever_owned_a_partition_before_can_write_nothing(shop: Business) -> None:
    await shop.store.accept([text("hi", contact=ANN)])
    (_, lease) = await shop.own()
    work = await shop.advance(ANN)
    shop.clock.now += LEASE + 1
    await shop.divide(3)
    for each in shop.leases.values():
        with pytest.raises(Fenced):
            await shop.store.advance(each, Done(), wanted(messages=1))
    assert await shop.store.acquire(0, "test") is None
    # It hears of it, and knows the new ones.
    seen = await shop.store.attend("test")
    assert (seen.free, seen.pauses) == ((0, 1, 2), False)
    with pytest.raises(Fenced):
        await shop.store.advance(lease, Done(), wanted())
    await shop.own()
    late = Done(turns=tuple(turn(each) for each in work.events))
    assert len((await shop.advance(ANN, late)).events) == 1, "the turn of another division counted"


async def test_it_waits_for_owners_who_are_told_to_pause_and_gives_up_on_those_who_stay(
    shop: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "FREED_WITHIN", 0.3)
    await shop.own()
    paused: list[bool] = []

    async def look() -> None:
        paused.append((await shop.store.attend("owner")).pauses)

    wire = deadly(shop)
    wire.before = {"HMGET state": look}
    with pytest.raises(StoreUnavailable, match="still own partitions: owner"):
        await shop.divide(3, wire)
    assert paused == [True]
    assert not (await shop.store.attend("owner")).pauses
    await shop.store.accept([text("hi", contact=ANN)])
    assert words(await shop.advance(ANN)) == ["hi"]


async def test_where_redis_fails_on_the_way_everybody_goes_on_as_before(shop: Business) -> None:
    await lived(shop)
    await shop.give_back()
    before = await seen(shop)

    async def fail() -> None:
        raise StoreUnavailable("no memory")

    for what in ("HSET contacts", "XADD inbox", "HLEN contacts", "switch"):
        wire = deadly(shop)
        wire.before = {what: fail}
        with pytest.raises(StoreUnavailable, match="no memory"):
            await shop.divide(3, wire)
        assert await seen(shop) == before
        assert await shop.store.accept([text("0 says 1", contact=ANN, key="0 1")]) == ["duplicate"]
        assert await shop.left_behind() == set()
    await shop.own()


async def test_where_redis_stays_away_it_says_that_everybody_waits(shop: Business) -> None:
    async def fail() -> None:
        raise StoreUnavailable("The line is cut.")

    wire = deadly(shop)
    wire.before = {"HLEN contacts": fail, "give_up_move": fail}
    with pytest.raises(StoreUnavailable, match=r"The line is cut\. Until this is called again"):
        await shop.divide(3, wire)
    await shop.divide(3)


async def test_broken_off_nothing_comes_in_until_it_is_called_again_or_given_up(
    shop: Business, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ring, "WAIT", 0.2)
    frozen = deadly(shop)
    frozen.before = {"HSCAN contacts": frozen.die}
    with suppress(Killed):
        await shop.divide(3, frozen)
    with pytest.raises(StoreUnavailable, match="divided anew"):
        await shop.store.accept([text("hi", contact=ANN)])
    with caplog.at_level(logging.WARNING):
        assert (await shop.store.attend("one")).pauses
        assert (await shop.store.attend("one")).pauses
    assert len([each for each in caplog.messages if "being divided anew" in each]) == 1
    await shop.divide(2)
    assert not (await shop.store.attend("one")).pauses
    assert await shop.store.accept([text("hi", contact=ANN)]) == ["accepted"]


async def overtaken(shop: Business, halted_at: str, by: int) -> None:
    """A move is halted there for one into `by` partitions, and can change nothing any more."""
    await lived(shop)
    await shop.give_back()
    before = await seen(shop)
    older = deadly(shop)
    older.before = {halted_at: lambda: shop.divide(by)}
    with pytest.raises(StoreUnavailable, match="was called meanwhile"):
        await shop.divide(3, older)
    assert await seen(shop) == before


HALTS = ("freeze", "HSET contacts", "switch")


@pytest.mark.parametrize("halted_at", HALTS)
async def test_of_two_the_newer_has_the_last_word(shop: Business, halted_at: str) -> None:
    await overtaken(shop, halted_at, by=5)
    # Whoever did not hear of any of it is kept away from what the older has let go.
    assert await shop.store.accept([text("0 says 1", contact=ANN, key="0 1")]) == ["duplicate"]
    assert shop.store.partitions == 5


@pytest.mark.parametrize("halted_at", HALTS)
async def test_one_that_was_given_up_can_change_nothing_any_more(
    shop: Business, halted_at: str
) -> None:
    await overtaken(shop, halted_at, by=2)
    assert len(await shop.own()) == 2


async def test_a_page_of_another_division_says_so(shop: Business) -> None:
    await lived(shop)
    await shop.give_back()
    async with looking(shop.url, clock=shop.clock, prefix=shop.prefix) as ledger:
        mark = (await ledger.records("", 5)).next
        await shop.divide(3)
        with pytest.raises(LaidOutAnew):
            await ledger.records(mark, 5)
    async with looking(shop.url, clock=shop.clock, prefix=shop.prefix) as ledger:
        with pytest.raises(LaidOutAnew):
            await ledger.records(mark, 5)


async def test_the_console_reads_its_book_anew(shop: Business) -> None:
    await lived(shop)
    await shop.give_back()
    book, fresh = Book(b"secret"), Book(b"secret")
    async with looking(shop.url, clock=shop.clock, prefix=shop.prefix) as ledger:
        assert await book.read_on(ledger, 60)
    await shop.divide(3)
    async with looking(shop.url, clock=shop.clock, prefix=shop.prefix) as ledger:
        assert not await book.read_on(ledger, 60)
        assert await book.read_on(ledger, 60)
        assert await fresh.read_on(ledger, 60)
    assert list(book.newest()) == list(fresh.newest())
    assert (len(book), book.turns) == (len(shop.people), fresh.turns)


async def test_a_process_that_hears_nothing_notices_when_it_says_that_it_is_there(
    shop: Business,
) -> None:
    await shop.divide(3)
    me = Presence(name="me", role="web", host="here", pid=1, version="1", since=1)
    await shop.store.announce(me)
    assert shop.store.partitions == 3


async def test_old_keys_stay_until_no_server_can_forget_the_switch(
    shop: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.store.accept([text("hi", contact=ANN)])
    monkeypatch.setattr(moving, "KEPT_FOR", 60.0)
    waiting = asyncio.create_task(shop.divide(3))
    while (await shop.store.attend("me")).free != (0, 1, 2):
        await asyncio.sleep(0.01)
    assert any(key.endswith(":inbox") for key in await shop.left_behind())
    waiting.cancel()
    await asyncio.wait((waiting,))
    monkeypatch.setattr(moving, "KEPT_FOR", 0.0)
    await shop.divide(3)
    assert await shop.left_behind() == set()


async def test_a_server_that_lacks_all_is_told_how_contacts_are_divided(shop: Business) -> None:
    await shop.divide(3)
    await shop.store.attend("me")
    for key in await shop.keys():
        await shop.store._wire.ask("DEL", key)
    assert (await shop.store.attend("me")).free == (0, 1, 2)
    there, _ = await present(shop.store._wire, shop.prefix)
    assert (there.partitions, there.generation > 1) == (3, True)


async def test_a_setting_that_is_behind_does_not_keep_a_process_from_starting(
    shop: Business, caplog: pytest.LogCaptureFixture
) -> None:
    await shop.divide(3)
    with caplog.at_level(logging.WARNING):
        store = await RedisStore.open(
            shop.url, durability="fast", partitions=2, clock=shop.clock, prefix=shop.prefix
        )
    assert store.partitions == 3
    assert "has 3 partitions, and not 2" in caplog.text
    await store.close()
