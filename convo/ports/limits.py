"""How several processes keep to one limit: who keeps it is asked for permits before a claim."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from convo.core.limits import Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What one process wants of one limit, and what it still owes."""

    limit: Limit
    #: Parts that may start now, at most so many.
    wanted: int = 0
    #: Parts that have left beyond what was taken for them; below 0, what was taken and not used.
    owed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Permits:
    """Parts that are now ours to send, charged already: who dies with them wastes them."""

    parts: int
    #: When there will be another, ms since 1970.
    free_at: int


class SharesLimits(Protocol):
    """A store that keeps limits for all the processes that it has: optional.

    Without it the process keeps them for itself (runtime/own_limits.py). The rule is that of
    policy/rate_limit.py: owed parts are charged first, then as many are taken as are free, and no
    more than wanted.
    """

    async def permits(self, asked: Sequence[Ask]) -> Sequence[Permits]:
        """What is granted, in the order asked. Raises `StoreError`: then nothing is."""
        ...


class RemembersParts(Protocol):
    """A store that does not share limits, but tells a new process what it has sent already."""

    async def parts_since(self, at: int) -> Mapping[str, int]:
        """Parts by channel of what was handed out since `at` (ms) and has left or may have."""
        ...
