"""Where contacts stand with programmes, and every act that brought them there."""

from collections.abc import Sequence
from typing import Any

import msgspec

from convo.core.contacts import Consent, Origin
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

_encode = msgspec.json.Encoder().encode


def set_consents(database: Database, consents: Sequence[tuple[str, Consent]]) -> None:
    """Write consents of contacts (E.164). A newer one stays as it is; the act is kept even so."""
    rows = [
        (contact, each.programme, each.state, each.at, each.event, each.order, each.proof)
        for contact, each in consents
    ]
    database.executemany(_STANDS, rows)
    origins = [_encode(each.origin).decode() for _, each in consents]
    database.executemany(_ACT, [(*row, origin) for row, origin in zip(rows, origins, strict=True)])


def acts(database: Database, contact: str) -> tuple[Consent, ...]:
    """Every act of this contact (E.164), oldest first."""
    return tuple(act_of(row) for row in database.execute(ACTS, (contact,)))


def act_of(row: tuple[Any, ...]) -> Consent:
    """The act in a row of `ACTS`."""
    programme, state, at, event, order, proof, origin = row
    return Consent(
        programme=programme,
        state=state,
        at=at,
        event=event,
        order=order,
        proof=proof,
        origin=msgspec.json.decode(origin, type=Origin),
    )
