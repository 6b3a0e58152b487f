"""How workers share partitions among them, with nobody to tell them."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.errors import StoreUnavailable
from convo.ports import Attendance
from convo.runtime import holder
from convo.runtime.holder import Holder, share

pytestmark = pytest.mark.anyio


@given(st.integers(1, 1024), st.sets(st.text(min_size=1), min_size=1, max_size=40))
async def test_all_shares_together_are_all_partitions_and_none_is_larger_by_two(
    partitions: int, workers: set[str]
) -> None:
    shares = [share(partitions, sorted(workers), each) for each in workers]
    assert sum(shares) == partitions
    assert max(shares) - min(shares) <= 1


@dataclass
class Town:
    """Who attends and who owns what, as a store would know it."""

    partitions: int
    workers: set[str] = field(default_factory=set[str])
    owners: dict[int, str] = field(default_factory=dict[int, str])
    #: Partitions taken or given back, in order.
    moves: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    failing: bool = False
    pauses: bool = False

    async def attend(self, worker: str) -> Attendance:
        if self.failing:
            raise StoreUnavailable("away")
        self.workers.add(worker)
        free = tuple(n for n in range(self.partitions) if n not in self.owners)
        return Attendance(workers=tuple(self.workers), free=free, pauses=self.pauses)

    async def leave(self, worker: str) -> None:
        if self.failing:
            raise StoreUnavailable("away")
        self.workers.discard(worker)

    def held(self, worker: str) -> int:
        return list(self.owners.values()).count(worker)


class Stay:
    """A tenure without an owner inside: it takes the partition if it is still free."""

    trouble = ""

    def __init__(self, town: Town, worker: str, number: int) -> None:
        self._over = asyncio.Event()
        self._error: Exception | None = None
        self._ending: asyncio.Task[None] | None = None
        self._town, self._worker, self._number = town, worker, number
        self.loop = asyncio.create_task(self._run())

    @property
    def owns(self) -> bool:
        return self._town.owners.get(self._number) == self._worker

    @property
    def ending(self) -> bool:
        return self._ending is not None

    def end(self, drain: float) -> asyncio.Task[None]:
        del drain
        if self._ending is None:
            self._ending = asyncio.create_task(self._end())
        return self._ending

    def lose(self) -> None:
        """The lease lapses and another takes it."""
        del self._town.owners[self._number]
        self._over.set()

    def fail(self, error: Exception) -> None:
        """What stops an owner that cannot go on."""
        self._error = error
        self._over.set()

    async def _run(self) -> bool:
        await asyncio.sleep(0)
        if self._town.owners.setdefault(self._number, self._worker) != self._worker:
            return False
        self._town.moves.append((self._worker, self._number))
        await self._over.wait()
        if self.owns:
            del self._town.owners[self._number]
        if self._error is not None:
            raise self._error
        return True

    async def _end(self) -> None:
        await asyncio.sleep(0.01)
        self._over.set()
        await self.loop


class NoShelf:
    async def keep(self) -> None:
        """Nothing was authored."""


@dataclass
class Worker:
    town: Town
    name: str
    fit: Mapping[str, bool] = field(default_factory=dict[str, bool])
    stays: dict[int, Stay] = field(default_factory=dict[int, Stay])

    def __post_init__(self) -> None:
        self.holder = Holder(
            name=self.name,
            store=self.town,  # pyright: ignore[reportArgumentType]
            shelf=NoShelf(),  # pyright: ignore[reportArgumentType]
            tenure=self._stay,  # pyright: ignore[reportArgumentType]
            sleep=asyncio.sleep,
            drain=1.0,
            fit=lambda: self.fit.get(self.name, True),
        )
        self.loop = asyncio.create_task(self.holder.run())

    def _stay(self, number: int) -> Any:
        self.stays[number] = Stay(self.town, self.name, number)
        return self.stays[number]

    async def stop(self) -> None:
        await self.holder.stop()
        self.loop.cancel()
        await asyncio.wait((self.loop,))

    async def die(self) -> None:
        """As by kill -9: nothing is given back, and the store finds out later."""
        self.loop.cancel()
        for number, stay in self.stays.items():
            stay.loop.cancel()
            if stay.owns:
                del self.town.owners[number]
        self.town.workers.discard(self.name)
        await asyncio.wait((self.loop,))


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holder, "ATTEND_EVERY", 0.005)


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not reached():
            await asyncio.sleep(0.002)


def spread(town: Town, *workers: Worker) -> list[int]:
    return sorted(town.held(each.name) for each in workers)


async def test_one_worker_owns_them_all_and_is_well_only_then() -> None:
    town = Town(partitions=16)
    worker = Worker(town, "a")
    assert "owner" in worker.holder.trouble
    await until(lambda: town.held("a") == 16)
    assert worker.holder.trouble == ""
    assert sorted(worker.holder.owned) == list(range(16))
    await worker.stop()
    assert town.owners == {}
    assert town.workers == set()


async def test_who_joins_gets_a_share_of_what_the_others_have() -> None:
    town = Town(partitions=16)
    first = Worker(town, "a")
    await until(lambda: town.held("a") == 16)
    second, third = Worker(town, "b"), Worker(town, "c")
    await until(lambda: spread(town, first, second, third) == [5, 5, 6])
    assert sum(name == "a" for name, _ in town.moves) == 16  # who has too many takes none back
    for worker in (first, second, third):
        await worker.stop()


async def test_what_a_dead_worker_had_goes_to_the_others() -> None:
    town = Town(partitions=9)
    workers = [Worker(town, name) for name in "abc"]
    await until(lambda: spread(town, *workers) == [3, 3, 3])
    await workers[0].die()
    await until(lambda: spread(town, *workers[1:]) == [4, 5])
    await workers[1].stop()
    await until(lambda: town.held("c") == 9)
    await workers[2].stop()


async def test_more_workers_than_partitions_leave_some_idle_and_well() -> None:
    town = Town(partitions=2)
    workers = [Worker(town, name) for name in "abcd"]
    await until(lambda: spread(town, *workers) == [0, 0, 1, 1])
    await until(lambda: all(not each.holder.trouble for each in workers))
    for worker in workers:
        await worker.stop()


async def test_a_lost_lease_is_asked_for_again() -> None:
    town = Town(partitions=1)
    worker = Worker(town, "a")
    await until(lambda: worker.holder.owned == (0,))
    worker.stays[0].lose()
    await until(lambda: worker.holder.owned == (0,) and len(town.moves) == 2)
    await worker.stop()


async def test_a_store_that_is_away_is_waited_for_and_does_not_hinder_the_stop() -> None:
    town = Town(partitions=1, failing=True)
    worker = Worker(town, "a")
    await until(lambda: "fails" in worker.holder.trouble)
    town.failing = False
    await until(lambda: worker.holder.owned == (0,))
    town.failing = True
    await worker.stop()


async def test_what_an_owner_dies_of_ends_the_holder() -> None:
    town = Town(partitions=3)
    worker = Worker(town, "a")
    await until(lambda: len(worker.holder.owned) == 3)
    worker.stays[1].fail(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        await worker.loop
    await worker.stop()


async def test_whoever_is_not_fit_takes_no_share_and_gives_back_what_they_have() -> None:
    """They are no trouble to anybody meanwhile, and nobody counts on them."""
    town = Town(partitions=4)
    fit = {"a": True, "b": True}
    a, b = Worker(town, "a", fit), Worker(town, "b", fit)
    await until(lambda: (town.held("a"), town.held("b")) == (2, 2))
    fit["a"] = False
    await until(lambda: (town.held("a"), town.held("b")) == (0, 4))
    assert town.workers == {"b"}
    assert a.holder.trouble == ""
    fit["a"] = True
    await until(lambda: (town.held("a"), town.held("b")) == (2, 2))
    await a.stop()
    await b.stop()


async def test_while_partitions_are_made_anew_nobody_has_any_and_all_say_why() -> None:
    town = Town(partitions=16)
    a, b = Worker(town, "a"), Worker(town, "b")
    await until(lambda: spread(town, a, b) == [8, 8])
    town.pauses = True
    await until(lambda: town.owners == {})
    assert "convo partitions" in a.holder.trouble
    town.partitions, town.pauses = 6, False
    await until(lambda: spread(town, a, b) == [3, 3])
    assert a.holder.trouble == ""
    await a.stop()
    await b.stop()
