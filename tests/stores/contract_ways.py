"""What every store must do with messages that another channel than their own carries."""

import random

import pytest

from convo.core.numbers import PhoneNumber
from convo.core.turns import Outbound
from convo.ports import Claim
from tests.stores.contract_desk import ANN, BEN, PEOPLE, SECOND, START, Desk, message, report

#: The channel "main" fails, and "other" is its backup.
MAIN_FAILS = {"main": {"main": "other"}}
#: So does the backup, and "main" is back.
OTHER_FAILS = {"other": {"main": "main"}}


async def moved(desk: Desk, *messages: Outbound) -> dict[str, Claim]:
    """These, said on "main" and claimed for "other"."""
    await desk.say(*messages)
    return await desk.claims(by="other", via=MAIN_FAILS)


class WaysContract:
    async def test_a_backup_carries_what_its_channel_cannot(self, desk: Desk) -> None:
        claims = await moved(desk, message("m1"))
        claim = claims["m1"]
        assert (claim.message.channel, claim.message.goes_by) == ("main", "other")
        assert claim.moved

    async def test_what_nobody_takes_over_waits(self, desk: Desk) -> None:
        await desk.say(message("m1"))
        assert await desk.claims(by="other") == {}
        assert (await desk.claims(by="main"))["m1"].message.goes_by == "main"

    async def test_what_a_backup_carries_keeps_its_order(self, desk: Desk) -> None:
        claims = await moved(desk, message("m1"), message("m2"), message("m3"))
        assert list(claims) == ["m1"]
        assert await desk.claims() == {}
        await desk.settle(claims["m1"])
        assert list(await desk.claims(by="other", via=MAIN_FAILS)) == ["m2"]
        await desk.say(message("m4"))
        assert await desk.claims() == {}

    async def test_own_messages_and_those_of_others_go_by_their_age(self, desk: Desk) -> None:
        for n, channel in enumerate(("main", "other", "main", "other")):
            await desk.say(message(f"m{n}", contact=PEOPLE[n], channel=channel, due=n))
        claims = await desk.claims(by="other", via=MAIN_FAILS, messages=3)
        assert list(claims) == ["m0", "m1", "m2"]
        assert [each.moved for each in claims.values()] == [True, False, True]

    async def test_what_is_taken_over_counts_against_who_takes_it(self, desk: Desk) -> None:
        for n in range(3):
            await desk.say(message(f"m{n}", contact=PEOPLE[n], parts=2, due=n))
        parts = {"main": 0, "other": 3}
        assert list(await desk.claims(by="other", via=MAIN_FAILS, parts=parts)) == ["m0", "m1"]

    async def test_what_did_not_leave_by_the_backup_may_come_back(self, desk: Desk) -> None:
        claim = (await moved(desk, message("m1"), message("m2")))["m1"]
        await desk.settle(claim, "again", due=START)
        assert await desk.claims(by="main") == {}
        claim = (await desk.claims(by="main", via=OTHER_FAILS))["m1"]
        assert (claim.message.goes_by, claim.message.tries, claim.moved) == ("main", 1, True)

    async def test_what_did_not_leave_goes_by_the_same_again(self, desk: Desk) -> None:
        claim = (await moved(desk, message("m1")))["m1"]
        await desk.settle(claim, "again", due=START)
        claim = (await desk.claims())["m1"]
        assert (claim.message.goes_by, claim.moved) == ("other", False)

    @pytest.mark.parametrize("by", ["main", "other"])
    async def test_what_may_have_left_stays_where_it_was(self, desk: Desk, by: str) -> None:
        await desk.say(message("m1"), message("m2"))
        await desk.say(message("b1", contact=BEN, due=1))
        first = await desk.claims(by=by, via=MAIN_FAILS if by == "other" else None)
        await desk.settle(first["m1"], "again", due=START, stays=True)
        await desk.settle(first["b1"], "again", due=START)
        other, fails = ("main", OTHER_FAILS) if by == "other" else ("other", MAIN_FAILS)
        assert list(await desk.claims(by=other, via=fails)) == ["b1"]
        claim = (await desk.claims(by=by))["m1"]
        assert (claim.message.goes_by, claim.message.stays, claim.moved) == (by, True, False)

    async def test_those_that_stay_hold_up_nobody_behind_them(self, desk: Desk) -> None:
        for n in range(3):
            await desk.say(message(f"m{n}", contact=PEOPLE[n], due=n))
        for claim in (await desk.claims(by="main", messages=2)).values():
            await desk.settle(claim, "again", due=START, stays=True)
        assert list(await desk.claims(by="other", via=MAIN_FAILS, messages=1)) == ["m2"]

    async def test_a_turn_may_say_who_carries_it(self, desk: Desk) -> None:
        await desk.say(message("m1", by="other"), message("m2"))
        assert await desk.claims(by="main") == {}
        claim = (await desk.claims(by="other"))["m1"]
        assert (claim.message.channel, claim.message.goes_by) == ("main", "other")
        assert not claim.moved
        await desk.settle(claim)
        assert list(await desk.claims(by="main")) == ["m2"]

    async def test_reports_of_who_carried_it_find_it(self, desk: Desk) -> None:
        claim = (await moved(desk, message("m1")))["m1"]
        await desk.settle(claim, "accepted", "SM1")
        await desk.accept(report("delivered", provider_id="SM1", channel="other"))
        assert await desk.statuses() == ["delivered"]

    async def test_a_report_before_the_answer_finds_it_too(self, desk: Desk) -> None:
        claim = (await moved(desk, message("m1")))["m1"]
        await desk.accept(report("delivered", provider_id="SM1", channel="other"))
        await desk.settle(claim, "accepted", "SM1")
        desk.clock.now += SECOND
        assert await desk.statuses() == ["delivered"]

    async def test_the_next_owner_is_told_by_whom_it_left_or_may_have(self, desk: Desk) -> None:
        await desk.say(message("b1", contact=BEN))
        claims = await moved(desk, message("m1"))
        await desk.settle(claims["b1"], "accepted", "SM1")
        assert (await desk.store.others(claims["m1"], ["SM1"])).provider_ids == {"SM1"}
        await desk.store.release(desk.lease)
        lease = await desk.acquire()
        assert lease is not None
        (doubt,) = lease.doubts
        assert (doubt.message.id, doubt.message.goes_by) == ("m1", "other")
        desk.lease = lease

    async def test_a_stop_takes_back_what_a_backup_was_to_carry(self, desk: Desk) -> None:
        claim = (await moved(desk, message("m1"), message("m2")))["m1"]
        await desk.settle(claim, "again", due=START)
        await desk.say(silence=True, contact=ANN)
        assert await desk.claims(via=MAIN_FAILS) == {}
        assert await desk.unsent() == [("m1", ""), ("m1", "silenced"), ("m2", "silenced")]

    @pytest.mark.parametrize("seed", range(3))
    async def test_whatever_fails_each_leaves_once_and_in_its_order(
        self, desk: Desk, seed: int
    ) -> None:
        chance = random.Random(seed)
        said: dict[PhoneNumber, list[str]] = {each: [] for each in PEOPLE}
        left: dict[PhoneNumber, list[str]] = {each: [] for each in PEOPLE}
        bound: dict[str, str] = {}
        for step in range(120):
            contact = chance.choice(PEOPLE)
            if step < 60:
                said[contact].append(f"{step}")
                await desk.say(message(f"{step}", contact=contact, due=step))
            by, via = chance.choice(
                [("main", None), ("other", None), ("other", MAIN_FAILS), ("main", OTHER_FAILS)]
            )
            claims = await desk.claims(by=by, via=via, messages=chance.randint(1, 4))
            for id, claim in claims.items():
                assert claim.message.goes_by == by == bound.get(id, by)
                outcome = chance.choice(["accepted", "again", "stays"])
                if outcome == "accepted":
                    left[claim.message.contact].append(id)
                    await desk.settle(claim, "accepted", f"P{id}")
                    continue
                if outcome == "stays":
                    bound[id] = by
                await desk.settle(claim, "again", due=START, stays=id in bound)
        for _ in range(60):
            for by in ("main", "other"):
                for id, claim in (await desk.claims(by=by)).items():
                    assert claim.message.goes_by == bound.get(id, by)
                    left[claim.message.contact].append(id)
                    await desk.settle(claim)
        assert left == said
