"""Where disk or memory is full, nothing is lost, and all goes on as soon as there is room."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from convo.errors import Busy, StoreUnavailable
from convo.stores.redis.store import RedisStore
from tests.clusters import tell, until
from tests.servers import ON_DISK, PROGRAMS, RunningServer, running
from tests.stores.answering import World, business
from tests.stores.contract_desk import HandSetClock, desk_of, message, text, words

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("program", list(PROGRAMS))]

GUARD = 300.0
"""Seconds: a hang guard."""

FILLED = 3
SOAKED = 100
LEASE = 400
"""ms."""

STARTED_AGAIN = 0.05
"""Seconds between two looks of who keeps a server running."""


@asynccontextmanager
async def supervised(server: RunningServer) -> AsyncIterator[None]:
    """Started again whenever it has ended."""

    async def supervise() -> None:
        while True:
            await asyncio.sleep(STARTED_AGAIN)
            if server.process.poll() is not None:
                server.launch()

    watching = asyncio.create_task(supervise())
    try:
        yield
    finally:
        watching.cancel()


@pytest.mark.soak
async def test_a_full_disk_ends_the_server_again_and_again_and_nothing_is_lost(
    program: str, tmp_path: Path, soak: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("convo.stores.redis.store.LEASE", LEASE)
    world = World()
    with running(PROGRAMS[program](), tmp_path, *ON_DISK) as server, anyio.fail_after(GUARD):
        async with business(server.url, world), supervised(server):
            for _ in range(SOAKED if soak else FILLED):
                await world.more(10)
                full_for = server.process
                server.fill_disk()
                # Once by what was said, and then by whatever is tried first.
                for _ in range(2):
                    await asyncio.to_thread(until, lambda ended=full_for: ended.poll() == 1)
                    await asyncio.to_thread(until, lambda: server.process.poll() is None)
                    full_for = server.process
                server.make_room()
            await world.more(10)


async def test_a_server_that_refuses_for_its_disk_is_told_and_waited_for(
    program: str, tmp_path: Path
) -> None:
    clock = HandSetClock()
    often = ("--appendonly", "yes", "--appendfsync", "everysec")
    with running(PROGRAMS[program](), tmp_path, *often) as server:
        store = await RedisStore.open(server.url, durability="fast", partitions=1, clock=clock)
        desk = await desk_of(store, clock)
        await desk.accept(text("before"))
        await desk.say(message("m1"))
        await store.keeps()
        server.fill_disk()
        while await keeps(store):  # until the server has met its disk
            await desk.accept(text("unheard of", key=""))
        with pytest.raises(Busy, match=r"AOF file: .*make room there.*by itself"):
            await desk.accept(text("hello"))
        for refused in (desk.accept(text("STOP", law="stop")), desk.look(), opened(server.url)):
            with pytest.raises(Busy):
                await refused
        assert await store.flow("") is None  # it answers what is only read
        server.make_room()
        with anyio.fail_after(GUARD):
            while not await keeps(store):
                await asyncio.sleep(0.05)
        assert await desk.accept(text("hello")) == ["accepted"]
        assert "hello" in words(await desk.look())
        await store.close()


async def test_memory_that_is_full_is_told_of_too(program: str, tmp_path: Path) -> None:
    with running(PROGRAMS[program](), tmp_path, *ON_DISK) as server:
        store = await RedisStore.open(server.url)
        tell(server, "CONFIG", "SET", "maxmemory", "1mb")
        with pytest.raises(Busy, match=r"maxmemory.*by itself"):
            await store.keeps()
        tell(server, "CONFIG", "SET", "maxmemory", "0")
        await store.keeps()
        assert tell(server, "KEYS", "*nothing*") == []
        server.kill()
        with pytest.raises(StoreUnavailable, match="a full disk ends it at every write"):
            await store.keeps()
        await store.close()


async def keeps(store: RedisStore) -> bool:
    try:
        await store.keeps()
    except Busy:
        return False
    return True


async def opened(url: str) -> None:
    await (await RedisStore.open(url, durability="fast")).close()
