"""Looking into the file while another process may be writing it: reads only, and never a lock."""

import sqlite3
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path

from convo.core.act_rows import act_in
from convo.core.contacts import Consent, ContactState
from convo.core.numbers import PhoneNumber
from convo.core.overview import Holding, Overview, Page, ParkedEvent, Stage, Tracked
from convo.core.presence import Presence
from convo.core.record_codec import Recorded
from convo.errors import StoreUnavailable
from convo.stores.sqlite import queries
from convo.stores.sqlite.consents import ACTS
from convo.stores.sqlite.database import GROWN_COLUMNS
from convo.stores.sqlite.guard import is_held
from convo.stores.sqlite.overviewing import overview
from convo.stores.sqlite.processes import processes

_OWNER = "SELECT name, value FROM meta WHERE name IN ('owner', 'owned_since')"


class SqliteLedger:
    """One moment of the file: what is written meanwhile is not seen."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    async def records(self, mark: str, limit: int) -> Page[Recorded]:
        return queries.records(self._connection, mark, limit)

    async def contact(self, number: PhoneNumber) -> ContactState | None:
        return queries.contact(self._connection, number)

    async def contacts(self, mark: str, limit: int) -> Page[ContactState]:
        return queries.contacts(self._connection, mark, limit)

    async def flow(self, version: str) -> bytes | None:
        return queries.flow(self._connection, version)

    async def acts(self, number: PhoneNumber) -> Sequence[Consent]:
        return tuple(act_in(row) for row in self._connection.execute(ACTS, (number.e164,)))

    async def messages(self, stage: Stage, mark: str, limit: int) -> Page[Tracked]:
        return queries.messages(self._connection, stage, mark, limit)

    async def message(self, id: str) -> Tracked | None:
        return queries.message(self._connection, id)

    async def parked(self, mark: str, limit: int) -> Page[ParkedEvent]:
        return queries.parked(self._connection, mark, limit)

    async def parked_event(self, id: str) -> ParkedEvent | None:
        return queries.parked_event(self._connection, id)

    async def overview(self, now: int) -> Overview:
        return overview(self._connection, now)

    async def holdings(self) -> Sequence[Holding]:
        # The lock tells who lives: after a `kill -9` the row still names the dead.
        told = dict(self._connection.execute(_OWNER)) if is_held(self._path) else {}
        owner, since = told.get("owner", ""), told.get("owned_since", 0)
        (inbox,) = self._connection.execute("SELECT count(*) FROM inbox").fetchone()
        return (Holding(partition=0, owner=owner, since=since, until=None, inbox=inbox),)

    async def processes(self) -> Sequence[Presence]:
        return processes(self._connection) if is_held(self._path) else ()


@asynccontextmanager
async def looking(path: Path) -> AsyncGenerator[SqliteLedger]:
    """Raises `StoreUnavailable` when there is no such file, or it is not one of this Convo's."""
    if not path.is_file():
        raise StoreUnavailable(f"There is no {path} yet: nobody has texted this business.")
    # A writer in WAL mode is not held up by readers, and readers not by it.
    uri = f"{path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            connection.execute("SELECT 1 FROM record LIMIT 1")
            columns = {row[1] for row in connection.execute("PRAGMA table_info(message)")}
        except sqlite3.DatabaseError as error:
            raise StoreUnavailable(f"{path} cannot be read ({error}).") from None
        if not columns.issuperset(GROWN_COLUMNS["message"]):
            raise StoreUnavailable(
                f"{path} was written by an older Convo. Start this one on it once, which brings "
                "it up to date: convo run"
            )
        yield SqliteLedger(connection, path)
