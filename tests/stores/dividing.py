"""A business to be divided anew: something of each contact stands everywhere, and is looked at."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from convo.core.events import Inbound
from convo.core.numbers import PhoneNumber
from convo.core.overview import Stage
from convo.core.recalls import Recall
from convo.core.shards import partition_of, shard_of
from convo.core.turns import outbound_id
from convo.ports import Arrival, Done, Lease, Settle, Wants, Work
from convo.stores.redis import address
from convo.stores.redis.connecting import connected
from convo.stores.redis.laying_out import present
from convo.stores.redis.looking import looking
from convo.stores.redis.moving import divide_by
from convo.stores.redis.store import RedisStore
from convo.stores.redis.wire import Wire
from tests.stores.contract_desk import (
    DAY,
    HOUR,
    HandSetClock,
    consent,
    errand,
    message,
    report,
    text,
    timer,
    turn,
)
from tests.stores.contract_ledger import all_of
from tests.stores.on_servers import PREFIXES

PEOPLE = tuple(PhoneNumber(f"+1202555{n * 37 % 10_000:04}") for n in range(1, 41))

DEDUPE_DAYS = 1

STAGES: Sequence[Stage] = ("waiting", "sending", "held", "done")


@dataclass
class Business:
    """One that is kept under a prefix of its own, and whoever owns all of it."""

    url: str
    clock: HandSetClock = field(default_factory=HandSetClock)
    prefix: str = field(default_factory=lambda: next(PREFIXES))
    store: RedisStore = field(init=False)
    people: Sequence[PhoneNumber] = PEOPLE
    leases: dict[int, Lease] = field(default_factory=dict[int, Lease])

    async def open(self, partitions: int | None = None, **more: Any) -> RedisStore:
        self.store = await RedisStore.open(
            self.url,
            durability="fast",
            partitions=partitions,
            dedupe_days=DEDUPE_DAYS,
            clock=self.clock,
            prefix=self.prefix,
            **more,
        )
        return self.store

    async def divide(self, partitions: int, wire: Wire | None = None) -> None:
        made = wire or connected(address.read(self.url), "fast")
        try:
            await divide_by(
                *(made, partitions),
                tell=lambda _: None,
                dedupe_days=DEDUPE_DAYS,
                clock=self.clock,
                prefix=self.prefix,
            )
        finally:
            await made.close()

    async def own(self) -> Sequence[Lease]:
        """Become the owner of all partitions, however many there are now."""
        await self.store.attend("owner")
        for number in range(self.store.partitions):
            lease = await self.store.acquire(number, "owner")
            assert lease is not None
            self.leases[number] = lease
        return [*self.leases.values()]

    async def give_back(self) -> None:
        for lease in self.leases.values():
            await self.store.release(lease)
        self.leases = {}

    async def advance(self, contact: PhoneNumber, done: Done = Done(), **wants: Any) -> Work:  # noqa: B008
        number = partition_of(shard_of(contact), self.store.partitions)
        return await self.store.advance(self.leases[number], done, wanted(**wants))

    async def keys(self) -> set[str]:
        """Of one server, all that is kept of it."""
        keys, cursor = set[str](), 0
        while True:
            cursor, page = await self.store._wire.ask(
                "SCAN", cursor, "MATCH", f"{self.prefix}:*", "COUNT", 1_000
            )
            keys |= {key.decode() for key in page}
            if not int(cursor):
                return keys

    async def left_behind(self) -> set[str]:
        """What is kept of other divisions, but for what keeps everybody away from them."""
        layout, _ = await present(self.store._wire, self.prefix)
        ours = {layout.key(n, "") for n in range(layout.partitions)} | {layout.of_all("")}
        return {
            key
            for key in await self.keys()
            if not any(key.startswith(each) for each in ours) and not key.endswith(":state")
        }

    async def close(self) -> None:
        await self.store.close()


def wanted(*, events: int = 1_000, messages: int = 0, errands: int = 0) -> Wants:
    return Wants(
        events=events,
        messages={"main": messages, "other": messages},
        errands=errands,
    )


def id_of(contact: PhoneNumber, n: int) -> str:
    return outbound_id(contact, f"event of {contact.e164}", n)


async def lived(of: Business) -> None:
    """So much happens that something of each contact stands everywhere."""
    store, clock = of.store, of.clock
    await of.own()
    for n, contact in enumerate(of.people):
        await live(of, contact, n)
    await sent(of)
    # What is not read yet, in its order; and one whose act is kept.
    for n, contact in enumerate(of.people):
        clock.now += 1
        await store.accept([text(f"first of {n}", contact=contact, key=f"{n} first", raw=b"raw")])
        if n % 3 == 0:
            await store.accept([text("STOP", contact=contact, key=f"{n} stop", law="stop")])
        await store.accept([text(f"last of {n}", contact=contact, key=f"{n} last")])
    await store.accept(
        [
            Arrival(
                event=Recall(flow="spring", version="", request="", contact=None, by="me"),
                dedupe="",
            )
        ]
    )


async def live(of: Business, contact: PhoneNumber, n: int) -> None:
    store, clock = of.store, of.clock
    other = replace(message("x"), channel="other")
    for k in range(6):
        clock.now += 1
        await store.accept([text(f"{n} says {k}", contact=contact, key=f"{n} {k}")])
        event = (await of.advance(contact)).events[-1]
        made = replace(
            message(id_of(contact, k), contact=contact, lane="bulk" if k > 3 else "reply"),
            text=f"{n} hears {k}",
        )
        if k == 2:
            made = replace(made, channel=other.channel)
        changes: dict[str, Any] = {
            "outbound": (made,),
            "record": f"[1, {n}, {k}]".encode(),
            "records": (),
        }
        if k == 0:
            changes["timers"] = (timer("soon", clock.now + HOUR), timer("late", clock.now + DAY))
            changes["errands"] = (errand(f"errand of {n}"),)
        if k == 1:
            changes["consents"] = (consent("news", "given", event.order),)
        if k == 5:
            changes = {"parked": "it failed", "record": None}
        await of.advance(contact, Done(turns=(turn(event, **changes),)))


async def sent(of: Business) -> None:
    """The first of each is done, and one is held; of the next some may have left, nobody knows."""
    for lease in of.leases.values():
        work = await of.store.advance(lease, Done(), wanted(messages=100))
        settles = [
            Settle(
                outbound=claim.message.id,
                attempt=claim.attempt,
                outcome="accepted" if claim.message.channel == "main" else "held",
                code="?",
                provider_ids=(f"theirs of {claim.message.contact.e164}",),
            )
            for claim in work.claims
        ]
        assert {each.outcome for each in settles} == {"accepted", "held"}
        await of.store.advance(lease, Done(settles=tuple(settles)), wanted(messages=3, errands=2))
    for contact in of.people:  # of what nobody knows yet
        early = report("sent", provider_id=f"early of {contact.e164}", outbound=id_of(contact, 9))
        await of.store.accept([early])


async def seen(of: Business) -> Mapping[str, Any]:
    """Everything that people can look at, by contact and in its order."""
    told: dict[str, Any] = defaultdict(list)
    async with looking(of.url, clock=of.clock, prefix=of.prefix) as ledger:
        for stage in STAGES:
            told[stage] = await all_of(partial(ledger.messages, stage), 50)
            told[stage].sort(key=lambda each: each.message.id)
        for turn_told in await all_of(ledger.records, 50):
            told[f"records of {turn_told.contact}"].append((turn_told.at, turn_told.records))
        for parked in await all_of(ledger.parked, 50):
            told[f"parked of {parked.event.contact.e164}"].append((parked.at, parked.account))
        for contact in of.people:
            told[f"acts of {contact.e164}"] = await ledger.acts(contact)
        told["overview"] = await ledger.overview(of.clock())
    return dict(told)


async def found(of: Business) -> Mapping[str, Any]:
    """Everything that owners are handed, by contact and in its order."""
    told: dict[str, Any] = defaultdict(list)
    for lease in await of.own():
        for claim in lease.doubts:
            told[f"doubt of {claim.message.contact.e164}"].append((claim.message, claim.at))
        while True:
            work = await of.store.advance(lease, Done(), wanted(messages=100, errands=100))
            for each in work.errands:
                told[f"errands of {each.contact.e164}"].append((each.errand, each.asked_at))
            for claim in work.claims:
                told[f"claims of {claim.message.contact.e164}"].append(claim.message)
            for each in work.events:
                who = each.event.contact.e164
                what = each.event.text if isinstance(each.event, Inbound) else each.event
                told[f"events of {who}"].append((what, getattr(each.event, "acted", None)))
                told[f"kept of {who}"] = work.contacts[each.event.contact]
            if not (work.claims or work.events or work.errands):
                break
            settles = tuple(
                Settle(
                    outbound=claim.message.id,
                    attempt=claim.attempt,
                    outcome="accepted",
                    provider_ids=(f"early of {claim.message.contact.e164}",),
                )
                for claim in work.claims
            )
            turns = tuple(turn(each, record=None) for each in work.events)
            await of.store.advance(
                lease,
                Done(
                    settles=settles, turns=turns, errands=tuple(e.errand.id for e in work.errands)
                ),
                wanted(events=0),
            )
    await of.give_back()
    for contact in of.people:  # of what was done before, and by what only the provider calls it
        await of.store.accept([report("delivered", provider_id=f"theirs of {contact.e164}")])
    return dict(told) | {"seen": await seen(of)}


class Killed(BaseException):
    """As `kill -9` does: nothing is done behind it."""


class Deadly:
    """A way to the server on which whoever asks is killed: at their first command of a kind, before
    it is sent or before its answer is heard."""

    def __init__(self, wire: Wire, at: str = "", *, heard: bool = False) -> None:
        self._wire = wire
        self._at = at
        self._heard = heard
        self._dead = False
        #: What was asked, by what it does to which kind of key.
        self.asked: list[str] = []
        #: What happens before the first that does this.
        self.before: dict[str, Callable[[], Awaitable[Any]]] = {}

    async def ask(self, *command: Any) -> Any:
        if self._dead:
            raise Killed
        self.asked.append(_what(command))
        if (meanwhile := self.before.pop(self.asked[-1], None)) is not None:
            await meanwhile()
        if self._dead:
            raise Killed
        self._dead = self.asked[-1] == self._at
        if self._dead and not self._heard:
            raise Killed
        answer = await self._wire.ask(*command)
        if self._dead:
            raise Killed
        return answer

    async def die(self) -> None:
        """Ask nothing any more."""
        self._dead = True

    async def load(self) -> None:
        await self._wire.load()

    async def told(self) -> Any:
        return await self._wire.told()

    def subscribed(self, channel: str) -> Any:
        return self._wire.subscribed(channel)

    async def close(self) -> None:
        await self._wire.close()


def _what(command: Sequence[Any]) -> str:
    if command[0] == "FCALL":
        return command[1].partition("_")[2].partition("_")[2]
    name = str(command[-1] if len(command) < 2 else command[1]).rpartition("}:")[2]
    return f"{command[0]} {name.partition(':')[0]}"
