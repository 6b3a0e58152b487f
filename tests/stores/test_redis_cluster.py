"""The store on a real Cluster: the contract, keys that move, nodes that die."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from convo.core.numbers import PhoneNumber
from convo.errors import Busy, StoreUnavailable
from convo.ports import Done, Wants
from convo.stores.redis.layout import slot_of, tag_of
from convo.stores.redis.library import library
from convo.stores.redis.store import RedisStore
from tests.clusters import RunningCluster, cluster, tell, until
from tests.servers import ON_DISK, PROGRAMS, free_port, redis_server, running
from tests.stores.answering import World, business
from tests.stores.contract import StoreContract
from tests.stores.contract_desk import text, words
from tests.stores.contract_ledger import LedgerContract
from tests.stores.contract_suspects import SuspectsContract
from tests.stores.on_servers import PREFIXES, OneBusiness, OnServers

GUARD = 240.0
"""Seconds: a hang guard."""

#: Where everything of one partition is, when there is no other.
SLOT = slot_of(tag_of(0, 1))


@pytest.fixture(scope="module", params=list(PROGRAMS))
def nodes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningCluster]:
    folder = tmp_path_factory.mktemp(request.param)
    with cluster(PROGRAMS[request.param](), folder, *ON_DISK) as nodes:
        yield nodes


@pytest.fixture
def url(nodes: RunningCluster) -> str:
    return nodes.url


@pytest.fixture
def partitions() -> int:
    return 16


class TestContract(OnServers, StoreContract):
    pass


class TestLedger(OneBusiness, LedgerContract):
    pass


class TestSuspects(OneBusiness, SuspectsContract):
    pass


@pytest.mark.anyio
async def test_every_node_has_its_share_of_the_partitions_and_rings_for_all(
    nodes: RunningCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing but a ring wakes an owner in this test.
    monkeypatch.setattr("convo.stores.redis.store.RENEW_EVERY", 100 * GUARD)
    prefix = next(PREFIXES)
    owner = await RedisStore.open(nodes.url, partitions=6, prefix=prefix)
    web = await RedisStore.open(nodes.url, prefix=prefix)
    assert {nodes.owner_of(slot_of(tag_of(n, 6))).port for n in range(6)} == {
        node.port for node in nodes.nodes
    }
    for node in nodes.nodes:
        assert tell(node, "FUNCTION", "LIST", "LIBRARYNAME", library().name)
    leases = [await owner.acquire(number, "owner") for number in range(6)]
    for lease in leases:
        assert lease is not None
        await owner.advance(lease, Done(), Wants())
    rung = [asyncio.create_task(owner.bell(lease, None)) for lease in leases if lease]
    numbers = [PhoneNumber(f"+1202555{n:04}") for n in range(60)]
    await asyncio.sleep(0.3)  # a subscription that is there rings for all that may have come
    await web.accept([text(number.e164, contact=number) for number in numbers])
    heard: list[str] = []
    with anyio.fail_after(GUARD):
        await asyncio.gather(*rung)
        for lease in leases:
            assert lease is not None
            heard += words(await owner.advance(lease, Done(), Wants(events=100)))
    assert sorted(heard) == [number.e164 for number in numbers]
    await owner.close()
    await web.close()


@pytest.mark.anyio
@pytest.mark.parametrize("program", list(PROGRAMS))
async def test_keys_move_from_node_to_node_and_nothing_is_lost(
    program: str, tmp_path: Path
) -> None:
    world = World()
    with anyio.fail_after(GUARD), cluster(PROGRAMS[program](), tmp_path, *ON_DISK) as nodes:
        async with business(nodes.url, world):
            for _ in range(3):
                await world.more(15)
                before = nodes.owner_of(SLOT)
                target = nodes.nodes[(nodes.nodes.index(before) + 1) % 3]
                await asyncio.to_thread(nodes.move, SLOT, target, lambda: time.sleep(0.05))
                assert nodes.owner_of(SLOT) is target
            await world.more(15)


@pytest.mark.anyio
@pytest.mark.parametrize("program", list(PROGRAMS))
async def test_a_node_dies_and_its_follower_takes_over(program: str, tmp_path: Path) -> None:
    world = World()
    with (
        anyio.fail_after(GUARD),
        cluster(PROGRAMS[program](), tmp_path, *ON_DISK, followers=3) as nodes,
    ):
        async with business(nodes.url, world):
            await world.more(15)
            dies = nodes.owner_of(SLOT)
            dies.kill()
            await asyncio.to_thread(until, lambda: nodes.owner_of(SLOT) is not dies)
            assert nodes.owner_of(SLOT) in nodes.followers
            await world.more(15)


@pytest.mark.anyio
async def test_one_node_that_has_no_room_is_enough_to_say_so(nodes: RunningCluster) -> None:
    store = await RedisStore.open(nodes.url, partitions=16, prefix=next(PREFIXES))
    await store.keeps()
    tell(nodes.nodes[1], "CONFIG", "SET", "maxmemory", "1mb")
    try:
        with pytest.raises(Busy, match="maxmemory"):
            await store.keeps()
    finally:
        tell(nodes.nodes[1], "CONFIG", "SET", "maxmemory", "0")
    await store.keeps()
    await store.close()


@pytest.mark.anyio
async def test_a_node_of_a_cluster_is_no_server_of_its_own_nor_the_other_way_round(
    nodes: RunningCluster, tmp_path: Path
) -> None:
    with pytest.raises(StoreUnavailable, match=r"a node of a Cluster: write redis\+cluster://"):
        await RedisStore.open(nodes.nodes[0].url)
    with running(redis_server(), tmp_path, *ON_DISK) as alone:
        url = f"redis+cluster://127.0.0.1:{alone.port}"
        with pytest.raises(StoreUnavailable, match=r"no node of a Cluster .* write redis://"):
            await RedisStore.open(url)


@pytest.mark.anyio
async def test_a_cluster_is_found_by_any_of_its_nodes(nodes: RunningCluster) -> None:
    last = nodes.nodes[-1].port
    store = await RedisStore.open(f"redis+cluster://127.0.0.1:{free_port()},127.0.0.1:{last}")
    await store.close()
    with pytest.raises(StoreUnavailable, match="Redis cannot be used"):
        await RedisStore.open(f"redis+cluster://127.0.0.1:{free_port()}")
