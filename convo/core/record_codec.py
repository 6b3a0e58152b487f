"""How the records of a turn are written: one JSON array, its schema number in front."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from convo.core.codec import known
from convo.core.records import Record

SCHEMA = 1

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The records of one turn, or what the store itself has to tell of a message."""

    at: int
    #: E.164; empty when nobody knows whose it was.
    contact: str = field(repr=False)
    #: The id of the event, empty when it was not a turn.
    event: str
    records: tuple[Record, ...]


def encode(at: int, contact: str, event: str, records: Sequence[Record]) -> bytes:
    """The array that `Store.records` hands out."""
    return _encode([SCHEMA, at, contact, event, [[r.kind, r.facts] for r in records]])


def decode(body: bytes) -> Recorded:
    """What `encode` wrote. Raises `UnknownSchema`."""
    _, at, contact, event, records = known(_decode(body), SCHEMA, "A turn's account")
    return Recorded(
        at=at,
        contact=contact,
        event=event,
        records=tuple(Record(kind=kind, facts=facts) for kind, facts in records),
    )
