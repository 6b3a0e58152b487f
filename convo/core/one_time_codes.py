"""One-time codes: worked out from a secret and the message that tells them, and kept nowhere.

A code is not in the store, in a record or in a log, not even for a moment: a text that tells one
is kept with a mark for every digit, and gets its digits on the way to the provider.
"""

import hmac
import re
from dataclasses import replace

from convo.core.turns import Outbound

MARK = "¤"
"""Stands for a digit that is still to come. Of the GSM alphabet, as digits are, so that it costs
what they cost; nobody writes several of it in a row."""

LEAST_DIGITS = 4
MOST_DIGITS = 8

_MARKS = re.compile(f"{MARK}{{{LEAST_DIGITS},{MOST_DIGITS}}}")


def marks(digits: int) -> str:
    """What stands in a text for a code of so many digits."""
    return MARK * digits


def code_of(secret: bytes, message: str, digits: int) -> str:
    """The code that the message of this id tells: HMAC-SHA256, taken modulo 10 ** digits."""
    proof = hmac.digest(secret, b"convo one-time code " + message.encode(), "sha256")
    return f"{int.from_bytes(proof) % 10**digits:0{digits}d}"


def is_code(said: str, secret: bytes, message: str, digits: int) -> bool:
    """Whether `said` is the code of that message; how much of it is right cannot be timed."""
    return hmac.compare_digest(said.encode(), code_of(secret, message, digits).encode())


def revealed(message: Outbound, secret: bytes) -> Outbound:
    """The message as it leaves: with its digits, where it is one that tells a code."""
    if message.kind != "otp":
        return message
    found = _MARKS.search(message.text)
    if found is None:
        return message
    start, end = found.span()
    code = code_of(secret, message.id, end - start)
    return replace(message, text=message.text[:start] + code + message.text[end:])
