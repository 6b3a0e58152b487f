"""Opt-out links: who leaves what, signed, so that a link can be followed and not be made up."""

from dataclasses import dataclass

from convo.core.links import SignedFields
from convo.core.numbers import PhoneNumber

PATH = "/u/"
"""Short, for it stands in texts that cost by their length."""

PURPOSE = b"convo opt-out link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """What the link is for; without a programme it ends everything."""

    contact: PhoneNumber
    channel: str
    programme: str = ""


def token_of(leaving: Leaving, secret: bytes) -> str:
    """The end of the link's address: letters, digits, `-` and `_`."""
    return SignedFields(secret, PURPOSE).sign(
        leaving.contact.e164[1:], leaving.channel, leaving.programme
    )


def leaving_of(token: str, secret: bytes) -> Leaving | None:
    """What a token that we made is for; None for every other."""
    fields = SignedFields(secret, PURPOSE).verify(token)
    if fields is None:
        return None
    number, channel, programme = fields
    return Leaving(contact=PhoneNumber("+" + number), channel=channel, programme=programme)
