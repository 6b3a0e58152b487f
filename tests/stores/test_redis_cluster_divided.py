"""Contacts are divided anew in a Cluster, where each partition is on another node."""

from pathlib import Path

import pytest

from convo.stores.redis import moving
from tests.clusters import cluster
from tests.servers import ON_DISK, redis_server
from tests.stores.contract_desk import HOUR
from tests.stores.dividing import PEOPLE, Business, found, lived, seen


@pytest.mark.anyio
async def test_everything_is_there_on_whichever_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "KEPT_FOR", 0.0)
    with cluster(redis_server(), tmp_path, *ON_DISK) as nodes:
        as_it_was, divided = (Business(nodes.url, people=PEOPLE[:12]) for _ in range(2))
        for each in (as_it_was, divided):
            await each.open(4)
            await lived(each)
            await each.give_back()
        before = await seen(divided)
        await divided.divide(16)
        await divided.divide(5)
        assert await seen(divided) == before
        as_it_was.clock.now = divided.clock.now = divided.clock.now + 2 * HOUR
        assert await found(divided) == await found(as_it_was)
        for each in (as_it_was, divided):
            await each.close()
