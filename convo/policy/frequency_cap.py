"""How often we may begin with one contact: a cap by tier, over everything of class marketing."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from convo.core.business import Cap, Caps, Move, Signal
from convo.core.contacts import ContactState, Heed, Touch

DAY = 24 * 60 * 60 * 1_000

#: When each signal is there, in the order in which they are heeded: the first raises, and what
#: they complain of or leave unanswered outweighs it.
SIGNALS: Mapping[Signal, Callable[[Move, ContactState], bool]] = {
    "answered": lambda move, state: state.heed.answered >= move.touches,
    "unanswered": lambda move, state: state.heed.unanswered >= move.touches,
    "complaint": lambda move, state: move.tag in state.tags,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The tier that a contact is in, and what put them there."""

    tier: str
    #: `usual`, `field`, `chosen` or the name of a signal.
    by: str


def touch_of(event: str, session: str) -> int:
    """What all texts that one session says in one turn have in common: they are one touch."""
    return zlib.crc32(f"{event}/{session}".encode())


def placed(caps: Caps, state: ContactState) -> Placed:
    """The contact's tier: by their field, or the usual one; moved by what they do, each signal its
    own way and never the other; and never above what they have chosen."""
    named = _tier_in(caps, state, caps.field)
    found = Placed(tier=named, by="field") if named else Placed(tier=caps.usual, by="usual")
    for signal, there in SIGNALS.items():
        move = caps.signals.get(signal)
        if move is None or not there(move, state):
            continue
        rarer, often = (found.tier, move.tier) if signal == "answered" else (move.tier, found.tier)
        if _rarer(caps.tiers[rarer], caps.tiers[often]):
            found = Placed(tier=move.tier, by=signal)
    chosen = _tier_in(caps, state, caps.chosen)
    if chosen and _rarer(caps.tiers[chosen], caps.tiers[found.tier]):
        found = Placed(tier=chosen, by="chosen")
    return found


def _tier_in(caps: Caps, state: ContactState, field: str) -> str:
    named = state.fields.get(field) if field else None
    return named if isinstance(named, str) and named in caps.tiers else ""


def _rarer(one: Cap, other: Cap) -> bool:
    return one.most * other.days < other.most * one.days


def next_allowed(touches: Sequence[Touch], cap: Cap, touch: int, now: int) -> int | None:
    """None when one more may begin at `now` (ms since 1970), else when it may.

    A text of a touch that has begun belongs to it and is not counted again. The cap lets at least
    one through.
    """
    if any(held.id == touch for held in touches):
        return None
    within = sorted(held.at for held in touches if held.at > now - cap.days * DAY)
    if len(within) < cap.most:
        return None
    return within[-cap.most] + cap.days * DAY


def touched(touches: Sequence[Touch], caps: Caps, touch: int, now: int) -> tuple[Touch, ...]:
    """The memory with this touch in it, and without those that no cap can ask for any more."""
    if any(held.id == touch for held in touches):
        return tuple(touches)
    days = max((cap.days for cap in caps.tiers.values()), default=0)
    most = max((cap.most for cap in caps.tiers.values()), default=0)
    kept = [held for held in touches if held.at > now - days * DAY]
    return tuple([*kept, Touch(at=now, id=touch)][-most:]) if most else ()


def began(heed: Heed, caps: Caps, touch: int, now: int) -> Heed:
    """With one more touch, unless it is part of one that has begun."""
    if any(held.id == touch for held in heed.touches):
        return heed
    return Heed(
        touches=touched(heed.touches, caps, touch, now),
        unanswered=heed.unanswered + 1,
        answered=0 if heed.unanswered else heed.answered,
    )


def wrote_back(heed: Heed) -> Heed:
    """They have written: the last touch is answered, and those before it are not held against
    them any more."""
    return replace(heed, unanswered=0, answered=heed.answered + 1) if heed.unanswered else heed
