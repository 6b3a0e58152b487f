"""The levels that /metrics shows: how full the store is."""

from collections.abc import Mapping

from convo.ports import Store
from convo.stores.sqlite.queries import lengths
from convo.stores.sqlite.store import SqliteStore


async def levels(store: Store) -> Mapping[str, float]:
    """How full the store is, by the names of the gauges."""
    if not isinstance(store, SqliteStore):
        return {}
    found = await store.read(lengths)
    return {
        "convo_inbox": found.inbox,
        "convo_outbox": sum(found.outbox.values()),
        "convo_parked": found.parked,
        "convo_held": found.held,
    }
