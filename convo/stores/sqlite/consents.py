"""Where contacts stand with programmes, and every act that brought them there."""

from collections.abc import Sequence

from convo.core.act_rows import act_in, act_row
from convo.core.contacts import Consent
from convo.stores.sqlite.database import Database

_STANDS = """
    INSERT INTO consent (contact, programme, state, at, event, ord, proof)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (contact, programme) DO UPDATE SET
        state = excluded.state, at = excluded.at, event = excluded.event,
        ord = excluded.ord, proof = excluded.proof
    WHERE excluded.ord >= ord
"""
_ACT = """
    INSERT INTO consent_act (contact, programme, state, at, event, ord, proof, origin)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
#: For readers that have a connection of their own too.
ACTS = """
    SELECT programme, state, at, event, ord, proof, origin FROM consent_act
    WHERE contact = ? ORDER BY number
"""


def set_consents(database: Database, consents: Sequence[tuple[str, Consent]]) -> None:
    """Write consents of contacts (E.164). A newer one stays as it is; the act is kept even so."""
    rows = [(contact, *act_row(each)) for contact, each in consents]
    database.executemany(_STANDS, [row[:-1] for row in rows])
    database.executemany(_ACT, rows)


def acts(database: Database, contact: str) -> tuple[Consent, ...]:
    """Every act of this contact (E.164), oldest first."""
    return tuple(act_in(row) for row in database.execute(ACTS, (contact,)))
