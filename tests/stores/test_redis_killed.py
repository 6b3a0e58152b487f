"""Redis is killed, and so are workers, at any moment: nothing is lost, doubled or out of order."""

import asyncio
import random
from pathlib import Path

import anyio
import pytest

from convo.stores.redis.store import RedisStore
from tests.servers import ON_DISK, RunningServer, redis_server, running
from tests.stores.answering import World, killed, taken, work, write

GUARD = 300.0
"""Seconds: a hang guard."""

KILLS = 12
LEASE = 400
"""ms: what is waited for when a worker was killed."""


@pytest.mark.anyio
async def test_redis_and_workers_may_be_killed_at_any_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("convo.stores.redis.store.LEASE", LEASE)
    chance, world = random.Random(4), World()
    with running(redis_server(), tmp_path, *ON_DISK) as server, anyio.fail_after(GUARD):
        web = await RedisStore.open(server.url, partitions=1)
        writing = asyncio.create_task(write(web, world))
        for kill in range(KILLS):
            working = asyncio.create_task(work(server.url, f"worker {kill}", world))
            for _ in range(chance.randrange(1, 40)):
                await asyncio.sleep(0.005)
            if kill % 2:
                await asyncio.to_thread(restarted, server)
                await asyncio.sleep(0.1)
            # A worker that is cancelled anywhere gives nothing back, as one that is killed.
            await killed(working)
        world.silent = True
        await writing
        world.over = True
        await work(server.url, "the last", world)
        kept = await taken(web)
        for store in (web, *world.stores):
            await store.close()
    assert sum(len(texts) for texts in world.said.values()) > KILLS
    world.all_is_well(kept)


def restarted(server: RunningServer) -> None:
    server.kill()
    server.start()
