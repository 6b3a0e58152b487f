"""Random lives of messages: every chain keeps its order, nothing is lost, nothing goes twice."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from convo.core.numbers import PhoneNumber
from convo.core.turns import Lane
from convo.ports import Claim
from convo.stores.sqlite.store import SqliteStore
from tests.stores.contract_desk import ANN, BEN, Desk, HandSetClock, message, report

T = TypeVar("T")

CONTACTS = (ANN, BEN)


class Chains(RuleBasedStateMachine):
    """Beside the store stands a list per chain and lane of what is still to be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = HandSetClock()
        self.count = 0
        #: (contact, lane) -> ids not settled yet, oldest first.
        self.waiting: dict[tuple[str, Lane], list[str]] = {}
        self.out: dict[str, Claim] = {}
        self.settled: set[str] = set()
        self.silenced: set[str] = set()

    def run(self, awaitable: Awaitable[T]) -> T:
        async def awaited() -> T:
            return await awaitable

        return self.loop.run_until_complete(awaited())

    @initialize()
    def open(self) -> None:
        self.store = self.run(SqliteStore.open(":memory:", clock=self.clock))
        lease = self.run(self.store.acquire(0, "test"))
        assert lease is not None
        self.desk = Desk(self.store, self.clock, lease)

    @rule(
        contact=st.sampled_from(CONTACTS),
        lanes=st.lists(st.sampled_from(("reply", "bulk")), min_size=1, max_size=3),
    )
    def queue(self, contact: PhoneNumber, lanes: list[Lane]) -> None:
        new = []
        for lane in lanes:
            self.count += 1
            new.append(message(f"m{self.count}", contact=contact, lane=lane))
            self.waiting.setdefault((contact.e164, lane), []).append(f"m{self.count}")
        self.run(self.desk.say(*new))

    @rule(most=st.integers(1, 3))
    def claim(self, most: int) -> None:
        for claim in self.run(self.desk.advance(messages=most)).claims:
            contact, lane, id = claim.message.contact.e164, claim.message.lane, claim.message.id
            assert id not in self.out
            assert id not in self.settled | self.silenced
            assert all(other.message.contact.e164 != contact for other in self.out.values())
            assert self.waiting[contact, lane][0] == id
            if lane == "bulk":
                assert not self.waiting.get((contact, "reply"))
            self.out[id] = claim

    @precondition(lambda self: self.out)
    @rule(data=st.data(), outcome=st.sampled_from(("accepted", "failed", "held", "again")))
    def settle(self, data: st.DataObject, outcome: str) -> None:
        claim = self.out.pop(data.draw(st.sampled_from(sorted(self.out))))
        self.run(self.desk.settle(claim, outcome, due=self.clock.now))  # pyright: ignore[reportArgumentType]
        if outcome != "again":
            self.gone(claim)

    @precondition(lambda self: self.out)
    @rule(data=st.data(), status=st.sampled_from(("sent", "failed")))
    def reported(self, data: st.DataObject, status: str) -> None:
        claim = self.out.pop(data.draw(st.sampled_from(sorted(self.out))))
        arrival = report(status, outbound=claim.message.id)  # pyright: ignore[reportArgumentType]
        assert self.run(self.desk.accept(arrival)) == ["accepted"]
        self.run(self.desk.settle(claim, "again", due=self.clock.now))
        self.gone(claim)

    @rule(contact=st.sampled_from(CONTACTS))
    def silence(self, contact: PhoneNumber) -> None:
        self.run(self.desk.say(contact=contact, silence=True))
        for lane in ("reply", "bulk"):
            line = self.waiting.get((contact.e164, lane), [])
            self.silenced.update(id for id in line if id not in self.out)
            line[:] = [id for id in line if id in self.out]

    @rule()
    def change_owner(self) -> None:
        self.run(self.store.release(self.desk.lease))
        lease = self.run(self.store.acquire(0, "next"))
        assert lease is not None
        assert {each.message.id: each for each in lease.doubts} == self.out
        self.desk.lease = lease

    @invariant()
    def nothing_sent_is_told_twice(self) -> None:
        assert not self.settled & self.silenced

    def gone(self, claim: Claim) -> None:
        self.waiting[claim.message.contact.e164, claim.message.lane].remove(claim.message.id)
        self.settled.add(claim.message.id)

    def teardown(self) -> None:
        # Whatever was queued comes out in the end.
        for _ in range(1_000):
            if not any(self.waiting.values()):
                break
            for claim in list(self.out.values()):
                del self.out[claim.message.id]
                self.run(self.desk.settle(claim))
                self.gone(claim)
            self.claim(100)
        assert not any(self.waiting.values())
        assert len(self.settled | self.silenced) == self.count
        self.run(self.store.close())
        self.loop.close()


TestChains = Chains.TestCase
TestChains.settings = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
