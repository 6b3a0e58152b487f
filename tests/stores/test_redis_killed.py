"""Redis is killed, and so are workers, at any moment: nothing is lost, doubled or out of order."""

import asyncio
import itertools
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import anyio
import pytest

from convo.core.numbers import PhoneNumber
from convo.core.records import Record
from convo.core.turns import Turn, outbound_id
from convo.errors import Fenced, StoreError
from convo.ports import Claim, Done, Settle, Wants
from convo.stores.redis.store import RedisStore
from tests.servers import ON_DISK, RunningServer, redis_server, running
from tests.stores.contract_desk import PEOPLE, message, text

GUARD = 300.0
"""Seconds: a hang guard."""

KILLS = 12
LEASE = 400
"""ms: what is waited for when a worker was killed."""

T = TypeVar("T")


@dataclass
class World:
    """What really happened, whatever the store says of it."""

    said: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    posted: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    over: bool = False
    #: Of all workers: their connections end with the test.
    stores: list[RedisStore] = field(default_factory=list)

    def post(self, claim: Claim) -> None:
        self.posted[claim.message.contact.e164].append(claim.message.text)

    def has(self, claim: Claim) -> bool:
        return claim.message.text in self.posted[claim.message.contact.e164]


@pytest.mark.anyio
async def test_redis_and_workers_may_be_killed_at_any_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("convo.stores.redis.store.LEASE", LEASE)
    chance, world = random.Random(4), World()
    with running(redis_server(), tmp_path, *ON_DISK) as server, anyio.fail_after(GUARD):
        web = await RedisStore.open(server.url, partitions=1)
        writing = asyncio.create_task(write(web, world))
        for kill in range(KILLS):
            working = asyncio.create_task(work(server, f"worker {kill}", world))
            for _ in range(chance.randrange(1, 40)):
                await asyncio.sleep(0.005)
            if kill % 2:
                await asyncio.to_thread(restarted, server)
                await asyncio.sleep(0.1)
            # A worker that is cancelled anywhere gives nothing back, as one that is killed.
            working.cancel()
            await asyncio.wait((working,))
        world.over = True
        await writing
        await work(server, "the last", world)
        kept = await taken(web)
        for store in (web, *world.stores):
            await store.close()
    assert sum(len(texts) for texts in world.said.values()) > KILLS
    for contact in PEOPLE:
        told = world.said[contact.e164]
        assert kept[contact] == told
        assert world.posted[contact.e164] == [f"answer to {each}" for each in told]


def restarted(server: RunningServer) -> None:
    server.kill()
    server.start()


async def surely(ask: Callable[[], Awaitable[T]]) -> T:
    """The very same again, until it is answered."""
    while True:
        try:
            return await ask()
        except Fenced:
            raise
        except StoreError:
            await asyncio.sleep(0.01)


async def write(web: RedisStore, world: World) -> None:
    for n in itertools.count():
        if world.over:
            return
        contact = PEOPLE[n % len(PEOPLE)]
        arrival = text(f"{n}", contact=contact)
        world.said[contact.e164].append(f"{n}")
        await surely(lambda arrival=arrival: web.accept([arrival]))
        await asyncio.sleep(0.01)  # no faster than a worker can send
        if n % 7 == 0:
            assert await surely(lambda arrival=arrival: web.accept([arrival])) == ["duplicate"]


async def work(server: RunningServer, name: str, world: World) -> None:
    """Own the partition, answer every text and send every answer; in the end, until all is done."""
    store = await surely(lambda: RedisStore.open(server.url))
    world.stores.append(store)
    while (lease := await surely(lambda: store.acquire(0, name))) is None:
        await asyncio.sleep(0.05)
    # What may have left is looked up.
    settles = tuple(settled(each, left=world.has(each)) for each in lease.doubts)
    turns: tuple[Turn, ...] = ()
    while True:
        done = Done(turns=turns, settles=settles)
        wants = Wants(events=20, messages={"main": 20})
        work = await surely(lambda d=done, w=wants: store.advance(lease, d, w))
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
                    outbound=(replace(answer, text=f"answer to {said}"),),
                    records=(Record(kind="said"),),
                )
            )
        turns = tuple(made)
        for claim in work.claims:
            # A kill may come before it leaves, and between its leaving and its settling.
            await asyncio.sleep(0.002)
            world.post(claim)
            await asyncio.sleep(0.002)
        settles = tuple(settled(claim, left=True) for claim in work.claims)
        if world.over and not turns and not settles:
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
