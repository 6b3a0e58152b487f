"""An act of consent as both stores keep it."""

from collections.abc import Sequence
from typing import Any

import msgspec

from convo.core.contacts import Consent, Origin

_encode = msgspec.json.Encoder().encode
_origin = msgspec.json.Decoder(Origin).decode


def act_row(consent: Consent) -> tuple[Any, ...]:
    """Its fields in their order, how it came about last."""
    return (
        consent.programme,
        consent.state,
        consent.at,
        consent.event,
        consent.order,
        consent.proof,
        origin_row(consent.origin),
    )


def origin_row(origin: Origin) -> str:
    """How an act came about, as JSON."""
    return _encode(origin).decode()


def act_in(row: Sequence[Any]) -> Consent:
    """The act of an `act_row`."""
    programme, state, at, event, order, proof, origin = row
    return Consent(
        programme=programme,
        state=state,
        at=at,
        event=event,
        order=order,
        proof=proof,
        origin=_origin(origin),
    )
