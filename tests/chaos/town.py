"""Sixty phones that never stop talking, and the company between them and the business.

The phones know nothing of kills: a webhook that got no 2xx is sent again until it gets one, and
from then on it is acknowledged. The next text is sent when the reply has come, or when patience
is at its end.
"""

import asyncio
import itertools
import time
from collections import defaultdict
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.chaos.business import conversation
from tests.chaos.carriers import Carrier, Made, Text, now
from tests.chaos.wire import Asked, Caller, HungUp, Served

PHONES = 60
DUPLICATED = 0.1
ALTERED = 0.05
"""Texts that are followed by other words under their id, some of which come twice."""

REPORTED = 0.2
AMBIGUOUS = 0.02
"""Sends that the company cuts off, one half of them after it has taken them."""

RETRY = 0.02
NOT_NOW = 503
LATE_DUPLICATE = 15.0
SLOW = (0.05, 0.4)
PATIENCE = (1.0, 4.0)
IMPATIENT = 0.15
"""Texts that are followed by the next without waiting for the reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A send that reached the company."""

    text: Text
    #: Whether the company sent it on to the phone.
    taken: bool
    at: float


@dataclass(slots=True, kw_only=True)
class Witness:
    """What was really said, written down on the outside."""

    #: By number: (the webhook's id, the text) in the order they were sent.
    texts: dict[str, list[tuple[str, str]]] = field(
        default_factory=lambda: defaultdict[str, list[tuple[str, str]]](list)
    )
    #: By the webhook's id: when it was acknowledged, by the monotonic clock.
    acknowledged: dict[str, float] = field(default_factory=dict[str, float])
    #: Number, id and text of what came under the id of another text.
    altered: set[tuple[str, str, str]] = field(default_factory=set[tuple[str, str, str]])
    posted: list[Posted] = field(default_factory=list[Posted])
    duplicates: int = 0
    looked_up: int = 0
    #: Webhooks that were answered "not now": they are sent again.
    turned_away: int = 0
    refused: list[int] = field(default_factory=list[int])


class Company:
    """Takes sends, slowly at times, loses some answers, and reports."""

    def __init__(self, carrier: Carrier, witness: Witness, caller: Caller, chance: Random) -> None:
        self._carrier = carrier
        self._witness = witness
        self._caller = caller
        self._chance = chance
        self.made: list[Made] = []
        self._ids = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self.slow = False
        self.waiting: dict[str, asyncio.Event] = {}
        #: Set when no new texts are wanted.
        self.over = asyncio.Event()

    async def open(self) -> int:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Served(self._answer, self._tasks), "127.0.0.1", 0
        )
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def close(self) -> None:
        self._server.close()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, asked: Asked) -> bytes | None:
        text = self._carrier.text_of(asked)
        if text is None:
            self._witness.looked_up += 1
            # A text that came before it and was not read yet is read first.
            await asyncio.sleep(0.005)
            return self._carrier.listed(asked, self.made)
        fate = self._chance.random()
        taken = fate > AMBIGUOUS / 2
        self._witness.posted.append(Posted(text=text, taken=taken, at=time.monotonic()))
        if not taken:
            return None
        made = Made(sid=f"SM{next(self._ids):032x}", text=text, at=now())
        self.made.append(made)
        if text.to in self.waiting:
            self.waiting[text.to].set()
        if self._chance.random() < REPORTED:
            self._later(self._reported(made))
        if self.slow:
            await asyncio.sleep(self._chance.uniform(*SLOW))
        return None if fate < AMBIGUOUS else self._carrier.taken(made)

    async def _reported(self, made: Made) -> None:
        await asyncio.sleep(self._chance.choice((0, 0.02, 0.2, 2)))
        await self.told(self._carrier.report(made, self._chance.choice(("sent", "delivered"))))

    def _later(self, doing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def told(self, webhook: bytes) -> None:
        """Post it until it is answered, as it should be with a 2xx."""
        while True:
            try:
                status = await self._caller.post(webhook)
            except HungUp:
                await asyncio.sleep(RETRY)
                continue
            if status == NOT_NOW:
                self._witness.turned_away += 1
                await asyncio.sleep(RETRY)
                continue
            if not 200 <= status < 300:
                self._witness.refused.append(status)
            return

    def send_again(self, webhook: bytes, after: float) -> None:
        self._witness.duplicates += 1
        self._later(self._duplicate(webhook, after))

    async def _duplicate(self, webhook: bytes, after: float) -> None:
        await self.silent_or(asyncio.Event(), after)
        await self.told(webhook)

    async def silent_or(self, event: asyncio.Event, seconds: float) -> None:
        """Wait for `event`, but not longer, and not once no new texts are wanted."""
        waiting = [asyncio.ensure_future(each.wait()) for each in (event, self.over)]
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for each in waiting:
            each.cancel()

    async def rest(self) -> None:
        """Until nothing is under way."""
        while self._tasks:
            await asyncio.wait(tuple(self._tasks))


class Phone:
    """Holds one conversation after the other, each from a number of its own."""

    def __init__(self, company: Company, carrier: Carrier, witness: Witness) -> None:
        self._company = company
        self._carrier = carrier
        self._witness = witness

    async def live(self, numbers: Iterator[str], chance: Random) -> None:
        while not self._company.over.is_set():
            number = next(numbers)
            for n, text in enumerate(conversation(chance, f"K{number[-6:]}")):
                if self._company.over.is_set():
                    return
                await self._say(number, n, text, chance)

    async def _say(self, number: str, n: int, text: str, chance: Random) -> None:
        sid = f"SM{number[1:]:0>30}{n:02d}"
        webhook = self._carrier.webhook(number, text, sid)
        replied = self._company.waiting[number] = asyncio.Event()
        self._witness.texts[number].append((sid, text))
        if chance.random() < DUPLICATED:
            # At the same time, a little later, and when everybody has forgotten it.
            after = chance.choice((0.0, 0.0, 0.05, 1.0, LATE_DUPLICATE * chance.random()))
            self._company.send_again(webhook, after)
        await self._company.told(webhook)
        self._witness.acknowledged[sid] = time.monotonic()
        if chance.random() < ALTERED:
            self._alter(number, f"Not {text}", sid, chance.choice((1, 2)))
        patience = 0.0 if chance.random() < IMPATIENT else chance.uniform(*PATIENCE)
        await self._company.silent_or(replied, patience)
        del self._company.waiting[number]

    def _alter(self, number: str, text: str, sid: str, times: int) -> None:
        """Other words than those that are acknowledged."""
        self._witness.altered.add((number, sid, text))
        for _ in range(times):
            self._company.send_again(self._carrier.webhook(number, text, sid), 0.0)


def _numbers(phone: int) -> Iterator[str]:
    return (f"+86{13_000_000_000 + phone * 1_000_000 + n}" for n in itertools.count())


class Town:
    """Company and phones together."""

    def __init__(self, carrier: Carrier, port: int, seed: str) -> None:
        self.witness = Witness()
        self._carrier = carrier
        self._caller = Caller(port)
        self._seed = seed
        self.company = Company(carrier, self.witness, self._caller, Random(f"{seed} company"))
        self._phones: list[asyncio.Task[None]] = []

    def wake(self) -> None:
        """Let all phones begin."""
        phone = Phone(self.company, self._carrier, self.witness)
        self._phones = [
            asyncio.create_task(phone.live(_numbers(n), Random(f"{self._seed} phone {n}")))
            for n in range(PHONES)
        ]

    async def fall_silent(self) -> None:
        """No new texts: what was begun is brought to its end, late duplicates and reports too."""
        self.company.over.set()
        await asyncio.gather(*self._phones)
        await self.company.rest()

    async def close(self) -> None:
        for phone in self._phones:
            phone.cancel()
        await asyncio.gather(*self._phones, return_exceptions=True)
        await self.company.close()
        self._caller.close()
