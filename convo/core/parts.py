"""How many SMS parts a text takes on the air, and in which alphabet."""

import re
from dataclasses import dataclass
from typing import Literal

GSM_SINGLE = 160
GSM_LINKED = 153
"""Septets in a part of several: the 6-byte concatenation header takes the place of 7."""

UCS2_SINGLE = 70
UCS2_LINKED = 67
"""UTF-16 code units in a part of several, the same header taken off."""

# 3GPP TS 23.038, section 6.2.1. Escape itself is a code of the basic table.
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Section 6.2.1.1: each of these is sent as escape and a second septet.
EXTENDED = "\f^{}\\[~]|€"

_ALL_GSM = re.compile(f"[{re.escape(BASIC + EXTENDED)}]*")
_ANY_EXTENDED = re.compile(f"[{re.escape(EXTENDED)}]")
_ANY_ASTRAL = re.compile("[\U00010000-\U0010ffff]")

# Stands for the first half of a pair; it can be no character of the text itself, for where
# pairs are marked every character above the first plane has just been replaced.
_FIRST_HALF = "\U0010ffff"
_PAIR = _FIRST_HALF + "x"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """`units` are septets in GSM-7 and UTF-16 code units in UCS-2, headers not counted.

    An MMS is one part however long its text is, for that is how it is billed and rated; its
    `units` are characters.
    """

    encoding: Literal["GSM-7", "UCS-2", "MMS"]
    count: int
    units: int


def gsm7_encodable(text: str) -> bool:
    """Whether every letter is in the GSM alphabet, its extension included."""
    return _ALL_GSM.fullmatch(text) is not None


def beyond_gsm(text: str) -> str | None:
    """The first letter that is not in the GSM alphabet; None when all are."""
    return next((letter for letter in text if _ALL_GSM.fullmatch(letter) is None), None)


def parts_of(text: str, *, mms: bool = False) -> Parts:
    """Parts as the networks count them. An empty text is one part: it is a message too.

    National shift tables are not counted on: no aggregator applies them, so a text with í or ş
    is UCS-2.
    """
    if mms:
        return Parts(encoding="MMS", count=1, units=len(text))
    if _ALL_GSM.fullmatch(text) is not None:
        return _gsm_parts(text)
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if units <= UCS2_SINGLE:
        return Parts(encoding="UCS-2", count=1, units=units)
    if units == len(text):
        return Parts(encoding="UCS-2", count=-(-units // UCS2_LINKED), units=units)
    return Parts(
        encoding="UCS-2", count=_linked(_ANY_ASTRAL.sub(_PAIR, text), UCS2_LINKED), units=units
    )


def _gsm_parts(text: str) -> Parts:
    units = len(text)
    if _ANY_EXTENDED.search(text) is None:
        return Parts(
            encoding="GSM-7",
            count=1 if units <= GSM_SINGLE else -(-units // GSM_LINKED),
            units=units,
        )
    marked = _ANY_EXTENDED.sub(_PAIR, text)
    units = len(marked)
    return Parts(
        encoding="GSM-7",
        count=1 if units <= GSM_SINGLE else _linked(marked, GSM_LINKED),
        units=units,
    )


def _linked(marked: str, size: int) -> int:
    """Parts of a text whose pairs are written out and marked, no pair over a boundary."""
    count, start, end = 1, 0, len(marked)
    while end - start > size:
        start += size
        if marked[start - 1] == _FIRST_HALF:
            start -= 1
        count += 1
    return count
