"""One-time opt-in links: who says yes to which request, signed, so that none can be made up."""

import hashlib
from dataclasses import dataclass

from convo.core.links import SignedFields
from convo.core.numbers import PhoneNumber

PATH = "/y/"
"""Short, for it stands in texts that cost by their length."""

PURPOSE = b"convo opt-in link"
REQUEST_BYTES = 4
"""Enough to tell the requests of one contact apart; the signature guards them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """The request that the link answers with a yes."""

    contact: PhoneNumber
    channel: str
    programme: str
    #: Stands for the conversation that asks: another one has another link.
    request: str
    #: In which the request was put, and its page is.
    language: str


def request_of(session: str) -> str:
    """What stands for a session in its links."""
    return hashlib.blake2b(session.encode(), digest_size=REQUEST_BYTES).hexdigest()


def token_of(joining: Joining, secret: bytes) -> str:
    """The end of the link's address: letters, digits, `-` and `_`."""
    return SignedFields(secret, PURPOSE).sign(
        joining.contact.e164[1:],
        joining.channel,
        joining.programme,
        joining.request,
        joining.language,
    )


def joining_of(token: str, secret: bytes) -> Joining | None:
    """What a token that we made is for; None for every other."""
    fields = SignedFields(secret, PURPOSE).verify(token)
    if fields is None:
        return None
    number, channel, programme, request, language = fields
    return Joining(
        contact=PhoneNumber("+" + number),
        channel=channel,
        programme=programme,
        request=request,
        language=language,
    )
