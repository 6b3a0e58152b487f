"""The order of one contact's messages on one channel: who is first, and who follows."""

from collections.abc import Iterable, Sequence

from convo.core.records import Record
from convo.core.turns import Outbound
from convo.stores.sqlite.database import Database
from convo.stores.sqlite.rows import add_records, encoded, voiced

#: Contact (E.164) and channel.
Chain = tuple[str, str]

_ANY_BULK = """
    SELECT 1 FROM message WHERE state = 'head' AND channel = ? AND lane = 'bulk' LIMIT 1
"""
_DEMOTE_BULK = """
    UPDATE message SET state = 'waiting'
    WHERE contact = ? AND channel = ? AND state = 'head' AND lane = 'bulk'
"""
# Where the chain waits for the last word on a message, so does whoever is first.
_NOT_BEFORE = "coalesce((SELECT until FROM awaited WHERE contact = {} AND channel = {}), 0)"
_PROMOTE = f"""
    UPDATE message SET state = 'head', due = max(due, {_NOT_BEFORE.format("?1", "?2")})
    WHERE seq = (
        SELECT seq FROM message WHERE contact = ?1 AND channel = ?2 AND state = 'waiting'
        ORDER BY lane DESC, seq LIMIT 1
    )
"""
_REACHED = """
    DELETE FROM awaited WHERE contact = ? AND channel = ? AND message = ? RETURNING until
"""
_DUE_NOW = """
    UPDATE message SET due = ? WHERE contact = ? AND channel = ? AND state = 'head' AND due = ?
"""
_STEP_BACK = """
    UPDATE message SET state = 'waiting' WHERE contact = ? AND channel = ? AND state = 'head'
"""
_SENDING = "SELECT 1 FROM message WHERE contact = ? AND channel = ? AND state = 'sending'"
_ADD = f"""
    INSERT INTO message (
        id, contact, channel, lane, due, not_after, text, kind, purpose, programme, parts, tries,
        created, event, state, status, code, attempt, claimed, provider_ids, reach, media, voice,
        goes_by
    ) VALUES (
        ?1, ?2, ?3, ?4, max(?5, {_NOT_BEFORE.format("?2", "?3")}),
        ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,
        CASE WHEN EXISTS (
            SELECT 1 FROM message
            WHERE contact = ?2 AND channel = ?3 AND (state = 'head' OR state = 'sending')
        ) THEN 'waiting' ELSE 'head' END,
        'waiting', '', '', 0, '', ?15, ?16, ?17, ?18
    ) ON CONFLICT (id) DO NOTHING
"""
# The answer to the STOP that is in force stays: a second STOP, which is not answered, must not
# take it back.
_CANCEL = """
    UPDATE message SET state = 'done', status = 'cancelled', code = ?1
    WHERE contact = ?2 AND state = {} AND (purpose = 'law' AND created >= (
        SELECT at FROM consent WHERE contact = ?2 AND programme = '' AND state = 'withdrawn'
    )) IS NOT TRUE
    RETURNING id, channel
"""
_CANCEL_HEAD = _CANCEL.format("'head'")
_CANCEL_WAITING = _CANCEL.format("'waiting'")


def promote(database: Database, chains: Iterable[Chain]) -> None:
    """Let the next of each chain be its head; the one before it must have left the front."""
    # Mostly nobody waits at all, and one look at an empty index tells.
    if database.execute("SELECT 1 FROM message WHERE state = 'waiting' LIMIT 1").fetchone():
        database.executemany(_PROMOTE, chains)


def wait_for(database: Database, waits: Iterable[tuple[str, str, int, int]]) -> None:
    """Chains (contact, channel) whose next waits for the last word on a message, until a time."""
    database.executemany("INSERT OR REPLACE INTO awaited VALUES (?, ?, ?, ?)", waits)


def last_word(database: Database, chain: Chain, seq: int, at: int) -> None:
    """This message has arrived, or never will: whoever waited for that may leave."""
    found = database.execute(_REACHED, (*chain, seq)).fetchone()
    if found is not None:
        database.execute(_DUE_NOW, (at, *chain, found[0]))


def line_up_anew(database: Database, chain: Chain) -> None:
    """Put the first of a chain at its front, after one came back into it; a claimed one stays."""
    database.execute(_STEP_BACK, chain)
    if database.execute(_SENDING, chain).fetchone() is None:
        database.execute(_PROMOTE, chain)
    database.channels.add(chain[1])


def add(database: Database, messages: Sequence[tuple[Outbound, int, str]]) -> None:
    """Put messages (with the time and the id of their event) at the end of their chains.

    A reply goes before the bulk of its chain that nobody has claimed. So replies go in first,
    and a bulk head steps back for them; each lane keeps its own order.
    """
    replies = [each for each in messages if each[0].lane == "reply"]
    if replies:
        fronts = {(message.contact.e164, message.channel) for message, _, _ in replies}
        for channel in {channel for _, channel in fronts}:
            if database.execute(_ANY_BULK, (channel,)).fetchone():
                database.executemany(_DEMOTE_BULK, fronts)
        database.executemany(_ADD, [_row(*each) for each in replies])
    if len(replies) != len(messages):
        database.executemany(_ADD, [_row(*each) for each in messages if each[0].lane != "reply"])
    for message, _, _ in messages:
        database.channels.add(message.channel)


def silence(database: Database, contact: str, at: int) -> None:
    """Drop the contact's timers and its messages that are not claimed."""
    database.execute("DELETE FROM timer WHERE contact = ?", (contact,))
    heads = database.execute(_CANCEL_HEAD, ("silenced", contact)).fetchall()
    dropped = heads + database.execute(_CANCEL_WAITING, ("silenced", contact)).fetchall()
    add_records(database, [(at, contact, unsent(id, "silenced")) for id, _ in dropped])
    promote(database, [(contact, channel) for _, channel in heads])


def unsent(id: str, why: str, *, again: bool = False) -> Record:
    """The record of a message that did not leave."""
    return Record(kind="unsent", facts={"message": id, "why": why, "again": again})


def _row(message: Outbound, at: int, event: str) -> tuple[object, ...]:
    return (
        message.id,
        message.contact.e164,
        message.channel,
        message.lane,
        message.due,
        message.not_after,
        message.text,
        message.kind,
        message.purpose,
        message.programme,
        message.parts,
        message.tries,
        at,
        event,
        message.to,
        encoded(message.media) if message.media else "",
        voiced(message.voice),
        message.by,
    )
