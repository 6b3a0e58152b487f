"""How decisions travel to whoever does them: JSON arrays, each with its kind in front."""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from convo.core.decisions import (
    Decision,
    HeldChoice,
    HeldDecision,
    ParkedChoice,
    ParkedDecision,
)
from convo.core.numbers import PhoneNumber

_Held = tuple[Literal["held"], str, str, HeldChoice, str]
_Parked = tuple[Literal["parked"], str, str, ParkedChoice, str]

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[list[Any]]).decode


def encode(decisions: Sequence[Decision]) -> bytes:
    """The body of a request."""
    return _encode([_row(each) for each in decisions])


def decode(body: bytes) -> list[Decision]:
    """What `encode` wrote. Raises `msgspec.MsgspecError`, `BadAddress`."""
    return [_decision(row) for row in _decode(body)]


def _row(decision: Decision) -> Sequence[str]:
    match decision:
        case HeldDecision(message=about):
            kind = "held"
        case ParkedDecision(parked=about):
            kind = "parked"
    return kind, decision.contact.e164, about, decision.choice, decision.by


def _decision(row: list[Any]) -> Decision:
    if row[:1] == ["held"]:
        _, contact, message, choice, by = msgspec.convert(row, _Held)
        return HeldDecision(contact=PhoneNumber(contact), message=message, choice=choice, by=by)
    _, contact, parked, again, by = msgspec.convert(row, _Parked)
    return ParkedDecision(contact=PhoneNumber(contact), parked=parked, choice=again, by=by)
