"""Who may be connected: as many as an account allows, with all channels of a worker or none."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from convo.errors import StoreUnavailable
from convo.ports.lines import Keep
from convo.runtime.instruments import Instruments
from convo.runtime.lines import TAKEN_EVERY, TURN, Lines
from tests.runtime.stage import START, Counting

pytestmark = pytest.mark.anyio


@dataclass
class Town:
    """Turns as a store would know them, by a clock that is set by hand."""

    now: int = START
    turns: dict[str, tuple[str, int]] = field(default_factory=dict[str, tuple[str, int]])
    failing: set[str] = field(default_factory=set[str])
    #: By channel, who is connected.
    connected: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    sleepers: list[asyncio.Future[None]] = field(default_factory=list[asyncio.Future[None]])

    async def take_turn(self, what: str, worker: str, length: int) -> bool:
        if worker in self.failing:
            raise StoreUnavailable("away")
        owner, until = self.turns.get(what, (worker, 0))
        if owner != worker and until > self.now:
            return False
        self.turns[what] = worker, self.now + length
        return True

    async def end_turn(self, what: str, worker: str) -> None:
        if self.turns[what][0] == worker:
            del self.turns[what]

    async def sleep(self, seconds: float) -> None:
        assert seconds == TAKEN_EVERY
        self.sleepers.append(asyncio.get_running_loop().create_future())
        await self.sleepers[-1]

    async def tick(self) -> None:
        """Everybody has slept once, and done what there is to do."""
        self.now += int(TAKEN_EVERY * 1_000)
        sleepers, self.sleepers = self.sleepers, []
        for each in sleepers:
            if not each.done():
                each.set_result(None)
        await settled()


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


class Keeper:
    """A provider that is connected while it runs."""

    def __init__(self, town: Town, worker: str, channel: str, lines: int) -> None:
        self.lines = lines
        self.trouble = ""
        self._who = channel, worker
        self._town = town

    async def run(self, keep: Keep) -> None:
        self._town.connected[self._who] += 1
        try:
            await asyncio.Event().wait()
        finally:
            self._town.connected[self._who] -= 1


class Intake:
    async def accept(self, channel: str, parsed: object) -> None:
        """Nothing comes in."""


class Worker:
    def __init__(self, town: Town, name: str, **allowed: int) -> None:
        self.keepers = {
            channel: Keeper(town, name, channel, lines) for channel, lines in allowed.items()
        }
        providers: Any = self.keepers
        self.lines = Lines(
            name=name,
            turns=town,
            providers=providers | {"by http": object()},
            intake=Intake(),  # pyright: ignore[reportArgumentType]
            instruments=Instruments(clock=lambda: town.now, sleep=town.sleep, metrics=Counting()),
        )
        self.loop = asyncio.create_task(self.lines.run())

    async def stop(self) -> None:
        self.loop.cancel()
        await asyncio.wait((self.loop,))


@asynccontextmanager
async def at_work(town: Town, *names: str, **allowed: int) -> AsyncGenerator[list[Worker]]:
    workers = [Worker(town, name, **allowed) for name in names]
    await settled()
    try:
        yield workers
    finally:
        for worker in workers:
            await worker.stop()
        assert not +town.connected


def connected(town: Town) -> list[tuple[str, str]]:
    return sorted((+town.connected).elements())


async def test_as_many_are_connected_as_the_account_allows_and_others_stand_by() -> None:
    town = Town()
    async with at_work(town, "a", "b", "c", main=2) as workers:
        assert connected(town) == [("main", "a"), ("main", "b")]
        assert [each.lines.complete for each in workers] == [True, True, False]
        for _ in range(10):
            await town.tick()
        assert connected(town) == [("main", "a"), ("main", "b")]


async def test_whoever_stops_is_followed_at_the_next_look() -> None:
    town = Town()
    async with at_work(town, "a", "b", main=1) as workers:
        await workers[0].stop()
        assert connected(town) == []
        await town.tick()
        assert connected(town) == [("main", "b")]


async def test_whoever_is_gone_without_a_word_is_followed_when_its_turn_has_lapsed() -> None:
    town = Town()
    town.turns["line main 0"] = "dead", START + TURN
    async with at_work(town, "b", main=1):
        looks = 0
        while not connected(town):
            await town.tick()
            looks += 1
        assert looks == TURN / (TAKEN_EVERY * 1_000)


async def test_whoever_should_be_connected_and_is_not_says_why() -> None:
    town = Town()
    async with at_work(town, "a", "b", main=1) as workers:
        assert [*workers[0].lines.obstacles()] == []
        for each in workers:
            each.keepers["main"].trouble = "the SMSC does not let us in 0x0E"
        (met,) = workers[0].lines.obstacles()
        assert (met.kind, met.name, met.why) == (
            "unheard",
            "main",
            "the SMSC does not let us in 0x0E",
        )
        assert [*workers[1].lines.obstacles()] == [], "it only stands by"


async def test_nobody_waits_for_what_another_holds_who_waits_for_them() -> None:
    """Each needs both channels; the one that has none of the second keeps its hands off it."""
    town = Town()
    async with at_work(town, "a", "b", first=1, second=1):
        assert connected(town) == [("first", "a"), ("second", "a")]


async def test_whoever_cannot_ask_the_store_ends_before_another_may_begin() -> None:
    town = Town()
    async with at_work(town, "a", "b", main=1) as workers:
        town.failing.add("a")
        for _ in range(10):
            await town.tick()
            assert len(connected(town)) <= 1
        assert connected(town) == [("main", "b")]
        assert not workers[0].lines.complete
