"""What a turn asks for. The core says what should happen; somebody else does it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from convo.core.contacts import ConsentState, Origin
from convo.core.events import ErrandKind
from convo.core.saying import Say


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
