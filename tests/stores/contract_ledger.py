"""What every ledger must tell of its store, while somebody else owns it."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import cast

import pytest

from convo.core import codec
from convo.core.contacts import ContactState
from convo.core.events import Due, Inbound
from convo.core.overview import LaneQueue, Page, Stage, T
from convo.core.presence import STALLED_AFTER, Obstacle, Presence
from convo.core.records import Record
from convo.ports.ledger import Ledger, TellsLevels
from convo.ports.presence import KnowsProcesses
from tests.stores.contract_decisions import held
from tests.stores.contract_desk import (
    ANN,
    BEN,
    DAY,
    HOUR,
    SECOND,
    START,
    Desk,
    HandSetClock,
    Opens,
    consent,
    desk_of,
    errand,
    message,
    report,
    text,
    timer,
    turn,
)

#: Opens the ledger of the store that was opened last.
Looks = Callable[[], AbstractAsyncContextManager[Ledger]]


async def all_of(page: Callable[[str, int], Awaitable[Page[T]]], limit: int) -> list[T]:
    """Every page of a list."""
    found: list[T] = []
    mark = ""
    while True:
        got = await page(mark, limit)
        found += got.items
        if not got.next:
            return found
        mark = got.next


@pytest.mark.anyio
class LedgerContract:
    """A subclass gives `opened` as for the store's contract, and `looks`."""

    @pytest.fixture
    def clock(self) -> HandSetClock:
        return HandSetClock()

    @pytest.fixture
    async def desk(self, opened: Opens, clock: HandSetClock) -> Desk:
        return await desk_of(await opened(clock), clock, "the desk")

    @pytest.fixture
    def staged(self, looks: Looks) -> Callable[[Stage], Awaitable[list[str]]]:
        """The ids of a stage's messages, by pages of two: each contact's in their order."""

        async def staged(stage: Stage) -> list[str]:
            async with looks() as ledger:
                found = await all_of(lambda mark, n: ledger.messages(stage, mark, n), 2)
            assert {each.stage for each in found} <= {stage}
            found.sort(key=lambda each: each.message.contact.e164)
            return [each.message.id for each in found]

        return staged

    async def test_every_message_is_in_the_stage_that_it_has_come_to(
        self, desk: Desk, staged: Callable[[Stage], Awaitable[list[str]]]
    ) -> None:
        await desk.say(*(message(f"m{n}") for n in range(5)))
        await desk.say(message("b", contact=BEN, lane="bulk"))
        assert await staged("waiting") == ["m0", "m1", "m2", "m3", "m4", "b"]
        claims = await desk.claims()
        await desk.settle(claims["m0"], "accepted")
        await desk.settle((await desk.claims())["m1"], "failed")
        await desk.settle((await desk.claims())["m2"], "held")
        await desk.claims()
        assert sorted(await staged("done")) == ["m0", "m1"]
        assert await staged("held") == ["m2"]
        assert await staged("sending") == ["m3", "b"]
        assert await staged("waiting") == ["m4"]

    async def test_one_message_is_told_with_what_became_of_it(
        self, desk: Desk, looks: Looks, clock: HandSetClock
    ) -> None:
        await desk.say(message("m1"))
        clock.now += SECOND
        await desk.settle((await desk.claims())["m1"], "accepted", "SM1")
        async with looks() as ledger:
            found = await ledger.message("m1")
            assert found is not None
            assert await ledger.message("m2") is None
        assert (found.stage, found.status, found.provider_ids) == ("done", "queued", ("SM1",))
        assert (found.message.text, found.created, found.claimed) == (
            "text of m1",
            START,
            START + SECOND,
        )

    async def test_what_a_message_became_is_told_with_the_reason(
        self, desk: Desk, looks: Looks, clock: HandSetClock
    ) -> None:
        async def told(id: str) -> tuple[Stage, str, str, int, tuple[str, ...]]:
            async with looks() as ledger:
                found = await ledger.message(id)
            assert found is not None
            return found.stage, found.status, found.code, found.claimed, found.provider_ids

        await desk.say(message("m1"), message("m2"), message("late", not_after=START))
        clock.now += SECOND
        await desk.settle((await desk.claims())["m1"], "again", due=clock.now)
        assert await told("m1") == ("waiting", "waiting", "", START + SECOND, ())
        clock.now += SECOND
        await desk.settle((await desk.claims())["m1"], "accepted", "SM1")
        await desk.accept(report("delivered", outbound="m1", provider_id="SM2"))
        await desk.accept(report("sent", provider_id="SM1"))
        after = START + 2 * SECOND
        assert await told("m1") == ("done", "delivered", "", after, ("SM1", "SM2"))
        await desk.settle((await desk.claims())["m2"], "held")
        await desk.accept(held("m2", "drop"))
        assert await told("m2") == ("done", "cancelled", "dropped by mei", after, ())
        await desk.claims()
        assert await told("late") == ("done", "cancelled", "too late", 0, ())
        await desk.say(message("m3"))
        await desk.say(silence=True)
        assert await told("m3") == ("done", "cancelled", "silenced", 0, ())
        assert await desk.accept(report("delivered", outbound="m3")) == ["accepted"]
        assert (await told("m3"))[1] == "delivered"

    async def test_what_is_parked_is_told_with_its_reason_and_what_brought_it(
        self, desk: Desk, looks: Looks
    ) -> None:
        await desk.say(contact=ANN, timers=(timer("t", START),))
        await desk.accept(text("poison", raw=b"as it came"), text("more", contact=BEN))
        turns = [
            turn(each, record=None, parked=f"boom {n}")
            for n, each in enumerate((await desk.look()).events)
        ]
        await desk.advance(turns=turns)
        async with looks() as ledger:
            found = await all_of(ledger.parked, 2)
            assert [await ledger.parked_event(each.id) for each in found] == found
            assert await ledger.parked_event("no such") is None
        assert sorted(each.account for each in found) == ["boom 0", "boom 1", "boom 2"]
        by_kind = {type(each.event): each for each in found if each.event.contact == ANN}
        assert by_kind.keys() == {Inbound, Due}
        assert by_kind[Inbound].raw == b"as it came"
        assert by_kind[Inbound].at == by_kind[Inbound].event.at == START

    async def test_records_and_contacts_are_told_whole_page_by_page(
        self, desk: Desk, looks: Looks
    ) -> None:
        states = {
            contact: ContactState(number=contact, tags=("seen",), first_seen=START)
            for contact in (ANN, BEN)
        }
        for contact, state in states.items():
            note = Record(kind="note", facts={"text": contact.e164})
            act = consent("", "withdrawn", 1)
            await desk.say(
                contact=contact, record=codec.encode(state), records=(note,), consents=(act,)
            )
        async with looks() as ledger:
            recorded = await all_of(ledger.records, 1)
            contacts = {each.number: each for each in await all_of(ledger.contacts, 1)}
            ann = await ledger.contact(ANN)
            acts = await ledger.acts(ANN)
        notes = [(x.contact, r.facts["text"]) for x in recorded for r in x.records]
        assert sorted(notes) == [(ANN.e164, ANN.e164), (BEN.e164, BEN.e164)]
        assert contacts == states
        assert ann is not None
        assert ann.stopped
        assert [each.state for each in acts] == ["withdrawn"]

    async def test_where_the_records_end_more_are_told_later(
        self, desk: Desk, looks: Looks
    ) -> None:
        async def all_texts() -> tuple[list[str], list[str]]:
            """What is told from the beginning, and the marks at which nothing was."""
            found, ends, mark = list[str](), list[str](), None
            async with looks() as ledger:
                while mark != "":
                    page = await ledger.records(mark or "", 2)
                    found += [r.facts["text"] for x in page.items for r in x.records]
                    ends += [] if page.items else [mark or ""]
                    mark = page.next
            return found, ends

        async def since(ends: list[str]) -> list[str]:
            async with looks() as ledger:
                pages = [await ledger.records(mark, 9) for mark in ends]
            return [r.facts["text"] for page in pages for x in page.items for r in x.records]

        async def note(text: str) -> None:
            record = Record(kind="note", facts={"text": text})
            await desk.say(contact=ANN, record=None, records=(record,))

        for n in range(3):
            await note(f"first {n}")
        found, ends = await all_texts()
        assert found == ["first 0", "first 1", "first 2"]
        assert await since(ends) == []
        await note("then")
        await note("at last")
        assert await since(ends) == ["then", "at last"]

    async def test_the_source_of_a_flow_version_is_told(self, desk: Desk, looks: Looks) -> None:
        await desk.store.keep_flow("abc", b"say: hi")
        async with looks() as ledger:
            assert await ledger.flow("abc") == b"say: hi"
            assert await ledger.flow("abd") is None

    async def test_nobody_is_known_who_never_was_there(self, desk: Desk, looks: Looks) -> None:
        async with looks() as ledger:
            assert await ledger.contact(ANN) is None
            assert await ledger.acts(ANN) == ()

    async def test_the_overview_counts_what_waits_and_tells_the_oldest(
        self, desk: Desk, looks: Looks, clock: HandSetClock
    ) -> None:
        async with looks() as ledger:
            empty = await ledger.overview(clock.now)
        assert (empty.inbox, empty.inbox_oldest, empty.next_timer, empty.lanes) == (
            0,
            None,
            None,
            (),
        )
        await desk.say(
            *(message(f"m{n}", parts=2) for n in range(3)),
            timers=(
                timer("late", START - HOUR),
                timer("gate/1", START + HOUR),
                timer("gate/2", START + 2 * HOUR),
            ),
            errands=(errand("e1"),),
        )
        clock.now += SECOND
        await desk.say(message("b", contact=BEN, lane="bulk", due=START + HOUR))
        await desk.accept(text("one"), text("two"))
        clock.now += SECOND
        async with looks() as ledger:
            found = await ledger.overview(clock.now)
        assert (found.inbox, found.inbox_oldest) == (2, START + SECOND)
        assert (found.timers, found.overdue, found.next_timer) == (3, 1, START - HOUR)
        assert (found.postponed, found.next_postponed) == (2, START + HOUR)
        assert (found.errands, found.errands_oldest, found.parked) == (1, START, 0)
        nothing = {"due": 0, "later": 0, "sending": 0, "sending_since": None, "held": 0}
        bulk = LaneQueue(
            channel="main",
            lane="bulk",
            behind=0,
            parts=1,
            oldest=START + SECOND,
            **{**nothing, "later": 1},
        )
        reply = LaneQueue(
            channel="main", lane="reply", behind=2, parts=6, oldest=START, **{**nothing, "due": 1}
        )
        assert _sorted(found.lanes) == [bulk, reply]
        assert await levels(desk) == (2, 4, 0, 0)
        claim = (await desk.claims())["m0"]
        assert await levels(desk) == (2, 3, 0, 0)
        async with looks() as ledger:
            sending = (await ledger.overview(clock.now)).lanes
        assert [(x.sending, x.sending_since) for x in sending if x.lane == "reply"] == [
            (1, clock.now)
        ]
        await desk.settle(claim, "held")
        async with looks() as ledger:
            in_hold = (await ledger.overview(clock.now)).lanes
        assert [(x.held, x.behind) for x in in_hold if x.lane == "reply"] == [(1, 1)]
        assert await levels(desk) == (2, 3, 0, 1)
        one = (await desk.look()).events[-1]
        await desk.advance(turns=[turn(one, parked="boom")], messages=0)
        assert await levels(desk) == (1, 3, 1, 1)

    async def test_who_owns_it_is_told_and_that_nobody_does(
        self, desk: Desk, looks: Looks, clock: HandSetClock
    ) -> None:
        home = desk.lease.partition
        async with looks() as ledger:
            holdings = await ledger.holdings()
        assert [each.partition for each in holdings] == [*range(desk.store.partitions)]
        assert (holdings[home].owner, holdings[home].since) == ("the desk", START)
        await desk.store.close()
        async with looks() as ledger:
            holdings = await ledger.holdings()
        assert {each.owner for each in holdings} == {""}

    async def test_what_waits_in_a_partition_is_told_with_its_owner(
        self, desk: Desk, looks: Looks
    ) -> None:
        await desk.accept(text("one"), text("two"))
        async with looks() as ledger:
            assert sum(each.inbox for each in await ledger.holdings()) == 2

    async def test_a_process_is_told_as_it_said_itself_and_when_it_was_last_heard_of(
        self, desk: Desk, looks: Looks, clock: HandSetClock
    ) -> None:
        known = cast(KnowsProcesses, desk.store)
        await known.announce(WORKER)
        clock.now += HOUR
        told = replace(
            WORKER,
            trouble="stopping",
            obstacles=(
                Obstacle(kind="spent", name="accounts.main", until=START + DAY),
                Obstacle(kind="unheard", name="main", why="the SMSC does not let us in 0x0E"),
            ),
        )
        await known.announce(told)
        async with looks() as ledger:
            (found,) = await ledger.processes()
        assert found == replace(told, seen=START + HOUR)
        assert not found.stalled(clock.now + STALLED_AFTER)
        assert found.stalled(clock.now + STALLED_AFTER + 1)
        await known.withdraw(WORKER.name)
        async with looks() as ledger:
            assert await ledger.processes() == ()


WORKER = Presence(
    name="the desk", role="run", host="here", pid=7, version="9.9", since=START - HOUR
)


async def levels(desk: Desk) -> tuple[int, int, int, int]:
    found = await cast(TellsLevels, desk.store).levels()
    return found.inbox, found.outbox, found.parked, found.held


def _sorted(lanes: Sequence[LaneQueue]) -> list[LaneQueue]:
    return sorted(lanes, key=lambda each: (each.channel, each.lane))
