"""The Redis store keeps the contract: on Redis and Valkey, with one partition and with sixteen."""

from collections.abc import Iterator

import pytest

from tests.servers import PROGRAMS, RunningServer, running
from tests.stores.contract import StoreContract
from tests.stores.contract_ledger import LedgerContract
from tests.stores.contract_suspects import SuspectsContract
from tests.stores.on_servers import OneBusiness, OnServers


@pytest.fixture(scope="module", params=list(PROGRAMS))
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    program = PROGRAMS[request.param]()
    with running(program, tmp_path_factory.mktemp(request.param)) as server:
        yield server


@pytest.fixture
def url(server: RunningServer) -> str:
    return server.url


@pytest.fixture(params=(1, 16), ids=("1", "16"))
def partitions(request: pytest.FixtureRequest) -> int:
    return request.param


class TestContract(OnServers, StoreContract):
    pass


class TestLedger(OneBusiness, LedgerContract):
    pass


class TestSuspects(OneBusiness, SuspectsContract):
    pass
