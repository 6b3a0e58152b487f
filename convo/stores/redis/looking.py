"""Looking into the server beside whoever works there: reads only, and a page at a time."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from convo.core import codec, event_codec, record_codec
from convo.core.contacts import Consent, ContactState
from convo.core.numbers import PhoneNumber
from convo.core.overview import Holding, Overview, Page, ParkedEvent, Stage, T, Tracked
from convo.core.presence import Presence
from convo.core.record_codec import Recorded
from convo.core.shards import SHARDS, partition_of, shard_in
from convo.errors import LaidOutAnew
from convo.ports import Clock
from convo.stores.redis import address, rows
from convo.stores.redis.accounts import accounts_behind
from convo.stores.redis.connecting import connected
from convo.stores.redis.functions import Functions, ServersClock
from convo.stores.redis.laying_out import present
from convo.stores.redis.layout import MS_A_DAY
from convo.stores.redis.overviewing import overview
from convo.stores.redis.processes import processes
from convo.stores.redis.wire import Wire, time_of

TOGETHER = 500
"""Values in one command: none keeps the server from its work for long."""

_chains = msgspec.msgpack.Decoder(dict[str, dict[str, Any]]).decode
_claimed = msgspec.msgpack.Decoder(tuple[str, int]).decode
_held = msgspec.msgpack.Decoder(tuple[int, str]).decode


class RedisLedger:
    """What is there all the while is told; what comes or goes meanwhile may be, even twice."""

    def __init__(self, wire: Wire, functions: Functions) -> None:
        self._wire = wire
        self._functions = functions
        self._layout = functions.layout
        self._clock = functions.clock

    async def overview(self, now: int) -> Overview:
        return await overview(self._wire, self._functions, now)

    async def holdings(self) -> Sequence[Holding]:
        every = self._all_partitions()
        leases, waiting = await asyncio.gather(
            asyncio.gather(
                *(self._wire.ask("HMGET", self._key(each, "state"), *_LEASE) for each in every)
            ),
            asyncio.gather(*(self._wire.ask("XLEN", self._key(each, "inbox")) for each in every)),
        )
        now = self._clock()
        return tuple(_holding(each, leases[each], waiting[each], now) for each in every)

    async def processes(self) -> Sequence[Presence]:
        return await processes(self._wire, self._layout.of_all("processes"))

    # --- messages -----------------------------------------------------------------------------

    async def messages(self, stage: Stage, mark: str, limit: int) -> Page[Tracked]:
        mark = self._within(mark)
        at = _place(mark) if mark else _Place(today=self._clock() // MS_A_DAY)
        keys, read = self._stages(at.today)[stage]
        partition, key = keys[at.number]
        cursor, fields = await self._wire.ask("HSCAN", key, at.cursor, "COUNT", limit)
        found = await read(partition, fields)
        found.sort(key=lambda each: each.created, reverse=stage == "done")
        return await self._page(found, at.next(cursor, len(keys)))

    def _stages(self, today: int) -> Mapping[Stage, tuple[Sequence[tuple[int, str]], "_Read"]]:
        """The hashes that tell of each stage, with their partitions, and how they are read."""

        def every(name: str) -> Sequence[tuple[int, str]]:
            return [(number, self._key(number, name)) for number in self._all_partitions()]

        days = zip(*(self._layout.settled(n, today) for n in self._all_partitions()), strict=True)
        return {
            "waiting": (every("chains"), self._waiting),
            "sending": (every("sending"), self._sending),
            "held": (every("held"), self._in_hold),
            "done": ([pair for day in days for pair in enumerate(day)], self._done),
        }

    async def _waiting(self, partition: int, chains: Mapping[bytes, bytes]) -> list[Tracked]:
        ids = [id for packed in chains.values() for id in _in_line(_chains(packed))]
        kept, sending = await asyncio.gather(
            self._values(partition, "messages", ids), self._values(partition, "sending", ids)
        )
        return [rows.tracked(row, "waiting") for id, row in kept.items() if id not in sending]

    async def _sending(self, partition: int, claims: Mapping[bytes, bytes]) -> list[Tracked]:
        kept = await self._values(partition, "messages", claims)
        return [rows.tracked(row, "sending", _claimed(claims[id])[1]) for id, row in kept.items()]

    async def _in_hold(self, partition: int, held: Mapping[bytes, bytes]) -> list[Tracked]:
        kept = await self._values(partition, "messages", held)
        return [rows.tracked(row, "held", *_held(held[id])) for id, row in kept.items()]

    async def _done(self, _: int, settled: Mapping[bytes, bytes]) -> list[Tracked]:
        # Beside the messages stand the provider's names for them, behind their channel.
        ended = (rows.done(kept) for name, kept in settled.items() if b" " not in name)
        return [each for each in ended if each is not None]

    async def message(self, id: str) -> Tracked | None:
        shard = shard_in(id)
        among = self._all_partitions()
        if shard is not None:
            among = (partition_of(shard, self._layout.partitions),)
        found = await asyncio.gather(*(self._message(partition, id) for partition in among))
        return next((each for each in found if each is not None), None)

    async def _message(self, partition: int, id: str) -> Tracked | None:
        names = ("messages", "sending", "held")
        keys = [self._key(partition, name) for name in names]
        keys += self._layout.settled(partition, self._clock() // MS_A_DAY)
        asked = [self._wire.ask("HGET", key, id) for key in keys]
        row, sending, held, *settled = await asyncio.gather(*asked)
        if row is None:
            return next((rows.done(kept) for kept in settled if kept is not None), None)
        if sending is not None:
            return rows.tracked(row, "sending", _claimed(sending)[1])
        if held is not None:
            return rows.tracked(row, "held", *_held(held))
        return rows.tracked(row, "waiting")

    async def _values(
        self, partition: int, name: str, fields: Sequence[bytes] | Mapping[bytes, bytes]
    ) -> Mapping[bytes, bytes]:
        """Those of these fields that there are."""
        key, found, left = self._key(partition, name), dict[bytes, bytes](), [*fields]
        while left:
            some, left = left[:TOGETHER], left[TOGETHER:]
            values = await self._wire.ask("HMGET", key, *some)
            found.update((field, value) for field, value in zip(some, values, strict=True) if value)
        return found

    # --- what is parked, and what was told ----------------------------------------------------

    async def parked(self, mark: str, limit: int) -> Page[ParkedEvent]:
        partition, after = _numbers(self._within(mark))
        found = await self._wire.ask(
            "XRANGE", self._key(partition, "parked"), f"0-{after + 1}", "+", "COUNT", limit
        )
        events = tuple(_parked(partition, *each) for each in found)
        last = int(events[-1].id) // SHARDS if len(events) == limit else None
        return await self._page(events, self._behind(partition, last))

    async def parked_event(self, id: str) -> ParkedEvent | None:
        if not (id.isascii() and id.isdigit()):
            return None
        number, partition = divmod(int(id), SHARDS)
        if partition >= self._layout.partitions:
            return None
        place = f"0-{number}"
        found = await self._wire.ask("XRANGE", self._key(partition, "parked"), place, place)
        return _parked(partition, *found[0]) if found else None

    async def records(self, mark: str, limit: int) -> Page[Recorded]:
        partition, after = _numbers(self._within(mark))
        found = await accounts_behind(self._functions, partition, after, limit)
        told = [record_codec.decode(account) for _, account in found]
        return await self._page(told, self._behind(partition, found[-1][0] if found else None))

    def _behind(self, partition: int, number: int | None) -> str:
        """Where it goes on: behind that number, else with the next partition."""
        if number is not None:
            return f"{partition} {number}"
        return f"{partition + 1} 0" if partition + 1 < self._layout.partitions else ""

    # --- pages --------------------------------------------------------------------------------

    def _within(self, mark: str) -> str:
        """What a mark says within its division of the contacts. Raises `LaidOutAnew`."""
        generation, _, place = mark.partition("/")
        if mark and int(generation) != self._layout.generation:
            raise LaidOutAnew(_BEGIN_AGAIN)
        return place

    async def _page(self, items: Sequence[T], following: str) -> Page[T]:
        """Raises `LaidOutAnew` where it may lack what is elsewhere by now."""
        if not await self._functions.are_current():
            raise LaidOutAnew(_BEGIN_AGAIN)
        mark = f"{self._layout.generation}/{following}" if following else ""
        return Page(items=tuple(items), next=mark)

    # --- contacts -----------------------------------------------------------------------------

    async def contacts(self, mark: str, limit: int) -> Page[ContactState]:
        partition, cursor = _numbers(self._within(mark))
        reached, flat = await self._functions.in_partition(
            partition, "look_at_contacts", cursor, limit
        )
        pairs = zip(flat[::2], flat[1::2], strict=True)
        states = [codec.decode(PhoneNumber(who.decode()), record) for who, record in pairs]
        going_on = int(reached) or None
        return await self._page(states, self._behind(partition, going_on))

    async def contact(self, number: PhoneNumber) -> ContactState | None:
        partition = self._layout.partition_of(number)
        consents, record = await self._functions.in_partition(
            partition, "look_at_contact", number.e164
        )
        kept = rows.kept(consents, record)
        if kept.record is None and not kept.consents:
            return None
        return codec.decode(number, kept.record, kept.consents)

    async def acts(self, number: PhoneNumber) -> Sequence[Consent]:
        partition = self._layout.partition_of(number)
        return rows.acts(await self._functions.in_partition(partition, "every_act", number.e164))

    async def flow(self, version: str) -> bytes | None:
        return await self._wire.ask("HGET", self._layout.of_all("flows"), version)

    def _key(self, partition: int, name: str) -> str:
        return self._layout.key(partition, name)

    def _all_partitions(self) -> Sequence[int]:
        return range(self._layout.partitions)


_Read = Callable[[int, Mapping[bytes, bytes]], Awaitable[list[Tracked]]]

_BEGIN_AGAIN = (
    "The contacts were divided into other partitions meanwhile (convo partitions): look once more "
    "from the beginning."
)

_LEASE = ("owner", "token", "since", "until")


@asynccontextmanager
async def looking(
    url: str, *, clock: Clock | None = None, prefix: str = "convo"
) -> AsyncGenerator[RedisLedger]:
    """Raises `BadUrl`, and `StoreUnavailable` when nobody is there or nothing is kept."""
    # Nothing is written, so there is nothing that a replica would have to have.
    wire = connected(address.read(url), "default")
    try:
        layout, _ = await present(wire, prefix)
        functions = Functions(wire, layout, ServersClock(clock))
        functions.clock.learn(await time_of(wire))
        yield RedisLedger(wire, functions)
    finally:
        await wire.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """How far a walk over hashes has come: it keeps to the days that it began with."""

    today: int
    number: int = 0
    cursor: int = 0

    def next(self, cursor: int, hashes: int) -> str:
        number = self.number if cursor else self.number + 1
        return f"{self.today} {number} {cursor}" if number < hashes else ""


def _place(mark: str) -> _Place:
    today, number, cursor = map(int, mark.split())
    return _Place(today=today, number=number, cursor=cursor)


def _numbers(mark: str) -> tuple[int, int]:
    partition, number = map(int, (mark or "0 0").split())
    return partition, number


def _in_line(chains: Mapping[str, Mapping[str, Any]]) -> Iterator[bytes]:
    for chain in chains.values():
        for id in (chain["front"], *chain["reply"], *chain["bulk"]):
            yield id.encode()


def _holding(partition: int, lease: Sequence[bytes], inbox: int, now: int) -> Holding:
    owner, token, since, until = lease
    if not token or int(until) <= now:
        return Holding(partition=partition, owner="", since=0, until=None, inbox=inbox)
    return Holding(
        partition=partition,
        owner=owner.decode(),
        since=int(since or 0),
        until=int(until),
        inbox=inbox,
    )


def _parked(partition: int, place: bytes, kept: Mapping[bytes, bytes]) -> ParkedEvent:
    at = int(kept[b"at"])
    acted, event = kept[b"acted"] == b"1", kept[b"id"].decode()
    return ParkedEvent(
        id=str(int(place.removeprefix(b"0-")) * SHARDS + partition),
        at=at,
        event=event_codec.decode(kept[b"event"], id=event, at=at, acted=acted),
        account=kept[b"error"].decode(),
        raw=kept[b"raw"],
    )
