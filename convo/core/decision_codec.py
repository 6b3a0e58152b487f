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
from convo.core.events import Recalled
from convo.core.numbers import PhoneNumber
from convo.core.recalls import Recall

_Held = tuple[Literal["held"], str, str, HeldChoice, str]
_Parked = tuple[Literal["parked"], str, str, ParkedChoice, str]

_Recall = tuple[Literal["recall"], str, str, str, str, str]
_Recalled = tuple[Literal["recalled"], str, str, str, str, str]

#: What travels: decisions, recalls, and for those whose conversations they end, an event.
Decided = Decision | Recall | Recalled

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[list[Any]]).decode


def encode(decisions: Sequence[Decided]) -> bytes:
    """The body of a request."""
    return _encode([_row(each) for each in decisions])


def decode(body: bytes) -> list[Decided]:
    """What `encode` wrote. Raises `msgspec.MsgspecError`, `BadAddress`."""
    return [_decision(row) for row in _decode(body)]


def _row(decision: Decided) -> Sequence[str]:
    match decision:
        case Recall(contact=contact):
            return "recall", "" if contact is None else contact.e164, *_meant(decision)
        case Recalled(contact=contact, recall=recall):
            return "recalled", contact.e164, *_meant(recall)
        case HeldDecision(message=about):
            kind = "held"
        case ParkedDecision(parked=about):
            kind = "parked"
    return kind, decision.contact.e164, about, decision.choice, decision.by


def _meant(recall: Recall) -> Sequence[str]:
    return recall.flow, recall.version, recall.request, recall.by


def _recall(row: Sequence[str]) -> Recall:
    contact, flow, version, request, by = row
    number = PhoneNumber(contact) if contact else None
    return Recall(flow=flow, version=version, request=request, contact=number, by=by)


def _decision(row: list[Any]) -> Decided:
    if row[:1] == ["recall"]:
        return _recall(msgspec.convert(row, _Recall)[1:])
    if row[:1] == ["recalled"]:
        recall = _recall(msgspec.convert(row, _Recalled)[1:])
        return Recalled(contact=PhoneNumber(row[1]), recall=recall)
    if row[:1] == ["held"]:
        _, contact, message, choice, by = msgspec.convert(row, _Held)
        return HeldDecision(contact=PhoneNumber(contact), message=message, choice=choice, by=by)
    _, contact, parked, again, by = msgspec.convert(row, _Parked)
    return ParkedDecision(contact=PhoneNumber(contact), parked=parked, choice=again, by=by)
