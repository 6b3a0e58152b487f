"""People's decisions about held messages and parked events: each is done whole, and once."""

from convo.core.decisions import HeldDecision, ParkedDecision
from convo.core.event_codec import entry_in
from convo.core.records import Record
from convo.stores.sqlite import chains
from convo.stores.sqlite.database import Database
from convo.stores.sqlite.rows import add_records

_HELD = "SELECT seq, contact, channel FROM message WHERE id = ? AND state = 'held'"
_AGAIN = """
    UPDATE message SET state = 'waiting', code = '', due = ?, tries = tries + 1 WHERE seq = ?
"""
_END = "UPDATE message SET state = 'done', status = ?, code = ? WHERE seq = ?"
_PUT_BACK = """
    INSERT INTO inbox (entry, at, contact, acted, event, raw)
    SELECT ?, ?, contact, acted, event, raw FROM parked WHERE number = ?
"""
_RUN_AGAIN = """
    INSERT INTO errand (id, contact, asked, claimable, errand)
    SELECT parked.event_id, parked.contact, ?1, ?1, parked_errand.errand
    FROM parked JOIN parked_errand USING (number) WHERE number = ?2
"""


def decide_held(database: Database, decision: HeldDecision, at: int) -> bool:
    """Whether there was something to decide: a message that is not held any more stays as it is."""
    row = database.execute(_HELD, (decision.message,)).fetchone()
    if row is None:
        return False
    seq, contact, channel = row
    match decision.choice:
        case "send":
            database.execute(_AGAIN, (at, seq))
            chains.line_up_anew(database, (contact, channel))
        case "sent":
            database.execute(_END, ("sent", f"seen by {decision.by}", seq))
        case "drop":
            database.execute(_END, ("cancelled", f"dropped by {decision.by}", seq))
    _record(database, contact, at, decision.choice, decision.by, message=decision.message)
    return True


def decide_parked(database: Database, decision: ParkedDecision, at: int) -> bool:
    """The same of a parked event.

    An errand is run again, and has all its time. What came in by the inbox is put back at its old
    place, and a timer behind all others. So it goes before what came later, and a consent that it
    gives does not outweigh what was said since. Its time is now: what it sets off shall not be
    overdue.
    """
    number = int(decision.parked) if decision.parked.isdigit() else -1
    row = database.execute(
        "SELECT contact, event_id FROM parked WHERE number = ?", (number,)
    ).fetchone()
    if row is None:
        return False
    contact, event = row
    if decision.choice == "again" and not database.execute(_RUN_AGAIN, (at, number)).rowcount:
        database.execute(_PUT_BACK, (entry_in(event), at, number))
        database.inbox_length += 1
    for table in ("parked", "parked_errand"):
        database.execute(f"DELETE FROM {table} WHERE number = ?", (number,))
    _record(
        database, contact, at, decision.choice, decision.by, parked=decision.parked, event=event
    )
    return True


def _record(
    database: Database, contact: str, at: int, choice: str, by: str, **about: object
) -> None:
    fact = Record(kind="decided", facts={"choice": choice, "by": by, **about})
    add_records(database, [(at, contact, fact)])
