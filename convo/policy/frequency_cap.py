"""How often we may begin with one contact: a cap by tier, over everything of class marketing."""

import zlib
from collections.abc import Mapping, Sequence

from convo.core.business import Cap, Caps
from convo.core.contacts import Json, Touch

DAY = 24 * 60 * 60 * 1_000


def touch_of(event: str, session: str) -> int:
    """What all texts that one session says in one turn have in common: they are one touch."""
    return zlib.crc32(f"{event}/{session}".encode())


def tier_of(caps: Caps, fields: Mapping[str, Json]) -> str:
    """The contact's tier by their field, the usual one where it names none."""
    named = fields.get(caps.field) if caps.field else None
    return named if isinstance(named, str) and named in caps.tiers else caps.usual


def next_allowed(touches: Sequence[Touch], cap: Cap, touch: int, now: int) -> int | None:
    """None when one more may begin at `now` (ms since 1970), else when it may.

    A text of a touch that has begun belongs to it and is not counted again.
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
