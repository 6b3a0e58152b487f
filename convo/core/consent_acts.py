"""What a law word does to consent: decided by policy, carried out where the text is kept."""

from dataclasses import dataclass, field
from typing import Literal

from convo.core.contacts import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentAct:
    """What a law word does to consent, at the moment the text is kept.

    `stop` withdraws everything; or, `narrow`, the programme of the message that they were sent
    last, and everything when that was of none, or they had left that programme already. `start`
    gives back what was given before, and only to a contact that is withdrawn; `narrow` it gives
    back single programmes too. The store says in the kept event's `acted` whether it changed
    anything.
    """

    act: Literal["stop", "start"]
    proof: str = field(repr=False)
    narrow: bool = False
    #: A `stop` of exactly this programme.
    programme: str = ""
    origin: Origin = field(default=Origin(how="law"), compare=False)
