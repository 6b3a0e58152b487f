"""What people decide of held messages and parked events: done whole, once, and by the rules."""

from collections.abc import Sequence

from convo.core.decisions import (
    HeldChoice,
    HeldDecision,
    ParkedChoice,
    ParkedDecision,
)
from convo.core.events import Due, Inbound
from convo.core.numbers import PhoneNumber
from convo.core.records import Record
from convo.ports import Acceptance, Arrival
from tests.stores.contract_desk import (
    ANN,
    HOUR,
    SECOND,
    START,
    Desk,
    consent,
    message,
    report,
    text,
    timer,
    turn,
    words,
)


def held(id: str, choice: HeldChoice, contact: PhoneNumber = ANN) -> Arrival:
    decision = HeldDecision(contact=contact, message=id, choice=choice, by="mei")
    return Arrival(event=decision, dedupe="")


async def hold(desk: Desk, *ids: str) -> None:
    """These are said, claimed one after the other, and nobody knows whether they left."""
    await desk.say(*(message(id) for id in ids))
    for id in ids:
        await desk.settle((await desk.claims())[id], "held")


class DecisionsContract:
    @staticmethod
    def parked_id(desk: Desk, n: int) -> str:
        """What the store calls the n-th event that it has parked, from 1 on."""
        return str(n)

    async def decide(self, desk: Desk, n: int, choice: ParkedChoice) -> Acceptance:
        """Decide of the n-th event that was parked."""
        id = self.parked_id(desk, n)
        decision = ParkedDecision(contact=ANN, parked=id, choice=choice, by="mei")
        (answer,) = await desk.accept(Arrival(event=decision, dedupe=""))
        return answer

    # --- held messages ------------------------------------------------------------------------

    async def test_a_held_message_goes_out_once_more_before_what_waits_behind_it(
        self, desk: Desk
    ) -> None:
        await hold(desk, "m1")
        await desk.say(message("m2"), message("m3"))
        assert await desk.accept(held("m1", "send")) == ["accepted"]
        claim = (await desk.claims())["m1"]
        assert claim.message.tries == 1
        await desk.settle(claim)
        assert await desk.claim() == ["m2"]

    async def test_it_waits_for_the_one_that_is_being_sent(self, desk: Desk) -> None:
        await hold(desk, "m1")
        await desk.say(message("m2"), message("m3"))
        sending = (await desk.claims())["m2"]
        await desk.accept(held("m1", "send"))
        assert await desk.claim() == []
        await desk.settle(sending)
        assert await desk.claim() == ["m1"]

    async def test_bulk_that_was_held_waits_for_the_replies(self, desk: Desk) -> None:
        await desk.say(message("b1", lane="bulk"))
        await desk.settle((await desk.claims())["b1"], "held")
        await desk.say(message("b2", lane="bulk"), message("r1"))
        await desk.accept(held("b1", "send"))
        order: list[str] = []
        for _ in range(3):
            ((id, claim),) = (await desk.claims()).items()
            order.append(id)
            await desk.settle(claim)
        assert order == ["r1", "b1", "b2"]

    async def test_one_that_somebody_has_seen_or_gives_up_is_not_sent(self, desk: Desk) -> None:
        await hold(desk, "m1", "m2")
        assert await desk.accept(held("m1", "sent"), held("m2", "drop")) == ["accepted"] * 2
        assert await desk.claim() == []
        decided = [dict(each.facts) for each in await desk.records("decided")]
        assert decided == [
            {"choice": "sent", "by": "mei", "message": "m1"},
            {"choice": "drop", "by": "mei", "message": "m2"},
        ]

    async def test_who_decides_twice_decides_nothing(self, desk: Desk) -> None:
        await hold(desk, "m1")
        first: Sequence[Acceptance] = await desk.accept(held("m1", "send"))
        assert first == ["accepted"]
        assert await desk.accept(held("m1", "send"), held("m1", "drop")) == ["duplicate"] * 2
        assert await desk.accept(held("nobody", "send")) == ["duplicate"]
        await desk.settle((await desk.claims())["m1"])
        assert await desk.accept(held("m1", "send")) == ["duplicate"]
        assert await desk.claim() == []
        assert len(await desk.records("decided")) == 1

    async def test_a_message_that_is_not_held_is_nobodys_to_decide(self, desk: Desk) -> None:
        await desk.say(message("m1"))
        assert await desk.accept(held("m1", "drop")) == ["duplicate"]
        claim = (await desk.claims())["m1"]
        assert await desk.accept(held("m1", "sent")) == ["duplicate"]
        await desk.settle(claim)

    async def test_a_report_settles_one_that_was_to_go_out_once_more(self, desk: Desk) -> None:
        await hold(desk, "m1")
        await desk.accept(held("m1", "send"))
        await desk.accept(report("delivered", outbound="m1", provider_id="SM1"))
        assert await desk.claim() == []

    async def test_consent_is_asked_again(self, desk: Desk) -> None:
        await hold(desk, "m1")
        await desk.accept(text("STOP", law="stop"))
        await desk.accept(held("m1", "send"))
        assert await desk.claim() == []
        assert await desk.unsent() == [("m1", "withdrawn")]

    async def test_a_start_since_does_not_bring_back_what_was_said_before_a_stop(
        self, desk: Desk
    ) -> None:
        await hold(desk, "m1")
        desk.clock.now += SECOND
        await desk.accept(text("STOP", law="stop"))
        desk.clock.now += SECOND
        await desk.accept(text("START", law="start"))
        await desk.accept(held("m1", "send"))
        assert await desk.claim() == []

    async def test_what_is_too_late_by_now_is_not_sent(self, desk: Desk) -> None:
        await desk.say(message("m1", not_after=START + HOUR))
        await desk.settle((await desk.claims())["m1"], "held")
        desk.clock.now += 2 * HOUR
        await desk.accept(held("m1", "send"))
        assert await desk.claim() == []
        assert await desk.unsent() == [("m1", "too late")]

    # --- parked events ------------------------------------------------------------------------

    async def test_a_parked_event_is_read_again_as_it_came(self, desk: Desk) -> None:
        await desk.accept(text("poison", raw=b"as it came"))
        (event,) = (await desk.look()).events
        await desk.advance(turns=[turn(event, record=None, parked="boom")])
        desk.clock.now += HOUR
        assert await self.decide(desk, 1, "again") == "accepted"
        (again,) = (await desk.look()).events
        assert isinstance(again.event, Inbound)
        assert (again.event.text, again.event.at) == ("poison", START + HOUR)
        assert again.order == event.order
        await desk.advance(turns=[turn(again)])
        assert (await desk.look()).events == ()
        assert await self.decide(desk, 1, "again") == "duplicate"
        assert await self.decide(desk, 1, "drop") == "duplicate"

    async def test_those_of_one_contact_come_in_the_order_of_their_arrival(
        self, desk: Desk
    ) -> None:
        await desk.accept(text("one"), text("two"), text("three"))
        turns = [turn(each, record=None, parked="boom") for each in (await desk.look()).events]
        await desk.advance(turns=turns)
        for n in (1, 2, 3):
            await self.decide(desk, n, "again")
        assert words(await desk.look()) == ["one", "two", "three"]

    async def test_a_consent_that_it_gives_does_not_outweigh_a_newer_no(self, desk: Desk) -> None:
        join = await desk.pending("join")
        await desk.advance(turns=[turn(join, record=None, parked="boom")])
        leave = await desk.pending("leave")
        no = consent("survey", "withdrawn", leave.order)
        await desk.advance(turns=[turn(leave, consents=(no,))])
        await self.decide(desk, 1, "again")
        (again,) = (await desk.look()).events
        # It fails once more, and is put back once more.
        await desk.advance(turns=[turn(again, record=None, parked="boom")])
        await self.decide(desk, 2, "again")
        (again,) = (await desk.look()).events
        yes = consent("survey", "given", again.order)
        await desk.advance(turns=[turn(again, consents=(yes,))])
        assert await desk.state("survey") == "withdrawn"

    async def test_a_timer_whose_turn_failed_comes_due_again(self, desk: Desk) -> None:
        await desk.say(contact=ANN, timers=(timer("t", START, generation=7),))
        (due,) = (await desk.look()).events
        await desk.advance(turns=[turn(due, record=None, parked="boom")])
        await self.decide(desk, 1, "again")
        (again,) = (await desk.look()).events
        assert isinstance(again.event, Due)
        assert (again.event.name, again.event.generation) == ("t", 7)
        await desk.advance(turns=[turn(again)])
        assert (await desk.look()).events == ()

    async def test_one_that_is_given_up_is_gone_and_its_contact_is_told_so(
        self, desk: Desk
    ) -> None:
        event = await desk.pending("poison")
        await desk.advance(turns=[turn(event, record=None, parked="boom")])
        assert await self.decide(desk, 1, "drop") == "accepted"
        assert (await desk.look()).events == ()
        decided: list[Record] = await desk.records("decided")
        assert [(each.facts["choice"], each.facts["by"]) for each in decided] == [("drop", "mei")]
        assert await self.decide(desk, 1, "again") == "duplicate"
