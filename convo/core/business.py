"""Whose conversations these are: the business, its channels and its programmes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from convo.core.approved import Template
from convo.core.hours import NO_CALENDAR, Calendar, Hours
from convo.core.languages import nearest
from convo.core.limits import Limit
from convo.core.numbers import Address
from convo.core.prices import Price

MessageClass = Literal["service", "otp", "marketing", "emergency"]
#: What may have hours of its own: what we start, by its class, and our answers.
Quiet = Literal["service", "otp", "marketing", "emergency", "replies"]
FieldKind = Literal[
    "text", "number", "date", "time", "datetime", "yes_no", "option", "options", "phone", "place"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One of ours: an address at a provider, with its rate and its manners."""

    name: str
    provider: str
    address: Address | None
    #: Put to every text, counted in its parts. Empty when there is none.
    signature: str = ""
    #: Those that an author may write instead.
    signatures: tuple[str, ...] = ()
    sign_at: Literal["front", "end"] = "front"
    #: How marketing ends, by language; under "" for all of them. Empty: as the business has it.
    opt_out: Mapping[str, str] = field(default_factory=dict[str, str])
    #: Who confirms a STOP. `provider` means the company does, and we must not do it again.
    optout_reply: Literal["us", "provider"] = "us"
    #: What answers when nothing else does: texts by language; for all languages, under "", a text
    #: or a flow's name.
    fallback: Mapping[str, str] = field(default_factory=dict[str, str])
    #: The contact's field that says where this channel reaches them; empty: the number.
    reach: str = ""
    #: Whether contacts can write there.
    hears: bool = True
    #: Parts of a long text come one by one and unnumbered: one that is full waits for the next.
    joins: bool = False
    #: Countries whose numbers get pictures here as MMS; all others get their links in the text.
    mms: frozenset[str] = frozenset()
    #: What the provider asks for a part, for people to see; None where nobody has told.
    price: Price | None = None
    #: What the provider takes of it; None for any number of parts.
    limit: Limit | None = None
    #: What it shares with others: its account's limit, its registrations'.
    shared_limits: tuple[Limit, ...] = ()
    #: When the next of a contact's messages may leave: when the one before is sent, or delivered.
    order: Literal["sent", "delivered"] = "sent"
    #: Who carries its messages while its provider fails: the first of these that does not.
    backups: tuple[str, ...] = ()
    #: All that its provider sends, approved beforehand; None where any text may go.
    templates: tuple[Template, ...] | None = None

    def cost(self, parts: int, encoding: str) -> str:
        """What a text costs here, in words; empty where that is not known, as of an MMS."""
        return "" if self.price is None or encoding == "MMS" else self.price.of(parts)

    def reaches(self, fields: Mapping[str, object]) -> str:
        """Where it reaches who has these fields; empty when that is their number, or nowhere."""
        return str(fields.get(self.reach) or "") if self.reach else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Something people join: one consent, one description."""

    name: str
    about: str
    #: The same by language, where it is told in several.
    abouts: Mapping[str, str] = field(default_factory=dict[str, str])
    double_opt_in: bool = False
    #: Milliseconds after which a consent question that has no answer is as if never asked.
    confirm_within: int = 24 * 3_600_000

    def told(self, language: str) -> str:
        """What they join, in this language or the nearest form; else as it is."""
        known = nearest(self.abouts, language)
        return self.about if known is None else self.abouts[known]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """At most so many touches within so many days, whenever these begin; none for 0."""

    most: int
    days: int
    #: As the operator wrote it.
    written: str


#: What a contact does that moves them to another tier: they wrote back to so many touches in a row,
#: or to none of so many; or a flow took what they said for a complaint.
Signal = Literal["answered", "unanswered", "complaint"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Where a signal moves a contact: upwards for `answered`, downwards for the others."""

    tier: str
    #: How many touches in a row; 0 for a complaint.
    touches: int = 0
    #: The contact's tag that tells of a complaint; else empty.
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """How often marketing may begin with a contact, by the tier that they are in."""

    tiers: Mapping[str, Cap]
    signals: Mapping[Signal, Move] = field(default_factory=dict[Signal, Move])
    #: The contact's field that names their tier; empty when all are in the usual one.
    field: str = ""
    #: The contact's field in which they have chosen a tier: never more often than that.
    chosen: str = ""
    usual: str
    #: What becomes of a text over the cap: it is refused, or waits for the next allowed time.
    when_full: Literal["refuse", "wait"] = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """What somebody is told who asks what we keep of them."""

    words: tuple[str, ...] = ()
    #: By language; under "" for all of them.
    policy: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """Which law profile is for whom: by the country of the contact's number."""

    #: For countries that have none of their own.
    default: str = "strict"
    #: ISO 3166, two letters -> a profile's name, in place of the country's own.
    countries: Mapping[str, str] = field(default_factory=dict[str, str])
    #: What a STOP ends: everything, or the programme of what they were sent last.
    stop_scope: Literal["all", "programme"] = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One of a list of places, as it is called: by language; under "" for all of them."""

    labels: Mapping[str, str]
    words: tuple[str, ...] = ()
    #: What it lies in, by language: two of one name are told apart by it.
    within: Mapping[str, str] = field(default_factory=dict[str, str])


#: List -> id -> place.
Places = Mapping[str, Mapping[str, Place]]


def labels_of(id: str, lists: Places) -> Mapping[str, str]:
    """How a place is called, by language; nothing for one that is in no list any more."""
    for places in lists.values():
        if id in places:
            return places[id].labels
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """What every flow may take for granted."""

    name: str
    #: An IANA name: times in answers are read in it.
    zone: str
    #: ISO 3166, two letters: national numbers and ambiguous dates are read by it.
    country: str
    languages: tuple[str, ...]
    channels: Mapping[str, Channel]
    programmes: Mapping[str, Programme] = field(default_factory=dict[str, Programme])
    #: ISO 4217, three letters: what texts show as `money`. Empty where the country has none.
    currency: str = ""
    #: Where the world reaches our server; empty when nobody but this machine does.
    public_url: str = ""
    contact_fields: Mapping[str, FieldKind] = field(default_factory=dict[str, FieldKind])
    #: Exclusive codes by the pool's name, in the order in which they are given.
    code_pools: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict[str, tuple[str, ...]], repr=False
    )
    #: Where the events that flows `emit` are posted; empty when they are only recorded.
    events_url: str = ""
    #: When we may speak first, by class; under `replies` when we answer, at any hour if left out.
    quiet: Mapping[Quiet, Hours] = field(default_factory=dict[Quiet, Hours])
    #: Audience windows by their names.
    windows: Mapping[str, Hours] = field(default_factory=dict[str, Hours])
    calendar: Calendar = NO_CALENDAR
    caps: Caps | None = None
    #: Texts of one number that are taken in a minute; 0 takes all.
    texts_a_minute: int = 0
    #: Parts and emoji that a text may have, where its flow says nothing; None is any number.
    most_parts: int | None = None
    most_emoji: int | None = None
    #: How marketing ends, by language; under "" for all of them.
    opt_out: Mapping[str, str] = field(default_factory=dict[str, str])
    law: Law = field(default_factory=Law)
    privacy: Privacy = field(default_factory=Privacy)
    #: An id is one place in all lists.
    places: Places = field(default_factory=dict[str, Mapping[str, Place]], repr=False)
