"""Everything that goes wrong in one run, each at its time, and put right again."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from random import Random

from tests.simulation.climate import Climate
from tests.simulation.company import Company, Moods
from tests.simulation.leased import LeasedSqlite
from tests.simulation.network import Network
from tests.simulation.process import Process
from tests.simulation.trace import Trace

LASTS = 50.0
"""Seconds in which troubles begin."""

PAUSES = (0.05, 0.4, 1.1, 1.6)
"""In leases: shorter than one, or a little longer..."""

BEYOND = ((1.0, 2.5), (5.0, 40.0))
"""...or so many seconds longer than the next owner takes to look after what was in doubt: while a
connection is being made for it, or beyond all patience."""

SOON = 0.01
"""Seconds, in the middle, where it is not at once."""

AIMED = frozenset(("kill", "pause", "cut"))
"""Troubles that may lurk for a bad moment of the owner."""

LURKS = 30.0
"""Seconds that a moment is waited for."""

DOWN = (0.0, 3.0)
"""Seconds until a process that was killed is started again."""


LAGS = (0.05, 4.0)
"""Seconds that a replica lacks when it takes over."""

TOLD_WITHIN = 5.0
"""Seconds in which web processes have noticed, and have told what they know."""


class Troubles:
    """Draws them by lots and lets them come."""

    def __init__(
        self,
        processes: Sequence[Process],
        server: LeasedSqlite,
        company: Company,
        network: Network,
        chance: Random,
        trace: Trace,
        jump: Callable[[int], None],
        climate: Climate,
        *,
        grace: float,
    ) -> None:
        self._processes = processes
        self._server = server
        self._company = company
        self._network = network
        self._chance = chance
        self._trace = trace
        #: Sets the store's clock so many milliseconds on, or back.
        self._jump = jump
        #: Seconds that a lease lasts, and that what is in doubt is left alone.
        self._lease = server.lasts
        self._grace = grace
        #: Places where a process is being killed, stopped or paused: one of these at a time.
        self._busy: set[str] = set()
        self._climate = climate
        self._is_taking_over = False
        self._kinds: Mapping[str, Callable[[Process], Awaitable[None]]] = {
            "kill": self._kill,
            "pause": self._pause,
            "stop": self._stop,
            "cut": self._cut,
            "lossy": self._lossy,
            "storm": self._storm,
            "unreachable": self._unreachable,
            "clock of the store": self._clock_of_the_store,
            "clock of a process": self._clock_of_a_process,
            "take over": self._take_over,
        }

    async def come(self) -> None:
        """Until all have come and gone."""
        count = self._chance.randint(*self._climate.troubles)
        await asyncio.gather(*(self._one() for _ in range(count)))

    async def _one(self) -> None:
        climate = self._climate
        (kind,) = self._chance.choices(tuple(climate.kinds), tuple(climate.kinds.values()))
        await asyncio.sleep(self._chance.uniform(0, LASTS))
        process = self._chance.choice(self._processes)
        if kind in AIMED and self._chance.random() < climate.lurking:
            process = await self._lurked(process)
        await self._kinds[kind](process)

    async def _lurked(self, process: Process) -> Process:
        """The owner at a bad moment; else, when none comes, `process`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LURKS):
                owner, *_ = await self._trace.next(self._chance.choice(self._climate.moments))
                await asyncio.sleep(self._chance.choice((0.0, self._chance.expovariate(1 / SOON))))
                return next(each for each in self._processes if each.is_called(str(owner)))
        return process

    async def _kill(self, process: Process) -> None:
        if process.name in self._busy:
            return
        self._busy.add(process.name)
        process.kill()
        await asyncio.sleep(self._chance.uniform(*DOWN))
        process.start()
        self._busy.discard(process.name)

    async def _stop(self, process: Process) -> None:
        if process.name in self._busy:
            return
        self._busy.add(process.name)
        await process.stop()
        process.start()
        self._busy.discard(process.name)

    async def _pause(self, process: Process) -> None:
        if process.name in self._busy:
            return
        self._busy.add(process.name)
        process.pause()
        await asyncio.sleep(self._pause_lasts())
        process.resume()
        self._busy.discard(process.name)

    def _pause_lasts(self) -> float:
        if self._chance.random() < 0.4:
            return self._lease + self._grace + self._chance.uniform(*self._chance.choice(BEYOND))
        return self._lease * self._chance.choice(PAUSES)

    async def _cut(self, process: Process) -> None:
        """Nothing comes through to the store, or nothing comes back."""
        if self._is_taking_over:
            return
        way = process.way
        requests, answers = self._chance.choice(((1.0, 1.0), (1.0, 0.0), (0.0, 1.0)))
        self._trace.note("cut", process.name, requests, answers)
        way.requests_lost, way.answers_lost = requests, answers
        await asyncio.sleep(self._chance.uniform(0.5, 20))
        way.requests_lost = way.answers_lost = 0.0
        self._trace.note("cut mended", process.name)

    async def _lossy(self, process: Process) -> None:
        """Now and then something is lost on the way to the store or back."""
        if self._is_taking_over:
            return
        way = process.way
        way.requests_lost = way.answers_lost = 0.2
        await asyncio.sleep(self._chance.uniform(5, 30))
        way.requests_lost = way.answers_lost = 0.0

    async def _storm(self, _process: Process) -> None:
        """The company does half of it wrong."""
        self._trace.note("storm")
        self._company.moods = Moods(wrong=0.5, early=0.5)
        await asyncio.sleep(self._chance.uniform(3, 20))
        self._company.moods = Moods()

    async def _unreachable(self, _process: Process) -> None:
        """The company takes no calls, or is slow to."""
        self._trace.note("unreachable")
        self._network.refused = self._chance.choice((0.0, 0.0, 0.7))
        self._network.slow_to_connect = 6.0
        await asyncio.sleep(self._chance.uniform(3, 20))
        self._network.refused = self._network.slow_to_connect = 0.0

    async def _take_over(self, _process: Process) -> None:
        """A replica that lags takes the server's place, while those who know better live.

        It would be another trouble if one of them went as well: what it alone knew is lost then.
        """
        ways = [each.way for each in self._processes]
        cut_off = any(way.requests_lost or way.answers_lost for way in ways)
        if self._busy or cut_off:
            return
        self._is_taking_over = True
        self._busy |= {each.name for each in self._processes}
        await self._server.part()
        await asyncio.sleep(self._chance.uniform(*LAGS))
        await self._server.take_over()
        while not self._server.has_heard_of_its_owner:
            await asyncio.sleep(SOON)
        await asyncio.sleep(TOLD_WITHIN)
        self._busy.clear()
        self._is_taking_over = False

    async def _clock_of_the_store(self, _process: Process) -> None:
        seconds = self._chance.choice((-15, -3, 3, 15))
        if self._is_taking_over or self._grace + self._lease < seconds:
            return  # doubts must be left alone for longer than a send may take, whatever jumps
        self._trace.note("the store's clock jumps", seconds)
        self._jump(seconds * 1_000)

    async def _clock_of_a_process(self, process: Process) -> None:
        seconds = self._chance.choice((-15, -3, 3, 15))
        self._trace.note("a clock jumps", process.name, seconds)
        process.ahead += seconds * 1_000
