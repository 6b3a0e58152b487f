"""The store under real Sentinels: the primary dies, and whoever they call the primary serves."""

import asyncio
from pathlib import Path

import anyio
import pytest

from convo.errors import StoreUnavailable
from convo.stores.redis.store import RedisStore
from tests.clusters import until, watched
from tests.servers import ON_DISK, PROGRAMS, free_port
from tests.stores.answering import World, business

pytestmark = pytest.mark.anyio

GUARD = 240.0
"""Seconds: a hang guard."""


@pytest.mark.parametrize("program", list(PROGRAMS))
async def test_the_primary_dies_and_nothing_is_lost(program: str, tmp_path: Path) -> None:
    world = World()
    with (
        anyio.fail_after(GUARD),
        watched(PROGRAMS[program](), tmp_path, *ON_DISK) as servers,
    ):
        async with business(servers.url, world):
            await world.more(20)
            servers.primary.kill()
            await asyncio.to_thread(until, lambda: servers.port() == servers.replica.port)
            await world.more(20)


async def test_a_primary_that_no_sentinel_knows_is_told_as_such(tmp_path: Path) -> None:
    nobody = f"redis+sentinel://127.0.0.1:{free_port()}/shop"
    with pytest.raises(StoreUnavailable, match="No master found for 'shop'"):
        await RedisStore.open(nobody)
