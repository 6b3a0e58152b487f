"""What one Redis core can do: processes that own partitions and only commit, claim and settle.

A turn here is all that a turn is to the store: its event leaves the inbox, a record of 300 bytes
is written, a timer set, a reply queued, claimed and settled, and the records of it are kept.
Nothing is understood and nothing is sent, so that the server and not we are what is measured.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from bench.processes import ROOT, cpu_seconds, environment
from convo.core.effects import SetTimer
from convo.core.events import Inbound
from convo.core.numbers import PhoneNumber
from convo.core.records import Record
from convo.core.turns import Outbound, Turn, outbound_id
from convo.ports import Arrival, Done, Pending, Settle, Wants
from convo.stores.redis.store import RedisStore
from tests.servers import ON_DISK, RunningServer, redis_server, running

PARTITIONS = 16
BATCH = 50
RECORD = b"x" * 300
DAY = 86_400_000
FEEDERS = (1, 2, 4)
TURNS = 50_000
AT_ONCE = 500
"""Arrivals that are kept in one go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one run."""

    turns: int
    seconds: float
    #: Of the server, and of all feeders together.
    server_seconds: float
    feeder_seconds: float
    round_trips: float
    commands: float

    def __str__(self) -> str:
        server = self.server_seconds / self.turns * 1e6
        return (
            f"{self.turns / self.seconds:8,.0f} {self.turns / self.server_seconds:10,.0f}"
            f"{server:10.0f} {self.feeder_seconds / self.turns * 1e6:10.0f}"
            f"{self.round_trips / self.turns:12.3f} {self.commands / self.turns:10.1f}"
        )


HEAD = "turns/s  turns/cpu s  redis us  feeder us  trips/turn  commands/turn"


def told(folder: Path, size: float) -> None:
    """Print it for one, two and four feeding processes."""
    turns = int(TURNS * size)
    print(f"  feeders {HEAD}  (a batch of {BATCH}, AOF always, {turns:,} turns)")
    for feeders in FEEDERS:
        kept, figures = measure(folder, feeders, turns)
        print(f"  {feeders:7} {figures}  arrivals/cpu s {kept:,.0f}", flush=True)


def measure(folder: Path, feeders: int, turns: int) -> tuple[float, Figures]:
    """So many turns by so many processes: arrivals kept a second of CPU, and what turns took."""
    with running(redis_server(), folder / f"redis{feeders}", *ON_DISK) as server:
        kept = asyncio.run(_filled(server, turns))
        before, began = _counted(server), time.perf_counter()
        spent = cpu_seconds(server.process.pid)
        shares = [list(range(PARTITIONS))[n::feeders] for n in range(feeders)]
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "bench.redis_core", server.url, json.dumps(share)],
                cwd=ROOT,
                env=environment(),
                stdout=subprocess.PIPE,
            )
            for share in shares
        ]
        told = [json.loads(each.communicate()[0]) for each in processes]
        # Starting Python is none of it: from the first step of the first to the last of the last.
        seconds = max(each["ended"] for each in told) - min(each["began"] for each in told)
        assert seconds < time.perf_counter() - began
        after = _counted(server)
        return kept, Figures(
            turns=sum(each["turns"] for each in told),
            seconds=seconds,
            server_seconds=cpu_seconds(server.process.pid) - spent,
            feeder_seconds=sum(each["cpu"] for each in told),
            round_trips=sum(each["trips"] for each in told),
            commands=after - before,
        )


async def _filled(server: RunningServer, turns: int) -> float:
    """Fill the inboxes; arrivals kept in a second of the server's CPU."""
    store = await RedisStore.open(server.url, partitions=PARTITIONS)
    spent = cpu_seconds(server.process.pid)
    arrivals = [
        Arrival(
            event=Inbound(channel="main", contact=PhoneNumber(f"+86{n:011d}"), text="tomorrow 3pm"),
            dedupe=f"{n}",
            raw=b"From=%2B8613800138000&Body=tomorrow+3pm&MessageSid=SM1" * 6,
        )
        for n in range(13_000_000_000, 13_000_000_000 + turns)
    ]
    for n in range(0, turns, AT_ONCE):
        await store.accept(arrivals[n : n + AT_ONCE])
    await store.close()
    return turns / (cpu_seconds(server.process.pid) - spent)


def _counted(server: RunningServer) -> int:
    """Commands so far, those inside of functions too."""
    with redis.Redis(port=server.port) as client:
        told: Any = client.info("commandstats")
    return sum(each["calls"] for each in told.values())


class Feeder:
    """An owner that thinks nothing and sends nothing."""

    def __init__(self, store: RedisStore) -> None:
        self._store = store
        self.turns = 0
        self.trips = 0

    async def own(self, partition: int) -> None:
        """Until its inbox is empty."""
        lease = await self._store.acquire(partition, "bench")
        assert lease is not None
        done, left = Done(), True
        while left:
            work = await self._store.advance(
                lease, done, Wants(events=BATCH, messages={"main": BATCH})
            )
            self.trips += 1
            settles = tuple(
                Settle(
                    outbound=claim.message.id,
                    attempt=claim.attempt,
                    outcome="accepted",
                    provider_ids=(f"SM{claim.message.id}",),
                )
                for claim in work.claims
            )
            done = Done(turns=tuple(_turn(each) for each in work.events), settles=settles)
            self.turns += len(done.turns)
            left = bool(done.turns or done.settles)


def _turn(pending: Pending) -> Turn:
    event = pending.event
    contact = event.contact
    assert contact is not None
    reply = Outbound(
        id=outbound_id(contact, event.id, 0),
        contact=contact,
        channel="main",
        text="Haircut on tomorrow 3pm. Reply YES to confirm or NO to change it.",
        kind="service",
        purpose="reply",
        lane="reply",
        parts=1,
        due=event.at,
    )
    return Turn(
        source=pending.source,
        contact=contact,
        at=event.at,
        record=RECORD,
        timers=(SetTimer(name="s/0/sure/silent/1", generation=1, due=event.at + DAY),),
        outbound=(reply,),
        records=(
            Record(kind="inbound", facts={"channel": "main", "text": "tomorrow 3pm"}),
            Record(kind="moved", facts={"flow": "booking", "from": "day", "to": "sure"}),
        ),
    )


async def _feed(url: str, partitions: Sequence[int]) -> None:
    store = await RedisStore.open(url)
    feeder = Feeder(store)
    began, spent = time.perf_counter(), time.process_time()
    await asyncio.gather(*(feeder.own(partition) for partition in partitions))
    print(
        json.dumps(
            {
                "turns": feeder.turns,
                "trips": feeder.trips,
                "cpu": time.process_time() - spent,
                "began": began,
                "ended": time.perf_counter(),
            }
        )
    )
    await store.close()


if __name__ == "__main__":
    asyncio.run(_feed(sys.argv[1], json.loads(sys.argv[2])))
