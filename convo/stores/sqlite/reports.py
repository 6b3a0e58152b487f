"""Delivery reports: how far a message got, and what became of one in doubt; whose an id is."""

from collections.abc import Sequence
from typing import Any

from convo.core.event_codec import decode_report, encode_report
from convo.core.events import LAST_WORDS, STATUS_RANK, Report
from convo.core.records import Record
from convo.ports import Claim, Others
from convo.stores.sqlite import chains
from convo.stores.sqlite.database import Database
from convo.stores.sqlite.rows import GOES_BY, add_records, encoded, listed_in

ORPHANS_KEPT = 3_600_000
"""ms that a report waits for its message: the answer to a send takes seconds, not hours."""

LATELY = 10 * 60_000
"""ms: what was claimed so long before a message has left before it, if at all."""

_COLUMNS = f"seq, id, contact, channel, {GOES_BY}, state, status, tries, provider_ids"
_BY_ID = f"SELECT {_COLUMNS} FROM message WHERE id = ?"
_BY_PROVIDER_ID = f"""
    SELECT {_COLUMNS} FROM message
    WHERE seq = (SELECT message FROM provider_id WHERE channel = ? AND id = ?)
"""
_OTHERS = """
    SELECT p.id FROM provider_id AS p JOIN message AS m ON m.seq = p.message
    WHERE p.channel = ? AND p.id IN (SELECT value FROM json_each(?)) AND m.id <> ?
"""
_NAMELESS = f"""
    SELECT 1 FROM message INDEXED BY message_held
    WHERE state = 'held' AND id <> ? AND contact = ? AND {GOES_BY} = ? AND text = ?
        AND provider_ids = '' AND claimed >= ?
    LIMIT 1
"""


def apply(database: Database, report: Report, at: int, raw: bytes) -> None:
    """Note how far its message got; keep it for a while when nobody knows the message yet."""
    row = _message(database, report)
    if row is None:
        _set_aside(database, report, at, raw)
    else:
        _rise(database, row, report, at, raw)


def know_as(database: Database, names: Sequence[tuple[str, str, int]], at: int) -> None:
    """Learn (channel, provider's id, message's seq) and apply the reports that came too early."""
    if not names:
        return
    database.executemany("INSERT OR REPLACE INTO provider_id VALUES (?, ?, ?)", names)
    if database.execute("SELECT 1 FROM orphan LIMIT 1").fetchone() is None:
        return
    for channel, provider_id, _ in names:
        waiting = database.execute(
            "DELETE FROM orphan WHERE channel = ? AND provider_id = ? "
            "RETURNING number, report, raw",
            (channel, provider_id),
        ).fetchall()
        for _, report, raw in sorted(waiting):
            early = decode_report(report, channel=channel, provider_id=provider_id)
            apply(database, early, at, raw or b"")


def others(database: Database, claim: Claim, provider_ids: Sequence[str]) -> Others:
    """Which of these ids are other messages', and whether a held one may bear one of them."""
    message = claim.message
    known = database.execute(_OTHERS, (message.goes_by, encoded(provider_ids), message.id))
    who = message.id, message.contact.e164, message.goes_by, message.text
    nameless = database.execute(_NAMELESS, (*who, claim.at - LATELY)).fetchone()
    return Others(provider_ids=frozenset(id for (id,) in known), nameless=nameless is not None)


def _message(database: Database, report: Report) -> tuple[Any, ...] | None:
    row = None
    if report.outbound:
        row = database.execute(_BY_ID, (report.outbound,)).fetchone()
    if row is None and report.provider_id:
        row = database.execute(_BY_PROVIDER_ID, (report.channel, report.provider_id)).fetchone()
    return row


def _set_aside(database: Database, report: Report, at: int, raw: bytes) -> None:
    if not report.provider_id:
        add_records(database, [(at, "", _record(report.outbound, report))])
        return
    database.execute(
        """
        INSERT INTO orphan (channel, provider_id, number, at, report, raw)
        SELECT ?1, ?2, coalesce(max(number), 0) + 1, ?3, ?4, ?5 FROM orphan
        WHERE channel = ?1 AND provider_id = ?2
        """,
        (report.channel, report.provider_id, at, encode_report(report), raw or None),
    )


def _rise(database: Database, row: tuple[Any, ...], report: Report, at: int, raw: bytes) -> None:
    seq, id, contact, channel, goes_by, state, status, tries, known = row
    # A message that is to be tried again was thought not to have left; this says it did.
    left = state in ("sending", "held") or (state in ("head", "waiting") and tries > 0)
    if left:
        database.execute(
            "UPDATE message SET state = 'done', status = ?, code = ? WHERE seq = ?",
            (report.status, report.code, seq),
        )
        if state in ("head", "sending"):
            chains.promote(database, [(contact, channel)])
    elif state == "done" and STATUS_RANK[report.status] > STATUS_RANK.get(status, 0):
        database.execute(
            "UPDATE message SET status = ?, code = ? WHERE seq = ?",
            (report.status, report.code, seq),
        )
    if report.status in LAST_WORDS:
        chains.last_word(database, (contact, channel), seq, at)
    add_records(database, [(at, contact, _record(id, report))])
    if raw:
        database.execute("UPDATE record SET raw = ? WHERE number = last_insert_rowid()", (raw,))
    if report.provider_id and report.provider_id not in listed_in(known):
        database.execute(
            "UPDATE message SET provider_ids = ? WHERE seq = ?",
            (encoded([*listed_in(known), report.provider_id]), seq),
        )
        # Last, for reports that came too early are applied to the message as it is now.
        know_as(database, [(goes_by, report.provider_id, seq)], at)


def _record(id: str, report: Report) -> Record:
    return Record(
        kind="status",
        facts={"message": id, "status": report.status, "code": report.code},
    )
