"""Limits that one process keeps for itself, in memory."""

from collections.abc import Sequence

from convo.core.limits import Limit
from convo.policy.rate_limit import Spent, charged, free_at, permits
from convo.ports import Clock
from convo.ports.limits import Ask, Permits


class OwnLimits:
    """Begins rested: what left before this process began is told by `remember`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._spent: dict[str, Spent] = {}

    def remember(self, limit: Limit, parts: int) -> None:
        """So many parts have left since the limit's day began."""
        now = self._clock()
        today = charged(
            Limit(name=limit.name, per_day=limit.per_day, zone=limit.zone), Spent(), parts, now
        )
        self._spent[limit.name] = today

    async def permits(self, asked: Sequence[Ask]) -> Sequence[Permits]:
        now = self._clock()
        return [self._granted(ask, now) for ask in asked]

    def _granted(self, ask: Ask, now: int) -> Permits:
        limit = ask.limit
        spent = charged(limit, self._spent.get(limit.name, Spent()), ask.owed, now)
        free = permits(limit, spent, now)
        taken = ask.wanted if free is None else min(free, ask.wanted)
        spent = self._spent[limit.name] = charged(limit, spent, taken, now)
        return Permits(parts=taken, free_at=free_at(limit, spent, now))
