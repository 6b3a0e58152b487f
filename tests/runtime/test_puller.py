"""Reading queues: at once where there is something, less and less often where it fails."""

import asyncio
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from convo.core.presence import Obstacle
from convo.errors import Busy, ConfigError
from convo.ports.pulling import Pulled
from convo.runtime.instruments import Instruments
from convo.runtime.puller import LONGEST_REST, REST, Puller
from tests.runtime.stage import Counting

pytestmark = pytest.mark.anyio


class Queue:
    """A provider whose looks end as the script says, and then never."""

    pulls = True

    def __init__(self, *script: Pulled | Exception) -> None:
        self._script = [*script]
        self.read = asyncio.Event()

    async def pull(self, keep: Callable[[Any], Any]) -> Pulled:
        if not self._script:
            self.read.set()
            await asyncio.Event().wait()
        await keep("what came")
        found = self._script.pop(0)
        if isinstance(found, Exception):
            raise found
        return found


class Intake:
    def __init__(self) -> None:
        self.kept: list[tuple[str, Any]] = []

    async def accept(self, channel: str, parsed: Any) -> None:
        self.kept.append((channel, parsed))


async def rests(**queues: Queue) -> tuple[list[float], Intake]:
    """How long was slept until every script was at its end."""
    slept, intake, _ = await read(**queues)
    return slept, intake


async def read(**queues: Queue) -> tuple[list[float], Intake, Puller]:
    slept: list[float] = []
    intake = Intake()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    providers: Any = {**queues, "by webhook": object()}
    puller = Puller(
        providers=providers,
        intake=intake,  # pyright: ignore[reportArgumentType]
        instruments=Instruments(clock=lambda: 0, sleep=sleep, metrics=Counting()),
    )
    loop = asyncio.create_task(puller.run())
    for each in queues.values():
        await asyncio.wait_for(each.read.wait(), 60)
    loop.cancel()
    await asyncio.wait((loop,))
    return slept, intake, puller


async def test_a_queue_that_brings_something_is_read_again_at_once() -> None:
    slept, intake = await rests(main=Queue(Pulled(kept=10), Pulled(kept=1, left=("no",))))
    assert slept == []
    assert intake.kept == [("main", "what came")] * 2


async def test_an_empty_queue_that_does_not_let_us_wait_is_not_stormed() -> None:
    slept, _ = await rests(main=Queue(*[Pulled(kept=0)] * 3))
    assert slept == [REST] * 3


async def test_a_queue_that_fails_is_read_less_and_less_often_and_never_given_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    failures = [
        ConfigError("403"),
        Busy("full"),
        KeyError("+12025550111"),
        Pulled(kept=0, left=("no",)),
    ]
    slept, _ = await rests(main=Queue(*failures * 3, Pulled(kept=1), Busy("full")))
    *rising, again = slept
    assert all(later > sooner * 1.1 for sooner, later in pairwise(rising[:5]))
    assert max(rising) < 1.3 * LONGEST_REST / 1_000
    assert again == rising[0]
    assert "Channel main: not taken out of its queue, tried again: 403" in caplog.text
    assert "tried again: no" in caplog.text
    assert "+12025550111" not in caplog.text


async def test_a_queue_that_is_not_read_is_in_the_way_until_it_is() -> None:
    bad, mended = Queue(ConfigError("403")), Queue(ConfigError("403"), Pulled(kept=0))
    _, _, puller = await read(bad=bad, mended=mended)
    assert [*puller.obstacles()] == [Obstacle(kind="unheard", name="bad", why="403")]


async def test_one_queue_that_fails_holds_up_no_other() -> None:
    slept, intake = await rests(bad=Queue(ConfigError("403")), good=Queue(Pulled(kept=1)))
    assert len(slept) == 1
    assert ("good", "what came") in intake.kept
