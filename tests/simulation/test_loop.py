"""The virtual loop: time, turns by lots, and hosts that are paused or dead."""

import asyncio
from collections.abc import Coroutine
from contextvars import copy_context
from random import Random
from typing import Any

import pytest

from tests.simulation.loop import HOST, DeadEnd, Host, VirtualLoop

HOUR = 3_600.0


def on(host: Host, doing: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
    context = copy_context()
    context.run(HOST.set, host)
    return asyncio.get_running_loop().create_task(doing, context=context)


async def counts(seen: list[float], times: int) -> None:
    for _ in range(times):
        await asyncio.sleep(1)
        seen.append(asyncio.get_running_loop().time())


def run(main: Coroutine[Any, Any, None], seed: int = 0) -> VirtualLoop:
    loop = VirtualLoop(Random(seed))
    loop.run_until_complete(main)
    return loop


def test_an_hour_passes_at_once() -> None:
    loop = VirtualLoop(Random(0))
    began = loop.time()
    loop.run_until_complete(asyncio.sleep(HOUR))
    assert loop.time() - began == HOUR
    assert loop.steps < 10


def test_a_deadline_is_kept() -> None:
    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await asyncio.Event().wait()

    assert run(main()).steps < 10


@pytest.mark.parametrize(("seed", "same"), [(1, True), (2, False)])
def test_lots_decide_who_is_next(seed: int, same: bool) -> None:
    def drawn(seed: int) -> list[int]:
        turns: list[int] = []

        async def one(n: int) -> None:
            turns.append(n)

        async def main() -> None:
            await asyncio.gather(*map(one, range(20)))

        run(main(), seed)
        return turns

    assert sorted(drawn(1)) == list(range(20))
    assert (drawn(1) == drawn(seed)) == same


def test_a_paused_host_goes_on_when_it_may() -> None:
    async def main() -> None:
        host, seen = Host("a"), list[float]()
        task = on(host, counts(seen, 3))
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        began = loop.time()
        await asyncio.sleep(1.5)
        host.paused = True
        await asyncio.sleep(HOUR)
        assert len(seen) == 1
        loop.resume(host)
        await task
        assert [round(at - began, 1) for at in seen] == [1.0, HOUR + 1.5, HOUR + 2.5]

    run(main())


def test_a_dead_host_has_no_last_word() -> None:
    async def main() -> None:
        host, said = Host("a"), list[str]()

        async def careful() -> None:
            try:
                await asyncio.sleep(1)
            finally:
                said.append("a last word")

        task = on(host, careful())
        await asyncio.sleep(0.5)
        host.dead = True
        await asyncio.sleep(HOUR)
        assert not said
        # The end of the test, not of the host: nothing is left behind.
        task.cancel()
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        loop.resume(host)
        await asyncio.wait((task,))

    run(main())


def test_nobody_waits_for_nothing_for_ever() -> None:
    loop = VirtualLoop(Random(0))
    waits = loop.create_task(asyncio.Event().wait())  # pyright: ignore[reportArgumentType]
    with pytest.raises(DeadEnd):
        loop.run_until_complete(asyncio.wait((waits,)))  # pyright: ignore[reportArgumentType]
    del waits
