"""Opens a store on SQLite and sits down at it."""

from pathlib import Path

from convo.ports import ProofDays
from convo.stores.sqlite.store import SqliteStore
from tests.stores.contract_desk import Desk, HandSetClock


async def desk_at(
    path: Path | str, clock: HandSetClock, proof_days: ProofDays | None = None
) -> tuple[SqliteStore, Desk]:
    store = await SqliteStore.open(str(path), clock=clock, proof_days=proof_days)
    lease = await store.acquire(0, "test")
    assert lease is not None
    return store, Desk(store, clock, lease)
