"""Starting, dying aloud and stopping without loss."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from convo.authoring import Call, action
from convo.ports import Done, Wants, Work
from tests.runtime.stage import ANNA, BERT, FakeProvider, staged

pytestmark = pytest.mark.anyio


async def test_a_stop_finishes_what_is_under_way_and_takes_nothing_new(tmp_path: Path) -> None:
    path = str(tmp_path / "convo.db")
    provider = FakeProvider()
    provider.gate = asyncio.Event()
    async with staged(provider, path, drain=5.0) as stage:
        async with stage.process:
            await stage.says(ANNA, "a", "b")
            await stage.until(lambda: provider.texts == ["1: a"])
            stopping = asyncio.create_task(stage.process.stop())
            await asyncio.sleep(0.01)
            assert stage.process.trouble == "stopping"
            await stage.says(BERT, "late")  # kept, for whoever comes next
            provider.gate.set()
            await stopping
        assert provider.closed
    assert provider.texts == ["1: a"]
    second = FakeProvider()
    async with staged(second, path) as stage, stage.process:
        await stage.until(lambda: sorted(second.texts) == ["1: late", "2: b"])


async def test_a_send_that_outlasts_the_stop_is_in_doubt_for_the_next(tmp_path: Path) -> None:
    path = str(tmp_path / "convo.db")
    provider = FakeProvider()
    provider.gate = asyncio.Event()
    async with staged(provider, path, drain=0.01) as stage, stage.process:
        await stage.says(ANNA, "a", "b")
        await stage.until(lambda: provider.texts == ["1: a"])
    second = FakeProvider()
    async with staged(second, path) as stage, stage.process:
        await stage.until(lambda: second.texts == ["2: b"])
        assert stage.meter.seen["sends", "main", "held"] == 1


async def test_what_is_claimed_while_the_stop_begins_is_still_sent(tmp_path: Path) -> None:
    provider = FakeProvider()
    gate, reached = asyncio.Event(), asyncio.Event()
    async with staged(provider, str(tmp_path / "convo.db"), drain=5.0) as stage:
        advance = stage.store.advance

        async def slow(lease: Any, done: Done, wants: Wants) -> Work:
            work = await advance(lease, done, wants)
            if work.claims:
                reached.set()
                await gate.wait()
            return work

        stage.store.advance = slow  # pyright: ignore[reportAttributeAccessIssue]
        async with stage.process:
            await stage.says(ANNA, "a")
            await reached.wait()
            stopping = asyncio.create_task(stage.process.stop())
            await asyncio.sleep(0.01)
            gate.set()
            await stopping
        assert provider.texts == ["1: a"]
        assert stage.meter.seen["sends", "main", "accepted"] == 1
        assert stage.results.empty


async def test_an_errand_under_way_is_finished_and_its_answer_kept(tmp_path: Path) -> None:
    path = str(tmp_path / "convo.db")
    gate = asyncio.Event()
    begun: list[str] = []

    @action("slow")
    async def slow(call: Call) -> str:
        begun.append(call.key)
        await gate.wait()
        return "done"

    async with staged(path=path, drain=5.0, actions={"slow": slow}) as stage, stage.process:
        await stage.says(ANNA, "run slow")
        await stage.until(lambda: len(begun) == 1)
        asyncio.get_running_loop().call_later(0.02, gate.set)
    second = FakeProvider()
    async with staged(second, path, actions={"slow": slow}) as stage, stage.process:
        await stage.until(lambda: second.texts == ["answer done"])
        assert begun == ["K"]


async def test_an_errand_that_was_cut_off_runs_again_at_once_under_its_key(
    tmp_path: Path,
) -> None:
    path = str(tmp_path / "convo.db")
    keys: list[str] = []

    @action("slow")
    async def slow(call: Call) -> str:
        keys.append(call.key)
        if len(keys) == 1:
            await asyncio.Event().wait()
        return "done"

    async with staged(path=path, drain=0.01, actions={"slow": slow}) as stage, stage.process:
        await stage.says(ANNA, "run slow")
        await stage.until(lambda: len(keys) == 1)
    second = FakeProvider()
    async with staged(second, path, actions={"slow": slow}) as stage, stage.process:
        await stage.until(lambda: second.texts == ["answer done"])
    assert keys == ["K", "K"]


async def test_a_loop_that_dies_takes_the_process_with_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with staged() as stage:

        async def broken(lease: Any, done: Done, wants: Wants) -> Work:
            raise RuntimeError("for +12025550111")

        stage.store.advance = broken  # pyright: ignore[reportAttributeAccessIssue]
        async with stage.process:
            await stage.until(lambda: stage.deaths == ["died"])
            assert stage.process.trouble == "the owner died: RuntimeError"
        assert "The owner died" in caplog.text
        assert "+1202" not in caplog.text


async def test_a_task_of_the_loops_that_dies_takes_the_process_with_it() -> None:
    async with staged() as stage:
        stage.valves["main"].callback = lambda _id: 1 / 0  # pyright: ignore[reportAttributeAccessIssue]
        stage.resolver.take = None  # pyright: ignore[reportAttributeAccessIssue]
        async with stage.process:
            await stage.says(ANNA, "a")
            await stage.until(lambda: stage.deaths == ["died"])


async def test_it_is_ready_once_it_owns_its_partition() -> None:
    async with staged() as stage:
        assert "owner" in stage.process.trouble
        async with stage.process:
            await stage.until(lambda: stage.process.trouble == "")
        assert stage.process.trouble == "stopping"


async def test_stopping_twice_is_stopping_once() -> None:
    async with staged() as stage:
        async with stage.process:
            await stage.process.stop()
        await stage.process.stop()
        assert stage.process.died is None
