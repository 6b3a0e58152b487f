"""The store on Redis or Valkey: many processes, many machines, everything of the port."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Self

from convo.core.contacts import Consent
from convo.core.numbers import PhoneNumber
from convo.core.overview import Levels
from convo.core.presence import Presence
from convo.errors import Fenced, StoreError
from convo.ports import (
    Acceptance,
    Arrival,
    Attendance,
    Claim,
    Clock,
    Done,
    Lease,
    Others,
    Standing,
    Wants,
    Work,
)
from convo.ports.limits import Ask, Permits
from convo.stores.redis import address, processes, rows, turns
from convo.stores.redis.accepting import Door
from convo.stores.redis.accounts import accounts_behind
from convo.stores.redis.bells import Bells
from convo.stores.redis.connecting import check, connected
from convo.stores.redis.functions import Functions, ServersClock
from convo.stores.redis.laying_out import known, laid_out, lay_out_again, present, read_layout
from convo.stores.redis.layout import MS_A_DAY, Layout
from convo.stores.redis.leases import DESERTED, LEASE, LOST, Acquired, Holding
from convo.stores.redis.limits import permit
from convo.stores.redis.overviewing import levels
from convo.stores.redis.safety import Durability
from convo.stores.redis.seeking import Seeker
from convo.stores.redis.tidying import USUAL, Retention, tidy
from convo.stores.redis.wire import Wire, time_of

log = logging.getLogger("convo.store")

DEDUPE_DAYS = 7
INBOX_LIMIT = 100_000
"""Events that may wait in a partition before more are refused."""

RENEW_EVERY = 3.0
"""Seconds after which an owner that has nothing to do is woken all the same: it renews its lease,
and finds what a lost ring has not told it."""


class RedisStore:
    """Made by `open`. What it answers is as durable as the server's settings make it."""

    def __init__(
        self,
        wire: Wire,
        functions: Functions,
        bells: Bells,
        door: Callable[[Functions], Door],
        *,
        retention: Retention,
    ) -> None:
        self._wire = wire
        self._functions = functions
        self._clock = functions.clock
        self._bells = bells
        self._door_of = door
        self._door = door(functions)
        self._seeker = Seeker(functions)
        self._pauses = False
        self._retention = retention
        self._holdings: dict[int, Holding] = {}
        #: Tokens that were asked for, until the answer comes: asked again, it is the same lease.
        self._asked_for: dict[tuple[int, str], str] = {}
        #: The day on which each partition was tidied last.
        self._tidied: dict[int, int] = {}
        #: One partition at a time, so that the server has other work in between.
        self._sweeping = asyncio.Lock()
        #: Flows that this process needs to be kept.
        self._flows: dict[str, bytes] = {}
        #: What is done beside the work.
        self._under_way: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        partitions: int | None = None,
        dedupe_days: int = DEDUPE_DAYS,
        inbox_limit: int = INBOX_LIMIT,
        retention: Retention = USUAL,
        durability: Durability = "default",
        clock: Clock | None = None,
        prefix: str = "convo",
    ) -> Self:
        """Open the store of a server, and lay it out when it is empty.

        `partitions` counts only then; None takes what is there. Time is the server's, but for
        tests, which set a `clock` by hand. Raises `BadUrl`, and `StoreUnavailable` also where a
        server is not to be trusted with a business.
        """
        where = address.read(url)
        wire = connected(where, durability)
        try:
            await check(wire, where, durability)
            await wire.load()
            layout = await laid_out(wire, prefix, partitions)
            functions = Functions(wire, layout, ServersClock(clock))
            functions.clock.learn(await time_of(wire))
        except BaseException:
            await wire.close()
            raise
        bell = layout.of_all("bell")
        bells = Bells(partial(wire.subscribed, bell))
        door = partial(
            Door, bells=bells, bell=bell, dedupe_days=dedupe_days, inbox_limit=inbox_limit
        )
        return cls(wire, functions, bells, door, retention=retention)

    @property
    def partitions(self) -> int:
        return self._layout.partitions

    @property
    def _layout(self) -> Layout:
        return self._functions.layout

    async def accept(self, arrivals: Sequence[Arrival]) -> Sequence[Acceptance]:
        answers = await self._door.accept(arrivals)
        while left := [place for place, answer in enumerate(answers) if answer is None]:
            await self._look_again()
            again = await self._door.accept([arrivals[place] for place in left])
            for place, answer in zip(left, again, strict=True):
                answers[place] = answer
        return [answer for answer in answers if answer is not None]

    async def keeps(self) -> None:
        # A write that changes nothing is refused as every other would be.
        await asyncio.gather(
            *(
                self._wire.ask("SETRANGE", self._layout.key(number, "nothing"), 0, "")
                for number in range(self.partitions)
            )
        )

    # --- owning -------------------------------------------------------------------------------

    async def attend(self, worker: str) -> Attendance:
        layout = self._layout
        kept, (now, workers), *leases = await asyncio.gather(
            read_layout(self._wire, layout.prefix),
            self._functions.over_all(("workers",), "attend", worker, LEASE),
            *(
                self._wire.ask("HMGET", layout.key(number, "state"), "token", "until")
                for number in range(layout.partitions)
            ),
        )
        self._clock.learn(now)
        if kept[0] is None:  # a server that lacks all
            await lay_out_again(self._wire, layout)
            return await self.attend(worker)
        now_there, pauses = known(layout.prefix, kept)
        if now_there != layout:
            await self._divided_anew(now_there)
            return await self.attend(worker)
        if pauses and not self._pauses:
            log.warning("Contacts are being divided anew (convo partitions): workers pause.")
        self._pauses = pauses
        await self._seeker.find(self._door.deliver)
        return Attendance(
            workers=tuple(name.decode() for name in workers),
            free=tuple(
                number
                for number, (token, until) in enumerate(leases)
                if not token or int(until) <= now
            ),
            pauses=pauses,
        )

    async def _look_again(self) -> None:
        await self._divided_anew((await present(self._wire, self._layout.prefix))[0])

    async def _divided_anew(self, layout: Layout) -> None:
        """Go on where everything is now. What knows another place is let go of whole."""
        if layout == self._layout:
            return
        log.warning("Contacts are divided into %d partitions now.", layout.partitions)
        door = self._door
        self._functions = Functions(self._wire, layout, self._clock)
        self._door = self._door_of(self._functions)
        self._seeker = Seeker(self._functions)
        self._holdings.clear()
        await door.close()

    async def leave(self, worker: str) -> None:
        await self._wire.ask("ZREM", self._layout.of_all("workers"), worker)

    async def announce(self, presence: Presence) -> None:
        await self._look_again()
        key = self._layout.of_all("processes")
        await processes.announce(self._wire, key, presence, self._clock())

    async def withdraw(self, name: str) -> None:
        await self._wire.ask("HDEL", self._layout.of_all("processes"), name)

    async def take_listing(self, channel: str, worker: str, length: int) -> int | None:
        return await turns.take_listing(self._wire, self._layout, channel, worker, length)

    async def note_listing(self, channel: str, until: int) -> None:
        await self._wire.ask("HSET", self._layout.of_all("listed"), channel, until)

    async def take_turn(self, what: str, worker: str, length: int) -> bool:
        return await turns.take(self._wire, self._layout.of_all(f"turn:{what}"), worker, length)

    async def end_turn(self, what: str, worker: str) -> None:
        await turns.end(self._wire, self._layout.of_all(f"turn:{what}"), worker)

    async def acquire(self, partition: int, owner: str) -> Lease | None:
        if partition >= self.partitions:
            return None  # there are fewer since it was seen
        asked = partition, owner
        token = self._asked_for.setdefault(asked, secrets.token_hex(16))
        functions = self._functions
        reply = await functions.in_partition(partition, "acquire", owner, token, LEASE)
        del self._asked_for[asked]
        if reply[0] != b"ok":
            return None
        seq, number, doubts, now, before, deserted, in_hand, begun = reply[1:]
        self._clock.learn(now)
        if deserted:
            log.warning(DESERTED, partition)
        lease = Lease(
            partition=partition,
            token=token,
            doubts=rows.doubts(doubts),
            in_hand=in_hand,
            suspects={key.decode(): int(starts) for key, starts in rows.twos(begun)},
        )
        acquired = Acquired(lease=lease, owner=owner, before=before, seq=seq, number=number)
        self._holdings[partition] = Holding(
            acquired,
            functions,
            lasts=LEASE,
            dedupe_days=self._door.dedupe_days,
            on_takeover=self._keep_flows_again,
        )
        self._bells.ring(partition)
        return lease

    async def advance(self, lease: Lease, done: Done, wants: Wants) -> Work:
        holding = self._holding(lease)
        self._bells.still(lease.partition)
        try:
            work = await holding.advance(done, wants)
        except Fenced:
            self._let_fall(lease)
            raise
        self._clock.learn(work.now)
        self._tidy_daily(lease.partition, work.now)
        return work

    async def others(self, claim: Claim, provider_ids: Sequence[str]) -> Others:
        holding = self._holdings.get(self._layout.partition_of(claim.message.contact))
        if holding is None:
            raise Fenced(LOST)
        return await holding.others(claim, provider_ids)

    async def release(self, lease: Lease) -> None:
        await self._give_back(lease, in_order=True)

    async def _give_back(self, lease: Lease, *, in_order: bool) -> None:
        try:
            await self._holding(lease).release(in_order=in_order)
        except Fenced:
            self._let_fall(lease)
            raise
        self._let_fall(lease)

    def _let_fall(self, lease: Lease) -> None:
        if (holding := self._holdings.get(lease.partition)) and holding.lease is lease:
            del self._holdings[lease.partition]

    async def begin(self, partition: int, key: str) -> None:
        if partition < self.partitions:  # there may be fewer since it was acquired
            await self._wire.ask("HINCRBY", self._layout.key(partition, "begun"), key, 1)

    async def outlived(self, partition: int, key: str) -> None:
        if partition < self.partitions:
            await self._wire.ask("HDEL", self._layout.key(partition, "begun"), key)

    async def bell(self, lease: Lease, until: int | None) -> None:
        self._holding(lease)
        seconds = RENEW_EVERY
        if until is not None:
            seconds = min(seconds, (until - self._clock()) / 1000)
        if seconds > 0:
            await self._bells.wait(lease.partition, seconds)

    def _holding(self, lease: Lease) -> Holding:
        holding = self._holdings.get(lease.partition)
        if holding is None or holding.lease is not lease:
            raise Fenced(LOST)
        return holding

    async def tidy(self, partition: int) -> None:
        """Forget what is old now, rather than at the day's end."""
        await self._tidy(self._functions, partition)

    async def _tidy(self, functions: Functions, partition: int) -> None:
        async with self._sweeping:
            await tidy(
                functions,
                partition,
                retention=self._retention,
                dedupe_days=self._door.dedupe_days,
            )

    def _tidy_daily(self, partition: int, now: int) -> None:
        today = now // MS_A_DAY
        if self._tidied.get(partition, 0) < today:
            self._tidied[partition] = today
            # What could not be forgotten today is forgotten tomorrow.
            self._beside(partial(self._tidy, self._functions, partition))

    def _beside(self, doing: Callable[[], Awaitable[None]]) -> None:
        """Do it while the work goes on, and take it as it comes."""

        async def quietly() -> None:
            with suppress(StoreError):
                await doing()

        task = asyncio.create_task(quietly())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    # --- reading, and what is counted over all --------------------------------------------------

    async def records(
        self, after: int, limit: int, *, partition: int = 0
    ) -> Sequence[tuple[int, bytes]]:
        return await accounts_behind(self._functions, partition, after, limit)

    async def levels(self) -> Levels:
        return await levels(self._wire, self._layout)

    async def acts(self, contact: PhoneNumber) -> Sequence[Consent]:
        partition = self._layout.partition_of(contact)
        return rows.acts(await self._functions.in_partition(partition, "every_act", contact.e164))

    async def keep_flow(self, version: str, source: bytes) -> None:
        await self._wire.ask("HSETNX", self._layout.of_all("flows"), version, source)
        self._flows[version] = source

    def _keep_flows_again(self) -> None:
        """Another server may lack what was kept last, and a session may need it for months."""
        for version, source in self._flows.items():
            self._beside(partial(self.keep_flow, version, source))

    async def flow(self, version: str) -> bytes | None:
        return await self._wire.ask("HGET", self._layout.of_all("flows"), version)

    async def reserve(self, name: str, key: str, limit: int | None) -> int | None:
        most = "" if limit is None else limit
        return await self._functions.counted("places", name, "reserve", key, most) or None

    async def tally(self, name: str, key: str, choice: str | None, *, change: bool) -> Standing:
        cast, moves = int(choice is not None), int(change)
        own, standing = await self._functions.counted(
            "votes", name, "tally", key, cast, choice or "", moves
        )
        counted = zip(standing[::2], standing[1::2], strict=True)
        return Standing(
            own=own.decode(), votes={choice.decode(): -int(votes) for choice, votes in counted}
        )

    async def permits(self, asked: Sequence[Ask]) -> Sequence[Permits]:
        return await asyncio.gather(*(permit(self._functions, ask) for ask in asked))

    async def close(self) -> None:
        for task in self._under_way:
            task.cancel()
        await self._door.close()
        # Whoever comes next need not wait until our leases are over.
        await asyncio.gather(*(self._let_go(each.lease) for each in self._holdings.values()))
        await self._bells.close()
        await self._wire.close()

    async def _let_go(self, lease: Lease) -> None:
        with suppress(StoreError):
            await self._give_back(lease, in_order=False)
