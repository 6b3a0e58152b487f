"""Calling our functions: with the keys and the time that each of them is given."""

import time
from collections.abc import Sequence
from typing import Any

from convo.errors import StoreError
from convo.ports import Clock
from convo.stores.redis.laying_out import present
from convo.stores.redis.layout import Layout
from convo.stores.redis.library import library
from convo.stores.redis.wire import Wire


class ServersClock:
    """What the server's clock shows. Functions read it themselves; we need it to wait by."""

    def __init__(self, set_by_hand: Clock | None) -> None:
        self._set_by_hand = set_by_hand
        #: What it showed when our monotonic clock began, ms.
        self._zero = 0

    def __call__(self) -> int:
        """Ms since 1970."""
        if self._set_by_hand is not None:
            return self._set_by_hand()
        return self._zero + int(time.monotonic() * 1000)

    def learn(self, now: int) -> None:
        """The server says that it is `now`."""
        self._zero = now - int(time.monotonic() * 1000)

    @property
    def given(self) -> str:
        """The time that functions go by: empty for the server's, which is all but for tests."""
        return "" if self._set_by_hand is None else str(self._set_by_hand())


class Functions:
    """Each function is given its keys, and the time as its first argument."""

    def __init__(self, wire: Wire, layout: Layout, clock: ServersClock) -> None:
        self._wire = wire
        self.layout = layout
        self.clock = clock

    def of(self, layout: Layout) -> "Functions":
        """The same of another layout."""
        return Functions(self._wire, layout, self.clock)

    async def are_current(self) -> bool:
        """Whether the contacts are still divided as we know it, as far as can be heard."""
        try:
            layout, _ = await present(self._wire, self.layout.prefix)
        except StoreError:
            return True
        return layout == self.layout

    async def in_partition(self, partition: int, name: str, *args: Any) -> Any:
        """Call a function of a partition."""
        keys = self.layout.keys(partition, self.clock())
        return await self._call(name, keys, *args)

    async def at_the_door(
        self, partition: int, hash: int, dedupe_days: int, name: str, *args: Any
    ) -> Any:
        """Call a function that keeps an arrival, once: `hash` tells it from others.

        The last of `args` is the server that is known to have the partition, or empty.
        """
        now = self.clock()
        seen = self.layout.marks("seen", partition, now, dedupe_days, hash)
        said = self.layout.marks("said", partition, now, dedupe_days, hash)
        keys = [*self.layout.keys(partition, now), *seen, *said]
        return await self._call(name, keys, dedupe_days, hash, *args)

    async def with_seen(self, partition: int, hashes: Sequence[int], name: str, *args: Any) -> Any:
        """Call a function that writes down that arrivals came: as seen and said today."""
        now, marks = self.clock(), self.layout.marks
        seen = [marks("seen", partition, now, 0, hash)[1] for hash in hashes]
        said = [marks("said", partition, now, 0, hash)[1] for hash in hashes]
        return await self.with_keys(partition, [*seen, *said], name, *args)

    async def with_keys(self, partition: int, more: Sequence[str], name: str, *args: Any) -> Any:
        """Call a function of a partition that is given more keys of it."""
        keys = [*self.layout.keys(partition, self.clock()), *more]
        return await self._call(name, keys, *args)

    async def over_all(self, names: Sequence[str], name: str, *args: Any) -> Any:
        """Call a function of keys that are no partition's."""
        return await self._call(name, [self.layout.of_all(each) for each in names], *args)

    async def counted(self, kind: str, of: str, name: str, *args: Any) -> Any:
        """Call a function that counts something by its name."""
        return await self._call(name, self.layout.counted(kind, of), *args)

    async def _call(self, name: str, keys: Sequence[str], *args: Any) -> Any:
        function = library().function(name)
        return await self._wire.ask("FCALL", function, len(keys), *keys, self.clock.given, *args)
