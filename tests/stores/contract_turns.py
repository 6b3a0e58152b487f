"""What every store must do with turns: whole or not at all, once, and by the lease's holder."""

import asyncio
from collections import Counter

import pytest

from convo.core.events import Due, Inbound
from convo.core.records import Record
from convo.core.turns import FromTimer
from convo.errors import Fenced
from convo.ports import Done, Standing, Wants
from tests.stores.contract_desk import (
    ANN,
    BEN,
    HOUR,
    SECOND,
    START,
    Desk,
    consent,
    errand,
    message,
    text,
    timer,
    turn,
    words,
)


class TurnsContract:
    # --- the lease ----------------------------------------------------------------------------

    async def test_a_partition_has_one_owner(self, desk: Desk) -> None:
        assert await desk.acquire() is None
        await desk.store.release(desk.lease)
        assert await desk.acquire() is not None

    async def test_a_lease_that_was_given_back_is_fenced(self, desk: Desk) -> None:
        event = await desk.pending()
        await desk.store.release(desk.lease)
        new = await desk.acquire()
        assert new is not None
        with pytest.raises(Fenced):
            await desk.advance(turns=[turn(event, records=(Record(kind="said"),))])
        assert await desk.records("said") == []
        work = await desk.store.advance(new, Done(), Wants(events=9))
        assert words(work) == ["hi"]

    # --- turns --------------------------------------------------------------------------------

    async def test_a_turns_record_is_what_the_next_event_is_given(self, desk: Desk) -> None:
        event = await desk.pending()
        assert (await desk.look()).contacts[ANN].record is None
        await desk.advance(turns=[turn(event, record=b"[2]")])
        assert (await desk.kept()).record == b"[2]"
        assert (await desk.kept(BEN)).record is None

    async def test_no_record_leaves_the_old_one(self, desk: Desk) -> None:
        for record in (b"[2]", None):
            event = await desk.pending()
            await desk.advance(turns=[turn(event, record=record)])
        assert (await desk.kept()).record == b"[2]"

    async def test_a_finished_turns_event_is_gone(self, desk: Desk) -> None:
        event = await desk.pending()
        work = await desk.advance(turns=[turn(event)])
        assert work.events == ()

    async def test_a_turn_that_was_committed_is_passed_over_whole(self, desk: Desk) -> None:
        event = await desk.pending()
        first = turn(event, record=b"[1]", outbound=(message("m1"),))
        again = turn(
            event,
            record=b"[2]",
            outbound=(message("m2"),),
            timers=(timer("t", 0),),
            errands=(errand("e"),),
            consents=(consent("news", "given", 99),),
            records=(Record(kind="said"),),
            silence=True,
        )
        await desk.advance(turns=[first], messages=0)
        work = await desk.advance(turns=[again], messages=0)
        assert (work.events, work.errands) == ((), ())
        assert await desk.records("said") == []
        kept = await desk.kept()
        assert (kept.record, kept.consents) == (b"[1]", ())
        assert await desk.claim() == ["m1"]

    async def test_the_same_turn_twice_in_one_commit_counts_once(self, desk: Desk) -> None:
        event = await desk.pending()
        counted = turn(event, records=(Record(kind="said"),))
        await desk.advance(turns=[counted, counted])
        assert len(await desk.records("said")) == 1

    async def test_two_turns_of_one_contact_in_one_commit_count_in_order(self, desk: Desk) -> None:
        await desk.accept(text("1"), text("2"))
        one, two = (await desk.look()).events
        await desk.advance(
            turns=[
                turn(one, record=b"[1]", timers=(timer("a", START + HOUR), timer("b", START))),
                turn(two, record=b"[2]", cleared=("b",)),
            ]
        )
        assert (await desk.kept()).record == b"[2]"
        work = await desk.look()
        assert (work.next_due, work.next_other) == (START + HOUR, START + HOUR)

    async def test_a_turn_leaves_its_records_in_order(self, desk: Desk) -> None:
        for word in ("one", "two"):
            event = await desk.pending()
            facts = {"text": word}
            await desk.advance(turns=[turn(event, records=(Record(kind="inbound", facts=facts),))])
        found = await desk.records("inbound")
        assert [each.facts["text"] for each in found] == ["one", "two"]
        numbers = [number for number, _ in await desk.every_record()]
        assert numbers == sorted(numbers)
        second = await desk.store.records(numbers[0], 1, partition=desk.lease.partition)
        assert [number for number, _ in second] == numbers[1:2]

    async def test_consents_of_a_turn_are_kept(self, desk: Desk) -> None:
        await desk.say(consents=(consent("news", "asked", 1), consent("poll", "given", 1)))
        assert await desk.state("news") == "asked"
        assert await desk.state("poll") == "given"

    async def test_a_parked_turn_lets_the_conversation_go_on(self, desk: Desk) -> None:
        await desk.say(record=b"[1]")
        event = await desk.pending("poison")
        parked = (Record(kind="parked", facts={"error": "boom"}),)
        work = await desk.advance(turns=[turn(event, record=None, parked="boom", records=parked)])
        assert work.events == ()
        assert (await desk.kept()).record == b"[1]"
        assert len(await desk.records("parked")) == 1
        assert await desk.pending("next")

    async def test_work_tells_the_time_of_the_clock(self, desk: Desk) -> None:
        desk.clock.now += 5
        assert (await desk.look()).now == START + 5

    # --- timers -------------------------------------------------------------------------------

    async def test_a_timer_comes_when_it_is_due(self, desk: Desk) -> None:
        await desk.say(timers=(timer("s/0/ask/silent/0", START + HOUR, generation=3),))
        work = await desk.look()
        assert (work.events, work.next_due) == ((), START + HOUR)
        desk.clock.now = START + HOUR + 7
        work = await desk.look()
        (pending,) = work.events
        assert work.next_due is None
        assert pending.event == Due(
            id="s/0/ask/silent/0#3",
            at=START + HOUR + 7,
            contact=ANN,
            name="s/0/ask/silent/0",
            generation=3,
        )
        assert pending.source == FromTimer(name="s/0/ask/silent/0", generation=3)

    async def test_a_timers_turn_takes_it_away(self, desk: Desk) -> None:
        await desk.say(timers=(timer("t", START),))
        (pending,) = (await desk.look()).events
        work = await desk.advance(turns=[turn(pending)])
        assert (work.events, work.next_due) == ((), None)

    async def test_a_timer_set_anew_has_one_due_time(self, desk: Desk) -> None:
        await desk.say(timers=(timer("t", START + SECOND, generation=1),))
        await desk.say(timers=(timer("t", START + HOUR, generation=2),))
        desk.clock.now += 2 * SECOND
        assert (await desk.look()).events == ()
        desk.clock.now += HOUR
        (pending,) = (await desk.look()).events
        assert pending.source == FromTimer(name="t", generation=2)

    async def test_a_fire_of_an_older_generation_is_passed_over(self, desk: Desk) -> None:
        await desk.say(timers=(timer("t", START, generation=1),))
        (old,) = (await desk.look()).events
        await desk.say(timers=(timer("t", START + HOUR, generation=2),))
        work = await desk.advance(turns=[turn(old, record=b"[9]")])
        assert work.next_due == START + HOUR
        assert (await desk.kept()).record == b"[1]"

    async def test_a_timer_may_set_itself_again(self, desk: Desk) -> None:
        await desk.say(timers=(timer("t", START),))
        (pending,) = (await desk.look()).events
        again = timer("t", START + HOUR)
        assert (await desk.advance(turns=[turn(pending, timers=(again,))])).next_due == again.due

    async def test_a_cleared_timer_does_not_come(self, desk: Desk) -> None:
        await desk.say(timers=(timer("t", START), timer("u", START + HOUR)))
        await desk.say(cleared=("t", "never set"))
        assert (await desk.look()).events == ()

    async def test_a_turn_whose_timer_the_turn_before_cleared_is_kept(self, desk: Desk) -> None:
        # The owner worked out the second on the state that the first left behind.
        await desk.say(timers=(timer("t", START),))
        desk.clock.now += 1
        await desk.accept(text("hi"))
        due, said = (await desk.look()).events
        await desk.advance(
            turns=[turn(said, record=b"[1]", cleared=("t",)), turn(due, record=b"[2]")]
        )
        assert (await desk.kept()).record == b"[2]"

    async def test_a_timer_set_anew_by_the_turn_before_its_fire_stays(self, desk: Desk) -> None:
        await desk.say(timers=(timer("t", START),))
        desk.clock.now += 1
        await desk.accept(text("hi"))
        due, said = (await desk.look()).events
        later = timer("t", START + HOUR)
        work = await desk.advance(turns=[turn(said, timers=(later,)), turn(due)])
        assert work.next_due == later.due

    async def test_timers_of_two_contacts_may_share_a_name(self, desk: Desk) -> None:
        for contact in (ANN, BEN):
            event = await desk.pending(contact=contact)
            await desk.advance(turns=[turn(event, timers=(timer("t", START + 1),))])
        desk.clock.now += 1
        first, second = (await desk.look()).events
        work = await desk.advance(turns=[turn(first)])
        assert work.events == (second,)

    async def test_texts_and_timers_come_in_order_of_time(self, desk: Desk) -> None:
        await desk.say(timers=(timer("t1", START + 10), timer("t2", START + 30)))
        for at in (5, 20, 40):
            desk.clock.now = START + at
            await desk.accept(text(f"at {at}"))
        found = [each.event for each in (await desk.look()).events]
        assert [e.text if isinstance(e, Inbound) else e.id for e in found] == [
            "at 5",
            "t1#1",
            "at 20",
            "t2#1",
            "at 40",
        ]

    async def test_a_timers_consents_count_as_the_newest_entrys(self, desk: Desk) -> None:
        await desk.say(timers=(timer("t", START + 1),))
        event = await desk.pending()
        await desk.advance(turns=[turn(event)])
        desk.clock.now += 1
        (due,) = (await desk.look()).events
        assert due.order == event.order

    # --- silence ------------------------------------------------------------------------------

    async def test_silence_drops_timers_and_unsent_messages(self, desk: Desk) -> None:
        await desk.say(
            message("m1"), message("m2", lane="bulk"), timers=(timer("t", START + HOUR),)
        )
        await desk.say(message("b1", contact=BEN), timers=(timer("t", START + 2 * HOUR),))
        event = await desk.pending("STOP")
        confirmed = message("bye", purpose="law")
        new = timer("new", START + 3 * HOUR)
        work = await desk.advance(
            turns=[turn(event, silence=True, outbound=(confirmed,), timers=(new,))]
        )
        assert {each.message.id for each in work.claims} == {"b1", "bye"}
        assert work.next_due == START + 2 * HOUR
        assert sorted(await desk.unsent()) == [("m1", "silenced"), ("m2", "silenced")]

    async def test_silence_drops_what_a_turn_of_the_same_commit_added(self, desk: Desk) -> None:
        await desk.accept(text("1"), text("2"))
        one, two = (await desk.look()).events
        work = await desk.advance(
            turns=[
                turn(one, outbound=(message("m1"),), timers=(timer("t", START + 1),)),
                turn(two, silence=True, outbound=(message("bye"),)),
            ]
        )
        assert [each.message.id for each in work.claims] == ["bye"]
        assert work.next_due is None

    async def test_silence_leaves_what_may_have_been_sent(self, desk: Desk) -> None:
        await desk.say(message("m1"))
        claim = (await desk.claims())["m1"]
        await desk.say(silence=True)
        await desk.settle(claim)
        assert await desk.unsent() == []

    async def test_a_second_stop_takes_nothing_of_the_firsts_confirmation(self, desk: Desk) -> None:
        await desk.say(message("m1"))
        await desk.accept(text("STOP", law="stop"), text("stop", law="stop"))
        first, second = (await desk.look()).events
        confirmed = message("bye", purpose="law")
        turns = [turn(first, silence=True, outbound=(confirmed,)), turn(second, silence=True)]
        assert [each.message.id for each in (await desk.advance(turns=turns)).claims] == ["bye"]
        assert await desk.unsent() == [("m1", "silenced")]

    async def test_a_second_stop_leaves_the_confirmation_behind_what_is_on_its_way(
        self, desk: Desk
    ) -> None:
        await desk.say(message("m1"))
        claim = (await desk.claims())["m1"]
        await desk.accept(text("STOP", law="stop"), text("stop", law="stop"))
        first, second = (await desk.look()).events
        await desk.advance(
            turns=[turn(first, silence=True, outbound=(message("bye", purpose="law"),))]
        )
        await desk.advance(turns=[turn(second, silence=True)])
        await desk.settle(claim)
        assert await desk.claim() == ["bye"]

    async def test_a_stop_takes_back_what_the_law_said_before_it(self, desk: Desk) -> None:
        await desk.say(message("welcome", purpose="law"))
        desk.clock.now += SECOND
        await desk.accept(text("STOP", law="stop"))
        await desk.say(message("bye", purpose="law"), silence=True)
        assert await desk.claim() == ["bye"]

    # --- errands ------------------------------------------------------------------------------

    async def test_an_errand_is_handed_out_once_with_its_contact(self, desk: Desk) -> None:
        event = await desk.pending()
        work = await desk.advance(turns=[turn(event, record=b"[7]", errands=(errand("e"),))])
        (claim,) = work.errands
        assert (claim.errand, claim.contact, claim.asked_at) == (errand("e"), ANN, START)
        assert claim.kept.record == b"[7]"
        assert (await desk.advance()).errands == ()

    async def test_no_more_errands_are_handed_out_than_wanted(self, desk: Desk) -> None:
        event = await desk.pending()
        asked = (errand("1"), errand("2"))
        work = await desk.advance(turns=[turn(event, errands=asked)], errands=1)
        assert [each.errand.id for each in work.errands] == ["1"]
        assert work.next_due == START
        work = await desk.advance(errands=1)
        assert [each.errand.id for each in work.errands] == ["2"]

    async def test_an_errand_without_an_answer_is_handed_out_again(self, desk: Desk) -> None:
        event = await desk.pending()
        await desk.advance(turns=[turn(event, errands=(errand("e", within=10 * SECOND),))])
        desk.clock.now += 10 * SECOND
        assert (await desk.advance()).errands == ()
        desk.clock.now += HOUR
        assert [each.errand.id for each in (await desk.advance()).errands] == ["e"]

    async def test_an_errand_that_is_done_is_gone(self, desk: Desk) -> None:
        event = await desk.pending()
        await desk.advance(turns=[turn(event, errands=(errand("e"),))])
        work = await desk.advance(errands_done=["e", "never heard of"])
        assert work.next_due is None

    # --- flows and places ---------------------------------------------------------------------

    async def test_a_flow_version_is_kept(self, desk: Desk) -> None:
        assert await desk.store.flow("abc") is None
        await desk.store.keep_flow("abc", b"say: hi")
        await desk.store.keep_flow("abc", b"say: hi")
        assert await desk.store.flow("abc") == b"say: hi"

    async def test_a_place_is_the_same_for_the_same_key(self, desk: Desk) -> None:
        assert await desk.store.reserve("vote", "ann", None) == 1
        assert await desk.store.reserve("vote", "ben", None) == 2
        assert await desk.store.reserve("vote", "ann", None) == 1
        assert await desk.store.reserve("other vote", "ben", None) == 1

    async def test_fifty_places_go_to_fifty_of_a_thousand(self, desk: Desk) -> None:
        taken = await asyncio.gather(
            *(desk.store.reserve("prize", f"k{n}", 50) for n in range(1_000))
        )
        assert sorted(place for place in taken if place is not None) == list(range(1, 51))
        again = await asyncio.gather(
            *(desk.store.reserve("prize", f"k{n}", 50) for n in range(1_000))
        )
        assert again == taken

    async def test_no_place_is_taken_of_none(self, desk: Desk) -> None:
        assert await desk.store.reserve("nothing", "k", 0) is None

    async def test_a_vote_counts_once_and_moves_only_where_it_may(self, desk: Desk) -> None:
        tally = desk.store.tally
        assert await tally("poll", "ann", "rice", change=False) == standing("rice", rice=1)
        assert await tally("poll", "ann", "rice", change=True) == standing("rice", rice=1)
        assert await tally("poll", "ann", "soup", change=False) == standing("rice", rice=1)
        assert await tally("poll", "ben", "soup", change=False) == standing("soup", rice=1, soup=1)
        assert await tally("poll", "ann", "soup", change=True) == standing("soup", soup=2)
        assert await tally("poll", "cas", None, change=False) == standing("", soup=2)
        assert await tally("other", "ann", None, change=False) == standing("")

    async def test_a_thousand_votes_at_once_add_up(self, desk: Desk) -> None:
        votes = [(f"k{n}", "abc"[n % 3]) for n in range(1_000)]
        await asyncio.gather(*(desk.store.tally("p", *vote, change=True) for vote in votes))
        moved = [(key, "c") for key, _ in votes[:500]]
        await asyncio.gather(*(desk.store.tally("p", *vote, change=True) for vote in moved))
        last = Counter((dict(votes) | dict(moved)).values())
        told = await desk.store.tally("p", "nobody", None, change=True)
        assert told == Standing(own="", votes=last)
        assert list(told.votes) == ["c", "a", "b"]


def standing(own: str, **votes: int) -> Standing:
    return Standing(own=own, votes=votes)
