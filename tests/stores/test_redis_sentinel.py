"""The store under real Sentinels: the primary dies, and whoever they call the primary serves."""

import asyncio
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from convo.errors import StoreUnavailable
from convo.stores.redis.store import RedisStore
from tests.clusters import NO_KEYS, Keys, until, watched
from tests.servers import ON_DISK, PROGRAMS, free_port, redis_server
from tests.stores.answering import World, business

pytestmark = pytest.mark.anyio

GUARD = 240.0
"""Seconds: a hang guard."""


PASSWORDS = Keys(servers="of-the-servers", sentinels="of-the-sentinels")
USERS = replace(PASSWORDS, user="shop", watcher="looks")


@pytest.mark.parametrize(
    ("program", "keys"),
    [
        *((program, NO_KEYS) for program in PROGRAMS),
        pytest.param("redis", USERS, id="redis-users"),
        pytest.param("valkey", PASSWORDS, id="valkey-passwords"),
        pytest.param("valkey", USERS, id="valkey-users"),
    ],
)
async def test_the_primary_dies_and_nothing_is_lost(
    program: str, keys: Keys, tmp_path: Path
) -> None:
    world = World()
    with (
        anyio.fail_after(GUARD),
        watched(PROGRAMS[program](), tmp_path, *ON_DISK, keys=keys) as servers,
    ):
        async with business(servers.url, world):
            await world.more(20)
            servers.primary.kill()
            await asyncio.to_thread(until, lambda: servers.port() == servers.replica.port)
            await world.more(20)


async def test_a_primary_that_no_sentinel_knows_is_told_as_such(tmp_path: Path) -> None:
    nobody = f"redis+sentinel://127.0.0.1:{free_port()}/shop"
    with pytest.raises(StoreUnavailable, match=r"No master found for 'shop'\. No Sentinel answers"):
        await RedisStore.open(nobody)


async def test_sentinels_that_want_a_password_say_so(tmp_path: Path) -> None:
    with watched(redis_server(), tmp_path, *ON_DISK, keys=USERS) as servers:
        without, _, _ = servers.url.partition("?")
        wrong = servers.url.replace("of-the-sentinels", "wrong-password")
        for url in (without, wrong):
            with pytest.raises(StoreUnavailable) as refused:
                await RedisStore.open(url)
            assert str(refused.value) == (
                "Redis cannot be used: No master found for 'shop'. The Sentinels want a password, "
                "or another one: ?sentinel_password=..."
            )
