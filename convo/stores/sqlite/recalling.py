"""Recalls: what waits is dropped as one comes, and what comes to the queue later is not let go."""

from collections.abc import Sequence
from typing import Any

from convo.core.numbers import PhoneNumber
from convo.core.recalls import Recall
from convo.core.records import Record
from convo.stores.sqlite import chains
from convo.stores.sqlite.database import Database
from convo.stores.sqlite.rows import MESSAGE, MESSAGE_WIDTH, add_records, outbound

WHY = "recalled"

_KEEP = "INSERT INTO recall (at, flow, version, request, contact, by) VALUES (?, ?, ?, ?, ?, ?)"
_KEPT = "SELECT at, flow, version, request, contact, by FROM recall ORDER BY number"
_QUEUED = f"SELECT {MESSAGE}, m.seq FROM message AS m INDEXED BY {{}} WHERE m.state = '{{}}'"
_HEADS = _QUEUED.format("message_queue", "head")
_BEHIND = _QUEUED.format("message_waiting", "waiting")
_DROP = f"UPDATE message SET state = 'done', status = 'cancelled', code = '{WHY}' WHERE seq = ?"


def recall(database: Database, asked: Recall, at: int) -> None:
    """Keep it, and drop every message that it means and nobody has claimed."""
    contact = "" if asked.contact is None else asked.contact.e164
    database.execute(_KEEP, (at, asked.flow, asked.version, asked.request, contact, asked.by))
    database.has_recalls = True
    facts = {
        "flow": asked.flow,
        "version": asked.version,
        "request": asked.request,
        "by": asked.by,
    }
    heads, behind = (
        [row for row in database.execute(query) if _is_meant(row, asked)]
        for query in (_HEADS, _BEHIND)
    )
    database.executemany(_DROP, [(row[MESSAGE_WIDTH],) for row in (*heads, *behind)])
    chains.promote(database, [(row[1], row[2]) for row in heads])
    told = [(at, row[1], chains.unsent(row[0], WHY)) for row in (*heads, *behind)]
    add_records(database, [(at, contact, Record(kind="recalled", facts=facts)), *told])


def recalls(database: Database) -> Sequence[Recall]:
    """Every one there was; mostly there was none."""
    if not database.has_recalls:
        return ()
    return [
        Recall(
            flow=flow,
            version=version,
            request=request,
            contact=PhoneNumber(contact) if contact else None,
            by=by,
            at=at,
        )
        for at, flow, version, request, contact, by in database.execute(_KEPT)
    ]


def is_recalled(row: tuple[Any, ...], created: int, kept: Sequence[Recall]) -> bool:
    """Whether the message in a row was made until one of these, and is meant by it."""
    return any(created <= each.at and _is_meant(row, each) for each in kept)


def _is_meant(row: tuple[Any, ...], by: Recall) -> bool:
    message = outbound(row)
    return by.means(message.contact, message.voice)
