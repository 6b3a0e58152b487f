"""What people decide of what went wrong. Applied where it is kept; a decision takes no turn."""

from dataclasses import dataclass
from typing import Literal

from convo.core.numbers import PhoneNumber

#: Of a message of which nobody knows whether it left. `send`: it goes out once more. `sent`:
#: somebody has seen that it left. `drop`: it is given up.
HeldChoice = Literal["send", "sent", "drop"]

#: Of an event whose turn failed. `again`: its turn is taken again. `drop`: it is given up.
ParkedChoice = Literal["again", "drop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDecision:
    """A person's word on a held message."""

    contact: PhoneNumber
    #: Our id of the message.
    message: str
    choice: HeldChoice
    #: Who decided.
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedDecision:
    """A person's word on a parked event."""

    contact: PhoneNumber
    #: Its place among the parked ones.
    parked: str
    choice: ParkedChoice
    by: str


Decision = HeldDecision | ParkedDecision
