"""What may have ended an owner is told to the next one, until somebody gives the partition back."""

import pytest

from convo.core.decisions import ParkedChoice, ParkedDecision
from convo.core.events import Answered
from convo.core.failures import GivenUp
from convo.ports import Arrival, Done, Wants
from tests.stores.contract_desk import (
    ANN,
    HOUR,
    START,
    Desk,
    HandSetClock,
    Opens,
    desk_of,
    errand,
    text,
    timer,
    turn,
    words,
)
from tests.stores.contract_ledger import Looks, all_of


@pytest.mark.anyio
class SuspectsContract:
    """A subclass gives `opened`, which opens the same business again, and `looks`."""

    @pytest.fixture
    def clock(self) -> HandSetClock:
        return HandSetClock()

    @pytest.fixture
    async def desk(self, opened: Opens, clock: HandSetClock) -> Desk:
        return await desk_of(await opened(clock), clock)

    @staticmethod
    async def next_owner(desk: Desk, opened: Opens) -> Desk:
        """As after a `kill -9`: nothing was given back in order."""
        await desk.store.close()
        return await desk_of(await opened(desk.clock), desk.clock)

    async def test_nothing_is_suspected_of_who_gave_it_back(
        self, desk: Desk, opened: Opens
    ) -> None:
        await desk.accept(text("one"))
        await desk.say(errands=(errand("e"),), contact=ANN)
        await desk.advance()
        await desk.store.begin(desk.lease.partition, "e")
        await desk.store.release(desk.lease)
        after = await self.next_owner(desk, opened)
        assert (after.lease.in_hand, after.lease.suspects.get("e", 0)) == (0, 0)
        assert words(await after.look()) == ["one"]

    async def test_events_that_were_read_and_errands_that_were_handed_out_are_suspected(
        self, desk: Desk, opened: Opens
    ) -> None:
        event = await desk.pending("begins")
        await desk.advance(
            turns=[turn(event, timers=(timer("t", START),), errands=(errand("e"),))], errands=0
        )
        await desk.accept(text("one"), text("two"))
        await desk.advance()
        after = await self.next_owner(desk, opened)
        assert (after.lease.in_hand, after.lease.suspects) == (3, {"e": 0})

    async def test_an_errand_that_nobody_has_run_is_not_suspected(
        self, desk: Desk, opened: Opens
    ) -> None:
        await desk.say(errands=(errand("first"), errand("second")), contact=ANN)
        (claim,) = (await desk.advance(errands=1)).errands
        after = await self.next_owner(desk, opened)
        assert after.lease.suspects == {claim.errand.id: 0}

    async def test_starts_are_counted_from_owner_to_owner(self, desk: Desk, opened: Opens) -> None:
        await desk.store.begin(desk.lease.partition, "k")
        await desk.store.begin(desk.lease.partition, "k")
        after = await self.next_owner(desk, opened)
        await after.store.begin(after.lease.partition, "k")
        await after.store.begin(after.lease.partition, "outlived")
        await after.store.outlived(after.lease.partition, "outlived")
        last = await self.next_owner(after, opened)
        assert last.lease.suspects == {"k": 3}
        await last.store.release(last.lease)
        assert (await self.next_owner(last, opened)).lease.suspects == {}

    async def give_up(self, desk: Desk, looks: Looks) -> str:
        """An errand is given up; what it is called among the parked."""
        await desk.say(errands=(errand("e"),), contact=ANN)
        await desk.advance()
        answer = Answered(
            contact=ANN, errand="e", kind="action", channel="main", failure="it is poison"
        )
        given_up = GivenUp(answer=answer, account="why")
        for _ in range(2):
            await desk.store.advance(desk.lease, Done(given_up=(given_up,)), Wants())
        desk.clock.now += HOUR
        assert (await desk.advance()).errands == ()
        async with looks() as ledger:
            (parked,) = await all_of(ledger.parked, 9)
        assert (parked.event.contact, parked.account, parked.at) == (ANN, "why", START)
        assert isinstance(parked.event, Answered)
        assert (parked.event.errand, parked.event.failure) == ("e", "it is poison")
        return parked.id

    @staticmethod
    async def decide(desk: Desk, id: str, choice: ParkedChoice) -> None:
        decision = ParkedDecision(contact=ANN, parked=id, choice=choice, by="mei")
        assert await desk.accept(Arrival(event=decision, dedupe="")) == ["accepted"]
        assert await desk.accept(Arrival(event=decision, dedupe="")) == ["duplicate"]

    async def test_an_errand_that_was_given_up_is_run_again_with_all_its_time(
        self, desk: Desk, looks: Looks, opened: Opens
    ) -> None:
        id = await self.give_up(desk, looks)
        await self.decide(desk, id, "again")
        (claim,) = (await desk.advance()).errands
        assert (claim.errand, claim.contact, claim.asked_at) == (errand("e"), ANN, desk.clock.now)
        async with looks() as ledger:
            assert await all_of(ledger.parked, 9) == []
        # It is on trial anew, whatever ended before it was mended.
        assert (await self.next_owner(desk, opened)).lease.suspects == {"e": 0}

    async def test_an_errand_that_was_given_up_is_dropped(self, desk: Desk, looks: Looks) -> None:
        id = await self.give_up(desk, looks)
        await self.decide(desk, id, "drop")
        work = await desk.advance()
        assert (work.errands, work.events) == ((), ())
