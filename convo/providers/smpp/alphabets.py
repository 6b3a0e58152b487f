"""Texts as octets and back, by data_coding: pure.

Wire facts: SMPP 3.4, 5.2.19; 3GPP TS 23.038, sections 4 (coding schemes) and 6.2.1 (the alphabet).
What an SMSC's own alphabet is, it does not say: it is a setting.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from convo.core.parts import BASIC, EXTENDED, gsm7_encodable

#: What data_coding 0 stands for at an SMSC. GSM-7 is unpacked: an octet for each septet.
Alphabet = Literal["gsm7", "latin1", "ascii"]

DEFAULT: Final = 0
UCS2: Final = 8

ESCAPE: Final = 0x1B

_EXTENSION = dict(zip(EXTENDED, b"\x0a\x14\x28\x29\x2f\x3c\x3d\x3e\x40\x65", strict=True))
_OCTETS = {letter: bytes((code,)) for code, letter in enumerate(BASIC)} | {
    letter: bytes((ESCAPE, code)) for letter, code in _EXTENSION.items()
}
_EXTENDED_LETTERS = {code: letter for letter, code in _EXTENSION.items()}

#: Python's codecs for what a data_coding says by itself.
_CODECS: Mapping[int, str] = MappingProxyType(
    {
        1: "latin-1",  # IA5; what is above it is read and not refused
        3: "latin-1",
        5: "shift_jis",
        6: "iso8859-5",
        7: "iso8859-8",
        UCS2: "utf-16-be",
        10: "iso2022-jp",
        14: "euc-kr",
    }
)

_BINARY = frozenset((2, 4))

_PYTHON: Mapping[Alphabet, str] = MappingProxyType({"latin1": "latin-1", "ascii": "ascii"})


def coding_of(text: str, alphabet: Alphabet) -> int:
    """The data_coding that has every letter of it: the SMSC's own, else UCS-2.

    Also where that is Latin-1 or ASCII a letter must be one of GSM-7, which it leaves in.
    """
    if not gsm7_encodable(text):
        return UCS2
    if alphabet == "gsm7":
        return DEFAULT
    try:
        text.encode(_PYTHON[alphabet])
    except UnicodeEncodeError:
        return UCS2
    return DEFAULT


def octets_of(text: str, coding: int, alphabet: Alphabet) -> bytes:
    """The text in a coding that `coding_of` has chosen; halves of pairs become question marks."""
    if coding == UCS2:
        return text.encode("utf-16-be", "replace")
    if alphabet == "gsm7":
        return b"".join([_OCTETS[letter] for letter in text])
    return text.encode(_PYTHON[alphabet])


def text_of(octets: bytes, coding: int, alphabet: Alphabet) -> str | None:
    """The octets as a text, None for what is no text. Nothing else is refused: what the coding does
    not have is U+FFFD."""
    if coding in _CODECS:
        return octets.decode(_CODECS[coding], "replace")
    if coding in _BINARY:
        return None
    if coding & 0xF0 in (0x10, 0xF0):
        # A message class: bits 2 and 3 tell the alphabet, and in the last group bit 2 alone.
        kind = coding & (0x04 if coding & 0xF0 == 0xF0 else 0x0C)
        if kind == 0x08:
            return octets.decode("utf-16-be", "replace")
        if kind:
            return None
        return _gsm(octets) or ""
    return _default(octets, alphabet)


def _default(octets: bytes, alphabet: Alphabet) -> str:
    """Some networks hand on UCS-2 and call it the default alphabet: then it is read as that."""
    if _every_other_is_nul(octets):
        return octets.decode("utf-16-be", "replace")
    if alphabet != "gsm7":
        return octets.decode("latin-1")
    if (text := _gsm(octets)) is not None:
        return text
    if len(octets) % 2 == 0:
        try:
            return octets.decode("utf-16-be")
        except UnicodeDecodeError:
            pass
    return octets.decode("latin-1")


def _every_other_is_nul(octets: bytes) -> bool:
    pairs = len(octets) >= 4 and len(octets) % 2 == 0
    return pairs and not any(octets[::2]) and all(octets[1::2])


def _gsm(octets: bytes) -> str | None:
    """None where an octet is no septet. An escape that nobody knows shows the letter itself."""
    if octets and max(octets) >= len(BASIC):
        return None
    letters: list[str] = []
    escaped = False
    for code in octets:
        if escaped:
            letters.append(_EXTENDED_LETTERS.get(code, BASIC[code]))
            escaped = False
        elif code == ESCAPE:
            escaped = True
        else:
            letters.append(BASIC[code])
    return "".join(letters)
