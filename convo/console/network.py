"""The phone network of the try-out page: brings texts in, takes ours, and has its moods."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast, get_args
from uuid import uuid4

from convo.console.phones import Arriving, Phones
from convo.core.events import Arriving as Event
from convo.core.events import DeliveryStatus, Inbound
from convo.ports import Sleep
from convo.runtime.tasks import drain

#: How the network treats one phone. `well`: as it should. `slow`: it answers after a while.
#: `refuses`: it takes nothing for this phone. `away`: it cannot be reached just now. `unreachable`:
#: it takes a text, and reports later that it could not be delivered. `no_receipt`: the text
#: arrives, and no report comes. `no_answer`: the text arrives, and neither answer nor report comes.
#: `twice`: each of its webhooks comes twice.
Mood = Literal["well", "slow", "refuses", "away", "unreachable", "no_receipt", "no_answer", "twice"]
MOODS: tuple[Mood, ...] = get_args(Mood)

#: What whoever wanted to send is told: taken, never, not now, or nothing.
Verdict = Literal["taken", "refused", "away", "silence"]
_VERDICTS: Mapping[Mood, Verdict] = {
    "refuses": "refused",
    "away": "away",
    "no_answer": "silence",
}

SLOW = 4.0
"""Seconds until a slow network answers."""

REPORTS_AFTER = 0.4
"""Seconds between a text and the report on it."""

#: Tells the business how far a text got, in the words of whatever wire it came by.
Reports = Callable[[DeliveryStatus, str], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A text from a phone; one of the same `id` is the same text again."""

    id: str
    number: str
    text: str = field(repr=False)
    #: Links of pictures.
    media: tuple[str, ...] = field(default=(), repr=False)


#: Brings a text to the business by its webhook. Says what was wrong, or nothing.
Brings = Callable[[Brought], Awaitable[str]]


class Network:
    """Between the phones and a wire, which is the page's own or a provider's."""

    def __init__(
        self, phones: Phones, brings: Brings, sleep: Sleep, *, pictures: bool = True
    ) -> None:
        """`pictures` says whether the wire can bring them."""
        self.pictures = pictures
        self._phones = phones
        self._brings = brings
        self._sleep = sleep
        self._moods: dict[str, Mood] = {}
        self._kept: dict[str, int] = {}
        self._reporting: set[asyncio.Task[None]] = set()

    def treat(self, number: str, mood: str) -> bool:
        """From now on the network treats this phone so; whether there is such a mood."""
        if mood not in MOODS:
            return False
        self._moods[number] = mood
        self._phones.tell("mood", {"number": number, "mood": mood})
        return True

    def _mood(self, number: str) -> Mood:
        return self._moods.get(number, "well")

    def kept(self, event: Event) -> None:
        """The business has kept something."""
        if isinstance(event, Inbound) and event.contact.e164 in self._kept:
            self._kept[event.contact.e164] += 1

    async def write(self, number: str, text: str, media: tuple[str, ...] = ()) -> str:
        """A phone sends this. Says what was wrong, or nothing."""
        brought = Brought(id=uuid4().hex, number=number, text=text, media=media)
        self._phones.wrote(brought.id, number, text, media)
        self._kept[number] = 0
        try:
            wrong = await self._brings(brought)
            if self._mood(number) == "twice" and not wrong:
                wrong = await self._brings(brought)
                self._phones.tell(
                    "twice",
                    {"number": number, "id": brought.id, "kept": self._kept[number]},
                )
            return wrong
        finally:
            self._kept.pop(number, None)

    async def take(self, arriving: Arriving, report: Reports) -> Verdict:
        """A text for a phone: what the network says to it, and what it reports later."""
        mood = self._mood(arriving.number)
        self._phones.takes(arriving)
        if mood == "slow":
            await self._sleep(SLOW)
        verdict = _VERDICTS.get(mood, "taken")
        if verdict in ("refused", "away"):
            return verdict
        if mood != "unreachable":
            self._phones.arrived(arriving)
        if mood not in ("no_receipt", "no_answer"):
            task = asyncio.create_task(self._report(mood, report))
            self._reporting.add(task)
            task.add_done_callback(self._reporting.discard)
        return verdict

    async def _report(self, mood: Mood, report: Reports) -> None:
        await self._sleep(REPORTS_AFTER)
        told = ("undelivered", "unreachable") if mood == "unreachable" else ("delivered", "")
        for _ in range(2 if mood == "twice" else 1):
            await report(cast(DeliveryStatus, told[0]), told[1])

    async def close(self) -> None:
        """What was still to be reported is reported no more."""
        await drain(tuple(self._reporting), 0)
