"""Forgetting one contact at once, for who tries things out: they come anew as a stranger."""

from convo.core.numbers import PhoneNumber
from convo.stores.sqlite.database import Database

_OF_A_CONTACT = ("inbox", "parked", "consent", "consent_act", "timer", "awaited", "errand")
_KNOWN = "DELETE FROM contact WHERE id = ?"
_UNSENT = "DELETE FROM message WHERE contact = ? AND state IN ('head', 'waiting', 'held')"


def forget(database: Database, contact: PhoneNumber) -> None:
    """All that is known of them and all that waits for them; not the records of what was.

    What is being sent now is sent, and what an errand under way answers finds nobody who asked.
    Places that were taken stay taken.
    """
    for table in _OF_A_CONTACT:
        database.execute(f"DELETE FROM {table} WHERE contact = ?", (contact.e164,))
    for query in (_KNOWN, _UNSENT):
        database.execute(query, (contact.e164,))
