"""What can happen to a conversation. Every event has the time that the store gave it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from convo.core.decisions import Decision
from convo.core.numbers import PhoneNumber
from convo.core.recalls import Recall

LawWord = Literal["stop", "start", "help"]

#: How far a message got, in the provider's word for it.
DeliveryStatus = Literal["queued", "sent", "delivered", "undelivered", "failed"]

#: `action`: a step's `do`; `keyword`: a keyword handler; `http`: `call`; `reserve`: a place;
#: `code`: an exclusive code; `tally`: a vote; `emit`: an event told to own systems, whose answer
#: nobody waits for; `hand_on`: what is known of a contact, told to another number of theirs.
ErrandKind = Literal["action", "keyword", "http", "reserve", "code", "tally", "emit", "hand_on"]

#: The failure of a `reserve` whose places are all somebody else's.
ALL_TAKEN = "all places are taken"
#: The failure of a `code` whose pool has no more.
SOLD_OUT = "all codes are given"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which part of a long text this is, as the phone that sent it has numbered them."""

    ref: str
    #: From 1 to `count`.
    number: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """A text from a contact."""

    id: str = ""
    #: Milliseconds since 1970, UTC, by the store's clock when it was kept.
    at: int = 0
    channel: str
    contact: PhoneNumber
    text: str = field(repr=False)
    #: What the law makes of it, decided before it was kept (policy/law_words.py).
    law: LawWord | None = None
    #: Whether keeping it changed a consent: a second STOP changes nothing and is not answered.
    acted: bool = False
    #: The provider's id of it.
    provider_id: str = ""
    media: tuple[str, ...] = field(default=(), repr=False)
    #: None for a whole text, and where the provider does not tell.
    part: Part | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A timer that has come due; a generation that is not the session's is stale."""

    id: str
    at: int
    contact: PhoneNumber
    name: str
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An errand's answer: `value` when it went well, `failure` (a reason) when not."""

    id: str = ""
    at: int = 0
    contact: PhoneNumber
    errand: str
    #: Copied from the errand, so that a keyword's answer finds its way without a session.
    kind: ErrandKind
    channel: str
    value: Any = field(default=None, repr=False)
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """Somebody of ours asks for a flow: by its name, or by an event that flows listen to."""

    id: str = ""
    at: int = 0
    contact: PhoneNumber
    channel: str
    flow: str = ""
    event: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    #: What the own system calls this one happening.
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedBack:
    """A person returns the conversation to the flow, at the step the handoff names."""

    id: str = ""
    at: int = 0
    contact: PhoneNumber
    #: Empty for the newest that a person has.
    session: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptedOutElsewhere:
    """The provider says that the contact has opted out there."""

    id: str = ""
    at: int = 0
    contact: PhoneNumber
    channel: str
    source: str
    #: The programme that they have left; empty for all of them.
    programme: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentBrought:
    """A consent that was given elsewhere: on a page, on paper, in another system."""

    id: str = ""
    at: int = 0
    contact: PhoneNumber
    programme: str
    #: When it was given, ms since 1970; 0 with the next two empty when nobody can show it.
    given_at: int = 0
    #: Where it was given, what shows it, and the text that they agreed to.
    source: str = ""
    evidence: str = field(default="", repr=False)
    shown: str = field(default="", repr=False)

    @property
    def proven(self) -> bool:
        """Whether it can be shown; without that it is no consent."""
        return bool(self.given_at and self.source and self.evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """They have said yes to a consent question by its one-time link."""

    id: str = ""
    at: int = 0
    contact: PhoneNumber
    channel: str
    programme: str
    #: The link's address, and the words of its page with those of the button.
    link: str = field(repr=False)
    shown: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeAsked:
    """The contact is known under another number too: what is known is handed on to that."""

    id: str = ""
    at: int = 0
    contact: PhoneNumber
    into: PhoneNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOn:
    """What is known of the contact under the number `of`."""

    id: str = ""
    at: int = 0
    contact: PhoneNumber
    of: PhoneNumber
    kept: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """Somebody has taken back what conversations say to this contact: they end."""

    id: str = ""
    at: int = 0
    contact: PhoneNumber
    #: Narrowed to this contact.
    recall: Recall


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What we say on a channel goes by another one: a backup, or the channel itself again."""

    id: str = ""
    at: int = 0
    contact: PhoneNumber
    channel: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The provider's word on how far a message got. Applied where it is kept; takes no turn."""

    id: str = ""
    at: int = 0
    channel: str
    #: Our id of the message; empty when only the provider's is known.
    outbound: str = ""
    provider_id: str = ""
    status: DeliveryStatus
    #: The provider's own code and words, kept as they came.
    code: str = ""


Event = (
    Inbound
    | Due
    | Answered
    | Requested
    | HandedBack
    | OptedOutElsewhere
    | ConsentBrought
    | Confirmed
    | MergeAsked
    | HandedOn
    | Recalled
    | Moved
)
Arriving = (
    Inbound
    | Answered
    | Requested
    | HandedBack
    | OptedOutElsewhere
    | ConsentBrought
    | Confirmed
    | MergeAsked
    | HandedOn
    | Recalled
    | Moved
    | Report
    | Decision
    | Recall
)

#: What a provider says of a message when it will say nothing more.
LAST_WORDS: frozenset[DeliveryStatus] = frozenset(("failed", "undelivered", "delivered"))

#: How far a message got; a lower rank never overwrites a higher one.
STATUS_RANK = {
    "waiting": 0,
    "queued": 1,
    "sent": 2,
    "failed": 3,
    "undelivered": 3,
    "delivered": 4,
}
