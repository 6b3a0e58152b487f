"""The server's disk and its memory are full while sixty phones talk: nothing is lost for it."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from tests.chaos.carriers import Twilio
from tests.chaos.onslaught import Scene, under_fire
from tests.clusters import tell
from tests.servers import PROGRAMS

SOAKED = 50
FULL_FOR = (0.0, 1.0)
"""Seconds behind the first look that says so."""


async def fill_disk(scene: Scene) -> None:
    """Nothing can be written: the server ends, and does as soon as it is started again."""
    async with scene.crew.full_disk():
        await scene.crew.until_ready(False)
        await anyio.sleep(scene.chance.uniform(*FULL_FOR))
    scene.struck["full disks"] += 1


async def fill_memory(scene: Scene) -> None:
    """Nothing new is taken in; what is there goes on."""
    async with _little_memory(scene):
        await scene.crew.until_ready(False)
        await anyio.sleep(scene.chance.uniform(*FULL_FOR))
    await scene.crew.until_ready(True)
    scene.struck["full memories"] += 1


@asynccontextmanager
async def _little_memory(scene: Scene) -> AsyncIterator[None]:
    tell(scene.crew.server, "CONFIG", "SET", "maxmemory", "1mb")
    try:
        yield
    finally:
        tell(scene.crew.server, "CONFIG", "SET", "maxmemory", "0")


@pytest.mark.anyio
@pytest.mark.soak
@pytest.mark.parametrize("program", list(PROGRAMS))
async def test_a_server_without_room_is_told_of_waited_for_and_loses_nothing(
    program: str, tmp_path: Path, soak: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = os.environ.get("CHAOS_SEED") or secrets.token_hex(4)
    blows = [fill_disk, fill_memory] * (SOAKED if soak else 1)
    outcome = await under_fire(tmp_path, Twilio(), blows, seed=seed, program=PROGRAMS[program]())
    with capsys.disabled():
        print(f"\n{program}: {outcome.figures}")
    told = f"CHAOS_SEED={seed}\n{outcome.verdict}"
    assert not outcome.verdict.findings, told
    assert outcome.rested, told
    assert outcome.gone == {}, told
    log = (tmp_path / "log").read_text("utf-8", "replace")
    assert "a full disk ends it at every write" in log
    assert "Give it more memory (maxmemory)" in log
