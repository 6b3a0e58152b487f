"""The Redis store keeps the contract: on Redis and Valkey, with one partition and with sixteen."""

import pytest

from tests.stores.contract import StoreContract
from tests.stores.contract_ledger import LedgerContract
from tests.stores.contract_suspects import SuspectsContract
from tests.stores.on_servers import OneBusiness, OnServers


@pytest.fixture(params=(1, 16), ids=("1", "16"))
def partitions(request: pytest.FixtureRequest) -> int:
    return request.param


class TestContract(OnServers, StoreContract):
    pass


class TestLedger(OneBusiness, LedgerContract):
    pass


class TestSuspects(OneBusiness, SuspectsContract):
    pass
