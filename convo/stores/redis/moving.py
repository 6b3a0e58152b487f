"""Dividing the contacts of a business into another number of partitions, while nobody owns any.

Everything is copied under new keys while the old ones are frozen, and one write to the layout makes
the copies what counts. Before it a move that ends, however it ends, has changed nothing, and is
begun anew; behind it only what nobody needs is left to be removed. `lua/moving.lua` says how two
moves, and whoever has not heard of them, are kept apart.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from convo.errors import StoreError, StoreUnavailable
from convo.ports import Clock
from convo.stores.redis import address
from convo.stores.redis.connecting import check, connected
from convo.stores.redis.copying import Copy
from convo.stores.redis.functions import Functions, ServersClock
from convo.stores.redis.laying_out import present
from convo.stores.redis.layout import MS_A_DAY, Layout
from convo.stores.redis.redo import KEPT_FOR
from convo.stores.redis.rows import encode
from convo.stores.redis.safety import Durability
from convo.stores.redis.streaming import copy_entries, copy_records
from convo.stores.redis.wire import Wire, time_of

FREED_WITHIN = 60.0
"""Seconds that owners are given to end what they do: longer than one needs at a stop."""

LOOK_EVERY = 0.2

_recalls = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode

#: Told what is done next, in a few words.
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """How the contacts are divided, and whether that is being changed."""

    partitions: int
    moving: bool


async def division(url: str, *, prefix: str = "convo") -> Division:
    """Raises `BadUrl`, and `StoreUnavailable` when nobody is there or nothing is kept."""
    wire = connected(address.read(url), "default")
    try:
        layout, moving = await present(wire, prefix)
        return Division(partitions=layout.partitions, moving=moving)
    finally:
        await wire.close()


async def divide(
    url: str,
    partitions: int,
    *,
    tell: Tell,
    durability: Durability,
    dedupe_days: int,
    clock: Clock | None = None,
    prefix: str = "convo",
) -> None:
    """Divide the contacts of a business into so many partitions, or go on with what there is.

    Where there are so many already, what was begun is given up, and everybody goes on. Raises
    `BadUrl`, and `StoreError` when nothing was changed; then the same may be asked again.
    """
    where = address.read(url)
    wire = connected(where, durability)
    try:
        await check(wire, where, durability)
        if all(int(each.info.get("connected_slaves", "0")) for each in await wire.told()):
            # A replica that takes over has all of the copy then, or there is no switch.
            await wire.close()
            wire = connected(where, "strict")
        await divide_by(
            wire, partitions, tell=tell, dedupe_days=dedupe_days, clock=clock, prefix=prefix
        )
    finally:
        await wire.close()


async def divide_by(
    wire: Wire,
    partitions: int,
    *,
    tell: Tell,
    dedupe_days: int,
    clock: Clock | None = None,
    prefix: str = "convo",
) -> None:
    """The same by a way that is there."""
    await wire.load()
    layout, _ = await present(wire, prefix)
    servers_clock = ServersClock(clock)
    servers_clock.learn(await time_of(wire))
    old = Functions(wire, layout, servers_clock)
    wanted = "" if layout.partitions == partitions else partitions
    number, *there = await old.over_all(("layout",), "begin_move", wanted)
    if there != [layout.generation, layout.partitions]:
        await old.over_all(("layout",), "give_up_move", number)
        raise StoreUnavailable("The partitions were changed just now. Look, and ask again.")
    if not wanted:
        await _everywhere(old, "thaw", number)
        tell(f"There are {partitions} partitions, and everybody goes on.")
        await _remove_tries(old, number, dedupe_days)
        await _remove_old(old, number, tell, dedupe_days)
        return
    new = old.of(Layout(prefix=prefix, partitions=partitions, generation=number))
    move = _Move(wire, old, new, number, tell)
    try:
        await move.make(dedupe_days)
    except BaseException as error:
        is_over = await move.give_up(dedupe_days)
        if isinstance(error, StoreError) and not is_over:
            raise StoreUnavailable(f"{error} {_PAUSED}") from error
        raise
    tell(f"Contacts are divided into {partitions} partitions now.")
    await _remove_tries(new, number, dedupe_days)
    await _remove_old(new, number, tell, dedupe_days)


class _Move:
    """One try, which writes under a number that no other has."""

    def __init__(self, wire: Wire, old: Functions, new: Functions, number: int, tell: Tell) -> None:
        self._wire = wire
        self._old = old
        self._new = new
        self._number = number
        self._tell = tell

    async def make(self, dedupe_days: int) -> None:
        """From the first step to the switch. Raises `StoreError`."""
        self._tell("Waiting until no worker owns a partition.")
        await self._freeze()
        olds, news = await self._old_servers(), await self._new_servers()
        copy = Copy(
            wire=self._wire,
            old=self._old.layout,
            new=self._new.layout,
            today=self._new.clock() // MS_A_DAY,
            dedupe_days=dedupe_days,
        )
        self._tell("Copying. Nothing is taken in meanwhile.")
        for number in range(copy.old.partitions):
            await copy.copy(number)
        for name in ("inbox", "parked"):
            await copy_entries(copy, name)
        await self._begin_with(copy, await copy_records(copy, self._old))
        self._tell("Looking whether all of it is there.")
        await self._old_servers()  # or it would be told that something is missing, and not why
        await copy.check()
        if (olds, news) != (await self._old_servers(), await self._new_servers()):
            raise StoreUnavailable(_TAKEN_OVER)
        if not await self._old.over_all(
            ("layout",), "switch", self._number, self._new.layout.partitions
        ):
            raise StoreUnavailable(_OVERTAKEN)

    async def give_up(self, dedupe_days: int) -> bool:
        """Let everybody go on, as before unless it was done after all; whether they were told."""
        try:
            if await self._old.over_all(("layout",), "give_up_move", self._number):
                await _everywhere(self._old, "thaw", self._number)
                await _remove_tries(self._old, self._number, dedupe_days)
        except StoreError:
            return False
        return True

    async def _freeze(self) -> None:
        """Once nobody owns any partition. Raises `StoreUnavailable`."""
        until = time.monotonic() + FREED_WITHIN
        while owners := await self._owners():
            if time.monotonic() > until:
                names = ", ".join(sorted(owners))
                raise StoreUnavailable(
                    f"After {FREED_WITHIN:.0f} s these still own partitions: {names}. Stop them, "
                    "and run it again. Nothing was changed, and everybody goes on."
                )
            await asyncio.sleep(LOOK_EVERY)

    async def _owners(self) -> set[str]:
        """Freeze what can be; who has the rest."""
        keys = [self._old.layout.key(n, "state") for n in range(self._old.layout.partitions)]
        leases = await asyncio.gather(
            *(self._wire.ask("HMGET", key, "moving", "until", "owner") for key in keys)
        )
        now = self._old.clock()
        owners = {
            owner.decode() for moving, ends, owner in leases if not moving and int(ends or 0) > now
        }
        if not owners:
            for answer in await _everywhere(self._old, "freeze", self._number):
                if answer[0] == b"overtaken":
                    raise StoreUnavailable(_OVERTAKEN)
                if answer[0] == b"held":
                    owners.add(answer[1].decode())
        return owners

    async def _old_servers(self) -> Sequence[bytes]:
        """Which servers keep the old partitions frozen. Raises `StoreUnavailable`."""
        answers = await _everywhere(self._old, "freeze", self._number)
        if [b"overtaken"] in answers:
            raise StoreUnavailable(_OVERTAKEN)
        if any(answer[0] != b"was frozen" for answer in answers):
            raise StoreUnavailable(_TAKEN_OVER)
        return [server for _, server in answers]

    async def _new_servers(self) -> Sequence[bytes]:
        """Which servers keep the copies."""
        knocks = (
            self._new.at_the_door(number, 0, 0, "knock", "")
            for number in range(self._new.layout.partitions)
        )
        return [server for _, server in await asyncio.gather(*knocks)]

    async def _begin_with(self, copy: Copy, records: Sequence[int]) -> None:
        """Let each new partition count on behind all, and know what those that it comes of know."""
        olds = range(copy.old.partitions)
        states = await asyncio.gather(
            *(self._wire.ask("HMGET", copy.old.key(n, "state"), *_CARRIED_ON) for n in olds)
        )
        number = max(int(each[0] or 0) for each in states)
        for place, record in enumerate(records):
            sources = [states[n] for n in olds if place in copy.places_of(n)]
            fields: list[Any] = ["number", number, "record", record]
            if in_hand := sum(int(each[1] or 0) for each in sources):
                fields += ("in_hand", in_hand)
            recalls = dict.fromkeys(
                bytes(one) for each in sources if each[2] for one in _recalls(each[2])
            )
            if recalls:
                fields += ("recalls", encode([msgspec.Raw(one) for one in recalls]))
            await self._wire.ask("HSET", copy.new.key(place, "state"), *fields)


_CARRIED_ON = ("number", "in_hand", "recalls")

_TAKEN_OVER = "Another Redis took over meanwhile. Nothing was changed: run it again."

_PAUSED = "Until this is called again workers pause, and nothing is taken in."

_OVERTAKEN = "Another `convo partitions` was called meanwhile, and has the last word."


async def _everywhere(functions: Functions, name: str, *args: Any) -> Sequence[Any]:
    """What each partition answers."""
    every = range(functions.layout.partitions)
    return await asyncio.gather(*(functions.in_partition(n, name, *args) for n in every))


async def _remove_tries(functions: Functions, number: int, dedupe_days: int) -> None:
    """Remove what moves until this one have copied in vain. Raises `StoreError`."""
    # They stay in the list: one that sleeps may write there yet.
    for left in await _listed(functions, "try", number):
        await _bury(left, number, dedupe_days)


async def _remove_old(functions: Functions, number: int, tell: Tell, dedupe_days: int) -> None:
    """Remove what was in force before, once no server can forget that it is not. Raises
    `StoreError`."""
    olds = await _listed(functions, "left", number)
    if not olds:
        return
    tell(f"In {KEPT_FOR:.0f} seconds what nobody needs any more is removed.")
    await asyncio.sleep(KEPT_FOR)
    if not await functions.are_current():
        raise StoreUnavailable("The partitions were changed just now. Look, and ask again.")
    for old in olds:
        await _bury(old, number, dedupe_days)
        await functions.over_all(("layout",), "removed", old.layout.generation)


async def _listed(functions: Functions, word: str, number: int) -> Sequence[Functions]:
    """Divisions that are listed so, until this move, and not in force."""
    layout = functions.layout
    return [
        functions.of(Layout(prefix=layout.prefix, partitions=partitions, generation=generation))
        for generation, partitions in await functions.over_all(("layout",), "listed", word)
        if generation <= number and generation != layout.generation
    ]


async def _bury(functions: Functions, number: int, dedupe_days: int) -> None:
    layout, today = functions.layout, functions.clock() // MS_A_DAY
    for each in range(layout.partitions):
        days = range(today + 1, today - dedupe_days - 1, -1)
        marks = [
            layout.key(each, name)
            for kind in ("seen", "said")
            for day in days
            for name in layout.marks_on(kind, day)
        ]
        await functions.with_keys(each, marks, "bury", number)
