"""The phone company in its bad hours: what becomes of a send, and when it is told of."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from tests.chaos.carriers import Carrier, Made
from tests.chaos.town import Posted, Witness
from tests.chaos.wire import Asked, answer
from tests.simulation.trace import Trace

SLOW = (0.5, 45.0)
"""Seconds until a slow answer; more than a send may take, at times."""

LOOKS_AFTER = 0.05
"""Seconds that a look-up takes."""

FATES = {
    "taken, and answered late": 3,
    "taken, and hung up": 3,
    "taken, and a 500": 3,
    "lost, and hung up": 3,
    "lost, and a 500": 2,
    "too many": 3,
}
"""What may go wrong with a send, and how often beside each other."""

REPORTS = ((), (), ("delivered",), ("sent", "delivered"), ("delivered", "sent"), ("sent", "sent"))
"""What is reported of a text, one of these."""

REPORTED_WITHIN = 12.0
"""Seconds."""

#: Posts a webhook of the company's until the business has taken it.
Tells = Callable[[bytes], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class Moods:
    """How bad it is at the moment."""

    #: The share of sends that go wrong.
    wrong: float = 0.03
    #: The share of texts that are reported before the send is answered.
    early: float = 0.1


class Company:
    """Answers sends and look-ups, and remembers what it has taken."""

    def __init__(
        self,
        carrier: Carrier,
        witness: Witness,
        tells: Tells,
        clock: Callable[[], int],
        chance: Random,
        trace: Trace,
    ) -> None:
        self._carrier = carrier
        self._witness = witness
        self._tells = tells
        self._clock = clock
        self._chance = chance
        self._trace = trace
        self._made: list[Made] = []
        self._ids = itertools.count(1)
        self._telling: list[asyncio.Task[None]] = []
        self.moods = Moods()

    async def answer(self, asked: Asked) -> bytes | None:
        """What it says; None hangs up."""
        text = self._carrier.text_of(asked)
        if text is None:
            self._witness.looked_up += 1
            await asyncio.sleep(LOOKS_AFTER)
            return self._carrier.listed(asked, self._made)
        fate = "taken"
        if self._chance.random() < self.moods.wrong:
            (fate,) = self._chance.choices(tuple(FATES), tuple(FATES.values()))
        self._trace.note("posted", text.outbound[:6], text.to[-4:], fate)
        taken = fate.startswith("taken")
        self._witness.posted.append(Posted(text=text, taken=taken, at=self._trace.time()))
        if fate == "too many":
            return self._busy()
        made = Made(
            sid=f"SM{next(self._ids):032x}",
            text=text,
            at=datetime.fromtimestamp(self._clock() / 1_000, UTC),
        )
        if taken:
            self._made.append(made)
            await self._report(made)
        if fate == "taken, and answered late":
            await asyncio.sleep(self._chance.uniform(*SLOW))
        if fate.endswith("hung up"):
            return None
        return (
            answer(500, b"{}", "text/plain")
            if fate.endswith("a 500")
            else self._carrier.taken(made)
        )

    def _busy(self) -> bytes:
        """Surely not taken, in the company's own words."""
        if self._carrier.askable:
            return answer(429, b"{}", "application/json")
        return answer(503, b"3: Temporal failure, try again later.", "text/plain")

    async def _report(self, made: Made) -> None:
        """Tell how far it got: in some order, and at times before it is known that it was taken."""
        early = self._chance.random() < self.moods.early
        for word in self._chance.choice(REPORTS):
            wait = 0.0 if early else self._chance.uniform(0, REPORTED_WITHIN)
            report = self._carrier.report(made, word)
            self._telling.append(asyncio.create_task(self._tell_later(report, wait)))
        if early:
            await asyncio.sleep(self._chance.uniform(0, 1))

    async def _tell_later(self, report: bytes, wait: float) -> None:
        await asyncio.sleep(wait)
        await self._tells(report)

    async def rest(self) -> None:
        """Until everything is told."""
        while self._telling:
            telling, self._telling = self._telling, []
            await asyncio.gather(*telling)
