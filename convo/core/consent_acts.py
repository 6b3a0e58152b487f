"""What a law word does to consent: decided by policy, carried out where the text is kept."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentAct:
    """What a law word does to consent, at the moment the text is kept.

    `stop` withdraws everything. `start` gives back what was given before, and only to a
    contact that is withdrawn. The store says in the kept event's `acted` whether it changed
    anything.
    """

    act: Literal["stop", "start"]
    proof: str = field(repr=False)
