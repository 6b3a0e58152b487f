"""The levels that /metrics shows: how full the store is."""

from collections.abc import Mapping
from typing import cast

from convo.ports import Store
from convo.ports.ledger import TellsLevels


async def levels(store: Store) -> Mapping[str, float]:
    """How full the store is, by the names of the gauges. Raises `StoreError`."""
    if not hasattr(store, "levels"):
        return {}
    found = await cast(TellsLevels, store).levels()
    return {
        "convo_inbox": found.inbox,
        "convo_outbox": found.outbox,
        "convo_parked": found.parked,
        "convo_held": found.held,
    }
