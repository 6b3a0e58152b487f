"""A business at work on a Redis: texts come in, each is answered, and it is known what left."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

from convo.core.numbers import PhoneNumber
from convo.core.records import Record
from convo.core.turns import Turn, outbound_id
from convo.errors import Fenced, StoreError
from convo.ports import Arrival, Claim, Done, Settle, Wants
from convo.stores.redis.safety import Durability
from convo.stores.redis.store import RedisStore
from tests.stores.contract_desk import PEOPLE, message, text

ANSWER = "answer to "

T = TypeVar("T")


@dataclass
class World:
    """What really happened, whatever the store says of it."""

    said: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    posted: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    #: Said, and not acknowledged yet: said again until it is.
    open: list[Arrival] = field(default_factory=list[Arrival])
    #: Texts whose answers left, and the store knows it.
    settled: set[str] = field(default_factory=set[str])
    #: Nobody says any more, and then there is no more to do either.
    silent: bool = False
    over: bool = False
    #: Of all workers: their connections end with the test.
    stores: list[RedisStore] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many texts there have been."""
        return sum(len(texts) for texts in self.said.values())

    async def more(self, count: int) -> None:
        """Until so many more texts have been said."""
        goal = self.count + count
        while self.count < goal:
            await asyncio.sleep(0.005)

    def acknowledge(self, arrival: Arrival) -> None:
        self.open.remove(arrival)

    def post(self, claim: Claim) -> None:
        self.posted[claim.message.contact.e164].append(claim.message.text)

    def has(self, claim: Claim) -> bool:
        return claim.message.text in self.posted[claim.message.contact.e164]

    def all_is_well(self, kept: Mapping[PhoneNumber, Sequence[str]]) -> None:
        """Every text was taken, and every answer left, once and in its order."""
        for contact in PEOPLE:
            told = self.said[contact.e164]
            assert kept[contact] == told
            assert self.posted[contact.e164] == [f"{ANSWER}{each}" for each in told]


@asynccontextmanager
async def business(
    url: str, world: World, heard: Sequence[Sequence[PhoneNumber]] = (PEOPLE,)
) -> AsyncIterator[None]:
    """At work for as long as the block is open; then everything must be well.

    One worker, and a web process for each of the people in `heard`.
    """
    webs = [await RedisStore.open(url, partitions=1) for _ in heard]
    async with asyncio.TaskGroup() as group:
        writing = [
            group.create_task(write(web, world, people))
            for web, people in zip(webs, heard, strict=True)
        ]
        group.create_task(work(url, "worker", world))
        yield
        world.silent = True
        await asyncio.wait(writing)
        world.over = True
    await closed(*world.stores)
    kept = await taken(webs[0])
    await closed(*webs)
    world.all_is_well(kept)


async def killed(*tasks: asyncio.Task[None]) -> None:
    """Cancelled wherever they are, and over."""
    while not all(task.done() for task in tasks):
        for task in tasks:
            # Until Python 3.12 `wait_for`, which redis-py sends by, may swallow it.
            task.cancel()
        await asyncio.wait(tasks, timeout=0.2)


async def closed(*stores: RedisStore) -> None:
    for store in stores:
        await store.close()


async def surely(ask: Callable[[], Awaitable[T]]) -> T:
    """The very same again, until it is answered."""
    while True:
        try:
            return await ask()
        except Fenced:
            raise
        except StoreError:
            await asyncio.sleep(0.01)


async def write(web: RedisStore, world: World, people: Sequence[PhoneNumber] = PEOPLE) -> None:
    """Text after text of these people in turn, each again until it is kept."""
    for contact in itertools.cycle(people):
        if world.silent:
            return
        n = world.count
        arrival = text(f"{n}", contact=contact)
        world.said[contact.e164].append(f"{n}")
        world.open.append(arrival)
        await surely(lambda arrival=arrival: web.accept([arrival]))
        world.acknowledge(arrival)
        await asyncio.sleep(0.01)  # no faster than a worker can send
        if n % 7 == 0:
            assert await surely(lambda arrival=arrival: web.accept([arrival])) == ["duplicate"]


async def say_again(web: RedisStore, world: World) -> None:
    """What nobody has acknowledged."""
    for arrival in tuple(world.open):
        await surely(lambda arrival=arrival: web.accept([arrival]))
        world.acknowledge(arrival)


async def work(url: str, name: str, world: World, durability: Durability = "default") -> None:
    """Own the partition, answer every text and send every answer; in the end, until all is done."""
    store = await surely(lambda: RedisStore.open(url, durability=durability))
    world.stores.append(store)
    while (lease := await surely(lambda: store.acquire(0, name))) is None:
        await asyncio.sleep(0.05)
    # What may have left is looked up.
    settles = tuple(settled(each, left=world.has(each)) for each in lease.doubts)
    turns: tuple[Turn, ...] = ()
    posted: list[str] = []
    while True:
        # As it stood before: what was said meanwhile is not in what comes back.
        over, done = world.over, Done(turns=turns, settles=settles)
        wants = Wants(events=20, messages={"main": 20})
        work = await surely(lambda d=done, w=wants: store.advance(lease, d, w))
        world.settled.update(posted)
        records: dict[PhoneNumber, bytes] = {
            contact: kept.record or b"" for contact, kept in work.contacts.items()
        }
        made: list[Turn] = []
        for pending in work.events:
            contact, said = pending.event.contact, pending.event.text  # pyright: ignore
            records[contact] += f"{said} ".encode()
            answer = message(outbound_id(contact, pending.event.id, 0), contact=contact)
            made.append(
                Turn(
                    source=pending.source,
                    contact=contact,
                    at=pending.event.at,
                    record=records[contact],
                    outbound=(replace(answer, text=f"{ANSWER}{said}"),),
                    records=(Record(kind="said"),),
                )
            )
        turns = tuple(made)
        posted = [claim.message.text.removeprefix(ANSWER) for claim in work.claims]
        for claim in work.claims:
            # A kill may come before it leaves, and between its leaving and its settling.
            await asyncio.sleep(0.002)
            world.post(claim)
            await asyncio.sleep(0.002)
        settles = tuple(settled(claim, left=True) for claim in work.claims)
        if over and not turns and not settles:
            return


def settled(claim: Claim, *, left: bool) -> Settle:
    return Settle(
        outbound=claim.message.id,
        attempt=claim.attempt,
        outcome="accepted" if left else "again",
        provider_ids=(f"P{claim.message.id}",) if left else (),
    )


async def taken(web: RedisStore) -> dict[PhoneNumber, list[str]]:
    """Every text that each contact's turns have taken, in their order."""
    await web.accept(
        [text("what is kept?", contact=contact, key=contact.e164) for contact in PEOPLE]
    )
    while (lease := await web.acquire(0, "the judge")) is None:
        await asyncio.sleep(0.05)
    work = await web.advance(lease, Done(), Wants(events=100))
    assert (len(work.events), work.claims, work.next_due) == (len(PEOPLE), (), None)
    return {number: (kept.record or b"").decode().split() for number, kept in work.contacts.items()}
