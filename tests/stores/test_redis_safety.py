"""A server that would lose a business, or show it to everybody, is refused with the reason."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import redis

from convo.errors import StoreUnavailable
from convo.stores.redis import address
from convo.stores.redis.safety import Durability, Told, refusals
from convo.stores.redis.store import RedisStore
from tests.servers import ON_DISK, RunningServer, free_port, redis_server, running
from tests.stores.contract_desk import text

pytestmark = pytest.mark.anyio

GUARD = 60.0
"""Seconds: a hang guard."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running(redis_server(), tmp_path_factory.mktemp("redis"), *ON_DISK) as server:
        yield server


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("maxmemory-policy", "allkeys-lru", "it forgets what it was told (maxmemory-policy"),
        ("appendonly", "no", "a restart would lose every conversation"),
        ("appendfsync", "everysec", "may be lost with the power (appendfsync everysec)"),
    ],
)
async def test_an_unsafe_setting_is_refused_with_the_reason_and_mended_by_what_is_said(
    server: RunningServer, name: str, value: str, said: str
) -> None:
    with redis.Redis.from_url(server.url) as client:
        before = client.config_get(name)[name]
        client.config_set(name, value)
        with pytest.raises(StoreUnavailable) as refused:
            await opened(server.url)
        assert said in str(refused.value)
        assert f"127.0.0.1:{server.port}: " in str(refused.value)
        assert f"CONFIG SET {name} {before}" in str(refused.value)
        client.config_set(name, before or "")
    await opened(server.url)


async def test_every_reason_is_told_at_once(tmp_path: Path) -> None:
    options = ("--maxmemory-policy", "volatile-ttl", "--appendonly", "no")
    with running(redis_server(), tmp_path, *options) as server:
        with pytest.raises(StoreUnavailable) as refused:
            await opened(server.url)
        assert str(refused.value).count(f"127.0.0.1:{server.port}: ") == 2
        with pytest.raises(StoreUnavailable, match="volatile-ttl"):
            await opened(server.url, "fast")


async def test_what_is_fast_may_lose_and_must_not_forget(tmp_path: Path) -> None:
    with running(redis_server(), tmp_path, "--appendonly", "no") as server:
        await opened(server.url, "fast")


@pytest.mark.parametrize("version", ["6.2.14", "5.0"])
async def test_a_server_that_is_too_old_is_refused(version: str) -> None:
    (said,) = refusals(HERE, "default", told(redis_version=version))
    assert f"version {version}" in said


@pytest.mark.parametrize("version", ["7.0.15", "7.2.4", "8.2.0"])
async def test_a_server_that_is_new_enough_will_do(version: str) -> None:
    assert list(refusals(HERE, "default", told(redis_version=version))) == []


async def test_a_server_that_still_loads_is_not_accused_of_keeping_nothing() -> None:
    (said,) = refusals(HERE, "default", told(loading="1", aof_enabled="0"))
    assert "still reading what it keeps from its disk" in said


@pytest.mark.parametrize(
    ("bind", "refused"),
    [
        ("127.0.0.1 -::1", False),
        ("* -::*", True),
        ("0.0.0.0", True),
        ("127.0.0.1 10.0.0.5", True),
        ("", True),
    ],
)
async def test_a_server_that_is_open_to_the_network_is_refused(bind: str, refused: bool) -> None:
    open_to = {"protected-mode": "no", "bind": bind, "requirepass": ""}
    assert bool(list(refusals(HERE, "default", told(config=open_to)))) == refused
    for closed in ({"protected-mode": "yes"}, {"requirepass": "secret"}):
        assert list(refusals(HERE, "default", told(config=open_to | closed))) == []


async def test_a_password_is_given_and_not_shown(tmp_path: Path) -> None:
    with running(redis_server(), tmp_path, *ON_DISK) as server:
        with redis.Redis.from_url(server.url) as client:
            client.config_set("requirepass", "s3cret/")
        with pytest.raises(StoreUnavailable, match="Authentication required"):
            await opened(server.url)
        with pytest.raises(StoreUnavailable) as refused:
            await opened(f"redis://:wr0ng@127.0.0.1:{server.port}/0")
        assert "wr0ng" not in str(refused.value)
        await opened(f"redis://:s3cret%2F@127.0.0.1:{server.port}/0")
        await opened(f"redis://default:s3cret%2F@127.0.0.1:{server.port}/3")


async def test_a_server_is_reached_by_its_socket(tmp_path: Path) -> None:
    socket = tmp_path / "redis.sock"
    with running(redis_server(), tmp_path, *ON_DISK, "--unixsocket", str(socket)):
        await opened(f"redis+unix://{socket}?db=1")


async def test_a_server_that_is_not_there_is_told_as_such() -> None:
    with pytest.raises(StoreUnavailable, match=r"Redis cannot be used: .*connect"):
        await opened(f"redis://127.0.0.1:{free_port()}/0")


# --- strict --------------------------------------------------------------------------------------


async def test_strict_wants_a_replica_and_nothing_is_acknowledged_without_one(
    server: RunningServer, tmp_path: Path
) -> None:
    with pytest.raises(StoreUnavailable, match="No replica follows it"):
        await opened(server.url, "strict")
    follows = ("--replicaof", f"127.0.0.1 {server.port}")
    with running(redis_server(), tmp_path, *follows) as replica:
        following(server)
        async with strictly(server.url) as store:
            assert await store.accept([text("1")]) == ["accepted"]
            replica.kill()
            with pytest.raises(StoreUnavailable, match="No replica has it"):
                await store.accept([text("2")])
            # It is there, but that is not said before a replica has it.
            with pytest.raises(StoreUnavailable, match="No replica has it"):
                await store.accept([text("2")])
            replica.start()
            following(server)
            assert await store.accept([text("2")]) == ["duplicate"]


@asynccontextmanager
async def strictly(url: str) -> AsyncIterator[RedisStore]:
    store = await RedisStore.open(url, durability="strict", partitions=1, prefix="strict")
    yield store
    await store.close()


def following(server: RunningServer) -> None:
    """Until a replica follows."""
    limit = time.monotonic() + GUARD
    with redis.Redis.from_url(server.url) as client:
        while client.wait(1, 1_000) == 0:
            assert time.monotonic() < limit


# --- addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://localhost", "redis://localhost:6379/0"),
        ("redis://localhost:7000/2", "redis://localhost:7000/2"),
        ("rediss://me:pw@[::1]:7000", "rediss://***@[::1]:7000/0"),
        ("redis://:p%40w@10.0.0.1/1", "redis://***@10.0.0.1:6379/1"),
        ("redis+unix:///run/redis.sock", "redis+unix:///run/redis.sock?db=0"),
        ("redis+cluster://a,b:7000", "redis+cluster://a:6379,b:7000"),
        ("rediss+cluster://me:pw@a:1/0", "rediss+cluster://***@a:1"),
        ("redis+sentinel://a,b:7/shop", "redis+sentinel://a:26379,b:7/shop/0"),
        ("rediss+sentinel://:pw@a/shop/3", "rediss+sentinel://***@a:26379/shop/3"),
        (
            "redis+sentinel://:pw@a/shop?sentinel_password=s3%26",
            "redis+sentinel://***@a:26379/shop/0",
        ),
        ("redis+unix://:pw@/run/redis.sock?db=4", "redis+unix://***@/run/redis.sock?db=4"),
    ],
)
async def test_an_address_is_shown_without_its_password(url: str, shown: str) -> None:
    read = address.read(url)
    assert read.shown == shown
    for secret in (read.password, read.sentinel_password):
        assert not secret or secret not in repr(read)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("redis:localhost", "there is no host in it"),
        ("redis://", "there is no host in it"),
        ("redis://localhost:x", "is no host and port"),
        ("redis://localhost:99999", "is no host and port"),
        ("redis://localhost/x", '"x" is no number of a database'),
        ("redis://localhost/0?db=1", "there is a ? in it"),
        ("redis://:a#b@localhost", "there is a # in it"),
        ("redis+cluster://localhost/1", "a Cluster has the database 0 and no other"),
        ("redis+cluster://a,,b", "there is no host in it"),
        ("redis+sentinel://localhost", "behind the / stands what the Sentinels call the primary"),
        ("redis+sentinel://localhost/shop/x", '"x" is no number of a database'),
        ("redis+sentinel://a/shop?db=1", "behind the ? stands what the Sentinels themselves want"),
        ("redis+sentinel://a/shop?sentinel_user=me", "sentinel_password=PASSWORD"),
        ("redis+sentinel://a/shop?sentinel_tls=on&sentinel_user=me", "sentinel_password=PASSWORD"),
        ("redis+sentinel://a/shop?sentinel_tls=yes", "sentinel_tls is on or off"),
        ("redis+sentinel://a/shop?sentinel_tls", "sentinel_tls is on or off"),
        ("redis+unix://localhost", "write a socket like"),
        ("redis+unix:///s?database=1", "write a socket like"),
    ],
)
async def test_a_bad_address_says_how_to_write_it(url: str, said: str) -> None:
    with pytest.raises(address.BadUrl, match=said.replace("?", "[?]")):
        address.read(url)


async def test_what_sentinels_want_is_read_as_passwords_are_written() -> None:
    read = address.read("redis+sentinel://a/shop?sentinel_user=me&sentinel_password=a%26b+c%3D")
    assert (read.sentinel_user, read.sentinel_password) == ("me", "a&b+c=")


HERE = address.read("redis://localhost")


def told(config: dict[str, str] | None = None, **info: str) -> Told:
    known = {"redis_version": "7.0.15", "maxmemory_policy": "noeviction", "aof_enabled": "1"}
    return Told(name="here", info=known | info, config=config or {})


async def opened(url: str, durability: Durability = "default") -> None:
    store = await RedisStore.open(url, durability=durability)
    await store.close()
