"""Exclusive codes: each is given to one contact, and redeemed once."""

from collections.abc import Mapping, Sequence
from typing import Literal

from convo.ports import Store

#: What becomes of a redemption: done (by this key, now or before), by another key, no such code.
Redeemed = Literal["redeemed", "used", "unknown"]

#: How the store's places of codes are called; no flow may reserve places of these names, or it
#: would take codes away.
GIVEN = "code:"
SPENT = "redeemed:"


class Codes:
    """The pools of convo.toml, counted by the store: place n of a pool is its n-th code."""

    def __init__(self, pools: Mapping[str, Sequence[str]], store: Store) -> None:
        self._pools = pools
        self._known = {name: frozenset(codes) for name, codes in pools.items()}
        self._store = store

    async def give(self, pool: str, contact: str) -> str | None:
        """This contact's code, the same every time; None when all are given."""
        codes = self._pools[pool]
        place = await self._store.reserve(f"{GIVEN}{pool}", contact, len(codes))
        # A file that has been made shorter cannot give what it does not hold any more.
        return None if place is None or place > len(codes) else codes[place - 1]

    async def redeem(self, pool: str, code: str, key: str) -> Redeemed:
        """Spend a code under a key; the same key again changes nothing and is told the same."""
        if code not in self._known.get(pool, ()):
            return "unknown"
        place = await self._store.reserve(f"{SPENT}{pool}/{code}", key, 1)
        return "used" if place is None else "redeemed"
