"""PDUs as values, to bytes and back: pure.

Wire facts: SMPP Protocol Specification 3.4, sections 3 (header), 4 (bodies) and 5 (parameters).
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from convo.errors import WebhookRejected

RESPONSE: Final = 0x8000_0000
"""The bit that makes the answer of a request."""

GENERIC_NACK: Final = RESPONSE
BIND_RECEIVER: Final = 0x01
BIND_TRANSMITTER: Final = 0x02
SUBMIT_SM: Final = 0x04
DELIVER_SM: Final = 0x05
UNBIND: Final = 0x06
BIND_TRANSCEIVER: Final = 0x09
OUTBIND: Final = 0x0B
ENQUIRE_LINK: Final = 0x15
ALERT_NOTIFICATION: Final = 0x102

USER_MESSAGE_REFERENCE: Final = 0x0204
SAR_REFERENCE: Final = 0x020C
SAR_TOTAL: Final = 0x020E
SAR_NUMBER: Final = 0x020F
RECEIPTED_MESSAGE_ID: Final = 0x001E
NETWORK_ERROR_CODE: Final = 0x0423
MESSAGE_PAYLOAD: Final = 0x0424
MESSAGE_STATE: Final = 0x0427

UDHI: Final = 0x40
"""Bit of esm_class: the text begins with a header of the phone's."""

HEADER: Final = 16
LARGEST: Final = 70_000
"""Octets of a PDU: the largest value of one parameter, and all else there is."""

LAST_SEQUENCE: Final = 0x7FFF_FFFF

_HEAD = struct.Struct(">IIII")
_TLV = struct.Struct(">HH")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pdu:
    """A request, or the answer of the same `sequence`."""

    command: int
    status: int = 0
    sequence: int
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who a text is from or to: type of number, numbering plan and what is dialled."""

    ton: int = 0
    npi: int = 0
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortMessage:
    """The body of submit_sm and deliver_sm, which are the same (4.4.1, 4.6.1).

    Priority, schedule, replacement and canned messages are neither said nor read.
    """

    service_type: str = ""
    origin: Party
    to: Party
    esm_class: int = 0
    protocol_id: int = 0
    validity_period: str = ""
    registered_delivery: int = 0
    data_coding: int = 0
    text: bytes = field(default=b"", repr=False)
    tlvs: Mapping[int, bytes] = field(
        default_factory=lambda: MappingProxyType(dict[int, bytes]()), repr=False
    )

    @property
    def content(self) -> bytes:
        """The text wherever it stands (5.3.2.32)."""
        return self.text or self.tlvs.get(MESSAGE_PAYLOAD, b"")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Bind:
    """Who we are."""

    system_id: str
    password: str
    system_type: str = ""


# --- to bytes -------------------------------------------------------------------------------------


def encoded(pdu: Pdu) -> bytes:
    return _HEAD.pack(HEADER + len(pdu.body), pdu.command, pdu.status, pdu.sequence) + pdu.body


def bind_body(bind: Bind) -> bytes:
    version, unknown, any_address = b"\x34", b"\0\0", b"\0"
    names = (bind.system_id, bind.password, bind.system_type)
    return b"".join(map(_c_string, names)) + version + unknown + any_address


def short_message_body(said: ShortMessage) -> bytes:
    return b"".join(
        (
            _c_string(said.service_type),
            _party(said.origin),
            _party(said.to),
            bytes((said.esm_class, said.protocol_id, 0)),
            _c_string(""),
            _c_string(said.validity_period),
            bytes((said.registered_delivery, 0, said.data_coding, 0, len(said.text))),
            said.text,
            *(_TLV.pack(tag, len(value)) + value for tag, value in said.tlvs.items()),
        )
    )


def message_id_body(id: str) -> bytes:
    """The body of submit_sm_resp and deliver_sm_resp."""
    return _c_string(id)


def _c_string(text: str) -> bytes:
    return text.encode("latin-1", "replace").replace(b"\0", b"?") + b"\0"


def _party(party: Party) -> bytes:
    return bytes((party.ton, party.npi)) + _c_string(party.address)


# --- from bytes; whatever is wrong raises `WebhookRejected` ---------------------------------------


def body_length(head: bytes) -> int:
    """How many octets follow these sixteen."""
    length = int.from_bytes(head[:4], "big")
    if not HEADER <= length <= LARGEST:
        raise WebhookRejected(f"A PDU of {length} octets: that is none of SMPP.")
    return length - HEADER


def decoded(head: bytes, body: bytes) -> Pdu:
    _, command, status, sequence = _HEAD.unpack(head)
    return Pdu(command=command, status=status, sequence=sequence, body=body)


def short_message(body: bytes) -> ShortMessage:
    read = _Reader(body)
    service_type = read.c_string()
    origin, to = read.party(), read.party()
    esm_class, protocol_id, _ = read.octets(3)
    read.c_string()
    validity_period = read.c_string()
    registered_delivery, _, data_coding, _, length = read.octets(5)
    return ShortMessage(
        service_type=service_type,
        origin=origin,
        to=to,
        esm_class=esm_class,
        protocol_id=protocol_id,
        validity_period=validity_period,
        registered_delivery=registered_delivery,
        data_coding=data_coding,
        text=read.octets(length),
        tlvs=MappingProxyType(read.tlvs()),
    )


def message_id(body: bytes) -> str:
    """The SMSC's id in a submit_sm_resp; empty where it says none."""
    return body.split(b"\0", 1)[0].decode("latin-1")


class _Reader:
    """Goes through a body from front to end."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def octets(self, count: int) -> bytes:
        found = self._body[self._at : self._at + count]
        if len(found) < count:
            raise WebhookRejected("A PDU ends in the middle of a field.")
        self._at += count
        return found

    def c_string(self) -> str:
        end = self._body.find(b"\0", self._at)
        if end < 0:
            raise WebhookRejected("A string in a PDU has no end.")
        found = self._body[self._at : end]
        self._at = end + 1
        return found.decode("latin-1")

    def party(self) -> Party:
        ton, npi = self.octets(2)
        return Party(ton=ton, npi=npi, address=self.c_string())

    def tlvs(self) -> dict[int, bytes]:
        """The first of equal tags."""
        found: dict[int, bytes] = {}
        while self._at < len(self._body):
            tag, length = _TLV.unpack(self.octets(_TLV.size))
            found.setdefault(tag, self.octets(length))
        return found
