"""Replicas that lack the last moments take over again and again, while a business is at work."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from convo.core.numbers import PhoneNumber
from convo.stores.redis.safety import Durability
from convo.stores.redis.store import RedisStore
from tests.servers import ON_DISK, redis_server
from tests.stores.answering import (
    ANSWER,
    World,
    business,
    closed,
    killed,
    say_again,
    surely,
    taken,
    work,
    write,
)
from tests.stores.contract_desk import PEOPLE
from tests.stores.failing_over import Pair, pair
from tests.stores.lossy_line import lossy_line

pytestmark = pytest.mark.anyio

GUARD = 420.0
"""Seconds for twenty failovers: a hang guard."""

FAILOVERS, SOAKED = 20, 200
DEATHS, SOAKED_DEATHS = 4, 40

LEASE = 400
"""ms: what is waited for when an owner died."""

#: Each web process hears people of its own.
HEARD = (PEOPLE[:2], PEOPLE[2:])


@pytest.mark.soak
async def test_nothing_is_lost_while_owner_and_web_live(
    tmp_path: Path, soak: bool, caplog: pytest.LogCaptureFixture
) -> None:
    failovers, chance, world = SOAKED if soak else FAILOVERS, random.Random(5), World()
    async with (
        within(failovers),
        pair(redis_server(), tmp_path, *ON_DISK) as servers,
        business(servers.url, world, HEARD),
    ):
        for _ in range(failovers):
            await world.more(chance.randrange(1, 20))
            await asyncio.to_thread(servers.part)
            await world.more(chance.randrange(1, 25))
            servers.fail_over()
            await asyncio.to_thread(servers.mend)
    # There was something to lose.
    told = [record.getMessage() for record in caplog.records]
    for what in ("lost the last", "arrivals, and has them again"):
        assert sum(what in each for each in told) > failovers / 4, what


@pytest.mark.soak
async def test_where_each_commit_waits_for_a_replica_nothing_is_lost_with_an_owner_either(
    tmp_path: Path, soak: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("convo.stores.redis.store.LEASE", LEASE)
    monkeypatch.setattr("convo.stores.redis.server.FOLLOWED_WITHIN", 50)
    world = World()
    deaths = SOAKED_DEATHS if soak else DEATHS
    async with within(deaths), pair(redis_server(), tmp_path, *ON_DISK) as servers:
        for _ in range(deaths):
            await die_with_the_server(servers, world, "strict")
            await asyncio.to_thread(servers.mend)
        kept = await caught_up(servers, world)
    world.all_is_well(kept)
    assert world.count > deaths * 10


@pytest.mark.soak
async def test_where_owner_and_web_die_with_the_server_only_the_last_moments_are_lost(
    tmp_path: Path,
    soak: bool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("convo.stores.redis.store.LEASE", LEASE)
    world, last = World(), set[str]()
    deaths = SOAKED_DEATHS if soak else DEATHS
    async with within(deaths), pair(redis_server(), tmp_path, "--appendonly", "no") as servers:
        for _ in range(deaths):
            last |= await die_with_the_server(servers, world, "fast")
            await asyncio.to_thread(servers.mend)
        kept = await caught_up(servers, world)
    lost: set[str] = set()
    for contact in PEOPLE:
        said, had, posted = world.said[contact.e164], kept[contact], world.posted[contact.e164]
        assert had == [each for each in said if each in had]
        lost |= set(said) - set(had)
        for each in set(said) - last:
            assert posted.count(f"{ANSWER}{each}") == 1
    assert lost
    assert lost <= last
    assert caplog.text.count("The owner of partition 0 went with its Redis") == deaths


async def die_with_the_server(servers: Pair, world: World, durability: Durability) -> set[str]:
    """The replica hears nothing of the last texts and answers, and nobody lives to tell it.

    Which texts had not been answered before that.
    """
    async with lossy_line(servers.serves.port) as line:
        web = await surely(lambda: RedisStore.open(line.url, durability=durability, partitions=1))
        await say_again(web, world)
        tasks = [
            asyncio.create_task(write(web, world)),
            asyncio.create_task(work(line.url, "worker", world, durability)),
        ]
        await world.more(20)
        answered = set(world.settled)
        await asyncio.to_thread(servers.part)
        if durability == "strict":
            await asyncio.sleep(0.2)  # nothing is acknowledged any more
        else:
            await world.more(10)
        await killed(*tasks)
        line.turn_to(0)  # whatever they say yet, nobody hears
        servers.fail_over()
        await closed(web, *world.stores)
        world.stores.clear()
    return {each for texts in world.said.values() for each in texts} - answered


async def caught_up(servers: Pair, world: World) -> dict[PhoneNumber, list[str]]:
    """Whatever was said and not answered for is said again; then all is done."""
    web = await surely(lambda: RedisStore.open(servers.url, durability="fast"))
    await say_again(web, world)
    world.over = True
    await work(servers.url, "the last", world, "fast")
    kept = await taken(web)
    await closed(web, *world.stores)
    return kept


@asynccontextmanager
async def within(failovers: int) -> AsyncIterator[None]:
    with anyio.fail_after(GUARD * max(failovers / FAILOVERS, 1)):
        yield
