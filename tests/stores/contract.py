"""The whole contract of a store: whatever implements the port passes all of it."""

import pytest

from tests.stores.contract_arrivals import ArrivalsContract
from tests.stores.contract_consents import ConsentsContract
from tests.stores.contract_decisions import DecisionsContract
from tests.stores.contract_desk import Desk, HandSetClock, Opens, desk_of
from tests.stores.contract_messages import MessagesContract
from tests.stores.contract_order import OrderContract
from tests.stores.contract_recalls import RecallsContract
from tests.stores.contract_turns import TurnsContract
from tests.stores.contract_ways import WaysContract


@pytest.mark.anyio
class StoreContract(
    ArrivalsContract,
    ConsentsContract,
    TurnsContract,
    MessagesContract,
    WaysContract,
    OrderContract,
    DecisionsContract,
    RecallsContract,
):
    """A subclass gives the fixture `opened`: how to open a store of its kind, empty."""

    @pytest.fixture
    def clock(self) -> HandSetClock:
        return HandSetClock()

    @pytest.fixture
    async def desk(self, opened: Opens, clock: HandSetClock) -> Desk:
        return await desk_of(await opened(clock), clock)

    @pytest.fixture
    async def narrow(self, opened: Opens, clock: HandSetClock) -> Desk:
        """A store whose inbox holds two events."""
        return await desk_of(await opened(clock, inbox_limit=2), clock)
