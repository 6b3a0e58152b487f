"""What a store tells those who look into it: who owns what, what waits where, what went wrong."""

from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from convo.core.events import Event
from convo.core.turns import Lane, Outbound

T = TypeVar("T")

#: How far a message is with us. `waiting`: nobody has claimed it. `sending`: claimed and not
#: settled, so it may have left. `held`: nobody knows whether it left, and a person decides.
#: `done`: settled or dropped; its status says which.
Stage = Literal["waiting", "sending", "held", "done"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some of a list, and where it goes on."""

    items: tuple[T, ...]
    #: What to ask for the next page with; empty behind the last.
    next: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """A message as it stands now."""

    message: Outbound
    stage: Stage
    #: The delivery status, `waiting` before it has one, or `cancelled`.
    status: str
    #: Why it has this status: the provider's code, or our own word.
    code: str
    #: When its turn was committed and when it was last claimed (0: never), ms since 1970.
    created: int
    claimed: int
    provider_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedEvent:
    """An event whose turn failed."""

    #: Its place among the parked ones, by which people name it.
    id: str
    #: When it was put aside, ms since 1970.
    at: int
    event: Event
    #: What the turn gave as its reason, as it was written (core/failures.py).
    account: str = field(repr=False)
    #: The request that brought it.
    raw: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A partition and who owns it."""

    partition: int
    #: What the owner said of itself; empty when nobody owns it.
    owner: str
    #: When it took the partition, ms since 1970.
    since: int
    #: When its lease runs out unless it goes on, ms since 1970; None where it lasts as long as
    #: its process.
    until: int | None
    #: Events that wait there for their turn.
    inbox: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneQueue:
    """What waits to be sent on one lane of a channel, and what of it is in doubt."""

    channel: str
    lane: Lane
    #: First of their chains: claimable now, and later (they are to be tried again).
    due: int
    later: int
    #: Behind others of their chains.
    behind: int
    #: Of all of these.
    parts: int
    #: When the oldest of these was made, ms since 1970; None when nothing waits.
    oldest: int | None
    #: Claimed and not settled, and when the first of them was claimed.
    sending: int
    sending_since: int | None
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """How full a store is: what can be told at any moment and at no cost."""

    #: Events to be turned; messages that nobody has claimed; and what waits for a person.
    inbox: int
    outbox: int
    parked: int
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How much waits where. Times are ms since 1970, None where nothing waits."""

    #: Events to be turned, and when the oldest came.
    inbox: int
    inbox_oldest: int | None
    timers: int
    #: Timers whose time is past, and when the next (or the first of these) is or was due.
    overdue: int
    next_timer: int | None
    #: Texts that the gate has put off, and when the first of them is let go.
    postponed: int
    next_postponed: int | None
    errands: int
    #: When the oldest errand was asked for.
    errands_oldest: int | None
    parked: int
    #: By channel and lane; only those where something waits or is in doubt.
    lanes: tuple[LaneQueue, ...]
