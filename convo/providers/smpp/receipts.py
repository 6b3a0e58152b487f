"""Delivery receipts: what an SMSC says became of a message, in its text or beside it. Pure.

Wire facts: SMPP 3.4, appendix B (the text, which is a custom and no rule), 5.2.12 (esm_class),
5.2.28 (states); the ways in which ids differ are what users of other gateways complain about.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from convo.core.events import DeliveryStatus
from convo.providers.smpp.pdu import (
    MESSAGE_STATE,
    NETWORK_ERROR_CODE,
    RECEIPTED_MESSAGE_ID,
    USER_MESSAGE_REFERENCE,
    ShortMessage,
)

#: How an id of the answer to a send is to be read where a receipt writes it otherwise.
IdFormat = Literal["same", "hex_to_dec", "dec_to_hex"]

#: How far a message is, by the receipt's word. UNKNOWN and SKIPPED: nothing more will be said.
STATUSES: Mapping[str, DeliveryStatus] = MappingProxyType(
    {
        "ENROUTE": "sent",
        "ACCEPTD": "sent",
        "DELIVRD": "delivered",
        "EXPIRED": "undelivered",
        "DELETED": "undelivered",
        "UNDELIV": "undelivered",
        "REJECTD": "failed",
        "UNKNOWN": "sent",
        "SKIPPED": "sent",
    }
)

#: The words of the parameter message_state.
_STATES: Mapping[int, str] = MappingProxyType(
    {
        1: "ENROUTE",
        2: "DELIVRD",
        3: "EXPIRED",
        4: "DELETED",
        5: "UNDELIV",
        6: "ACCEPTD",
        7: "UNKNOWN",
        8: "REJECTD",
        9: "SKIPPED",
    }
)

_KIND: Final = 0x3C
RECEIPT_KINDS: Final = frozenset((0x04, 0x20))
"""Of the bits of esm_class: the last word on a message, and one on its way."""

_FIELD = re.compile(r"(?:^|\s)(id|stat|err):\s*(\S{1,64})", re.IGNORECASE)
_QUOTED = re.compile(r"(?:^|\s)text:", re.IGNORECASE)
_PLAIN = re.compile(r"id:\S.*\sstat:\w", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A word is one of `STATUSES`, or one that nobody knows."""

    id: str
    word: str
    #: What went wrong, empty for nothing.
    error: str
    #: Our own reference, where the SMSC gives it back.
    reference: int | None


def kind_of(said: ShortMessage) -> int:
    """What sort of message it is: 0 for a text."""
    return said.esm_class & _KIND


def is_plain_receipt(text: str) -> bool:
    """Whether a text that is not marked as a receipt is one by its looks."""
    return _PLAIN.match(text.strip()) is not None


def read_receipt(said: ShortMessage, text: str) -> Receipt:
    """What it says; what stands beside the text counts more. Nothing is refused."""
    # What follows "text:" is our own, and may say anything.
    told = {name.lower(): value for name, value in _FIELD.findall(_QUOTED.split(text, 1)[0])}
    state = int.from_bytes(said.tlvs.get(MESSAGE_STATE, b""), "big")
    network = said.tlvs.get(NETWORK_ERROR_CODE, b"")[1:]
    error = told.get("err", "")
    if network and not error:
        error = f"{int.from_bytes(network, 'big'):03d}"
    reference = said.tlvs.get(USER_MESSAGE_REFERENCE)
    return Receipt(
        id=said.tlvs.get(RECEIPTED_MESSAGE_ID, b"").split(b"\0")[0].decode("latin-1")
        or told.get("id", ""),
        word=_STATES.get(state, "") or told.get("stat", "").upper(),
        error=error if error.strip("0") else "",
        reference=None if reference is None else int.from_bytes(reference, "big"),
    )


def canonical(id: str) -> str:
    """An id as it is compared: SMSCs write one and the same in either case, with zeros before it
    or without."""
    return id.strip().lower().lstrip("0") or id.strip()


def as_in_receipts(id: str, form: IdFormat) -> str:
    """The id of an answer as its receipt will write it; one that is no such number stays."""
    try:
        match form:
            case "hex_to_dec":
                return str(int(id, 16))
            case "dec_to_hex":
                return f"{int(id):x}"
            case _:
                return id
    except ValueError:
        return id
