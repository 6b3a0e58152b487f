"""Bringing what is read in its order to other partitions: the inbox, what is parked, the records.

All old partitions are read at once, by the times of what they keep. So of each contact everything
stays in its order, and in each new partition the oldest is first.
"""

import asyncio
import heapq
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

from convo.core.shards import SHARDS
from convo.stores.redis.copying import Copy
from convo.stores.redis.functions import Functions
from convo.stores.redis.layout import Layout

PAGE = 100
"""Entries that are read in one command, and written together."""

COMMITS = 32
"""Commits whose records are read in one reply."""

ACCOUNTS_TOGETHER, BYTES_TOGETHER = 64, 256 * 1024
"""Accounts of one new entry of the records: whichever is reached first."""

_account = msgspec.json.Decoder(list[msgspec.Raw]).decode
_number = msgspec.json.Decoder(int).decode
_word = msgspec.json.Decoder(str).decode

#: When it was, of which partition it is, and what.
Entry = tuple[int, int, Any]


async def copy_entries(copy: Copy, name: str) -> None:
    """All of `inbox` or `parked`, with numbers that nobody was given before. Raises `StoreError`.

    An event keeps the order that its consents have. A partition to which nothing comes begins to
    number behind all that was, too.
    """
    ask, olds = copy.wire.ask, range(copy.old.partitions)
    last = max(await asyncio.gather(*(_last_number(copy, each, name) for each in olds)))
    keys = [copy.new.key(number, name) for number in range(copy.new.partitions)]
    if last:
        for key in keys:
            await ask("XADD", key, f"0-{last}", "at", 0)
            await ask("XDEL", key, f"0-{last}")
    lot: list[Sequence[Any]] = []
    async for _, partition, (id, fields) in merged(
        [_entries(copy, partition, name) for partition in olds]
    ):
        last += 1
        place = copy.place_of(fields[b"contact"].decode())
        words = dict(fields)
        if name == "inbox" and not words.get(b"order"):
            words[b"order"] = int(id.partition(b"-")[2]) * SHARDS + partition
        flat = [word for pair in words.items() for word in pair]
        lot.append(("XADD", keys[place], f"0-{last}", *flat))
        if len(lot) == PAGE:
            await asyncio.gather(*(ask(*each) for each in lot))
            lot = []
    await asyncio.gather(*(ask(*each) for each in lot))


async def _last_number(copy: Copy, partition: int, name: str) -> int:
    """The number of the newest entry that there ever was."""
    key = copy.old.key(partition, name)
    if not await copy.wire.ask("EXISTS", key):
        return 0
    told = await copy.wire.ask("XINFO", "STREAM", key)
    return int(told[told.index(b"last-generated-id") + 1].partition(b"-")[2])


async def _entries(copy: Copy, partition: int, name: str) -> AsyncIterator[Entry]:
    key, start = copy.old.key(partition, name), "-"
    while found := await copy.wire.ask("XRANGE", key, start, "+", "COUNT", PAGE):
        for id, fields in found:
            yield int(fields[b"at"]), partition, (id, fields)
        start = b"(" + found[-1][0]


async def copy_records(copy: Copy, old: Functions) -> Sequence[int]:
    """All records; the number of the newest of each new partition. Raises `StoreError`.

    They are numbered behind all that were, so nobody who knows an old number misses any.
    """
    olds = range(copy.old.partitions)
    states = (copy.wire.ask("HGET", copy.old.key(each, "state"), "record") for each in olds)
    last = max(int(each or 0) for each in await asyncio.gather(*states))
    lots = [_Lot(copy, copy.new, place, last) for place in range(copy.new.partitions)]
    async for _, partition, (raw, account) in merged([_accounts(old, each) for each in olds]):
        contact = _word(_account(account)[2])
        # Nobody knows whose some reports were: they stay among what was told beside them.
        place = copy.place_of(contact) if contact else copy.places_of(partition)[0]
        await lots[place].add(raw, account)
    for lot in lots:
        await lot.write()
    return [lot.last for lot in lots]


async def _accounts(old: Functions, partition: int) -> AsyncIterator[Entry]:
    after = 0
    while commits := await old.in_partition(partition, "records_behind", after, COMMITS):
        for _, pairs in commits:
            for raw, account in zip(pairs[::2], pairs[1::2], strict=True):
                yield _number(_account(account)[1]), partition, (raw, account)
        after = int(commits[-1][0].partition(b"-")[0])


class _Lot:
    """Records of one new partition that are written together."""

    def __init__(self, copy: Copy, new: Layout, partition: int, last: int) -> None:
        self._ask = copy.wire.ask
        self._key = new.key(partition, "records")
        self.last = last
        self._pairs: list[bytes] = []
        self._bytes = 0

    async def add(self, raw: bytes, account: bytes) -> None:
        self._pairs += (raw, account)
        self._bytes += len(raw) + len(account)
        if len(self._pairs) >= 2 * ACCOUNTS_TOGETHER or self._bytes >= BYTES_TOGETHER:
            await self.write()

    async def write(self) -> None:
        if self._pairs:
            self.last += len(self._pairs) // 2
            await self._ask("XADD", self._key, f"{self.last}-0", *self._pairs)
            self._pairs, self._bytes = [], 0


async def merged(sources: Sequence[AsyncIterator[Entry]]) -> AsyncIterator[Entry]:
    """The earliest of all that is next: each source keeps its own order."""
    heads: list[tuple[int, int, Entry]] = []
    for place, source in enumerate(sources):
        if (first := await anext(source, None)) is not None:
            heads.append((first[0], place, first))
    heapq.heapify(heads)
    while heads:
        _, place, entry = heads[0]
        yield entry
        if (following := await anext(sources[place], None)) is None:
            heapq.heappop(heads)
        else:
            heapq.heapreplace(heads, (following[0], place, following))
