"""One contact's walk through one flow on one channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where the walk stands in one flow. `run` puts another on top."""

    flow: str
    #: The hash of the flow as it was when the session began, or when it was moved.
    version: str
    step: str
    #: What was answered so far, by name, as `language/values.py` stores it.
    answers: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    #: Unclear replies to the open question so far.
    tries: int = 0
    #: Half an answer: the day of a date and time whose hour is still to come.
    partial: Any = field(default=None, repr=False)
    #: The errand that this step waits for.
    errand: str | None = None
    #: The numbers that the options of the open question bear, where they are not their own ones.
    numbers: tuple[int, ...] = ()
    #: What the events of this flow have brought, by name, the newest over the older.
    brought: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    #: The questions come by so far, the newest last.
    trail: tuple[str, ...] = ()
    #: Its question was put by an older version, in other words: they have not read this one's.
    carried: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A text that waits for an errand's answer with its session."""

    event: str
    at: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`id` is the id of the event that started it; the last frame is where it stands."""

    id: str
    channel: str
    frames: tuple[Frame, ...]
    #: Grows whenever a step is entered anew, so that a stale timer is known by its number.
    generation: int = 0
    #: Names of the timers that are set for the present step.
    timers: tuple[str, ...] = ()
    #: Texts that came while an errand was out.
    held: tuple[Held, ...] = ()
    #: Its question answered the contact's last text, and we have asked nothing else since.
    in_hand: bool = False
    #: Its question waits for the morning: nothing that they write can be an answer to it yet.
    unread: bool = False
    #: Whether it last moved because we began, not because they had written: an errand's answer goes
    #: on with what asked for it.
    began: bool = False
    #: The key under which an own system asked for it; empty when it began otherwise.
    request: str = ""

    @property
    def frame(self) -> Frame:
        return self.frames[-1]
