"""What happened in one simulated run, in its order: for people, and to see that a seed repeats."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.simulation.loop import MONOTONIC_START

Event = tuple[float, str, tuple[object, ...]]


@dataclass(slots=True)
class Trace:
    """Written by everything in the simulation, read by the judge and by people."""

    #: The loop's clock.
    time: Callable[[], float]
    events: list[Event] = field(default_factory=list[Event])
    #: Whether the run is judged: what happens then is of no account.
    over: bool = False
    counted: Counter[str] = field(default_factory=Counter[str])
    _lurking: dict[str, list[asyncio.Future[tuple[object, ...]]]] = field(
        default_factory=lambda: defaultdict[str, list[asyncio.Future[tuple[object, ...]]]](list)
    )

    def note(self, what: str, *facts: object) -> None:
        if self.over:
            return
        self.events.append((self.time() - MONOTONIC_START, what, facts))
        self.counted[what] += 1
        for lurker in self._lurking.pop(what, ()):
            if not lurker.done():
                lurker.set_result(facts)

    async def next(self, what: str) -> tuple[object, ...]:
        """Wait until it happens; its facts."""
        lurker: asyncio.Future[tuple[object, ...]] = asyncio.get_running_loop().create_future()
        self._lurking[what].append(lurker)
        return await lurker

    def told(self, last: int) -> str:
        """The last events, one a line."""
        return "\n".join(
            f"{at:10.3f}  {what:24}{'  '.join(map(str, facts))}"
            for at, what, facts in self.events[-last:]
        )
