"""How the contracts open a store on what is behind a URL: one server, or a Cluster."""

import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest

from convo.core.shards import SHARDS
from convo.ports import Clock
from convo.stores.redis.looking import looking
from convo.stores.redis.store import RedisStore
from tests.stores.contract_desk import Desk, HandSetClock, Opens
from tests.stores.contract_ledger import Looks

PREFIXES = (f"t{n}" for n in itertools.count())


class OnServers:
    """Each business is a new one. A subclass or its module gives `url` and `partitions`."""

    @staticmethod
    def parked_id(desk: Desk, n: int) -> str:
        return str(n * SHARDS + desk.lease.partition)

    @pytest.fixture
    def prefixes(self) -> Iterator[str]:
        return PREFIXES

    @pytest.fixture
    async def opened(
        self, url: str, partitions: int, prefixes: Iterator[str]
    ) -> AsyncIterator[Opens]:
        async with AsyncExitStack() as stack:

            async def opened(
                clock: Clock, *, dedupe_days: int = 7, inbox_limit: int = 1_000
            ) -> RedisStore:
                store = await RedisStore.open(
                    url,
                    durability="fast",
                    partitions=partitions,
                    dedupe_days=dedupe_days,
                    inbox_limit=inbox_limit,
                    clock=clock,
                    prefix=next(prefixes),
                )
                stack.push_async_callback(store.close)
                return store

            yield opened


class OneBusiness(OnServers):
    """All of a test are one business, and may be looked into."""

    @pytest.fixture
    def prefixes(self) -> Iterator[str]:
        return itertools.repeat(next(PREFIXES))

    @pytest.fixture
    def looks(self, url: str, prefixes: Iterator[str], clock: HandSetClock) -> Looks:
        return lambda: looking(url, clock=clock, prefix=next(prefixes))
