"""Suspects are begun alone, and what has ended the process too often is begun no more."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from convo.core.contacts import ContactState
from convo.core.event_codec import event_id
from convo.core.failures import failure_in
from convo.ports import Done, Lease, Wants, Work
from convo.runtime.suspects import STARTS
from convo.stores.sqlite.looking import looking
from convo.stores.sqlite.store import SqliteStore
from tests.runtime.stage import ANNA, BERT, MIND, FakeProvider, Time, staged, text

pytestmark = pytest.mark.anyio


async def ended_out_of_order(path: str, time: Time, *words: str, starts: int = 0) -> None:
    """A process that read all of these was killed; the first was begun so often by itself since."""
    store = await SqliteStore.open(path, clock=time.clock)
    lease = await store.acquire(0, "the last")
    assert lease is not None
    await store.accept([text(ANNA, each) for each in words])
    await store.advance(lease, Done(), Wants(events=9))
    for _ in range(starts):
        await store.begin(0, f"{ANNA.e164} {event_id(time.clock(), 1)}")
    await store.close()


async def test_each_suspect_is_kept_as_begun_and_committed_by_itself(tmp_path: Path) -> None:
    time, path = Time(), str(tmp_path / "convo.db")
    await ended_out_of_order(path, time, "a", "b", "c")
    provider = FakeProvider()
    steps: list[str] = []
    async with staged(provider, path, time) as stage:
        begin, advance = stage.store.begin, stage.store.advance

        async def begins(partition: int, key: str) -> None:
            steps.append(f"begin {key.split(maxsplit=1)[0]}")
            await begin(partition, key)

        async def advances(lease: Lease, done: Done, wants: Wants) -> Work:
            work = await advance(lease, done, wants)
            steps.extend(["commit"] * len(done.turns))
            assert len(done.turns) <= 1
            return work

        async def outlives(_partition: int, key: str) -> None:
            steps.append(f"outlived {key.split(maxsplit=1)[0]}")

        stage.store.outlived = outlives  # pyright: ignore[reportAttributeAccessIssue]
        stage.store.begin, stage.store.advance = begins, advances  # pyright: ignore[reportAttributeAccessIssue]
        async with stage.process:
            await stage.until(lambda: len(provider.texts) == 3)
        assert provider.texts == ["1: a", "2: b", "3: c"]
    assert steps == [f"begin {ANNA.e164}", f"outlived {ANNA.e164}", "commit"] * 3


async def test_one_that_has_ended_the_process_too_often_is_parked_without_a_start(
    tmp_path: Path,
) -> None:
    time, path = Time(), str(tmp_path / "convo.db")
    await ended_out_of_order(path, time, "deadly", "fine", starts=STARTS)
    begun: list[str] = []

    def take_turn(state: ContactState, event: Any, *others: Any) -> Any:
        begun.append(event.text)
        return MIND.take_turn(state, event, *others)

    provider = FakeProvider()
    mind = replace(MIND, take_turn=take_turn)
    async with staged(provider, path, time, mind=mind) as stage:
        await stage.says(BERT, "hello")
        async with stage.process:
            await stage.until(lambda: len(provider.texts) == 3)
        assert provider.texts == ["Sorry.", "1: fine", "1: hello"]
        assert begun == ["fine", "hello"]
        assert stage.meter.parked == 1
    async with looking(tmp_path / "convo.db") as ledger:
        (parked,) = (await ledger.parked("", 9)).items
    assert failure_in(parked.account).error == "EndedTheProcess"


async def test_one_that_has_not_is_begun_once_more(tmp_path: Path) -> None:
    time, path = Time(), str(tmp_path / "convo.db")
    await ended_out_of_order(path, time, "slow", starts=STARTS - 1)
    provider = FakeProvider()
    async with staged(provider, path, time) as stage:
        async with stage.process:
            await stage.until(lambda: len(provider.texts) == 1)
        assert provider.texts == ["1: slow"]
