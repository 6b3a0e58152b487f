"""Opt-out links: who leaves what, signed, so that a link can be followed and not be made up."""

import base64
import binascii
import hmac
from dataclasses import dataclass

from convo.core.numbers import PhoneNumber
from convo.errors import BadAddress

PATH = "/u/"
"""Short, for it stands in texts that cost by their length."""

MAC_BYTES = 10
"""80 bits, as much as a page that answers a few times a second needs by far."""

MAX_TOKEN = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """What the link is for; without a programme it ends everything."""

    contact: PhoneNumber
    channel: str
    programme: str = ""


def token_of(leaving: Leaving, secret: bytes) -> str:
    """The end of the link's address: letters, digits, `-` and `_`."""
    said = "\n".join((leaving.contact.e164[1:], leaving.channel, leaving.programme)).encode()
    return _text(said) + "." + _text(_proof(said, secret))


def leaving_of(token: str, secret: bytes) -> Leaving | None:
    """What a token that we made is for; None for every other."""
    said, _, proof = token.partition(".")
    try:
        known, given = _bytes(said), _bytes(proof)
    except (ValueError, binascii.Error):
        return None
    # Written back and compared as well: of two spellings of the same bytes only ours is ours.
    if len(token) > MAX_TOKEN or not hmac.compare_digest(_proof(known, secret), given):
        return None
    if _text(known) != said or _text(given) != proof:
        return None
    number, channel, programme = known.decode().split("\n")
    try:
        contact = PhoneNumber("+" + number)
    except BadAddress:
        return None
    return Leaving(contact=contact, channel=channel, programme=programme)


def _proof(said: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, b"convo opt-out link " + said, "sha256")[:MAC_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
