"""What only a store of many partitions and many processes does: leases, lost answers, bells."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import anyio
import pytest
import redis

from convo.core import presence, record_codec
from convo.core.contacts import ConsentState
from convo.core.numbers import PhoneNumber
from convo.core.presence import Presence
from convo.core.records import Record
from convo.core.shards import partition_of, shard_of
from convo.core.turns import Outbound, outbound_id
from convo.errors import Busy, Fenced, StoreUnavailable
from convo.ports import Done, Settle, Wants
from convo.stores.redis.functions import Functions
from convo.stores.redis.layout import Layout, slot_of, tag_of
from convo.stores.redis.library import library
from convo.stores.redis.processes import FORGOTTEN_AFTER
from convo.stores.redis.store import RedisStore
from convo.stores.redis.tidying import AT_ONCE, Retention
from tests.servers import ON_DISK, RunningServer, redis_server, running
from tests.stores.contract_desk import (
    ANN,
    BEN,
    DAY,
    HOUR,
    SECOND,
    START,
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
from tests.stores.lossy_line import lossy_line

pytestmark = pytest.mark.anyio

GUARD = 60.0
"""Seconds: a hang guard."""

PREFIXES = (f"s{n}" for n in itertools.count())

Opened = Callable[..., Awaitable[RedisStore]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running(redis_server(), tmp_path_factory.mktemp("redis"), *ON_DISK) as server:
        yield server


@pytest.fixture
def clock() -> HandSetClock:
    return HandSetClock()


@pytest.fixture
def prefix() -> str:
    return next(PREFIXES)


@pytest.fixture
async def opened(server: RunningServer, prefix: str) -> AsyncIterator[Opened]:
    """Opens stores of one business, each as another process would."""
    stores: list[RedisStore] = []

    async def opened(url: str = server.url, **options: object) -> RedisStore:
        store = await RedisStore.open(url, prefix=prefix, **options)  # pyright: ignore[reportArgumentType]
        stores.append(store)
        return store

    yield opened
    for store in stores:
        await store.close()


async def test_of_what_an_older_convo_has_kept_nobody_knows_what_it_said(
    opened: Opened, server: RunningServer, prefix: str
) -> None:
    store = await opened(partitions=1)
    await store.accept([text("one", key="k")])
    with redis.Redis.from_url(server.url) as client:
        (said,) = client.scan_iter(f"{prefix}:*:said:*")  # pyright: ignore[reportUnknownVariableType]
        client.delete(said)  # pyright: ignore[reportUnknownArgumentType]
    assert await store.accept([text("two", key="k"), text("one", key="k")]) == ["duplicate"] * 2
    assert await store.records(0, 10) == []
    assert await store.accept([text("three", key="new"), text("four", key="new")]) == [
        *("accepted", "altered"),
    ]


# --- partitions ----------------------------------------------------------------------------------


async def test_contacts_are_spread_over_partitions_and_each_has_an_owner_of_its_own(
    opened: Opened,
) -> None:
    store = await opened(partitions=8)
    numbers = [PhoneNumber(f"+1202555{n:04}") for n in range(200)]
    await store.accept([text(number.e164, contact=number) for number in numbers])
    heard: list[str] = []
    for partition in range(8):
        lease = await store.acquire(partition, f"owner {partition}")
        assert lease is not None
        found = words(await store.advance(lease, Done(), Wants(events=200)))
        assert found
        assert {partition_of(shard_of(PhoneNumber(each)), 8) for each in found} == {partition}
        heard += found
    assert sorted(heard) == [number.e164 for number in numbers]


async def test_processes_are_known_until_they_end_or_were_long_dead(
    opened: Opened, server: RunningServer, prefix: str, clock: HandSetClock
) -> None:
    store = await opened(clock=clock)
    key = Layout(prefix=prefix, partitions=store.partitions).of_all("processes")
    dead, web, worker = (
        Presence(name=name, role="worker", host="here", pid=7, version="9.9", since=START)
        for name in "abc"
    )
    with redis.Redis.from_url(server.url) as client:

        def known() -> list[tuple[str, int]]:
            kept: list[bytes] = client.hvals(key)  # pyright: ignore[reportAssignmentType]
            return sorted((each.name, each.seen) for each in map(presence.read, kept))

        await store.announce(dead)
        clock.now += FORGOTTEN_AFTER
        await store.announce(web)
        assert known() == [("a", START), ("b", clock.now)]
        clock.now += 1
        await store.announce(worker)
        await store.withdraw("b")
        assert known() == [("c", clock.now)]


async def test_one_worker_lists_a_channel_until_its_turn_is_over(
    opened: Opened, server: RunningServer, prefix: str
) -> None:
    first, second = await opened(), await opened()
    assert await first.take_listing("main", "first", HOUR) == 0
    assert await second.take_listing("main", "second", HOUR) is None
    assert await second.take_listing("other", "second", HOUR) == 0
    await first.note_listing("main", START)
    turn = Layout(prefix=prefix, partitions=first.partitions).of_all("listing:main")
    with redis.Redis.from_url(server.url) as client:
        left: int = client.pttl(turn)  # pyright: ignore[reportAssignmentType]
        assert 0 < left <= HOUR
        client.delete(turn)  # as if it had passed
    assert await second.take_listing("main", "second", HOUR) == START


async def test_a_turn_is_kept_by_who_takes_it_again_and_lapses_else(
    opened: Opened, server: RunningServer, prefix: str
) -> None:
    first, second = await opened(), await opened()
    turn = Layout(prefix=prefix, partitions=first.partitions).of_all("turn:main 0")
    with redis.Redis.from_url(server.url) as client:
        assert await first.take_turn("main 0", "first", HOUR)
        assert not await second.take_turn("main 0", "second", HOUR)
        assert await second.take_turn("main 1", "second", HOUR)
        client.pexpire(turn, HOUR // 2)
        assert await first.take_turn("main 0", "first", HOUR)
        left: int = client.pttl(turn)  # pyright: ignore[reportAssignmentType]
        assert HOUR // 2 < left <= HOUR
        client.delete(turn)  # as if it had passed
        assert await second.take_turn("main 0", "second", HOUR)
        await first.end_turn("main 0", "first")  # which is not theirs any more
        assert not await first.take_turn("main 0", "first", HOUR)
        await second.end_turn("main 0", "second")
        assert await first.take_turn("main 0", "first", HOUR)


async def test_events_of_different_partitions_have_different_ids(opened: Opened) -> None:
    store = await opened(partitions=8, clock=HandSetClock())
    numbers = [PhoneNumber(f"+1202555{n:04}") for n in range(100)]
    await store.accept([text("hi", contact=number, key=number.e164) for number in numbers])
    ids: list[str] = []
    for partition in range(8):
        lease = await store.acquire(partition, "owner")
        assert lease is not None
        work = await store.advance(lease, Done(), Wants(events=100))
        ids += [each.event.id for each in work.events]
    assert len(set(ids)) == 100


async def test_the_number_of_partitions_is_given_once(opened: Opened) -> None:
    assert (await opened(partitions=8)).partitions == 8
    assert (await opened()).partitions == 8
    with pytest.raises(StoreUnavailable, match="has 8 partitions, and not 16"):
        await opened(partitions=16)


async def test_partitions_are_spread_over_the_slots_of_a_cluster() -> None:
    for partitions in (1, 3, 16, 128):
        slots = [slot_of(tag_of(number, partitions)) for number in range(partitions)]
        assert [slot * partitions // 16_384 for slot in slots] == list(range(partitions))
    # The Cluster's own example: 0x31C3 is the CRC16 of "123456789".
    assert slot_of("123456789") == 0x31C3
    assert all("{" in key for key in Layout(prefix="convo", partitions=2).keys(1, START))


async def test_a_message_of_ours_tells_by_its_id_where_its_report_belongs(
    opened: Opened, clock: HandSetClock
) -> None:
    store = await opened(partitions=16, clock=clock)
    desk = await desk_of(store, clock)
    id = outbound_id(ANN, "e", 0)
    await desk.say(message(id), message("next"))
    await desk.claims()
    assert await desk.accept(report("sent", outbound=id)) == ["accepted"]
    assert await desk.claim() == ["next"]


async def test_a_report_that_nobody_claims_is_forgotten_after_hours(
    opened: Opened, clock: HandSetClock, server: RunningServer, prefix: str
) -> None:
    store = await opened(partitions=4, clock=clock)
    assert await store.accept([report("sent", provider_id="nobody's")]) == ["accepted"]
    for _ in range(6):
        await store.attend("worker")
        clock.now += 30 * 60 * SECOND
    with redis.Redis.from_url(server.url) as client:
        assert client.keys(f"{prefix}:*:lost") == []


# --- leases --------------------------------------------------------------------------------------


async def test_a_lease_that_nobody_renews_is_somebody_elses_when_it_is_over(
    opened: Opened, clock: HandSetClock
) -> None:
    first, second = await opened(partitions=1, clock=clock), await opened(clock=clock)
    desk = await desk_of(first, clock)
    event = await desk.pending()
    clock.now += 9 * SECOND
    assert await second.acquire(0, "second") is None
    await desk.look()  # which renews it
    clock.now += 9 * SECOND
    assert await second.acquire(0, "second") is None
    clock.now += 2 * SECOND
    lease = await second.acquire(0, "second")
    assert lease is not None
    with pytest.raises(Fenced):
        await desk.advance(turns=[turn(event, records=(Record(kind="said"),))])
    assert words(await second.advance(lease, Done(), Wants(events=9))) == ["hi"]


async def test_a_worker_hears_who_else_is_there_and_what_is_free(
    opened: Opened, clock: HandSetClock
) -> None:
    store = await opened(partitions=3, clock=clock)
    assert (await store.attend("a")).free == (0, 1, 2)
    lease = await store.acquire(1, "a")
    assert lease is not None
    seen = await store.attend("b")
    assert (seen.workers, seen.free) == (("a", "b"), (0, 2))
    await store.release(lease)
    await store.leave("a")
    seen = await store.attend("b")
    assert (seen.workers, seen.free) == (("b",), (0, 1, 2))
    clock.now += 11 * SECOND
    assert (await store.attend("c")).workers == ("c",)


async def test_a_claim_may_leave_only_while_the_lease_lasts(
    opened: Opened, clock: HandSetClock
) -> None:
    store = await opened(partitions=1, clock=clock)
    desk = await desk_of(store, clock)
    await desk.say(message("m1"))
    before = asyncio.get_running_loop().time()
    claim = (await desk.claims())["m1"]
    assert before < claim.leave_by < asyncio.get_running_loop().time() + 10


# --- lost answers --------------------------------------------------------------------------------


async def test_an_advance_whose_answer_was_lost_is_told_again_and_not_done_again(
    opened: Opened, server: RunningServer, clock: HandSetClock
) -> None:
    async with lossy_line(server.port) as line:
        store = await opened(line.url, partitions=1, clock=clock)
        desk = await desk_of(store, clock)
        await desk.say(timers=(timer("t", START),), consents=(consent("news", "given", 1),))
        (due,) = (await desk.look()).events
        # A timer that sets itself again would be there a second time for the same turn.
        again = turn(
            due,
            outbound=(message("m1"), message("m2", contact=BEN)),
            timers=(timer("t", START),),
            errands=(errand("e"),),
            records=(Record(kind="said"),),
        )
        line.lose_an_answer()
        with pytest.raises(StoreUnavailable):
            await desk.advance(turns=[again])
        assert line.lost == 1
        work = await desk.advance(turns=[again])
        assert {each.message.id for each in work.claims} == {"m1", "m2"}
        assert [each.errand.id for each in work.errands] == ["e"]
        assert len(work.events) == 1
        assert len(await desk.records("said")) == 1
        assert (await desk.advance()).claims == ()


async def test_what_a_lost_answer_handed_out_comes_with_the_next_one(
    opened: Opened, server: RunningServer, clock: HandSetClock
) -> None:
    async with lossy_line(server.port) as line:
        store = await opened(line.url, partitions=1, clock=clock)
        desk = await desk_of(store, clock)
        await desk.say(message("m1"), message("b1", contact=BEN))
        line.lose_an_answer()
        with pytest.raises(StoreUnavailable):
            await desk.advance(messages=1)
        work = await desk.advance(messages=5)
        assert [each.message.id for each in work.claims] == ["m1", "b1"]
        await desk.settle(work.claims[0])
        assert len(await desk.records("sent")) == 1


async def test_a_lost_lease_is_given_to_whoever_asked_for_it(
    opened: Opened, server: RunningServer, clock: HandSetClock
) -> None:
    async with lossy_line(server.port) as line:
        store = await opened(line.url, partitions=1, clock=clock)
        line.lose_an_answer()
        with pytest.raises(StoreUnavailable):
            await store.acquire(0, "worker")
        other = await opened(clock=clock)
        assert await other.acquire(0, "other") is None
        assert await store.acquire(0, "worker") is not None


# --- bells ---------------------------------------------------------------------------------------


async def test_what_another_process_accepts_rings_the_owners_bell(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing but a ring wakes the owner in this test.
    monkeypatch.setattr("convo.stores.redis.store.RENEW_EVERY", 100 * GUARD)
    owner, web = await opened(partitions=1), await opened()
    lease = await owner.acquire(0, "owner")
    assert lease is not None
    heard: list[str] = []
    done = Done()
    for n in range(5):
        rung = asyncio.create_task(owner.bell(lease, None))
        await web.accept([text(f"{n}")])
        while len(heard) <= n:
            with anyio.fail_after(GUARD):
                await rung
            work = await owner.advance(lease, done, Wants(events=9))
            heard += words(work)
            done = Done(turns=tuple(turn(each) for each in work.events))
            rung = asyncio.create_task(owner.bell(lease, None))
        await owner.advance(lease, done, Wants())
        done = Done()
        rung.cancel()
    assert heard == [str(n) for n in range(5)]


async def test_an_owner_without_work_is_woken_to_renew_its_lease(opened: Opened) -> None:
    owner = await opened(partitions=1)
    lease = await owner.acquire(0, "owner")
    assert lease is not None
    with anyio.fail_after(GUARD):
        for _ in range(2):
            await owner.advance(lease, Done(), Wants())
            await owner.bell(lease, None)


# --- memory --------------------------------------------------------------------------------------


async def test_without_memory_an_opt_out_is_kept_and_the_owner_goes_on(
    opened: Opened, server: RunningServer, clock: HandSetClock
) -> None:
    store = await opened(partitions=1, clock=clock)
    desk = await desk_of(store, clock)
    await desk.say(message("m1", contact=BEN))
    waiting = await desk.pending("waits", contact=BEN)
    with full(server):
        with pytest.raises(Busy):
            await desk.accept(text("hello"))
        stop = text("STOP", law="stop")
        assert await desk.accept(stop) == ["busy"]
        assert await desk.accept(stop) == ["busy"]
        work = await desk.advance(turns=[turn(waiting)])
        assert (work.events, [each.message.id for each in work.claims]) == ((), ["m1"])
        await desk.settle(work.claims[0])
    assert await desk.accept(stop) == ["accepted"]
    assert await desk.accept(stop) == ["duplicate"]
    assert await desk.state() == "withdrawn"
    assert [each.state for each in await store.acts(ANN)] == ["withdrawn"]


@contextmanager
def full(server: RunningServer) -> Iterator[None]:
    with redis.Redis.from_url(server.url) as client:
        client.config_set("maxmemory", "1mb")
        try:
            yield
        finally:
            client.config_set("maxmemory", "0")


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (message("m 1"), 'The id of a message is "m 1"'),
        (message(""), 'The id of a message is ""'),
        (message("m1", channel="my\tline"), 'The channel is "my\tline"'),
        (message("m1", by="other line"), 'The channel that carries a message is "other line"'),
    ],
)
async def test_a_message_whose_place_in_the_queue_could_not_be_read_is_refused(
    opened: Opened, clock: HandSetClock, broken: Outbound, said: str
) -> None:
    desk = await desk_of(await opened(partitions=1, clock=clock), clock)
    waiting = await desk.pending("waits")
    with pytest.raises(ValueError, match=f"{said}.*must be one word, without blanks"):
        await desk.advance(turns=[turn(waiting, outbound=[message("m0"), broken])])
    work = await desk.advance(turns=[turn(waiting, outbound=[message("m2")])])
    assert [each.message.id for each in work.claims] == ["m2"]


# --- functions -----------------------------------------------------------------------------------


async def test_functions_that_were_lost_are_loaded_again(
    opened: Opened, server: RunningServer, clock: HandSetClock
) -> None:
    store = await opened(partitions=1, clock=clock)
    desk = await desk_of(store, clock)
    with redis.Redis.from_url(server.url) as client:
        client.execute_command("FUNCTION", "FLUSH", "SYNC")
    assert await desk.accept(text("1"), text("2")) == ["accepted", "accepted"]
    assert words(await desk.look()) == ["1", "2"]


async def test_the_functions_of_two_versions_live_side_by_side(
    opened: Opened, server: RunningServer, clock: HandSetClock
) -> None:
    other = library().text.replace(library().name, "convo_000000000000")
    with redis.Redis.from_url(server.url) as client:
        client.function_load(other, replace=True)
        store = await opened(partitions=1, clock=clock)
        assert await store.accept([text("1")]) == ["accepted"]
        names = {each[1] for each in client.function_list()}
    assert {library().name.encode(), b"convo_000000000000"} <= names


# --- what Lua writes -----------------------------------------------------------------------------


async def test_accounts_of_the_store_are_written_as_the_codec_writes_them(
    opened: Opened, clock: HandSetClock
) -> None:
    store = await opened(partitions=1, clock=clock)
    desk = await desk_of(store, clock)
    tricky = 'a "b" \\ / 图 \n\x01'
    await desk.say(*(message(f"m{n}") for n in range(4)), message("late", not_after=1))
    for outcome in ("accepted", "held", "failed", "again"):
        claim = next(iter((await desk.claims()).values()))
        ids = (tricky, "P2") if outcome == "accepted" else ()
        settled = Settle(
            outbound=claim.message.id,
            attempt=claim.attempt,
            outcome=outcome,
            provider_ids=ids,
            code=tricky,
        )
        await desk.advance(settles=[settled], messages=0)
    clock.now += 2
    await desk.accept(report("sent", outbound="m0"), text("STOP", law="stop"))
    await desk.claims()
    for _, body in await desk.every_record():
        told = record_codec.decode(body)
        again = record_codec.encode(told.at, told.contact, told.event, told.records)
        assert json.loads(again) == json.loads(body)
        if told.event == "":
            assert again == body.replace(b"\\/", b"/")
    kinds = {r.kind for _, b in await desk.every_record() for r in record_codec.decode(b).records}
    assert kinds == {"sent", "in_doubt", "unsent", "status", "consent"}


# --- letting go ----------------------------------------------------------------------------------


async def test_old_records_are_forgotten_and_young_ones_are_not(
    opened: Opened, clock: HandSetClock
) -> None:
    store = await opened(partitions=1, clock=clock, retention=Retention(days=30))
    desk = await desk_of(store, clock)
    for n in range(250):
        event = await desk.pending(f"{n}")
        await desk.advance(turns=[turn(event, records=(Record(kind="said"),))])
        clock.now += DAY // 10
    await store.tidy(0)
    found = [record_codec.decode(body).at for _, body in await desk.every_record()]
    assert min(found) >= clock.now - 30 * DAY
    assert len(found) == 250
    clock.now += 15 * DAY
    await store.tidy(0)
    left = [record_codec.decode(body).at for _, body in await desk.every_record()]
    assert left == [at for at in found if at >= clock.now - 30 * DAY]
    assert 0 < len(left) < 250


async def test_proof_that_has_had_its_time_is_forgotten_and_what_they_stand_on_is_not(
    opened: Opened, clock: HandSetClock
) -> None:
    days = {ANN: 100, BEN: 1_000}
    store = await opened(
        partitions=1, clock=clock, retention=Retention(proof_days=days.__getitem__)
    )
    desk = await desk_of(store, clock)

    async def acted(contact: PhoneNumber, *acts: tuple[str, ConsentState]) -> None:
        made = (replace(consent(name, state, order=1), at=clock.now) for name, state in acts)
        await desk.say(contact=contact, consents=tuple(made))

    async def kept(contact: PhoneNumber) -> list[tuple[str, str]]:
        await store.tidy(0)
        return [(act.programme, act.state) for act in await store.acts(contact)]

    both: list[tuple[str, ConsentState]] = [
        ("news", "asked"),
        ("news", "given"),
        ("poll", "given"),
    ]
    for contact in days:
        await acted(contact, *both)
    clock.now += 900 * DAY
    assert await kept(ANN) == both
    for contact in days:
        await acted(contact, ("news", "withdrawn"))
    clock.now += 99 * DAY
    assert await kept(ANN) == [*both, ("news", "withdrawn")]
    clock.now += 2 * DAY
    assert await kept(ANN) == [("poll", "given"), ("news", "withdrawn")]
    assert await kept(BEN) == [*both, ("news", "withdrawn")]
    assert await desk.state("news", ANN) == "withdrawn"


async def test_what_comes_while_many_are_looked_at_stays_though_two_forget_at_once(
    opened: Opened, clock: HandSetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    retention = Retention(proof_days=lambda contact: 1)
    store = await opened(partitions=1, clock=clock, retention=retention)
    other = await opened(clock=clock, retention=retention)
    desk = await desk_of(store, clock)
    people = [PhoneNumber(f"+1202555{n:04}") for n in range(2 * AT_ONCE + 1)]
    over = consent("news", "unknown", order=1)
    for first in range(0, len(people), 50):
        some = people[first : first + 50]
        await desk.accept(*(text(who.e164, contact=who) for who in some))
        events = (await desk.look()).events
        await desk.advance(turns=[turn(each, consents=(over,)) for each in events], messages=0)
    clock.now += 3 * DAY
    forgets = Functions.in_partition

    async def too_late(self: Functions, partition: int, name: str, *args: Any) -> Any:
        if name == "forget_acts":
            monkeypatch.undo()
            # Between its look and its word another has forgotten all of it, and an act has come.
            await other.tidy(0)
            given = replace(over, state="given", at=clock.now)
            await desk.say(contact=people[0], consents=(given,))
            await desk.say(contact=people[-1], consents=(given,))
        return await forgets(self, partition, name, *args)

    monkeypatch.setattr(Functions, "in_partition", too_late)
    await store.tidy(0)
    left = {contact: [act.state for act in await store.acts(contact)] for contact in people}
    assert {contact: states for contact, states in left.items() if states} == {
        people[0]: ["given"],
        people[-1]: ["given"],
    }


async def test_reports_of_nobody_are_forgotten_though_they_fill_many_pages(
    opened: Opened, clock: HandSetClock, server: RunningServer, prefix: str
) -> None:
    store = await opened(partitions=1, clock=clock)
    many = 2 * AT_ONCE + 1
    await store.accept([report("sent", provider_id=f"p{n}") for n in range(many)])
    key = Layout(prefix=prefix, partitions=1).key(0, "orphans")
    with redis.Redis.from_url(server.url) as client:
        await store.tidy(0)
        assert client.hlen(key) == many
        clock.now += 2 * HOUR
        await store.tidy(0)
        assert client.hlen(key) == 0
