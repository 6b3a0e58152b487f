"""How a contact's record is written: a JSON array with its schema number in front.

A row grows at its end only (core/rows.py). So a newer Convo reads every schema below its own and
writes the newest; a record of a newer schema is refused, never guessed at.
"""

from typing import Any, cast

import msgspec

from convo.core.contacts import (
    Asked,
    AskedBack,
    Beside,
    Closed,
    Consent,
    ContactState,
    Heed,
    Named,
    Pace,
    Pieces,
    Postponed,
    Touch,
)
from convo.core.numbers import PhoneNumber
from convo.core.rows import Pairs, Row, Several
from convo.core.saying import Say, Unless
from convo.core.sessions import Frame, Held, Session
from convo.core.voices import Voice
from convo.errors import ConvoError

SCHEMA = 2

_FRAME = Row(
    Frame,
    "flow version step answers tries partial errand",
    "numbers brought trail carried",
)
_SESSION = Row(
    Session,
    "id channel generation timers held frames",
    "in_hand began unread request",
    of={"held": Several(Row(Held, "event at text")), "frames": Several(_FRAME)},
)
_POSTPONED = Row(
    Postponed,
    "id say.text say.channel say.kind say.purpose say.programme say.not_after session generation",
    "say.unless say.window say.voice.session say.touch say.media say.voice.flows "
    "say.voice.version say.voice.request",
    of={"say.unless": Several(Row(Unless, "event same"))},
    within={"say.voice": Voice, "say": Say},
)
_BACK = Row(
    AskedBack,
    "event at channel text choices word",
    of={"choices": Several(Row(Named, "session number label"))},
)
_PIECES = Row(Pieces, "event at channel ref count texts generation joined", of={"texts": Pairs()})
_PACE = Row(
    Pace,
    "window replies minute replies_this_minute day replies_today echo echoes echo_at",
    "spoke_at quick",
)
_CONTACT = Row(
    ContactState,
    "fields tags language zone sessions postponed asked first_seen last_seen pace",
    "asked_back closed heed.touches pieces begun beside codes heed.unanswered heed.answered routes",
    of={
        "sessions": Several(_SESSION),
        "postponed": Several(_POSTPONED),
        "asked": Several(Row(Asked, "event flow channel answers", "request")),
        "pace": _PACE,
        "asked_back": Several(_BACK),
        "closed": Several(Row(Closed, "channel flow version step at name numbers")),
        "heed.touches": Several(Row(Touch, "at id")),
        "pieces": Several(_PIECES),
        "beside": Several(
            Row(
                Beside,
                "id of channel flow version step n generation answers brought",
                "request",
            )
        ),
    },
    within={"heed": Heed},
)

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class UnknownSchema(ConvoError):
    """The record was written by a newer Convo: this one must not touch it."""


def known(row: Any, schema: int, what: str) -> list[Any]:
    """The array `row`, whose first entry is its schema number. Raises `UnknownSchema`."""
    if not 1 <= row[0] <= schema:
        raise UnknownSchema(
            f"{what} has schema {row[0]}, this Convo knows {schema}. Run the newer Convo."
        )
    return cast(list[Any], row)


def encode(state: ContactState) -> bytes:
    """The record of `state`, without its consents, which the store keeps beside it."""
    return _encode([SCHEMA, *_CONTACT.row(state)])


def decode(
    number: PhoneNumber, record: bytes | None, consents: tuple[Consent, ...] = ()
) -> ContactState:
    """The state that `record` holds; a contact never heard of for None."""
    held = {consent.programme: consent for consent in consents}
    if record is None:
        return ContactState(number=number, consents=held)
    _, *row = known(_decode(record), SCHEMA, "A contact's record")
    return _CONTACT.noun(row, number=number, consents=held)
