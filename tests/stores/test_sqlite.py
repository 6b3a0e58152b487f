"""The SQLite store keeps the contract, in a file and in memory, and shows people what it has."""

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from convo.core.contacts import ConsentState
from convo.core.numbers import PhoneNumber
from convo.ports import Clock
from convo.stores.sqlite import queries
from convo.stores.sqlite.looking import looking
from convo.stores.sqlite.store import SqliteStore
from convo.stores.sqlite.tidying import CONTACTS_AT_ONCE
from tests.stores.contract import StoreContract
from tests.stores.contract_desk import (
    ANN,
    BEN,
    DAY,
    START,
    HandSetClock,
    Opens,
    consent,
    message,
    report,
    text,
    timer,
    turn,
)
from tests.stores.contract_ledger import LedgerContract, Looks
from tests.stores.contract_suspects import SuspectsContract
from tests.stores.sqlite_desk import desk_at


class Opener:
    """Opens stores on one path and closes what is left open."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.stores: list[SqliteStore] = []

    async def __call__(
        self, clock: Clock, *, dedupe_days: int = 7, inbox_limit: int = 1_000
    ) -> SqliteStore:
        store = await SqliteStore.open(
            self.path, clock=clock, dedupe_days=dedupe_days, inbox_limit=inbox_limit
        )
        self.stores.append(store)
        return store

    async def close(self) -> None:
        for store in self.stores:
            await store.close()


class TestFile(StoreContract):
    @pytest.fixture
    async def opened(self, tmp_path: Path) -> AsyncIterator[Opens]:
        opener = Opener(str(tmp_path / "convo.db"))
        yield opener
        await opener.close()


class OneFile:
    @pytest.fixture
    async def opened(self, tmp_path: Path) -> AsyncIterator[Opens]:
        opener = Opener(str(tmp_path / "convo.db"))
        yield opener
        await opener.close()

    @pytest.fixture
    def looks(self, tmp_path: Path) -> Looks:
        return lambda: looking(tmp_path / "convo.db")


class TestLedger(OneFile, LedgerContract):
    pass


class TestSuspects(OneFile, SuspectsContract):
    pass


@pytest.mark.anyio
async def test_a_channel_is_listed_once_in_a_while_and_from_where_it_was_left(
    tmp_path: Path,
) -> None:
    clock = HandSetClock()
    opens = Opener(str(tmp_path / "convo.db"))
    store = await opens(clock)
    assert await store.take_listing("main", "me", 100) == 0
    assert await store.take_listing("other", "me", 100) == 0
    clock.now += 99
    assert await store.take_listing("main", "me", 100) is None
    clock.now += 1
    await store.note_listing("main", START)
    assert await store.take_listing("main", "me", 100) == START
    await store.close()
    # Whose turn it was ended with the process.
    again = await opens(clock)
    assert await again.take_listing("main", "me", 100) == START
    await again.close()


class TestMemory(StoreContract):
    @pytest.fixture
    async def opened(self) -> AsyncIterator[Opens]:
        opener = Opener(":memory:")
        yield opener
        await opener.close()


HELD = partial(queries.messages, stage="held", mark="", limit=9)


@pytest.fixture
def clock() -> HandSetClock:
    return HandSetClock()


@pytest.mark.anyio
async def test_a_status_only_rises(clock: HandSetClock) -> None:
    store, desk = await desk_at(":memory:", clock)
    await desk.say(message("m1"))
    await desk.settle((await desk.claims())["m1"], "accepted", "SM1")
    seen: list[str] = []
    for status in ("sent", "queued", "failed", "undelivered", "sent", "delivered", "failed"):
        await desk.accept(report(status, outbound="m1", provider_id=f"{len(seen)}"))
        history = await store.read(partial(queries.message, id="m1"))
        assert history is not None
        seen.append(history.status)
    assert seen == ["sent", "sent", "failed", "failed", "failed", "delivered", "delivered"]
    assert len(await desk.statuses()) == len(seen)
    await store.close()


@pytest.mark.anyio
async def test_a_report_takes_a_message_off_the_held_ones(clock: HandSetClock) -> None:
    store, desk = await desk_at(":memory:", clock)
    await desk.say(message("m1"))
    await desk.settle((await desk.claims())["m1"], "held")
    assert len((await store.read(HELD)).items) == 1
    await desk.accept(report("delivered", outbound="m1", provider_id="SM1"))
    assert (await store.read(HELD)).items == ()
    history = await store.read(partial(queries.message, id="m1"))
    assert history is not None
    assert (history.stage, history.status, history.provider_ids) == ("done", "delivered", ("SM1",))
    await store.close()


@pytest.mark.anyio
async def test_people_can_see_what_is_parked_and_held(clock: HandSetClock) -> None:
    store, desk = await desk_at(":memory:", clock)
    await desk.accept(text("poison", raw=b"as it came"))
    await desk.say(message("m1"), timers=(timer("t", START),))
    work = await desk.advance()
    await desk.settle(work.claims[0], "held")
    turns = [turn(each, record=None, parked="boom: at step ask") for each in work.events]
    await desk.advance(turns=turns)
    one, two = (await store.read(partial(queries.parked, mark="", limit=9))).items
    assert {type(one.event).__name__, type(two.event).__name__} == {"Inbound", "Due"}
    assert [each.account for each in (one, two)] == ["boom: at step ask"] * 2
    assert b"as it came" in (one.raw, two.raw)
    (held,) = (await store.read(HELD)).items
    assert held.message.id == "m1"
    await store.close()


@pytest.mark.anyio
async def test_the_raw_request_is_kept_beside_the_turns_records(clock: HandSetClock) -> None:
    store, desk = await desk_at(":memory:", clock)
    await desk.accept(text("hi", raw=b"From=x&Body=hi"))
    work = await desk.look()
    await desk.advance(turns=[turn(each) for each in work.events])
    ((number, _),) = await store.records(0, 9)
    assert await store.read(partial(queries.raw, number=number)) == b"From=x&Body=hi"
    await store.close()


@pytest.mark.anyio
async def test_a_new_process_is_told_the_parts_that_left_today(clock: HandSetClock) -> None:
    store, desk = await desk_at(":memory:", clock)
    for n, fate in enumerate(("accepted", "held", "failed", "again", "sending", "waiting")):
        contact = PhoneNumber(f"+1202555010{n}")
        due = START + DAY if fate == "waiting" else START
        await desk.say(message(fate, contact=contact, parts=10**n, due=due))
    claims = await desk.claims()
    for fate in ("accepted", "held", "failed", "again"):
        await desk.settle(claims[fate], fate, due=START + DAY)
    assert await store.parts_since(START) == {"main": 10_011}
    assert await store.parts_since(START + 1) == {}
    await store.close()


@pytest.mark.anyio
async def test_old_things_are_forgotten_and_unsettled_ones_are_not(clock: HandSetClock) -> None:
    store, desk = await desk_at(":memory:", clock)
    await desk.say(message("old"), message("held"), message("waiting", due=START + 900 * DAY))
    await desk.settle((await desk.claims())["old"], "accepted", "SM1")
    await desk.settle((await desk.claims())["held"], "held")
    await desk.accept(report("sent", provider_id="nobody"))
    clock.now += 200 * DAY
    await desk.say(message("young", contact=BEN))
    await store.tidy()

    counted = await store.read(
        lambda d: {
            table: d.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("message", "provider_id", "record", "dedupe", "orphan")
        }
    )
    assert counted == {"message": 3, "provider_id": 0, "record": 1, "dedupe": 0, "orphan": 0}
    assert await store.read(partial(queries.message, id="old")) is None
    await store.close()


@pytest.mark.anyio
async def test_proof_that_has_had_its_time_is_forgotten_and_what_they_stand_on_is_not(
    clock: HandSetClock,
) -> None:
    days = {ANN: 100, BEN: 1_000}
    store, desk = await desk_at(":memory:", clock, days.__getitem__)

    async def acted(contact: PhoneNumber, *acts: tuple[str, ConsentState]) -> None:
        made = (replace(consent(name, state, order=1), at=clock.now) for name, state in acts)
        await desk.say(contact=contact, consents=tuple(made))

    async def kept(contact: PhoneNumber) -> list[tuple[str, str]]:
        await store.tidy()
        return [(act.programme, act.state) for act in await store.acts(contact)]

    both = [("news", "asked"), ("news", "given"), ("poll", "given")]
    for contact in days:
        await acted(contact, ("news", "asked"))
        await acted(contact, ("news", "given"), ("poll", "given"))
    clock.now += 900 * DAY
    assert await kept(ANN) == both
    for contact in days:
        await acted(contact, ("news", "withdrawn"))
    clock.now += 99 * DAY
    assert await kept(ANN) == [*both, ("news", "withdrawn")]
    clock.now += 2 * DAY
    assert await kept(ANN) == [("poll", "given"), ("news", "withdrawn")]
    assert await kept(BEN) == [*both, ("news", "withdrawn")]
    clock.now += 900 * DAY
    assert await kept(BEN) == [("poll", "given"), ("news", "withdrawn")]
    assert await desk.state("news", ANN) == "withdrawn"
    await store.close()


@pytest.mark.anyio
async def test_every_contact_is_looked_at_though_many_are_looked_at_at_once(
    clock: HandSetClock,
) -> None:
    store, desk = await desk_at(":memory:", clock, lambda contact: 1)
    people = [PhoneNumber(f"+1202555{n:04}") for n in range(2 * CONTACTS_AT_ONCE + 1)]
    for contact in people:
        await desk.say(contact=contact, consents=(consent("news", "unknown", order=1),))
    clock.now += 3 * DAY
    await store.tidy()
    assert [await store.acts(contact) for contact in people] == [()] * len(people)
    await store.close()


@pytest.mark.anyio
async def test_the_hot_statements_read_by_their_indexes(clock: HandSetClock) -> None:
    store, desk = await desk_at(":memory:", clock)
    plans: list[str] = []
    statements: list[str] = []
    await store.read(lambda d: d.connection.set_trace_callback(statements.append))
    await desk.say(message("m1"), message("m2", lane="bulk"), timers=(timer("t", START),))
    await desk.settle((await desk.claims())["m1"], "accepted", "SM1")
    await desk.say(silence=True)
    await store.read(lambda d: d.connection.set_trace_callback(None))
    for statement in {each for each in statements if each.lstrip()[:6] in ("SELECT", "UPDATE")}:
        rows = await store.read(
            lambda d, s=statement: d.execute(f"EXPLAIN QUERY PLAN {s}").fetchall()
        )
        plans += [row[3] for row in rows]
    assert len(plans) > 10
    scans = [plan for plan in plans if plan.startswith("SCAN") and "INDEX" not in plan]
    tables = {plan.split()[1] for plan in scans}
    assert tables <= {"json_each", "wanted", "CONSTANT", "inbox", "orphan", "sqlite_sequence"}
    await store.close()
