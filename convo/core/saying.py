"""A text that is to be said: why, on which terms, and what makes it pointless while it waits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from convo.core.business import MessageClass
from convo.core.voices import NOBODY, Voice

#: Why a text goes out. A law word's answer and the asking of consent pass where others do not.
Purpose = Literal["reply", "first", "law", "consent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unless:
    """An event that makes a text pointless: the flow that said it listens to it."""

    event: str
    #: Values that tell whose event it is: another's changes nothing.
    same: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)

    def met(self, event: str, values: Mapping[str, Any]) -> bool:
        """Whether this very event, with these values, is it."""
        return event == self.event and all(
            known is None or values.get(name) == known for name, known in self.same.items()
        )


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
