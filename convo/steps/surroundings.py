"""What a scene stands in: the flow as steps may know it, the contact's fields, and the turn."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from convo.core.business import MessageClass, Place, Places, labels_of
from convo.core.contacts import Beside, Closed, ConsentState
from convo.core.effects import Effect
from convo.core.numbers import PhoneNumber
from convo.core.records import Record
from convo.core.saying import Purpose, Say
from convo.language.scope import Choice
from convo.language.values import restored, stored


class AnswerBook(Protocol):
    """What a step may know of the flow it stands in."""

    @property
    def name(self) -> str: ...
    @property
    def message_class(self) -> MessageClass: ...
    @property
    def programme(self) -> str: ...
    @property
    def window(self) -> str:
        """The audience window that it speaks in; empty when any hour will do."""
        ...

    @property
    def languages(self) -> tuple[str, ...]: ...
    @property
    def reads(self) -> tuple[str, ...]:
        """The languages that replies are understood in."""
        ...

    @property
    def answers(self) -> Mapping[str, str]:
        """The kind of every answer, by name."""
        ...

    @property
    def brings(self) -> Mapping[str, str]:
        """The kind of every value that its events bring, by name."""
        ...

    @property
    def expires_after(self) -> float | None:
        """Seconds of silence at a question after which the flow lets go."""
        ...

    @property
    def reads_contact_zone(self) -> bool:
        """Times are read, and therefore shown, by the contact's clock."""
        ...

    @property
    def links_out(self) -> bool:
        """Some text or expression names the contact's opt-out link."""
        ...

    @property
    def labels(self) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
        """Answer -> option id -> language -> label."""
        ...


def native_of(kind: str, raw: Any, zone: ZoneInfo, places: Places) -> Any:
    """A kept value as expressions see it; a place knows how it is called."""
    value = restored(kind, raw, zone)
    return Choice(value, labels_of(value, places)) if kind == "place" and value else value


class Fields:
    """The contact's fields as they are kept, with their kinds."""

    __slots__ = ("changed", "kept", "kinds", "places", "zone")

    def __init__(
        self, kept: dict[str, Any], kinds: Mapping[str, str], zone: ZoneInfo, places: Places
    ) -> None:
        self.kept = kept
        self.kinds = kinds
        self.zone = zone
        self.places = places
        self.changed = False

    def values(self) -> dict[str, Any]:
        """Native values of all that are declared; None for those never set."""
        return {
            name: native_of(kind, self.kept.get(name), self.zone, self.places)
            for name, kind in self.kinds.items()
        }

    def set(self, name: str, value: object) -> None:
        self.kept[name] = stored(value)
        self.changed = True


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """What is the same for every session of one turn, and what they add to it."""

    event: str
    #: The event's time: milliseconds since 1970, UTC; and in the business's zone.
    at: int
    now: datetime
    number: PhoneNumber
    zone: ZoneInfo
    find_contact_zone: Callable[[], ZoneInfo]
    country: str
    language: str | None
    #: That of their number's country: what they are spoken to in until they are known better.
    guess: str | None
    consent_to: Callable[[str], ConsentState]
    fields: Fields
    #: The contact's tags, as this turn has changed them so far.
    tags: list[str]
    #: Where they live, if that is known better than by their number.
    contact_zone: str | None
    #: Whether events are posted to own systems; recorded they are anyway.
    emits: bool
    #: What steps have put off beside their conversations, as this turn has changed it so far.
    beside: list[Beside]
    #: Why a text said in this turn goes out: an answer, or something that we start.
    purpose: Purpose
    #: What the contact wrote, empty when this turn is not about a text.
    text: str = field(repr=False)
    #: The links of the pictures that came with it.
    media: tuple[str, ...] = field(repr=False)
    #: Asks the gate and sends; answers when it will leave, ms since 1970. It is told the session
    #: and its generation for a text which, if it must wait, is dropped when they pass.
    send: Callable[[Say, str, int], int]
    #: The highest number that another open question of a channel takes for an answer; it is told
    #: the session that asks, and the channel.
    highest_number: Callable[[str, str], int]
    #: What one-time codes are worked out from, and when this contact was sent some, ms since 1970.
    secret: bytes = field(repr=False)
    codes: list[int]
    #: Ids of the messages that this turn has queued.
    sent: list[str] = field(default_factory=list[str])
    #: The lists of places that questions name.
    places: Places = field(default_factory=dict[str, Mapping[str, Place]])
    #: ISO 4217: what texts show as money.
    currency: str = ""
    #: The key under which an own system asked for this turn; empty when none did.
    request: str = ""
    #: Where the world reaches our server; empty when nobody does.
    public_url: str = ""
    #: Questions that closed in this turn without an answer.
    closed: list[Closed] = field(default_factory=list[Closed])
    #: Channel -> the session whose question was put last in this turn, and why it was.
    put: dict[str, tuple[str, Purpose]] = field(default_factory=dict[str, tuple[str, Purpose]])
    effects: list[Effect] = field(default_factory=list[Effect])
    records: list[Record] = field(default_factory=list[Record])
    serial: int = 0
    #: The conversation now beginning was asked for by the contact's own word.
    by_word: bool = False
    #: The law's rule by which consent is given by a yes to a question only; empty without one.
    yes_rule: str = ""

    def record(self, kind: str, /, **facts: object) -> None:
        """Tell a fact of this turn; `kind` is one of core/records.py."""
        self.records.append(Record(kind=kind, facts=facts))

    def next_id(self) -> str:
        """An id that is new in this turn and the same when the turn is run again."""
        self.serial += 1
        return hashlib.blake2b(f"{self.event}/{self.serial}".encode(), digest_size=12).hexdigest()
