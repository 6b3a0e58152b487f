"""Long texts in parts, and which part a text is: pure.

Wire facts: 3GPP TS 23.040, 9.2.3.24.1 and .8 (headers of 8 and 16 bits); SMPP 3.4, 5.3.2.22 to .24
(sar_...) and 5.3.2.32 (message_payload).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from convo.core.events import Part
from convo.core.parts import EXTENDED, GSM_LINKED, GSM_SINGLE, UCS2_LINKED, UCS2_SINGLE
from convo.providers.smpp.alphabets import UCS2, Alphabet, coding_of, octets_of
from convo.providers.smpp.pdu import (
    MESSAGE_PAYLOAD,
    SAR_NUMBER,
    SAR_REFERENCE,
    SAR_TOTAL,
    UDHI,
    ShortMessage,
)

#: How the parts of a long text are numbered: by a header with 8 or with 16 bits, by the SMSC's own
#: parameters, or not at all: the SMSC is given the whole and cuts it itself.
Numbering = Literal["udh8", "udh16", "sar", "payload"]

_IE8, _IE16 = 0x00, 0x08


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What goes into one submit_sm."""

    esm_class: int = 0
    data_coding: int
    text: bytes = field(default=b"", repr=False)
    tlvs: Mapping[int, bytes] = field(default_factory=dict[int, bytes], repr=False)


def pieces(text: str, reference: int, *, alphabet: Alphabet, numbering: Numbering) -> list[Piece]:
    """The text as it leaves; `reference` (16 bits) is what its parts have in common."""
    coding = coding_of(text, alphabet)
    septets = coding != UCS2
    if sum(_widths(text, septets)) <= (GSM_SINGLE if septets else UCS2_SINGLE):
        return [Piece(data_coding=coding, text=octets_of(text, coding, alphabet))]
    if numbering == "payload":
        whole = octets_of(text, coding, alphabet)
        return [Piece(data_coding=coding, tlvs={MESSAGE_PAYLOAD: whole})]
    shorter = numbering == "udh16"
    cut = split(text, (GSM_LINKED if septets else UCS2_LINKED) - shorter, septets=septets)
    return [
        _piece(octets_of(each, coding, alphabet), coding, reference, (number, len(cut)), numbering)
        for number, each in enumerate(cut, start=1)
    ]


def split(text: str, size: int, *, septets: bool) -> Sequence[str]:
    """Pieces of at most `size` septets, or UTF-16 units: no escaped letter and no pair is cut."""
    found: list[str] = []
    start = units = 0
    for place, width in enumerate(_widths(text, septets)):
        if units + width > size:
            found.append(text[start:place])
            start, units = place, 0
        units += width
    return [*found, text[start:]]


def _widths(text: str, septets: bool) -> Iterator[int]:
    if septets:
        return (2 if letter in EXTENDED else 1 for letter in text)
    return (2 if ord(letter) > 0xFFFF else 1 for letter in text)


def _piece(
    octets: bytes, coding: int, reference: int, place: tuple[int, int], numbering: Numbering
) -> Piece:
    number, count = place
    match numbering:
        case "udh8":
            header = bytes((5, _IE8, 3, reference & 0xFF, count, number))
        case "udh16":
            header = bytes((6, _IE16, 4, *reference.to_bytes(2, "big"), count, number))
        case _:
            sar = {
                SAR_REFERENCE: reference.to_bytes(2, "big"),
                SAR_TOTAL: bytes((count,)),
                SAR_NUMBER: bytes((number,)),
            }
            return Piece(data_coding=coding, text=octets, tlvs=sar)
    return Piece(esm_class=UDHI, data_coding=coding, text=header + octets)


def read_part(said: ShortMessage) -> tuple[Part | None, bytes]:
    """Which part of a longer text it is, if it says so, and its octets without any header.

    A header that is broken off is a part of the text: better strange letters than a lost text.
    """
    content = said.content
    part: Part | None = None
    if said.esm_class & UDHI and content and content[0] < len(content):
        header, content = content[1 : content[0] + 1], content[content[0] + 1 :]
        part = _numbered(header)
    return part or _sar(said.tlvs), content


def _numbered(header: bytes) -> Part | None:
    at = 0
    while at + 2 <= len(header):
        kind, length = header[at], header[at + 1]
        value = header[at + 2 : at + 2 + length]
        if (kind, len(value)) in ((_IE8, 3), (_IE16, 4)):
            *reference, count, number = value
            return _part(int.from_bytes(bytes(reference), "big"), number, count)
        at += 2 + length
    return None


def _sar(tlvs: Mapping[int, bytes]) -> Part | None:
    reference, count, number = (
        int.from_bytes(tlvs.get(tag, b""), "big") for tag in (SAR_REFERENCE, SAR_TOTAL, SAR_NUMBER)
    )
    return _part(reference, number, count)


def _part(reference: int, number: int, count: int) -> Part | None:
    if count < 2 or not 1 <= number <= count:
        return None
    return Part(ref=str(reference), number=number, count=count)
