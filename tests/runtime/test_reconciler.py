"""Lists are taken in turn, from where the last one came to, and nothing is lost where one fails."""

from collections.abc import Sequence
from typing import Any

import pytest

from convo.core.events import Inbound
from convo.errors import StoreUnavailable, Unavailable
from convo.ports import Acceptance, Arrival
from convo.runtime.instruments import Instruments
from convo.runtime.intake import Intake
from convo.runtime.reconciler import (
    EVERY,
    FURTHEST,
    HOUR,
    OVERLAP,
    SETTLES_WITHIN,
    Reconciler,
)
from tests.runtime.stage import ANNA, START, Counting, Time, business, text

pytestmark = pytest.mark.anyio

DAY = 24 * HOUR


class Shop:
    """A provider, a store and an intake in one: what is asked of each is written down."""

    lists = True

    def __init__(self, known_for: int = 7 * DAY) -> None:
        self.time = Time()
        self.mark: int | None = 0
        self.noted: list[int] = []
        self.asked: list[int] = []
        self.asked_reports: list[tuple[int, int]] = []
        self.texts: Sequence[Arrival] = ()
        self.kept: list[str] = []
        self.failure: Exception | None = None
        instruments = Instruments(clock=self.time.clock, sleep=self.time.sleep, metrics=Counting())
        me: Any = self
        self.reconciler = Reconciler(
            name="me",
            store=me,
            providers={"main": me},
            intake=Intake(store=me, business=business(), instruments=instruments),
            instruments=instruments,
            known_for=known_for,
        )

    async def take_listing(self, channel: str, worker: str, length: int) -> int | None:
        assert (channel, worker, length) == ("main", "me", EVERY)
        return self.mark

    async def note_listing(self, channel: str, until: int) -> None:
        assert channel == "main"
        self.noted.append(until)
        self.mark = until

    async def inbound_since(self, since: int) -> Sequence[Arrival]:
        self.asked.append(since)
        if isinstance(self.failure, Unavailable):
            raise self.failure
        return self.texts

    async def reports_between(self, since: int, until: int) -> Sequence[Arrival]:
        self.asked_reports.append((since, until))
        return ()

    async def accept(self, arrivals: Sequence[Arrival]) -> list[Acceptance]:
        if isinstance(self.failure, StoreUnavailable):
            raise self.failure
        events = [each.event for each in arrivals]
        self.kept += [each.text for each in events if isinstance(each, Inbound)]
        return ["accepted"] * len(arrivals)

    async def reconcile(self) -> None:
        await self.reconciler.reconcile("main")


async def test_a_business_that_never_listed_begins_with_the_last_minutes() -> None:
    shop = Shop()
    await shop.reconcile()
    assert shop.asked == [START - OVERLAP]
    assert shop.noted == [START]


async def test_a_list_goes_on_where_the_last_one_came_to() -> None:
    shop = Shop()
    shop.mark = START - 2 * HOUR
    shop.texts = [text(ANNA, f"t{n}") for n in range(3)]
    await shop.reconcile()
    assert shop.asked == [START - 2 * HOUR - OVERLAP]
    assert shop.kept == ["t0", "t1", "t2"]
    # Messages of which nothing was heard for an hour, and each of them once.
    since = START - 2 * HOUR - OVERLAP - SETTLES_WITHIN
    assert shop.asked_reports == [(since, START - SETTLES_WITHIN)]


async def test_it_does_not_go_back_behind_what_is_known_as_come_already() -> None:
    for known_for, furthest in ((7 * DAY, FURTHEST), (2 * DAY, DAY)):
        shop = Shop(known_for)
        shop.mark = START - 30 * DAY
        await shop.reconcile()
        assert shop.asked == [START - furthest]


@pytest.mark.parametrize("failure", [Unavailable("no list"), StoreUnavailable("no store")])
async def test_a_list_that_fails_is_asked_for_again_from_the_same_place(failure: Exception) -> None:
    shop = Shop()
    shop.mark, shop.texts, shop.failure = START - HOUR, [text(ANNA, "t")], failure
    await shop.reconcile()
    assert shop.noted == []
    shop.failure = None
    shop.time.now += EVERY
    await shop.reconcile()
    assert shop.asked == [START - HOUR - OVERLAP] * 2
    assert shop.kept == ["t"]


async def test_while_it_is_somebody_else_s_turn_nothing_is_listed() -> None:
    shop = Shop()
    shop.mark = None
    await shop.reconcile()
    assert shop.asked == []
