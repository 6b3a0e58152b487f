"""Bringing what frozen partitions keep to where it belongs when the contacts are divided anew.

Each kind of key has its line in a table here, but for the streams (`streaming.py`) and the state
(`moving.py`).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from convo.core.numbers import PhoneNumber
from convo.core.shards import SHARDS, partition_of
from convo.errors import StoreError
from convo.stores.redis.layout import SETTLED_DAYS, Layout
from convo.stores.redis.rows import word_at
from convo.stores.redis.wire import Wire

AT_ONCE = 300
"""Fields in one command: none keeps the server from other work for long."""

Pair = tuple[bytes, Any]
"""A field and its value, or a member and its score."""

#: Hashes, and a sorted set, whose fields are contacts.
OF_CONTACTS = ("contacts", "chains", "acts", "due")

#: Hashes whose values tell the contact, at this place.
TELLING = {"messages": 1, "errands": 0}

#: What is known by its message or errand, which tells the contact; and how its name tells which.
KNOWN_BY: Mapping[str, tuple[str, Callable[[bytes], bytes]]] = {
    "sending": ("messages", bytes),
    "held": ("messages", bytes),
    "queue": ("messages", lambda place: place.rpartition(b" ")[2]),
    "claimable": ("errands", bytes),
}

#: Hashes that do not tell whose a field is: it goes wherever its contact may be. There it is found,
#: and elsewhere forgotten as ever.
OF_ANYBODY = ("orphans", "acted", "begun")

#: Sorted sets; all others that are copied here are hashes.
RANKED = ("due", "queue", "claimable")

CONTACT_OF_DONE = 0
"""Where what is remembered of a message that is done tells its contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """From one layout to another, of which nothing is there yet."""

    wire: Wire
    old: Layout
    new: Layout
    #: Days since 1970, by the server's clock.
    today: int
    dedupe_days: int

    def place_of(self, contact: str) -> int:
        """The partition that a contact's things go to."""
        return self.new.partition_of(PhoneNumber(contact))

    def places_of(self, partition: int) -> Sequence[int]:
        """The partitions that things of an old one may go to."""
        old, new = self.old.partitions, self.new.partitions
        shards = (shard for shard in range(SHARDS) if partition_of(shard, old) == partition)
        return sorted({partition_of(shard, new) for shard in shards})

    async def copy(self, partition: int) -> None:
        """All of an old partition that is no stream and no state. Raises `StoreError`."""
        for name in OF_CONTACTS:
            async for pairs in self._pairs(partition, name):
                await self._put(
                    name, ((self.place_of(who.decode()), (who, at)) for who, at in pairs)
                )
        for name, place in TELLING.items():
            async for pairs in self._pairs(partition, name):
                told = ((self.place_of(word_at(place, kept)), (id, kept)) for id, kept in pairs)
                await self._put(name, told)
        for name, (of, id_in) in KNOWN_BY.items():
            async for pairs in self._pairs(partition, name):
                whose = await self._contacts(partition, of, [id_in(field) for field, _ in pairs])
                await self._put(name, zip(map(self.place_of, whose), pairs, strict=True))
        everywhere = self.places_of(partition)
        for name in OF_ANYBODY:
            async for pairs in self._pairs(partition, name):
                await self._put(name, ((place, pair) for pair in pairs for place in everywhere))
        for day in range(self.today + 1, self.today - SETTLED_DAYS - 1, -1):
            await self._settled(partition, f"settled:{day}")
        for day in range(self.today + 1, self.today - self.dedupe_days - 1, -1):
            names = self.old.marks_on("seen", day)
            await asyncio.gather(*(self._seen(partition, name, everywhere) for name in names))
            names = self.old.marks_on("said", day)
            await asyncio.gather(*(self._said(partition, name, everywhere) for name in names))

    # --- reading ------------------------------------------------------------------------------

    async def _pages(self, command: str, key: str) -> AsyncIterator[Any]:
        cursor = 0
        while True:
            cursor, page = await self.wire.ask(command, key, cursor, "COUNT", AT_ONCE)
            if page:
                yield page
            if not int(cursor):
                return

    async def _pairs(self, partition: int, name: str) -> AsyncIterator[Sequence[Pair]]:
        key, is_ranked = self.old.key(partition, name), name in RANKED
        async for page in self._pages("ZSCAN" if is_ranked else "HSCAN", key):
            pairs = page if is_ranked else [*page.items()]
            for first in range(0, len(pairs), AT_ONCE):
                yield pairs[first : first + AT_ONCE]

    async def _contacts(self, partition: int, of: str, ids: Sequence[bytes]) -> Sequence[str]:
        kept = await self.wire.ask("HMGET", self.old.key(partition, of), *ids)
        if None in kept:
            raise StoreError(f"Partition {partition} tells of what is not among its {of}.")
        return [word_at(TELLING[of], each) for each in kept]

    # --- writing ------------------------------------------------------------------------------

    async def _put(self, name: str, pairs: Iterable[tuple[int, Pair]]) -> None:
        """Each into its partition."""
        lots: dict[int, list[Any]] = {}
        for place, (field, value) in pairs:
            lot = lots.setdefault(place, [])
            lot += (int(value), field) if name in RANKED else (field, value)
        command = "ZADD" if name in RANKED else "HSET"
        await asyncio.gather(
            *(self.wire.ask(command, self.new.key(n, name), *lot) for n, lot in lots.items())
        )

    async def _settled(self, partition: int, name: str) -> None:
        """What became of messages, which tell their contacts, and providers' names for them."""
        key = self.old.key(partition, name)
        async for pairs in self._pairs(partition, name):
            ids = [kept if b" " in field else field for field, kept in pairs]
            done = await self.wire.ask("HMGET", key, *ids)
            # A name without its message says nothing.
            known = [pair for pair in zip(done, pairs, strict=True) if pair[0] is not None]
            await self._put(
                name,
                ((self.place_of(word_at(CONTACT_OF_DONE, kept)), pair) for kept, pair in known),
            )
        await self._lapse(key, name, self.places_of(partition))

    async def _seen(self, partition: int, name: str, everywhere: Sequence[int]) -> None:
        """A set of dedupe hashes, which tell nobody's."""
        key = self.old.key(partition, name)
        found = False
        async for page in self._pages("SSCAN", key):
            found = True
            hashes = [*page]
            for first in range(0, len(hashes), AT_ONCE):
                lot = hashes[first : first + AT_ONCE]
                await asyncio.gather(
                    *(self.wire.ask("SADD", self.new.key(n, name), *lot) for n in everywhere)
                )
        if found:
            await self._lapse(key, name, everywhere)

    async def _said(self, partition: int, name: str, everywhere: Sequence[int]) -> None:
        """What texts have said, by the same hashes."""
        found = False
        async for pairs in self._pairs(partition, name):
            found = True
            await self._put(name, ((place, pair) for pair in pairs for place in everywhere))
        if found:
            await self._lapse(self.old.key(partition, name), name, everywhere)

    async def _lapse(self, key: str, name: str, places: Sequence[int]) -> None:
        """Let the copies be forgotten when what they are of would have been."""
        left = await self.wire.ask("PTTL", key)
        if left > 0:
            await asyncio.gather(
                *(self.wire.ask("PEXPIRE", self.new.key(n, name), left) for n in places)
            )

    # --- afterwards ---------------------------------------------------------------------------

    async def check(self) -> None:
        """Raises `StoreError` where there is not as much of it as there was."""
        for name, command in COUNTED.items():
            old, new = await asyncio.gather(
                self._count(command, self.old, name), self._count(command, self.new, name)
            )
            if old != new:
                raise StoreError(
                    f"Of {name} {old} were to be copied, and {new} are there. Nothing was changed: "
                    "run it again, and tell us if it happens again."
                )

    async def _count(self, command: str, layout: Layout, name: str) -> int:
        keys = (layout.key(number, name) for number in range(layout.partitions))
        return sum(await asyncio.gather(*(self.wire.ask(command, key) for key in keys)))


#: What is one contact's, and how it is counted: there is as much of it afterwards.
COUNTED: Mapping[str, str] = {
    **{name: "ZCARD" if name in RANKED else "HLEN" for name in (*OF_CONTACTS, *TELLING, *KNOWN_BY)},
    **dict.fromkeys(("inbox", "parked"), "XLEN"),
}
