"""One event in, one commit out: the rows that a store keeps whole or not at all."""

import hashlib
from dataclasses import dataclass, field
from typing import Literal

from convo.core.business import MessageClass
from convo.core.contacts import Consent
from convo.core.effects import Errand, SetTimer
from convo.core.numbers import PhoneNumber
from convo.core.records import Record
from convo.core.saying import Purpose
from convo.core.shards import shard_of
from convo.core.voices import NOBODY, Voice

Lane = Literal["reply", "bulk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FromInbox:
    """The turn's event is this entry of the inbox."""

    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FromTimer:
    """The turn's event is this timer of the contact."""

    name: str
    generation: int


Source = FromInbox | FromTimer


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """A message to send. The same turn run again makes the same id."""

    id: str
    contact: PhoneNumber
    channel: str
    text: str = field(repr=False)
    #: What travels with the text, by https:// links: then it is an MMS. Where a channel carries
    #: none, the links stand in the text.
    media: tuple[str, ...] = field(default=(), repr=False)
    kind: MessageClass
    purpose: Purpose
    lane: Lane
    parts: int
    programme: str = ""
    voice: Voice = NOBODY
    #: Where it goes on a channel that does not reach the contact by number.
    to: str = field(default="", repr=False)
    #: Not before this, and not after that: milliseconds since 1970.
    due: int
    not_after: int | None = None
    #: How often it was tried already.
    tries: int = 0
    #: The channel that carries it, where that is a backup of its own; empty for its own.
    by: str = ""
    #: It may have left by that one already, so no other may have it.
    stays: bool = False

    @property
    def goes_by(self) -> str:
        """The channel that carries it."""
        return self.by or self.channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Everything that one event changed about one contact."""

    source: Source
    contact: PhoneNumber
    at: int
    #: The contact's record, encoded; None leaves it as it is (a parked turn changes nothing).
    record: bytes | None
    timers: tuple[SetTimer, ...] = ()
    cleared: tuple[str, ...] = ()
    outbound: tuple[Outbound, ...] = ()
    errands: tuple[Errand, ...] = ()
    consents: tuple[Consent, ...] = ()
    #: Drop every timer and every unsent message of the contact first: not what this turn adds, and
    #: not the answer to the STOP that is in force.
    silence: bool = False
    records: tuple[Record, ...] = ()
    #: What was written is a secret: the raw request that brought it is not kept.
    confidential: bool = False
    #: Set when the turn failed: the entry moves to the parked ones with this account of it.
    parked: str | None = field(default=None, repr=False)


def outbound_id(contact: PhoneNumber, event: str, k: int) -> str:
    """The id of the k-th message of a turn: the contact's shard, and 116 bits of hash."""
    hashed = hashlib.blake2b(f"{event}:{k}".encode(), digest_size=16).hexdigest()
    return f"{shard_of(contact):03x}{hashed[3:]}"
