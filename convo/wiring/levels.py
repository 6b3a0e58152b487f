"""The levels that /metrics shows: how full the store is."""

from collections.abc import Mapping

from convo.ports import Store
from convo.stores.sqlite.database import Database
from convo.stores.sqlite.store import SqliteStore

_LEVELS = {
    "convo_inbox": "SELECT count(*) FROM inbox",
    "convo_outbox": "SELECT count(*) FROM message WHERE state IN ('head', 'waiting')",
    "convo_parked": "SELECT count(*) FROM parked",
    "convo_held": "SELECT count(*) FROM message WHERE state = 'held'",
}


async def levels(store: Store) -> Mapping[str, float]:
    """How full the store is, by the names of the gauges."""
    if not isinstance(store, SqliteStore):
        return {}
    return await store.read(_counted)


def _counted(database: Database) -> Mapping[str, float]:
    return {name: database.execute(sql).fetchone()[0] for name, sql in _LEVELS.items()}
