"""What every store must do with messages: in their order, once, and only where they may go."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from convo.core.turns import Lane
from convo.core.voices import Voice
from convo.ports import Others
from tests.stores.contract_desk import (
    ANN,
    BEN,
    HOUR,
    PEOPLE,
    SECOND,
    START,
    Desk,
    consent,
    message,
    report,
    text,
    turn,
)


class MessagesContract:
    # --- claims -------------------------------------------------------------------------------

    async def test_a_message_is_claimed_once_and_whole(self, desk: Desk) -> None:
        wanted = message("m1", programme="news", purpose="law", not_after=START + HOUR, parts=2)
        wanted = replace(
            wanted,
            to="anna@home.example",
            media=("https://salon.example/a.jpg", "https://salon.example/b.jpg?x=1&y=2"),
            voice=Voice(session="s1", flows=("care", "score"), version="v1", request="visit-7"),
        )
        await desk.say(wanted)
        (claim,) = (await desk.advance()).claims
        assert (claim.message, claim.at) == (wanted, START)
        assert (await desk.advance()).claims == ()

    async def test_a_message_waits_until_it_is_due(self, desk: Desk) -> None:
        await desk.say(message("m1", due=START + SECOND))
        work = await desk.advance()
        assert (work.claims, work.next_due) == ((), START + SECOND)
        assert work.next_other is None
        desk.clock.now += SECOND
        assert await desk.claim() == ["m1"]

    async def test_replies_go_before_bulk_and_the_oldest_first(self, desk: Desk) -> None:
        queued: list[tuple[Lane, int]] = [("bulk", 1), ("reply", 9), ("bulk", 3), ("reply", 2)]
        for n, (lane, due) in enumerate(queued):
            contact = PEOPLE[n]
            await desk.say(message(f"{lane}{due}", contact=contact, lane=lane, due=due))
        assert await desk.claim(messages=3) == ["reply2", "reply9", "bulk1"]
        assert await desk.claim() == ["bulk3"]

    async def test_bulk_takes_no_more_of_a_channels_room_than_is_for_bulk(self, desk: Desk) -> None:
        for n, id in enumerate(("bulk1", "bulk2", "bulk3", "reply4", "reply5")):
            lane: Lane = "bulk" if id.startswith("bulk") else "reply"
            await desk.say(message(id, contact=PEOPLE[n], lane=lane, due=n))
            if lane == "bulk":
                of_other = message(f"other{n}", contact=PEOPLE[n], channel="other", lane=lane)
                await desk.say(of_other)
        claimed = await desk.claim(messages=9, bulk={"main": 2})
        assert claimed == ["reply4", "reply5", "bulk1", "bulk2", "other0", "other1", "other2"]
        assert await desk.claim(messages=9, bulk={"main": 0}) == []
        assert await desk.claim(messages=1, bulk={"main": 9}) == ["bulk3"]

    async def test_the_last_message_may_overdraw_the_parts(self, desk: Desk) -> None:
        for n in range(3):
            contact = PEOPLE[n]
            await desk.say(message(f"m{n}", contact=contact, parts=2, due=n))
        assert await desk.claim(parts=0) == []
        assert await desk.claim(parts=3) == ["m0", "m1"]

    async def test_channels_are_claimed_apart(self, desk: Desk) -> None:
        await desk.say(message("m1"), message("o1", channel="other"))
        work = await desk.advance()
        assert {each.message.id for each in work.claims} == {"m1", "o1"}

    async def test_the_replies_of_all_channels_go_before_the_bulk_of_any(self, desk: Desk) -> None:
        await desk.say(message("bulk1", lane="bulk", due=1))
        await desk.say(message("reply1", contact=BEN, channel="other", due=2))
        assert await desk.claim() == ["reply1", "bulk1"]

    async def test_channels_that_draw_on_one_limit_share_its_parts(self, desk: Desk) -> None:
        for n, channel in enumerate(("main", "other", "main", "other")):
            one = message(f"m{n}", contact=PEOPLE[n], channel=channel, parts=2, due=n)
            await desk.say(one)
        share = {"main": ("account",), "other": ("account", "other")}
        assert await desk.claim(parts={"account": 0}, limits=share) == []
        assert await desk.claim(parts={"account": 3}, limits=share) == ["m0", "m2"]
        assert await desk.claim(parts={"account": 9, "other": 0}, limits=share) == []
        assert await desk.claim(parts={"account": 2, "other": 9}, limits=share) == ["m1"]
        assert await desk.claim(limits=share) == ["m3"]

    # --- chains -------------------------------------------------------------------------------

    async def test_the_next_of_a_chain_waits_for_the_one_before(self, desk: Desk) -> None:
        await desk.say(message("m1"), message("m2"))
        claims = await desk.claims()
        assert list(claims) == ["m1"]
        await desk.say(message("m3"))
        await desk.settle(claims["m1"])
        claims = await desk.claims()
        assert list(claims) == ["m2"]
        await desk.settle(claims["m2"])
        assert await desk.claim() == ["m3"]

    @pytest.mark.parametrize("outcome", ["accepted", "failed", "held"])
    async def test_whatever_becomes_of_a_message_its_chain_goes_on(
        self, desk: Desk, outcome: str
    ) -> None:
        await desk.say(message("m1"), message("m2"))
        await desk.settle((await desk.claims())["m1"], outcome)  # pyright: ignore[reportArgumentType]
        assert await desk.claim() == ["m2"]

    async def test_a_message_to_be_tried_again_stays_first(self, desk: Desk) -> None:
        await desk.say(message("m1"), message("m2"))
        await desk.settle((await desk.claims())["m1"], "again", due=START + HOUR)
        assert await desk.claim() == []
        desk.clock.now += HOUR
        (claim,) = (await desk.advance()).claims
        assert (claim.message.id, claim.message.tries) == ("m1", 1)

    async def test_what_is_claimed_together_is_told_apart(self, desk: Desk) -> None:
        await desk.say(message("m1"), message("m2", channel="other"))
        claims = await desk.claims()
        assert claims.keys() == {"m1", "m2"}
        assert claims["m1"].attempt != claims["m2"].attempt

    async def test_a_settle_of_another_attempt_changes_nothing(self, desk: Desk) -> None:
        await desk.say(message("m1"), message("m2"))
        old = (await desk.claims())["m1"]
        await desk.settle(old, "again", due=START)
        new = (await desk.claims())["m1"]
        assert new.attempt != old.attempt
        await desk.settle(old)
        assert await desk.claim() == []
        await desk.settle(new)
        assert await desk.claim() == ["m2"]

    async def test_settling_twice_lets_one_go_on_and_not_two(self, desk: Desk) -> None:
        await desk.say(message("m1"), message("m2"), message("m3"))
        claim = (await desk.claims())["m1"]
        await desk.settle(claim)
        await desk.settle(claim, "failed")
        assert await desk.claim() == ["m2"]
        assert await desk.claim() == []
        assert len(await desk.records("sent")) == 1

    async def test_a_reply_overtakes_bulk_that_nobody_has_claimed(self, desk: Desk) -> None:
        await desk.say(message("bulk1", lane="bulk"), message("bulk2", lane="bulk"))
        await desk.say(message("reply1"), message("reply2"))
        order: list[str] = []
        for _ in range(4):
            ((id, claim),) = (await desk.claims()).items()
            order.append(id)
            await desk.settle(claim)
        assert order == ["reply1", "reply2", "bulk1", "bulk2"]

    async def test_a_reply_does_not_overtake_bulk_on_its_way(self, desk: Desk) -> None:
        await desk.say(message("bulk1", lane="bulk"))
        bulk = (await desk.claims())["bulk1"]
        await desk.say(message("reply1"))
        assert await desk.claim() == []
        await desk.settle(bulk)
        assert await desk.claim() == ["reply1"]

    async def test_a_reply_overtakes_bulk_that_is_to_be_tried_again(self, desk: Desk) -> None:
        await desk.say(message("bulk1", lane="bulk"))
        bulk = (await desk.claims())["bulk1"]
        await desk.say(message("reply1"))
        await desk.settle(bulk, "again", due=START)
        reply = (await desk.claims())["reply1"]
        await desk.settle(reply)
        assert await desk.claim() == ["bulk1"]

    async def test_contacts_do_not_wait_for_each_other(self, desk: Desk) -> None:
        await desk.say(message("a1"), message("a2"))
        await desk.say(message("b1", contact=BEN))
        assert await desk.claim() == ["a1", "b1"]

    async def test_what_was_claimed_and_not_settled_is_in_doubt(self, desk: Desk) -> None:
        await desk.say(message("m1"), message("m2"))
        await desk.say(message("b1", contact=BEN))
        claims = await desk.claims()
        await desk.settle(claims["b1"])
        await desk.store.release(desk.lease)
        lease = await desk.acquire()
        assert lease is not None
        assert lease.doubts == (claims["m1"],)
        desk.lease = lease
        await desk.settle(lease.doubts[0])
        assert await desk.claim() == ["m2"]

    # --- whose an id of the provider's is ------------------------------------------------------

    async def test_an_id_of_another_message_is_known_however_that_was_settled(
        self, desk: Desk
    ) -> None:
        await desk.say(message("m1"), message("m2"), message("m3"))
        await desk.settle((await desk.claims())["m1"], "accepted", "P1a", "P1b")
        await desk.claims()
        await desk.accept(report("sent", outbound="m2", provider_id="P2"))
        claim = (await desk.claims())["m3"]
        others = await desk.store.others(claim, ["P1b", "P2", "P3"])
        assert others == Others(provider_ids=frozenset(("P1b", "P2")))

    async def test_a_report_that_settles_late_makes_its_id_known(self, desk: Desk) -> None:
        await desk.say(message("m1"), message("m2"))
        await desk.settle((await desk.claims())["m1"], "held")
        claim = (await desk.claims())["m2"]
        assert await desk.store.others(claim, ["P1"]) == Others()
        await desk.accept(report("sent", outbound="m1", provider_id="P1"))
        assert (await desk.store.others(claim, ["P1"])).provider_ids == {"P1"}

    async def test_an_id_of_its_own_is_no_others(self, desk: Desk) -> None:
        await desk.say(message("m1"))
        claim = (await desk.claims())["m1"]
        await desk.accept(report("sent", outbound="m1", provider_id="P1"))
        assert await desk.store.others(claim, ["P1"]) == Others()

    async def test_an_id_belongs_to_the_channel_that_carried_its_message(self, desk: Desk) -> None:
        await desk.say(message("m1", channel="other"), message("m2"))
        claims = await desk.claims()
        await desk.settle(claims["m1"], "accepted", "P1")
        assert await desk.store.others(claims["m2"], ["P1"]) == Others()

    @pytest.mark.parametrize(
        ("changes", "nameless"),
        [
            ({}, True),
            ({"text": "other words"}, False),
            ({"contact": BEN}, False),
            ({"channel": "other"}, False),
        ],
    )
    async def test_a_held_message_of_the_same_words_may_bear_an_id_that_nobody_knows(
        self, desk: Desk, changes: Mapping[str, Any], nameless: bool
    ) -> None:
        await desk.say(replace(message("m1"), text="yes"))
        await desk.settle((await desk.claims())["m1"], "held")
        await desk.say(replace(message("m2"), **{"text": "yes", **changes}))
        claim = (await desk.claims())["m2"]
        assert await desk.store.others(claim, ["P1"]) == Others(nameless=nameless)

    async def test_what_was_held_long_before_has_left_before(self, desk: Desk) -> None:
        await desk.say(replace(message("m1"), text="yes"), replace(message("m2"), text="yes"))
        await desk.settle((await desk.claims())["m1"], "held")
        desk.clock.now += HOUR
        claim = (await desk.claims())["m2"]
        assert await desk.store.others(claim, ["P1"]) == Others()

    # --- what is not sent any more ------------------------------------------------------------

    async def test_a_stop_takes_back_what_is_not_claimed(self, desk: Desk) -> None:
        await desk.say(message("m1"), message("m2"), message("m3", purpose="law"))
        await desk.accept(text("STOP", law="stop"))
        assert await desk.claim() == ["m3"]
        assert await desk.unsent() == [("m1", "withdrawn"), ("m2", "withdrawn")]

    async def test_a_start_brings_nothing_back_from_before_the_stop(self, desk: Desk) -> None:
        await desk.say(message("m1"))
        claim = (await desk.claims())["m1"]
        desk.clock.now += 1
        await desk.accept(text("STOP", law="stop"))
        await desk.say(silence=True)
        await desk.settle(claim, "again")
        desk.clock.now += 1
        await desk.accept(text("START", law="start"))
        await desk.say(message("m2"))
        assert await desk.claim() == ["m2"]
        assert ("m1", "withdrawn") in await desk.unsent()

    async def test_a_stop_takes_back_an_asking_of_consent_too(self, desk: Desk) -> None:
        await desk.accept(text("STOP", law="stop"))
        await desk.say(message("m1", purpose="consent", programme="news"))
        assert await desk.claim() == []

    @pytest.mark.parametrize(("state", "sent"), [("given", True), ("asked", False)])
    async def test_a_programmes_message_needs_its_consent(
        self, desk: Desk, state: str, sent: bool
    ) -> None:
        given = consent("news", state, 1)  # pyright: ignore[reportArgumentType]
        await desk.say(message("m1", programme="news"), consents=(given,))
        assert await desk.claim() == (["m1"] if sent else [])

    async def test_a_programme_never_heard_of_is_not_consented_to(self, desk: Desk) -> None:
        await desk.say(message("m1", programme="news"))
        assert await desk.claim() == []
        assert await desk.unsent() == [("m1", "no consent")]

    @pytest.mark.parametrize("purpose", ["consent", "law"])
    async def test_asking_for_consent_needs_none(self, desk: Desk, purpose: str) -> None:
        asking = message("m1", programme="news", purpose=purpose)  # pyright: ignore[reportArgumentType]
        await desk.say(asking)
        assert await desk.claim() == ["m1"]

    async def test_a_message_past_its_time_is_dropped(self, desk: Desk) -> None:
        await desk.say(message("m1", not_after=START + 1), message("m2", not_after=START + 2))
        desk.clock.now += 2
        assert await desk.claim() == ["m2"]
        assert await desk.unsent() == [("m1", "too late")]

    # --- delivery reports ---------------------------------------------------------------------

    async def test_a_report_takes_no_turn(self, desk: Desk) -> None:
        await desk.say(message("m1"))
        await desk.settle((await desk.claims())["m1"], "accepted", "SM1")
        assert await desk.accept(report("sent", outbound="m1")) == ["accepted"]
        assert await desk.accept(report("delivered", provider_id="SM1")) == ["accepted"]
        assert (await desk.look()).events == ()
        assert await desk.statuses() == ["sent", "delivered"]

    async def test_a_report_twice_counts_once(self, desk: Desk) -> None:
        await desk.say(message("m1"))
        await desk.settle((await desk.claims())["m1"], "accepted", "SM1")
        assert await desk.accept(report("sent", outbound="m1")) == ["accepted"]
        assert await desk.accept(report("sent", outbound="m1")) == ["duplicate"]
        assert await desk.statuses() == ["sent"]

    @pytest.mark.parametrize("status", ["queued", "sent", "delivered", "undelivered", "failed"])
    async def test_a_report_settles_a_message_in_doubt(self, desk: Desk, status: str) -> None:
        await desk.say(message("m1"), message("m2"))
        claim = (await desk.claims())["m1"]
        await desk.accept(report(status, outbound="m1", provider_id="SM1"))  # pyright: ignore[reportArgumentType]
        assert await desk.claim() == ["m2"]
        await desk.settle(claim, "again", due=START)
        assert await desk.claim() == []

    async def test_a_report_rings_the_bell(self, desk: Desk) -> None:
        await desk.say(message("m1"))
        await desk.advance()
        await desk.accept(report("sent", outbound="m1"))
        await desk.store.bell(desk.lease, None)

    async def test_a_report_frees_a_held_message(self, desk: Desk) -> None:
        await desk.say(message("m1"), message("m2"), message("m3"))
        await desk.settle((await desk.claims())["m1"], "held")
        second = (await desk.claims())["m2"]
        await desk.accept(report("delivered", outbound="m1"))
        assert await desk.claim() == []
        await desk.settle(second)
        assert await desk.claim() == ["m3"]

    async def test_a_report_stops_a_second_try(self, desk: Desk) -> None:
        await desk.say(message("m1"), message("m2"))
        await desk.settle((await desk.claims())["m1"], "again", due=START + HOUR)
        await desk.accept(report("sent", outbound="m1"))
        desk.clock.now += 2 * HOUR
        assert await desk.claim() == ["m2"]

    async def test_a_report_of_a_message_that_never_left_changes_nothing(self, desk: Desk) -> None:
        await desk.say(message("m1", due=START + 1))
        await desk.accept(report("delivered", outbound="m1"))
        desk.clock.now += 1
        assert await desk.claim() == ["m1"]

    async def test_a_report_before_the_answer_waits_for_it(self, desk: Desk) -> None:
        await desk.say(message("m1"))
        claim = (await desk.claims())["m1"]
        assert await desk.accept(report("delivered", provider_id="SM1")) == ["accepted"]
        assert await desk.accept(report("sent", provider_id="SM2")) == ["accepted"]
        assert await desk.statuses() == []
        await desk.settle(claim, "accepted", "SM1")
        desk.clock.now += SECOND  # after which what nobody knew is looked for again
        assert await desk.statuses() == ["delivered"]

    async def test_a_report_that_names_its_message_brings_one_that_did_not(
        self, desk: Desk
    ) -> None:
        await desk.say(message("m1"), message("m2"), message("m3"))
        await desk.claims()
        await desk.accept(report("sent", provider_id="P1"))
        await desk.accept(report("delivered", outbound="m1", provider_id="P1"))
        assert await desk.claim() == ["m2"]
        assert sorted(await desk.statuses()) == ["delivered", "sent"]

    async def test_every_part_has_an_id_that_finds_the_message(self, desk: Desk) -> None:
        await desk.say(message("m1", parts=2))
        await desk.settle((await desk.claims())["m1"], "accepted", "SM1", "SM2")
        await desk.accept(report("sent", provider_id="SM1"), report("sent", provider_id="SM2"))
        found = await desk.records("status")
        assert [each.facts["message"] for each in found] == ["m1", "m1"]

    async def test_an_answer_behind_its_report_still_tells_the_id(self, desk: Desk) -> None:
        await desk.say(message("m1"))
        claim = (await desk.claims())["m1"]
        await desk.accept(report("sent", outbound="m1"))
        await desk.settle(claim, "accepted", "SM1")
        await desk.accept(report("delivered", provider_id="SM1"))
        assert await desk.statuses() == ["sent", "delivered"]

    async def test_a_report_of_nobodys_message_is_kept_for_people(self, desk: Desk) -> None:
        assert await desk.accept(report("failed", outbound="nobody's")) == ["accepted"]
        assert await desk.statuses() == ["failed"]

    async def test_an_id_of_one_channel_means_nothing_on_another(self, desk: Desk) -> None:
        await desk.say(message("o1", channel="other"))
        await desk.settle((await desk.claims())["o1"], "accepted", "SM1")
        await desk.accept(report("delivered", provider_id="SM1"))
        assert await desk.statuses() == []

    async def test_every_settle_leaves_a_record(self, desk: Desk) -> None:
        await desk.say(*(message(f"m{n}") for n in range(3)))
        await desk.settle((await desk.claims())["m0"], "accepted", "SM1")
        await desk.settle((await desk.claims())["m1"], "held")
        await desk.settle((await desk.claims())["m2"], "again", due=START)
        await desk.settle((await desk.claims())["m2"], "failed")
        (sent,) = await desk.records("sent")
        assert sent.facts == {"message": "m0", "provider_ids": ["SM1"]}
        assert [each.facts["message"] for each in await desk.records("in_doubt")] == ["m1"]
        assert [each.facts["again"] for each in await desk.records("unsent")] == [True, False]

    async def test_the_same_message_is_not_queued_twice(self, desk: Desk) -> None:
        await desk.say(message("m1"))
        event = await desk.pending()
        await desk.advance(turns=[turn(event, outbound=(message("m1"),))], messages=0)
        await desk.settle((await desk.claims())["m1"])
        assert await desk.claim() == []

    async def test_a_claim_names_its_contact(self, desk: Desk) -> None:
        await desk.say(message("m1", contact=ANN))
        assert (await desk.claims())["m1"].message.contact == ANN
