"""What people ask of the store: reads by any connection to the file, and no writes."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from convo.core import codec, event_codec, record_codec
from convo.core.contacts import Consent, ContactState
from convo.core.numbers import PhoneNumber
from convo.core.overview import Levels, Page, ParkedEvent, Stage, T, Tracked
from convo.core.record_codec import Recorded
from convo.stores.sqlite.database import Database
from convo.stores.sqlite.rows import MESSAGE, MESSAGE_WIDTH, listed_in, outbound

#: A message's stage by its state in the table.
STAGES: Mapping[str, Stage] = {
    "head": "waiting",
    "waiting": "waiting",
    "sending": "sending",
    "held": "held",
    "done": "done",
}

_TRACKED = (
    f"SELECT {MESSAGE}, m.state, m.status, m.code, m.created, m.claimed, m.provider_ids, m.seq "
    "FROM message AS m"
)
# The oldest that waits or is in doubt is young, so what was settled before it is never read.
_FIRST = """
    SELECT min(seq) FROM (
        SELECT min(seq) AS seq FROM message INDEXED BY message_queue WHERE state = 'head'
        UNION ALL SELECT min(seq) FROM message INDEXED BY message_waiting WHERE state = 'waiting'
        UNION ALL SELECT min(seq) FROM message INDEXED BY message_front
            WHERE (state = 'head' OR state = 'sending') AND state = 'sending'
    )
"""
_PAGES: Mapping[Stage, str] = {
    "waiting": f"{_TRACKED} WHERE m.state IN ('head', 'waiting') AND m.seq > ? ORDER BY m.seq",
    "sending": f"{_TRACKED} WHERE m.state = 'sending' AND m.seq > ? ORDER BY m.seq",
    "held": f"{_TRACKED} WHERE m.state = 'held' AND m.seq > ? ORDER BY m.seq",
    "done": f"{_TRACKED} WHERE m.state = 'done' AND m.seq < ? ORDER BY m.seq DESC",
}
_NEWEST = 2**63 - 1
_PARKED = "SELECT number, at, event_id, acted, event, error, raw FROM parked"
_CONSENTS = """
    SELECT programme, state, at, event, ord, proof FROM consent
    WHERE contact = ? ORDER BY programme
"""


class Reads(Protocol):
    """The owner's own connection, or one that only reads."""

    @property
    def execute(self) -> Callable[..., sqlite3.Cursor]: ...


def messages(database: Reads, stage: Stage, mark: str, limit: int) -> Page[Tracked]:
    """Messages of a stage, oldest first; those that are done newest first."""
    if mark:
        after = int(mark)
    elif stage == "done":
        after = _NEWEST
    elif stage == "held":
        after = 0
    else:
        after = (database.execute(_FIRST).fetchone()[0] or 1) - 1
    rows = database.execute(f"{_PAGES[stage]} LIMIT ?", (after, limit)).fetchall()
    return _page(rows, limit, lambda row: str(row[-1]), _tracked)


def message(database: Reads, id: str) -> Tracked | None:
    """One message by our id, whatever became of it."""
    row = database.execute(f"{_TRACKED} WHERE m.id = ?", (id,)).fetchone()
    return None if row is None else _tracked(row)


def parked(database: Reads, mark: str, limit: int) -> Page[ParkedEvent]:
    """Parked events, oldest first."""
    rows = database.execute(
        f"{_PARKED} WHERE number > ? ORDER BY number LIMIT ?", (int(mark or 0), limit)
    ).fetchall()
    return _page(rows, limit, lambda row: str(row[0]), _parked)


def parked_event(database: Reads, id: str) -> ParkedEvent | None:
    """One parked event by its id."""
    if not (id.isascii() and id.isdigit()):
        return None
    row = database.execute(f"{_PARKED} WHERE number = ?", (id,)).fetchone()
    return None if row is None else _parked(row)


def records(database: Reads, mark: str, limit: int) -> Page[Recorded]:
    """The records of turns that are still kept, oldest first; where they end, more will come."""
    rows = database.execute(
        "SELECT number, records FROM record WHERE number > ? ORDER BY number LIMIT ?",
        (int(mark or 0), limit),
    ).fetchall()
    told = tuple(record_codec.decode(records) for _, records in rows)
    return Page(items=told, next=str(rows[-1][0]) if rows else "")


def contacts(database: Reads, mark: str, limit: int) -> Page[ContactState]:
    """Every contact that has a record, without consents."""
    rows = database.execute(
        "SELECT id, record FROM contact WHERE id > ? ORDER BY id LIMIT ?", (mark, limit)
    ).fetchall()
    return _page(rows, limit, lambda row: row[0], _contact)


def contact(database: Reads, number: PhoneNumber) -> ContactState | None:
    """One contact with their consents; None when nobody has heard of them."""
    record = database.execute("SELECT record FROM contact WHERE id = ?", (number.e164,)).fetchone()
    rows = database.execute(_CONSENTS, (number.e164,)).fetchall()
    if record is None and not rows:
        return None
    consents = tuple(
        Consent(programme=programme, state=state, at=at, event=event, order=order, proof=proof)
        for programme, state, at, event, order, proof in rows
    )
    return codec.decode(number, record[0] if record else None, consents)


def flow(database: Reads, version: str) -> bytes | None:
    """The source of a flow version, or None."""
    row = database.execute("SELECT source FROM flow WHERE version = ?", (version,)).fetchone()
    return row[0] if row else None


def raw(database: Reads, number: int) -> bytes | None:
    """The raw request that led to the record `number`, where one was kept."""
    row = database.execute("SELECT raw FROM record WHERE number = ?", (number,)).fetchone()
    return row[0] if row else None


def levels(database: Database) -> Levels:
    """Counts for the metrics; each is read from an index that holds nothing else."""

    def count(of: str) -> int:
        return database.execute(f"SELECT count(*) FROM {of}").fetchone()[0]

    waiting = (count(f"message WHERE state = '{state}'") for state in ("head", "waiting"))
    return Levels(
        inbox=database.inbox_length,
        outbox=sum(waiting),
        parked=count("parked"),
        held=count("message WHERE state = 'held'"),
    )


Row = tuple[Any, ...]


def _page(
    rows: Sequence[Row], limit: int, mark: Callable[[Row], str], read: Callable[[Row], T]
) -> Page[T]:
    more = mark(rows[-1]) if len(rows) == limit else ""
    return Page(items=tuple(map(read, rows)), next=more)


def _tracked(row: Row) -> Tracked:
    state, status, code, created, claimed, provider_ids, _ = row[MESSAGE_WIDTH:]
    return Tracked(
        message=outbound(row),
        stage=STAGES[state],
        status=status,
        code=code,
        created=created,
        claimed=claimed,
        provider_ids=listed_in(provider_ids),
    )


def _parked(row: Row) -> ParkedEvent:
    number, at, event, acted, body, error, raw = row
    return ParkedEvent(
        id=str(number),
        at=at,
        event=event_codec.decode(body, id=event, at=at, acted=bool(acted)),
        account=error,
        raw=raw or b"",
    )


def _contact(row: Row) -> ContactState:
    return codec.decode(PhoneNumber(row[0]), row[1])
