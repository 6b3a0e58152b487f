"""What this process takes of each limit, and what it owes: shared by all that send in it."""

import logging
from collections import Counter
from collections.abc import Mapping

from convo.core.limits import Limit
from convo.errors import StoreError
from convo.ports.limits import Ask, SharesLimits

log = logging.getLogger("convo.sender")


class Allowance:
    """Permits are taken before messages are claimed, since only the claim tells how many there are.

    What was taken too much or too little is owed, and given back or charged with the next question.
    """

    def __init__(self, limits: SharesLimits) -> None:
        self._limits = limits
        self._owed: Counter[Limit] = Counter()
        self._free_at: dict[str, int] = {}
        self._failing = False

    def owe(self, parts: Mapping[Limit, int]) -> None:
        """So much more has left than was taken; below 0, so much less."""
        self._owed.update(parts)

    async def settle(self) -> None:
        """Give back now what was not used, for others may wait for it."""
        await self.take({})

    async def take(self, wanted: Mapping[Limit, int]) -> Mapping[Limit, int]:
        """Parts that may start now, and no more than wanted; 0 when nobody can be asked."""
        # Several partitions ask at the same time, and what is owed is charged with one of them.
        owed = {limit: parts for limit, parts in self._owed.items() if parts}
        self._owed.clear()
        asks = [Ask(limit=limit, owed=owed[limit]) for limit in owed if limit not in wanted]
        asks += [
            Ask(limit=limit, wanted=parts, owed=owed.get(limit, 0))
            for limit, parts in wanted.items()
        ]
        if not asks:
            return {}
        try:
            granted = await self._limits.permits(asks)
        except StoreError as error:
            if not self._failing:
                log.error("What has a limit waits: nobody can say how much may leave: %s", error)
            self._failing = True
            self._owed.update(owed)
            return dict.fromkeys(wanted, 0)
        self._failing = False
        for ask, permits in zip(asks, granted, strict=True):
            self._free_at[ask.limit.name] = permits.free_at
        return {
            ask.limit: permits.parts
            for ask, permits in zip(asks, granted, strict=True)
            if ask.limit in wanted
        }

    def free_at(self, limit: Limit) -> int:
        """When another part of it will be free, as far as it is known; ms since 1970."""
        return self._free_at.get(limit.name, 0)
