"""What a turn asks for. The core says what should happen; somebody else does it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from convo.core.business import MessageClass
from convo.core.contacts import ConsentState, Origin, Unless
from convo.core.events import ErrandKind
from convo.core.voices import NOBODY, Voice

#: Why a text goes out. A law word's answer and the asking of consent pass where others do not.
Purpose = Literal["reply", "first", "law", "consent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Send this text, if the gate agrees."""

    text: str = field(repr=False)
    channel: str
    kind: MessageClass
    #: `reply`: the contact just spoke; `first`: we start, so quiet hours and caps apply.
    purpose: Purpose
    #: The programme whose consent it needs; empty when none.
    programme: str = ""
    #: Milliseconds since 1970 after which it would be wrong to send it.
    not_after: int | None = None
    #: Events that drop it while it waits for the gate.
    unless: tuple[Unless, ...] = ()
    #: The audience window of its flow; empty when any hour will do.
    window: str = ""
    voice: Voice = NOBODY
    #: The touch that it is of (policy/frequency_cap.py).
    touch: int = 0
    #: Pictures and the like by their https:// links, which go with it.
    media: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTimer:
    """Wake this contact at `due` (ms since 1970) with a `Due` of this name."""

    name: str
    generation: int
    due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearTimer:
    """A timer that is not needed any more."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Work outside, whose answer returns as an event; it may be done twice under one `key`."""

    id: str
    kind: ErrandKind
    #: Where the conversation is that asked for it.
    channel: str
    #: The action's or keyword's name, or the URL.
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    #: The idempotency key. `do` and `call` use the session's, so a second call is a change.
    key: str
    #: Milliseconds it may take, all tries together.
    within: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetConsent:
    """Write where the contact now stands with a programme, with the very text shown."""

    programme: str
    state: ConsentState
    proof: str = field(default="", repr=False)
    origin: Origin = field(default=Origin())
    #: When it counts from, if not from now: a question that waits for the morning is asked then.
    at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Drop the contact's unsent messages and timers: what a STOP does beside its consent."""


Effect = Say | SetTimer | ClearTimer | Errand | SetConsent | Silence
