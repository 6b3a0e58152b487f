"""The Redis store keeps the contract: on Redis and Valkey, with one partition and with sixteen."""

import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest

from convo.core.shards import SHARDS
from convo.ports import Clock
from convo.stores.redis.looking import looking
from convo.stores.redis.store import RedisStore
from tests.servers import PROGRAMS, RunningServer, running
from tests.stores.contract import StoreContract
from tests.stores.contract_desk import Desk, HandSetClock, Opens
from tests.stores.contract_ledger import LedgerContract, Looks
from tests.stores.contract_suspects import SuspectsContract


@pytest.fixture(scope="module", params=list(PROGRAMS))
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    program = PROGRAMS[request.param]()
    with running(program, tmp_path_factory.mktemp(request.param)) as server:
        yield server


PREFIXES = (f"t{n}" for n in itertools.count())


class TestContract(StoreContract):
    @staticmethod
    def parked_id(desk: Desk, n: int) -> str:
        return str(n * SHARDS + desk.lease.partition)

    @pytest.fixture(params=(1, 16), ids=("1", "16"))
    async def opened(
        self, server: RunningServer, request: pytest.FixtureRequest
    ) -> AsyncIterator[Opens]:
        async with AsyncExitStack() as stack:

            async def opened(
                clock: Clock, *, dedupe_days: int = 7, inbox_limit: int = 1_000
            ) -> RedisStore:
                store = await RedisStore.open(
                    server.url,
                    durability="fast",
                    partitions=request.param,
                    dedupe_days=dedupe_days,
                    inbox_limit=inbox_limit,
                    clock=clock,
                    prefix=next(PREFIXES),
                )
                stack.push_async_callback(store.close)
                return store

            yield opened


class OneBusiness:
    @pytest.fixture
    def prefix(self) -> str:
        return next(PREFIXES)

    @pytest.fixture(params=(1, 16), ids=("1", "16"))
    async def opened(
        self, server: RunningServer, prefix: str, request: pytest.FixtureRequest
    ) -> AsyncIterator[Opens]:
        async with AsyncExitStack() as stack:

            async def opened(clock: Clock, **_: int) -> RedisStore:
                store = await RedisStore.open(
                    server.url,
                    durability="fast",
                    partitions=request.param,
                    clock=clock,
                    prefix=prefix,
                )
                stack.push_async_callback(store.close)
                return store

            yield opened

    @pytest.fixture
    def looks(self, server: RunningServer, prefix: str, clock: HandSetClock) -> Looks:
        return lambda: looking(server.url, clock=clock, prefix=prefix)


class TestLedger(OneBusiness, LedgerContract):
    pass


class TestSuspects(OneBusiness, SuspectsContract):
    pass
