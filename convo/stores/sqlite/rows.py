"""From rows to the port's values, and small things that every job needs."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from convo.core import record_codec
from convo.core.contacts import Consent
from convo.core.numbers import PhoneNumber
from convo.core.records import Record
from convo.core.turns import Outbound
from convo.core.voices import Voice, voice_in, voice_row
from convo.ports import Kept
from convo.stores.sqlite.database import Database

MS_A_DAY = 86_400_000

#: What `outbound` reads, in its order.
MESSAGE = (
    "m.id, m.contact, m.channel, m.text, m.kind, m.purpose, m.lane, m.parts, m.programme, "
    "m.due, m.not_after, m.tries, m.reach, m.media, m.voice, m.goes_by, m.stays"
)
MESSAGE_WIDTH = 17

#: The channel that carries a message.
GOES_BY = "iif(goes_by = '', channel, goes_by)"

_CONTACTS = "SELECT id, record FROM contact WHERE id IN (SELECT value FROM json_each(?))"
_CONSENTS = """
    SELECT contact, programme, state, at, event, ord, proof FROM consent
    WHERE contact IN (SELECT value FROM json_each(?)) ORDER BY contact, programme
"""


_encode = msgspec.json.Encoder().encode


def encoded(listed: Sequence[object]) -> str:
    """A list as JSON text, for SQLite's `json_each`."""
    return _encode(listed).decode()


def hashed(key: str) -> int:
    """64 bits of a dedupe key, signed as SQLite wants them: a false twin has odds of 1 in 10^13."""
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def outbound(row: tuple[Any, ...]) -> Outbound:
    """The message in the first columns of `row`, as MESSAGE names them."""
    id, contact, channel, text, kind, purpose, lane, parts, *others = row[:MESSAGE_WIDTH]
    programme, due, not_after, tries, to, media, voice, by, stays = others
    return Outbound(
        id=id,
        contact=PhoneNumber(contact),
        channel=channel,
        text=text,
        media=listed_in(media),
        kind=kind,
        purpose=purpose,
        lane=lane,
        parts=parts,
        programme=programme,
        voice=_voice(voice),
        to=to,
        due=due,
        not_after=not_after,
        tries=tries,
        by=by,
        stays=bool(stays),
    )


def voiced(voice: Voice) -> str:
    """What is kept of who says a message; nothing of nobody's."""
    found = voice_row(voice)
    return encoded(found) if found else ""


def _voice(stored: str) -> Voice:
    return voice_in(msgspec.json.decode(stored) if stored else ())


def kept(database: Database, contacts: Iterable[PhoneNumber]) -> Mapping[PhoneNumber, Kept]:
    """What the store has of each of these."""
    numbers = {contact.e164: contact for contact in contacts}
    if not numbers:
        return {}
    listed = encoded(list(numbers))
    records: dict[str, bytes] = dict(database.execute(_CONTACTS, (listed,)).fetchall())
    consents: dict[str, list[Consent]] = {}
    for contact, programme, state, at, event, order, proof in database.execute(
        _CONSENTS, (listed,)
    ):
        consents.setdefault(contact, []).append(
            Consent(programme=programme, state=state, at=at, event=event, order=order, proof=proof)
        )
    return {
        contact: Kept(record=records.get(e164), consents=tuple(consents.get(e164, ())))
        for e164, contact in numbers.items()
    }


def add_records(database: Database, facts: Iterable[tuple[int, str, Record]]) -> None:
    """Add what the store itself has to tell: (time, contact, record) each."""
    database.executemany(
        "INSERT INTO record (at, contact, records) VALUES (?, ?, ?)",
        [
            (at, contact, record_codec.encode(at, contact, "", (record,)))
            for at, contact, record in facts
        ],
    )


def listed_in(stored: str) -> tuple[str, ...]:
    """The list in a column of a message's row: its provider ids, its media."""
    return msgspec.json.decode(stored, type=tuple[str, ...]) if stored else ()
