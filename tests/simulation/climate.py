"""How a run may turn out: what is drawn by lots, and out of which hats."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from convo.core.presence import Role
from tests.chaos.carriers import Carrier, Kannel, Twilio


def _troubles() -> Mapping[str, int]:
    return {
        "kill": 5,
        "pause": 5,
        "stop": 2,
        "cut": 4,
        "lossy": 2,
        "storm": 3,
        "unreachable": 2,
        "clock of the store": 2,
        "clock of a process": 2,
        "take over": 3,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Climate:
    """The usual one, unless somebody looks for something."""

    #: Where the shop is a customer: two of three can be asked what they have sent.
    companies: tuple[Carrier, ...] = (Twilio(), Twilio(), Kannel())
    #: What the processes do: hear, think and send, or both.
    layouts: tuple[tuple[Role, ...], ...] = (
        ("run", "run"),
        ("run", "run"),
        ("run", "run", "run"),
        ("web", "worker", "worker"),
    )
    #: Seconds that a lease lasts, and that what is in doubt is left alone: as they are, and as
    #: short as they might be.
    leases: tuple[float, ...] = (10.0, 1.5)
    graces: tuple[int, ...] = (30, 1)
    #: How many customers, and how many troubles.
    customers: tuple[int, int] = (3, 6)
    troubles: tuple[int, int] = (4, 10)
    #: Which troubles, and how often beside each other.
    kinds: Mapping[str, int] = field(default_factory=_troubles)
    #: The share of kills, pauses and cuts that lurk for one of these moments of the owner.
    lurking: float = 0.5
    moments: tuple[str, ...] = (
        "claimed",
        "connects",
        "connects",
        "turned",
        "settled",
        "acquired",
        "step repeated",
    )
    #: The share of webhooks that come twice.
    twice: float = 0.3


USUAL = Climate()
