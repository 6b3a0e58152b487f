"""A server that takes over as a stale copy of the one before, and is told again what it lacks.

SQLite has no need of either, so both are put round it here, as `leased` puts leases round it.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from convo.core.turns import FromInbox
from convo.ports import Acceptance, Arrival, Work
from convo.stores.sqlite.accepting import accept, prepared
from convo.stores.sqlite.chains import unsent
from convo.stores.sqlite.database import Database
from convo.stores.sqlite.rows import add_records
from tests.simulation.inside import Inside

LEAP = 1_000_000
"""Beyond every entry that the one before may have numbered."""

_NEWEST = "SELECT seq FROM sqlite_sequence WHERE name = 'inbox'"
_NUMBERED = (
    "INSERT OR REPLACE INTO sqlite_sequence (rowid, name, seq) VALUES ("
    "(SELECT rowid FROM sqlite_sequence WHERE name = 'inbox'), 'inbox', ?)"
)
_CLAIMED = "SELECT seq, tries, contact, channel FROM message WHERE id = ?"
_BEFORE_IT = """
    SELECT seq, id, state FROM message
    WHERE contact = ? AND channel = ? AND seq <> ? AND (state = 'head' OR state = 'sending')
"""
_DONE = "UPDATE message SET state = 'done', status = ? WHERE seq = ?"
_CLAIM = """
    UPDATE message SET state = 'sending', attempt = ?, claimed = ?, goes_by = ? WHERE seq = ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What a replica has that hears no more, and what had been kept until then."""

    database: bytes
    texts: Mapping[str, Sequence[str]]
    stopped: frozenset[str]


def copied(database: Database, inside: Inside) -> Copy:
    """Outside of a job, as what follows: it would be a transaction's."""
    return Copy(
        database=database.connection.serialize(),
        texts={number: tuple(texts) for number, texts in inside.texts.items()},
        stopped=frozenset(inside.stopped),
    )


def restored(database: Database, copy: Copy, inside: Inside) -> None:
    """What came since has never been."""
    with closing(sqlite3.connect(":memory:")) as replica:
        replica.deserialize(copy.database)
        replica.backup(database.connection)
    database.recount()
    inside.texts.clear()
    inside.texts.update({number: list(texts) for number, texts in copy.texts.items()})
    inside.stopped = set(copy.stopped)


class Arrived:
    """What came in, by the number of its entry: only its reader may have it put back."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, Arrival]] = {}

    def note(self, database: Database, arrival: Arrival, answer: Acceptance) -> None:
        """Right behind its acceptance. What takes no turn has no entry, and changes nothing."""
        if answer == "accepted":
            self._known.setdefault(_newest(database), (database.clock(), arrival))

    def put_back(self, database: Database, entries: Sequence[int], inside: Inside) -> None:
        """Those behind the newest, as they were."""
        clock = database.clock
        for entry in sorted(set(entries)):
            if entry <= _newest(database):
                continue
            at, arrival = self._known[entry]
            database.execute(_NUMBERED, (entry - 1,))
            database.clock = _standing(at)
            answers = accept(database, [prepared(arrival)])
            inside.arrived([arrival], answers)
        database.clock = clock
        database.execute(_NUMBERED, (_newest(database) + LEAP,))


def _newest(database: Database) -> int:
    row = database.execute(_NEWEST).fetchone()
    return 0 if row is None else row[0]


def _standing(at: int) -> Callable[[], int]:
    return lambda: at


def read_in(work: Work) -> Sequence[int]:
    """The entries of the inbox that a step has read."""
    return [each.source.entry for each in work.events if isinstance(each.source, FromInbox)]


def claim_again(database: Database, token: str, claims: Sequence[tuple[str, int, str]]) -> None:
    """Mark what a lost step handed out, by the attempt that it had."""
    for id, at, by in claims:
        seq, tries, contact, channel = database.execute(_CLAIMED, (id,)).fetchone()
        for before in database.execute(_BEFORE_IT, (contact, channel, seq)).fetchall():
            _make_way(database, contact, at, *before)
        kept = "" if by == channel else by
        database.execute(_CLAIM, (f"{token[:8]}.{seq:x}.{tries}", at, kept, seq))
    database.recount()


def _make_way(database: Database, contact: str, at: int, seq: int, id: str, state: str) -> None:
    """What a claimed message waited behind: a report that is lost settled it, or, where nobody had
    claimed it, it might not be sent any more."""
    if state == "sending":
        database.execute(_DONE, ("queued", seq))
    else:
        database.execute(_DONE, ("cancelled", seq))
        add_records(database, [(at, contact, unsent(id, "too late"))])
