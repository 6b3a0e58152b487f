"""Opt-out links: who leaves what, signed, so that a link can be followed and not be made up."""

import base64
from dataclasses import dataclass

from convo.core.links import SignedIds
from convo.core.numbers import PhoneNumber

PATH = "/u/"
"""Short, for it stands in texts that cost by their length."""

MAC_BYTES = 10
"""80 bits, as much as a page that answers a few times a second needs by far."""

MAX_TOKEN = 300
PURPOSE = b"convo opt-out link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """What the link is for; without a programme it ends everything."""

    contact: PhoneNumber
    channel: str
    programme: str = ""


def token_of(leaving: Leaving, secret: bytes) -> str:
    """The end of the link's address: letters, digits, `-` and `_`."""
    said = "\n".join((leaving.contact.e164[1:], leaving.channel, leaving.programme))
    return _signed(secret).sign(base64.urlsafe_b64encode(said.encode()).rstrip(b"=").decode())


def leaving_of(token: str, secret: bytes) -> Leaving | None:
    """What a token that we made is for; None for every other."""
    said = _signed(secret).verify(token) if len(token) <= MAX_TOKEN else None
    if said is None:
        return None
    written = base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)).decode()
    number, channel, programme = written.split("\n")
    return Leaving(contact=PhoneNumber("+" + number), channel=channel, programme=programme)


def _signed(secret: bytes) -> SignedIds:
    return SignedIds([secret], purpose=PURPOSE, mac_bytes=MAC_BYTES)
