"""Recalls: what waits is dropped as one comes, and what comes to the queue later is not let go."""

from collections.abc import Sequence
from typing import Any

import msgspec

from convo.core.numbers import PhoneNumber
from convo.core.recalls import Recall
from convo.core.records import Record
from convo.core.voices import voice_in
from convo.stores.sqlite import chains
from convo.stores.sqlite.database import Database
from convo.stores.sqlite.rows import add_records, encoded, outbound

WHY = "recalled"

DROPPED_AT_ONCE = 1_000
"""Messages dropped in one job: others want to write in between."""

_KEEP = "INSERT INTO recall (at, flow, version, request, contact, by) VALUES (?, ?, ?, ?, ?, ?)"
_KEPT = "SELECT at, flow, version, request, contact, by FROM recall ORDER BY number"
_QUEUED = "SELECT seq, contact, voice FROM message INDEXED BY {} WHERE state = '{}' AND voice <> ''"
_HEADS = _QUEUED.format("message_queue", "head")
_BEHIND = _QUEUED.format("message_waiting", "waiting")
_STILL = """
    SELECT seq, id, contact, channel, state FROM message
    WHERE seq IN (SELECT value FROM json_each(?)) AND (state = 'head' OR state = 'waiting')
"""
_DROP = f"UPDATE message SET state = 'done', status = 'cancelled', code = '{WHY}' WHERE seq = ?"

_voice = msgspec.json.Decoder(list[Any]).decode


def recall(database: Database, asked: Recall, at: int) -> None:
    """Keep it: from here on what it means is claimed no more."""
    contact = "" if asked.contact is None else asked.contact.e164
    database.execute(_KEEP, (at, asked.flow, asked.version, asked.request, contact, asked.by))
    database.has_recalls = True
    facts = {
        "flow": asked.flow,
        "version": asked.version,
        "request": asked.request,
        "by": asked.by,
    }
    add_records(database, [(at, contact, Record(kind="recalled", facts=facts))])


def queued(database: Database, asked: Recall) -> Sequence[int]:
    """The places of all messages that wait and are meant."""
    return [
        seq
        for query in (_HEADS, _BEHIND)
        for seq, contact, voice in database.execute(query)
        if asked.means(PhoneNumber(contact), voice_in(_voice(voice)))
    ]


def drop(database: Database, places: Sequence[int]) -> None:
    """Drop those of these that nobody has claimed or dropped meanwhile."""
    at = database.clock()
    rows = database.execute(_STILL, (encoded(places),)).fetchall()
    database.executemany(_DROP, [(seq,) for seq, *_ in rows])
    chains.promote(
        database, [(contact, channel) for _, _, contact, channel, state in rows if state == "head"]
    )
    add_records(database, [(at, contact, chains.unsent(id, WHY)) for _, id, contact, _, _ in rows])


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
