"""Looking into the file while another process may be writing it: reads only, and never a lock."""

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from convo.core import codec, record_codec
from convo.core.contacts import Consent, ContactState
from convo.core.numbers import PhoneNumber
from convo.core.record_codec import Recorded
from convo.errors import StoreUnavailable
from convo.stores.sqlite.consents import ACTS, act_of


class Onlooker:
    """One moment of the file: what is written meanwhile is not seen."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def records(self) -> Iterator[Recorded]:
        """The records of all turns that are still kept, oldest first."""
        for (body,) in self._connection.execute("SELECT records FROM record ORDER BY number"):
            yield record_codec.decode(body)

    def contact(self, number: PhoneNumber) -> ContactState | None:
        """One contact with their consents; None when nobody has heard of them."""
        record = self._connection.execute(
            "SELECT record FROM contact WHERE id = ?", (number.e164,)
        ).fetchone()
        rows = self._connection.execute(
            "SELECT programme, state, at, event, ord, proof FROM consent "
            "WHERE contact = ? ORDER BY programme",
            (number.e164,),
        ).fetchall()
        if record is None and not rows:
            return None
        consents = tuple(
            Consent(programme=programme, state=state, at=at, event=event, order=order, proof=proof)
            for programme, state, at, event, order, proof in rows
        )
        return codec.decode(number, record[0] if record else None, consents)

    def acts(self, number: PhoneNumber) -> tuple[Consent, ...]:
        """Every act of this contact's consent, oldest first."""
        try:
            rows = self._connection.execute(ACTS, (number.e164,)).fetchall()
        except sqlite3.OperationalError:
            return ()  # a file of the first versions, which nobody has opened since
        return tuple(act_of(row) for row in rows)

    def contacts(self) -> Iterator[ContactState]:
        """Every contact, without consents."""
        rows = self._connection.execute("SELECT id, record FROM contact ORDER BY id")
        for number, record in rows:
            yield codec.decode(PhoneNumber(number), record)


@contextmanager
def looking(path: Path) -> Generator[Onlooker]:
    """Raises `StoreUnavailable` when there is no such file, or it is not one of ours."""
    if not path.is_file():
        raise StoreUnavailable(f"There is no {path} yet: nobody has texted this business.")
    # A writer in WAL mode is not held up by readers, and readers not by it.
    uri = f"{path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            connection.execute("SELECT 1 FROM record LIMIT 1")
        except sqlite3.DatabaseError as error:
            raise StoreUnavailable(f"{path} cannot be read ({error}).") from None
        yield Onlooker(connection)
