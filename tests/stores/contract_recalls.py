"""What is recalled leaves no more: not what waits, and not what comes back to the queue later."""

from dataclasses import replace

import pytest

from convo.core.decisions import HeldDecision
from convo.core.numbers import PhoneNumber
from convo.core.recalls import Recall
from convo.core.turns import Lane, Outbound
from convo.core.voices import NOBODY, Voice
from convo.ports import Arrival
from tests.stores.contract_desk import (
    ANN,
    BEN,
    HOUR,
    SECOND,
    START,
    Desk,
    HandSetClock,
    Opens,
    desk_of,
    message,
    text,
    turn,
)

OFFER = Voice(session="s1", flows=("offer", "address"), version="abcdef", request="spring/7")


def recall(
    *, flow: str = "", version: str = "", request: str = "", contact: PhoneNumber | None = None
) -> Arrival:
    asked = Recall(flow=flow, version=version, request=request, contact=contact, by="mei")
    return Arrival(event=asked, dedupe="")


def said(
    id: str,
    voice: Voice = OFFER,
    *,
    contact: PhoneNumber = ANN,
    lane: Lane = "reply",
    due: int = 0,
) -> Outbound:
    return replace(message(id, contact=contact, lane=lane, due=due), voice=voice)


class RecallsContract:
    async def test_what_waits_of_a_flow_is_dropped_and_the_others_go_on(self, desk: Desk) -> None:
        other = replace(OFFER, flows=("visit",))
        await desk.say(said("o1"), said("o2"), said("v1", other), said("n1", NOBODY))
        await desk.say(said("o3", contact=BEN, lane="bulk", due=START + HOUR))
        assert await desk.accept(recall(flow="offer")) == ["accepted"]
        dropped = [each.facts["message"] for each in await desk.records("unsent")]
        assert sorted(dropped) == ["o1", "o2", "o3"]
        assert {each.facts["why"] for each in await desk.records("unsent")} == {"recalled"}
        for left in ("v1", "n1"):
            claims = await desk.claims()
            assert [*claims] == [left]
            await desk.settle(claims[left])
        assert await desk.claim() == []

    @pytest.mark.parametrize(
        ("asked", "stays"),
        [
            (recall(flow="address"), False),
            (recall(flow="addres"), True),
            (recall(version="abc"), False),
            (recall(version="bc"), True),
            (recall(request="spring/7"), False),
            (recall(request="spring/"), True),
            (recall(request="spring/*"), False),
            (recall(request="*"), False),
            (recall(request="autumn/*"), True),
            (recall(contact=ANN), False),
            (recall(contact=BEN), True),
            (recall(flow="offer", version="abcdef", request="spring/*", contact=ANN), False),
            (recall(flow="offer", version="0"), True),
            (recall(flow="offer", request="autumn/7"), True),
        ],
    )
    async def test_all_that_a_recall_names_must_fit(
        self, desk: Desk, asked: Arrival, stays: bool
    ) -> None:
        await desk.say(said("m1"))
        await desk.accept(asked)
        assert await desk.claim() == (["m1"] if stays else [])

    async def test_one_on_its_way_may_have_left_and_is_not_tried_again(self, desk: Desk) -> None:
        await desk.say(said("m1"), said("m2"), said("n1", NOBODY))
        claim = (await desk.claims())["m1"]
        await desk.accept(recall(flow="offer"))
        assert await desk.claim() == []
        await desk.settle(claim, "again")
        assert await desk.claim() == ["n1"]
        why = {x.facts["message"]: x.facts["why"] for x in await desk.records("unsent")}
        assert why == {"m1": "recalled", "m2": "recalled"}

    async def test_one_that_was_held_does_not_go_out_once_more(self, desk: Desk) -> None:
        await desk.say(said("m1"))
        await desk.settle((await desk.claims())["m1"], "held")
        await desk.accept(recall(flow="offer"))
        await desk.accept(self.sent_again("m1"))
        assert await desk.claim() == []
        assert [each.facts["message"] for each in await desk.records("unsent")] == ["m1"]

    @staticmethod
    def sent_again(id: str) -> Arrival:
        decision = HeldDecision(contact=ANN, message=id, choice="send", by="mei")
        return Arrival(event=decision, dedupe="")

    async def test_what_was_asked_for_before_is_not_said_and_what_comes_later_is(
        self, desk: Desk, clock: HandSetClock
    ) -> None:
        await desk.accept(text("please"))
        (early,) = (await desk.look()).events
        clock.now += SECOND
        await desk.accept(recall(flow="offer"))
        await desk.advance(turns=[turn(early, outbound=(said("m1"),))])
        assert await desk.claim() == []
        clock.now += SECOND
        await desk.say(said("m2"))
        assert await desk.claim() == ["m2"]

    async def test_a_recall_is_told_with_who_asked_for_it(self, desk: Desk) -> None:
        await desk.accept(recall(flow="offer", request="spring/*", contact=ANN))
        told = [dict(each.facts) for each in await desk.records("recalled")]
        assert told == [{"flow": "offer", "version": "", "request": "spring/*", "by": "mei"}]

    async def test_many_are_dropped_and_the_store_opened_anew_still_knows(
        self, desk: Desk, opened: Opens, clock: HandSetClock
    ) -> None:
        await desk.say(*(said(f"m{n}", lane="bulk") for n in range(1_200)))
        claim = (await desk.claims())["m0"]
        await desk.accept(recall(flow="offer"))
        assert len(await desk.records("unsent")) == 1_199
        await desk.settle(claim, "again")
        await desk.store.release(desk.lease)
        await desk.store.close()
        again = await desk_of(await opened(clock), clock)
        assert await again.claim() == []
