"""One run: customers, a phone company, processes and a store, and everything that goes wrong."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from convo.stores.sqlite.store import SqliteStore
from tests.chaos.oracle import Verdict
from tests.chaos.town import Witness
from tests.chaos.wire import Served, request
from tests.simulation import shop
from tests.simulation.climate import USUAL, Climate
from tests.simulation.company import Company
from tests.simulation.door import Door
from tests.simulation.inside import Inside
from tests.simulation.judge import judged
from tests.simulation.leased import LeasedSqlite
from tests.simulation.loop import MONOTONIC_START, VirtualLoop
from tests.simulation.machine import business_at, given
from tests.simulation.network import Network
from tests.simulation.process import Process
from tests.simulation.trace import Trace
from tests.simulation.troubles import Troubles
from tests.simulation.view import View

START = 1_700_000_000_000
"""Milliseconds since 1970."""

THINKS = (0.5, 9.0)
"""Seconds between two texts of one customer."""

HASTY = 0.3
"""The share of texts that do not wait for the one before to be taken."""

CALMS_WITHIN = 3_600.0
RESTS_WITHIN = 7_200.0
"""Virtual seconds: until all is said and every trouble is over, and then until all is done."""

LOOKS_EVERY = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run came to."""

    seed: int
    verdict: Verdict
    trace: Trace
    #: Seconds on the loop's clock, and callbacks that were run.
    virtual: float
    steps: int

    def told(self, last: int = 60) -> str:
        """For people: the seed, the findings, the last events."""
        return f"seed {self.seed}\n{self.verdict}\n\nthe last events:\n{self.trace.told(last)}"


def simulated(seed: int, climate: Climate = USUAL) -> Outcome:
    """Run one seed from its beginning to its verdict."""
    with given():
        world = World(seed, climate)
        verdict = world.loop.run_until_complete(world.lives())
    world.loop.close()
    return Outcome(
        seed=seed,
        verdict=verdict,
        trace=world.trace,
        virtual=world.loop.time() - MONOTONIC_START,
        steps=world.loop.steps,
    )


class World:
    """Everything of one run."""

    def __init__(self, seed: int, climate: Climate) -> None:
        self._seed = seed
        self._climate = climate
        self._chance = self._random("fate")
        self.loop = VirtualLoop(self._random("turns"))
        self.trace = Trace(self.loop.time)
        self._network = Network(self.loop, self._random("network"), self.trace)
        self._door = Door(self._random("door"), climate.twice)
        self._witness = Witness()
        self._inside = Inside(trace=self.trace)
        self._carrier = self._chance.choice(climate.companies)
        self._grace = self._chance.choice(climate.graces)
        self._company = Company(
            self._carrier,
            self._witness,
            self._door.told,
            self._clock,
            self._random("company"),
            self.trace,
        )
        #: How many sales each number was told of.
        self._sales: dict[str, int] = {}
        self._store_ahead = 0

    def _random(self, what: str) -> Random:
        """Each part has its own chance, so that a change of one leaves the others as they are."""
        return Random(f"{self._seed} {what}")

    def _clock(self) -> int:
        return START + int((self.loop.time() - MONOTONIC_START) * 1_000)

    def _clock_of_the_store(self) -> int:
        return self._clock() + self._store_ahead

    def _jump(self, milliseconds: int) -> None:
        self._store_ahead += milliseconds

    async def lives(self) -> Verdict:
        """All of it, to the end."""
        store = await SqliteStore.open(":memory:", clock=self._clock_of_the_store)
        server = LeasedSqlite(
            store,
            self._clock_of_the_store,
            self._inside,
            lasts=self._chance.choice(self._climate.leases),
        )
        self._network.serve(lambda: Served(self._company.answer, set()))
        processes = [
            Process(
                "abc"[place],
                role,
                business_at(self._carrier, self._grace),
                lambda way: View(server, way, self._clock_of_the_store),
                self._clock,
                self._network,
                self._random(f"way of {place}"),
                self.trace,
            )
            for place, role in enumerate(self._chance.choice(self._climate.layouts))
        ]
        self._door.processes = [each for each in processes if each.hears]
        for process in processes:
            process.start()
        verdict = await self._judged_when_at_rest(server, processes)
        await self._ended(processes, verdict)
        self.trace.over = True
        for process in processes:
            await process.bury()
        await store.close()
        return verdict

    async def _judged_when_at_rest(
        self, server: LeasedSqlite, processes: Sequence[Process]
    ) -> Verdict:
        troubles = Troubles(
            processes,
            server,
            self._company,
            self._network,
            self._chance,
            self.trace,
            self._jump,
            self._climate,
            grace=self._grace,
        )
        try:
            async with asyncio.timeout(CALMS_WITHIN):
                await asyncio.gather(troubles.come(), self._customers())
                await self._company.rest()
        except TimeoutError:
            return Verdict(findings={"never calm": [str(self._witness.texts)]})
        self.trace.note("calm")
        until = self.loop.time() + RESTS_WITHIN
        while await server.left_over() and self.loop.time() < until:
            await asyncio.sleep(LOOKS_EVERY)
        self.trace.note("at rest")
        return await judged(server, self._inside, self._witness, self._sales, self._carrier)

    async def _ended(self, processes: Sequence[Process], verdict: Verdict) -> None:
        """Stop what still runs, and hear what went wrong on the way."""
        heard = {
            "a clean stop took too long": [p.name for p in processes if not await p.stop()],
            "a process died": [death for process in processes for death in process.deaths],
            "a webhook was refused": [str(status) for status in self._door.refused],
            "a complaint of the loop": self.loop.complaints,
        }
        verdict.findings |= {kind: cases for kind, cases in heard.items() if cases}

    # --- customers ----------------------------------------------------------------------------

    async def _customers(self) -> None:
        count = self._chance.randint(*self._climate.customers)
        numbers = [f"+1202555{self._seed % 100:02d}{n:02d}" for n in range(1, count + 1)]
        await asyncio.gather(*map(self._customer, numbers), self._sale(numbers))

    async def _customer(self, number: str) -> None:
        chance = self._random(number)
        await asyncio.sleep(chance.uniform(0, 15))
        said: list[asyncio.Task[None]] = []
        for n, text in enumerate(shop.life(chance)):
            sid = f"SM{number[1:]:0>30}{n:02d}"
            self._witness.texts[number].append((sid, text))
            self.trace.note("says", number[-4:], text)
            webhook = self._carrier.webhook(number, text, sid)
            said.append(asyncio.create_task(self._door.told(webhook)))
            await asyncio.sleep(chance.uniform(*THINKS))
            if chance.random() > HASTY:
                await said[-1]
        await asyncio.gather(*said)

    async def _sale(self, numbers: Sequence[str]) -> None:
        """To everybody at one moment, by the shop's own till."""
        await asyncio.sleep(self._chance.uniform(0, 40))
        self._sales = dict.fromkeys(numbers, 1)
        await asyncio.gather(*(self._door.told(_sold(number)) for number in numbers))


def _sold(number: str) -> bytes:
    body = json.dumps({"event": "sale", "to": number, "key": f"sale {number}"})
    return request("POST", "/v1/events", body, Authorization=f"Bearer {shop.API_TOKEN}")
