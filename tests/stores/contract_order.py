"""What every store must do where the next message waits for the last word on the one before."""

import pytest

from convo.core.events import DeliveryStatus
from convo.ports import Claim
from tests.stores.contract_desk import BEN, HOUR, SECOND, START, Desk, message, report

UNTIL = START + 15 * SECOND


async def accepted(desk: Desk, id: str = "m1", *provider_ids: str) -> Claim:
    """Claim it, and settle it so that the next waits."""
    claim = (await desk.claims())[id]
    await desk.settle(claim, "accepted", *provider_ids, next_after=UNTIL)
    return claim


class OrderContract:
    async def test_the_next_waits_for_the_last_word_on_the_one_before(self, desk: Desk) -> None:
        await desk.say(message("m1"), message("m2"), message("m3"))
        await accepted(desk)
        work = await desk.advance()
        assert (work.claims, work.next_due) == ((), UNTIL)
        desk.clock.now += SECOND
        await desk.accept(report("delivered", outbound="m1"))
        assert await desk.claim() == ["m2"]

    async def test_it_waits_no_longer_than_it_is_told(self, desk: Desk) -> None:
        await desk.say(message("m1"), message("m2"))
        await accepted(desk)
        desk.clock.now = UNTIL
        assert await desk.claim() == ["m2"]

    @pytest.mark.parametrize(
        ("status", "last"),
        [
            ("queued", False),
            ("sent", False),
            ("delivered", True),
            ("undelivered", True),
            ("failed", True),
        ],
    )
    async def test_a_word_that_is_not_the_last_lets_nobody_go(
        self, desk: Desk, status: DeliveryStatus, last: bool
    ) -> None:
        await desk.say(message("m1"), message("m2"))
        await accepted(desk)
        await desk.accept(report(status, outbound="m1"))
        assert await desk.claim() == (["m2"] if last else [])

    async def test_what_is_said_meanwhile_waits_too(self, desk: Desk) -> None:
        await desk.say(message("m1"))
        await accepted(desk)
        await desk.say(message("m2", lane="bulk"))
        await desk.say(message("m3"))
        assert await desk.claim() == []
        await desk.accept(report("delivered", outbound="m1"))
        assert await desk.claim() == ["m3"]

    async def test_each_waits_for_the_one_before_it_alone(self, desk: Desk) -> None:
        await desk.say(message("m1"), message("m2"), message("m3"))
        await accepted(desk)
        await desk.accept(report("delivered", outbound="m1"))
        await accepted(desk, "m2")
        await desk.accept(report("delivered", provider_id="of another"))
        assert await desk.claim() == []
        await desk.accept(report("delivered", outbound="m2"))
        assert await desk.claim() == ["m3"]

    async def test_what_is_due_later_is_not_sooner_for_it(self, desk: Desk) -> None:
        await desk.say(message("m1"), message("m2", due=START + HOUR))
        await accepted(desk)
        await desk.accept(report("delivered", outbound="m1"))
        work = await desk.advance()
        assert (work.claims, work.next_due) == ((), START + HOUR)

    async def test_nobody_else_waits_for_it(self, desk: Desk) -> None:
        await desk.say(message("m1"), message("m2"), message("o1", channel="other"))
        await desk.say(message("b1", contact=BEN), message("b2", contact=BEN))
        claims = await desk.claims()
        await desk.settle(claims["m1"], next_after=UNTIL)
        await desk.settle(claims["b1"])
        assert await desk.claim() == ["b2"]

    async def test_a_report_before_the_answer_is_the_last_word_too(self, desk: Desk) -> None:
        await desk.say(message("m1"), message("m2"))
        claim = (await desk.claims())["m1"]
        await desk.accept(report("delivered", provider_id="SM1"))
        await desk.settle(claim, "accepted", "SM1", next_after=UNTIL)
        desk.clock.now += SECOND  # after which what nobody knew is looked for again
        await desk.store.attend("test")
        assert await desk.claim() == ["m2"]

    async def test_a_report_that_lets_somebody_go_rings_the_bell(self, desk: Desk) -> None:
        await desk.say(message("m1"), message("m2"))
        await accepted(desk)
        await desk.advance()
        await desk.accept(report("delivered", outbound="m1"))
        await desk.store.bell(desk.lease, None)

    async def test_the_next_owner_waits_as_well(self, desk: Desk) -> None:
        await desk.say(message("m1"))
        await accepted(desk)
        await desk.store.release(desk.lease)
        lease = await desk.acquire()
        assert lease is not None
        desk.lease = lease
        await desk.say(message("m2"))
        assert await desk.claim() == []
        desk.clock.now = UNTIL
        assert await desk.claim() == ["m2"]
