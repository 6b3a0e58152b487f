"""What every store must do with what arrives: keep it once, in order, and mind consent."""

from dataclasses import replace

import anyio
import pytest

from convo.core.consent_acts import ConsentAct
from convo.core.events import (
    Answered,
    Confirmed,
    ConsentBrought,
    Due,
    Event,
    HandedBack,
    HandedOn,
    Inbound,
    MergeAsked,
    Moved,
    OptedOutElsewhere,
    Recalled,
    Requested,
)
from convo.core.recalls import Recall
from convo.ports import Arrival, Done, Wants
from tests.stores.contract_desk import (
    ANN,
    BEN,
    DAY,
    START,
    Desk,
    HandSetClock,
    Opens,
    consent,
    entry,
    text,
    turn,
    words,
)


class ArrivalsContract:
    async def test_a_text_is_kept_and_read_back(self, desk: Desk) -> None:
        assert await desk.accept(text("hello", raw=b"raw")) == ["accepted"]
        (pending,) = (await desk.look()).events
        assert isinstance(pending.event, Inbound)
        assert pending.event.text == "hello"
        assert pending.event.contact == ANN
        assert pending.event.at == START
        assert pending.event.id != ""
        assert pending.order == entry(pending.source)

    async def test_what_is_set_aside_is_kept_once_and_takes_no_turn(self, desk: Desk) -> None:
        aside = replace(text("again", key="a1"), aside="flood-minute")
        assert await desk.accept(aside, text("hello", key="h1")) == ["accepted", "accepted"]
        assert await desk.accept(aside) == ["duplicate"]
        (pending,) = (await desk.look()).events
        assert isinstance(pending.event, Inbound)
        assert pending.event.text == "hello"
        (inbound,) = await desk.records("inbound")
        assert inbound.facts["text"] == "again"
        (ignored,) = await desk.records("ignored")
        assert ignored.facts["rule"] == "flood-minute"

    async def test_every_kind_of_event_comes_back_as_it_went_in(self, desk: Desk) -> None:
        events = (
            Inbound(
                channel="main",
                contact=ANN,
                text="图 ☂",
                law="help",
                provider_id="SM1",
                media=("https://media.example/1",),
            ),
            Answered(
                contact=ANN, errand="e1", kind="action", channel="main", value={"a": [1, None]}
            ),
            Answered(contact=ANN, errand="e2", kind="http", channel="main", failure="too slow"),
            Requested(contact=BEN, channel="main", flow="nps", answers={"n": 3}),
            Requested(contact=BEN, channel="main", event="order.paid"),
            HandedBack(contact=ANN, session="s1"),
            OptedOutElsewhere(contact=BEN, channel="main", source="carrier"),
            OptedOutElsewhere(contact=BEN, channel="", source="link", programme="news"),
            ConsentBrought(
                contact=ANN,
                programme="news",
                given_at=START,
                source="form",
                evidence="form 1",
                shown="News?",
            ),
            Confirmed(
                contact=ANN, channel="main", programme="news", link="https://x/y/a-1", shown="Yes?"
            ),
            MergeAsked(contact=ANN, into=BEN),
            HandedOn(contact=BEN, of=ANN, kept={"consents": {"news": "given"}}),
            Recalled(contact=ANN, recall=Recall(flow="offer", contact=ANN, by="mei")),
            Moved(contact=ANN, channel="main", by="other"),
        )
        assert {type(event) for event in events} == {*Event.__args__} - {Due}
        await desk.accept(*(Arrival(event=event, dedupe="") for event in events))
        found = [each.event for each in (await desk.look()).events]
        assert [replace(event, id="", at=0) for event in found] == list(events)

    async def test_event_ids_differ(self, desk: Desk) -> None:
        await desk.accept(*(text(f"t{n}") for n in range(20)))
        work = await desk.look()
        assert len({each.event.id for each in work.events}) == 20

    async def test_events_come_in_the_order_they_were_kept(self, desk: Desk) -> None:
        for n in range(5):
            await desk.accept(text(f"a{n}"), text(f"b{n}", contact=BEN))
        assert words(await desk.look()) == [f"{who}{n}" for n in range(5) for who in "ab"]

    async def test_the_order_stands_where_the_clock_goes_back(self, desk: Desk) -> None:
        await desk.accept(text("first"))
        desk.clock.now -= 5_000
        await desk.accept(text("second"))
        assert words(await desk.look()) == ["first", "second"]

    async def test_no_more_events_are_read_than_wanted(self, desk: Desk) -> None:
        await desk.accept(*(text(f"t{n}") for n in range(5)))
        assert words(await desk.advance(events=2)) == ["t0", "t1"]
        assert words(await desk.advance(events=0)) == []

    async def test_a_duplicate_is_kept_once(self, desk: Desk) -> None:
        assert await desk.accept(text("one", key="k")) == ["accepted"]
        assert await desk.accept(text("one", key="k")) == ["duplicate"]
        assert words(await desk.look()) == ["one"]
        assert await desk.records("altered") == []

    async def test_a_duplicate_in_the_same_call_is_kept_once(self, desk: Desk) -> None:
        assert await desk.accept(text("one", key="k"), text("one", key="k")) == [
            "accepted",
            "duplicate",
        ]

    async def test_a_duplicate_of_a_finished_turn_is_still_one(self, desk: Desk) -> None:
        await desk.accept(text("one", key="k"))
        (pending,) = (await desk.look()).events
        await desk.advance(turns=[turn(pending)])
        assert await desk.accept(text("one", key="k")) == ["duplicate"]

    async def test_other_words_under_a_known_id_are_told_once_and_not_taken(
        self, desk: Desk
    ) -> None:
        assert await desk.accept(text("one", key="k")) == ["accepted"]
        other, third = text("two", key="k"), text("three", key="k")
        assert await desk.accept(other) == ["altered"]
        assert await desk.accept(other, third, other, text("one", key="k"), third) == [
            *("duplicate", "altered", "duplicate", "duplicate", "duplicate"),
        ]
        assert words(await desk.look()) == ["one"]
        assert [each.facts for each in await desk.records("altered")] == [
            {"channel": "main", "text": "two", "provider_id": ""},
            {"channel": "main", "text": "three", "provider_id": ""},
        ]

    async def test_other_words_are_told_behind_the_turn_of_the_first_too(self, desk: Desk) -> None:
        await desk.accept(text("one", key="k"))
        (pending,) = (await desk.look()).events
        await desk.advance(turns=[turn(pending)])
        assert await desk.accept(text("two", key="k")) == ["altered"]
        assert words(await desk.look()) == []

    async def test_the_same_words_with_other_blanks_or_pictures_are_the_same(
        self, desk: Desk
    ) -> None:
        first = text("one two", key="k")
        assert isinstance(first.event, Inbound)
        pictured = replace(first.event, text=" one  two", media=("https://media.example/1",))
        assert await desk.accept(first, replace(first, event=pictured)) == [
            *("accepted", "duplicate"),
        ]

    async def test_pictures_of_what_is_not_taken_are_told(self, desk: Desk) -> None:
        other = text("two", key="k")
        assert isinstance(other.event, Inbound)
        pictured = replace(other.event, provider_id="SM1", media=("https://media.example/1",))
        await desk.accept(text("one", key="k"), replace(other, event=pictured))
        (told,) = await desk.records("altered")
        assert told.facts == {
            "channel": "main",
            "text": "two",
            "provider_id": "SM1",
            "media": ["https://media.example/1"],
        }

    async def test_a_stop_under_the_id_of_another_text_stops_nothing(self, desk: Desk) -> None:
        await desk.accept(text("one", key="k"))
        assert await desk.accept(text("STOP", law="stop", key="k")) == ["altered"]
        assert await desk.state() is None

    async def test_what_is_set_aside_is_compared_too(self, desk: Desk) -> None:
        aside = replace(text("one", key="k"), aside="flood-minute")
        assert await desk.accept(aside, text("one", key="k")) == ["accepted", "duplicate"]
        assert await desk.accept(replace(aside, event=text("two").event)) == ["altered"]
        assert await desk.accept(text("two", key="k")) == ["duplicate"]
        assert len(await desk.records("inbound")) == 1

    async def test_an_empty_key_is_never_a_duplicate(self, desk: Desk) -> None:
        arrival = replace(text("same"), dedupe="")
        assert await desk.accept(arrival, arrival) == ["accepted", "accepted"]

    async def test_a_key_is_forgotten_after_the_dedupe_time(
        self, opened: Opens, clock: HandSetClock
    ) -> None:
        store = await opened(clock, dedupe_days=2)
        assert await store.accept([text("one", key="k")]) == ["accepted"]
        clock.now += 2 * DAY
        assert await store.accept([text("one", key="k")]) == ["duplicate"]
        clock.now += DAY
        assert await store.accept([text("two", key="k")]) == ["accepted"]
        assert await store.accept([text("two", key="k")]) == ["duplicate"]
        assert await store.accept([text("one", key="k")]) == ["altered"]

    async def test_what_cannot_be_encoded_spoils_nothing_else(self, desk: Desk) -> None:
        with pytest.raises(UnicodeEncodeError):
            await desk.accept(text("half a pair: \ud83d", key="k"))
        assert await desk.accept(text("whole", key="k")) == ["accepted"]
        assert words(await desk.look()) == ["whole"]

    # --- consent ------------------------------------------------------------------------------

    async def test_a_stop_takes_effect_when_it_is_kept(self, desk: Desk) -> None:
        await desk.accept(text("STOP", law="stop"))
        work = await desk.look()
        (pending,) = work.events
        assert isinstance(pending.event, Inbound)
        assert pending.event.acted
        (standing,) = work.contacts[ANN].consents
        assert (standing.programme, standing.state, standing.proof) == ("", "withdrawn", "STOP")
        assert (standing.event, standing.order) == (pending.event.id, pending.order)

    async def test_a_second_stop_changes_nothing(self, desk: Desk) -> None:
        await desk.accept(text("STOP", law="stop", key="1"), text("STOP", law="stop", key="2"))
        assert await acts(desk) == [True, False]

    async def test_a_start_reopens_only_who_has_stopped(self, desk: Desk) -> None:
        await desk.accept(
            text("START", law="start", key="1"),
            text("STOP", law="stop", key="2"),
            text("START", law="start", key="3"),
            text("START", law="start", key="4"),
        )
        assert await acts(desk) == [False, True, True, False]
        assert await desk.state() == "given"

    async def test_a_start_gives_back_what_was_given_before(self, desk: Desk) -> None:
        await desk.say(consents=(consent("news", "given", 1),))
        await desk.accept(text("STOP", law="stop"), text("START", law="start"))
        assert await desk.state("news") == "given"

    async def test_a_late_duplicate_of_a_stop_does_not_undo_a_start(self, desk: Desk) -> None:
        stop = text("STOP", law="stop", key="1")
        await desk.accept(stop, text("START", law="start", key="2"))
        assert await desk.accept(stop) == ["duplicate"]
        assert await desk.state() == "given"

    async def test_one_contacts_stop_is_nobody_elses(self, desk: Desk) -> None:
        await desk.accept(text("STOP", law="stop", contact=BEN))
        assert await desk.state() is None
        assert await desk.state(contact=BEN) == "withdrawn"

    async def test_an_opt_out_at_the_provider_is_a_stop(self, desk: Desk) -> None:
        event = OptedOutElsewhere(contact=ANN, channel="main", source="21610")
        act = ConsentAct(act="stop", proof="21610")
        await desk.accept(Arrival(event=event, dedupe="o", consent=act))
        assert await desk.state() == "withdrawn"

    async def test_a_turn_older_than_the_stop_does_not_undo_it(self, desk: Desk) -> None:
        pending = await desk.pending("YES")
        await desk.accept(text("STOP", law="stop"))
        old = consent("", "given", pending.order)
        await desk.advance(turns=[turn(pending, consents=(old,))])
        assert await desk.state() == "withdrawn"

    async def test_a_turn_newer_than_the_stop_may_give_consent_again(self, desk: Desk) -> None:
        await desk.accept(text("STOP", law="stop"))
        pending = await desk.pending("YES")
        await desk.advance(turns=[turn(pending, consents=(consent("", "given", pending.order),))])
        assert await desk.state() == "given"

    # --- a full inbox -------------------------------------------------------------------------

    async def test_a_full_inbox_says_busy_until_a_turn_is_done(self, narrow: Desk) -> None:
        assert await narrow.accept(text("1"), text("2"), text("3")) == [
            "accepted",
            "accepted",
            "busy",
        ]
        pending = (await narrow.look()).events[0]
        await narrow.advance(turns=[turn(pending)])
        assert await narrow.accept(text("3")) == ["accepted"]
        assert words(await narrow.look()) == ["2", "3"]

    async def test_a_full_inbox_still_knows_a_duplicate(self, narrow: Desk) -> None:
        await narrow.accept(text("1"), text("2"))
        assert await narrow.accept(text("1")) == ["duplicate"]

    async def test_a_full_inbox_still_tells_other_words(self, narrow: Desk) -> None:
        await narrow.accept(text("1"), text("2"))
        assert await narrow.accept(text("3", key="1")) == ["altered"]
        assert await narrow.accept(text("3", key="1")) == ["duplicate"]

    async def test_a_refused_stop_is_obeyed_all_the_same(self, narrow: Desk) -> None:
        await narrow.accept(text("1", contact=BEN), text("2", contact=BEN))
        assert await narrow.accept(text("STOP", law="stop")) == ["busy"]
        await empty(narrow)
        assert await narrow.state() == "withdrawn"

    async def test_a_refused_stop_is_answered_when_it_comes_again(self, narrow: Desk) -> None:
        stop = text("STOP", law="stop")
        await narrow.accept(text("1"), text("2"))
        assert await narrow.accept(stop) == ["busy"]
        assert await narrow.accept(stop) == ["busy"]
        await empty(narrow)
        assert await narrow.accept(stop) == ["accepted"]
        assert await narrow.accept(stop) == ["duplicate"]
        assert await acts(narrow) == [True]

    async def test_a_refused_stop_that_comes_again_does_not_undo_a_start(
        self, narrow: Desk
    ) -> None:
        stop = text("STOP", law="stop")
        await narrow.accept(text("1"), text("2"))
        await narrow.accept(stop)
        await empty(narrow)
        await narrow.accept(text("START", law="start"))
        assert await narrow.accept(stop) == ["accepted"]
        assert await acts(narrow) == [True, False]
        await empty(narrow)
        assert await narrow.state() == "given"

    # --- the bell -----------------------------------------------------------------------------

    async def test_the_bell_rings_for_what_came_since_the_last_advance(self, desk: Desk) -> None:
        await desk.look()
        await desk.accept(text("1"))
        await desk.store.bell(desk.lease, None)

    async def test_the_bell_returns_when_the_time_has_come(self, desk: Desk) -> None:
        await desk.look()
        await desk.store.bell(desk.lease, desk.clock.now)
        await desk.store.bell(desk.lease, desk.clock.now + 5)

    async def test_the_bell_rings_while_somebody_waits(self, desk: Desk) -> None:
        await desk.look()
        with anyio.fail_after(10):
            async with anyio.create_task_group() as group:
                group.start_soon(desk.store.bell, desk.lease, None)
                await anyio.sleep(0.01)
                await desk.accept(text("1"))


async def acts(desk: Desk) -> list[bool]:
    events = [each.event for each in (await desk.look()).events]
    return [event.acted for event in events if isinstance(event, Inbound)]


async def empty(desk: Desk) -> None:
    work = await desk.look()
    turns = tuple(turn(each) for each in work.events)
    await desk.store.advance(desk.lease, Done(turns=turns), Wants())
