"""Connections that providers keep by themselves, and which of the workers may have them.

An account allows so many; each is a turn that the store keeps, which lapses. A worker that has not
got one of every channel takes no part of the business: what it would own could not leave by it. It
stands by, and is there as soon as another one is gone.
"""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from convo.core.presence import Obstacle
from convo.errors import StoreError
from convo.ports import Provider
from convo.ports.lines import KeepsALine, KeepsTurns, keeps_a_line
from convo.runtime.instruments import Instruments
from convo.runtime.intake import Intake
from convo.runtime.tasks import drain
from convo.runtime.traces import frames

log = logging.getLogger("convo.lines")

TURN: Final = 15_000
"""Milliseconds that a turn lasts when it is not taken again."""

TAKEN_EVERY: Final = 5.0
"""Seconds between two takes, and between two looks of who stands by."""

AGAIN: Final = 5.0
"""Seconds until a provider that failed by a fault of its own is run again."""


class Lines:
    """The loop of one process."""

    def __init__(
        self,
        *,
        name: str,
        turns: KeepsTurns,
        providers: Mapping[str, Provider],
        intake: Intake,
        instruments: Instruments,
    ) -> None:
        self._name = name
        self._turns = turns
        #: By name, so that everybody asks in the same order: two that each had what the other
        #: waits for would both wait for ever.
        self._keepers = {
            channel: provider
            for channel, provider in sorted(providers.items())
            if keeps_a_line(provider)
        }
        self._intake = intake
        self._clock = instruments.clock
        self._sleep = instruments.sleep
        #: By what was taken: until when it is ours (ms).
        self._ours: dict[str, int] = {}
        self._running: list[asyncio.Task[None]] = []

    @property
    def complete(self) -> bool:
        """Whether we have a line of every channel, so that whatever is ours can leave."""
        return len(self._mine()) == len(self._keepers)

    def obstacles(self) -> Iterator[Obstacle]:
        """Channels that should be connected here and are not."""
        for channel, keeper in self._keepers.items():
            if self._running and keeper.trouble:
                yield Obstacle(kind="unheard", name=channel, why=keeper.trouble)

    async def run(self) -> None:
        """For ever."""
        try:
            while True:
                await self._take()
                if self.complete and not self._running:
                    self._begin()
                elif not self.complete:
                    await self._end()
                await self._sleep(TAKEN_EVERY)
        finally:
            await self._end()
            await self._give_back()

    def _mine(self) -> Mapping[str, str]:
        """What we have, by its channel."""
        now = self._clock()
        return {what.rpartition(" ")[0]: what for what, until in self._ours.items() if until > now}

    async def _take(self) -> None:
        """One of every channel, in their order; none behind one that is not to be had."""
        for channel, keeper in self._keepers.items():
            first = self._mine().get(channel)
            places = [f"{channel} {place}" for place in range(keeper.lines)]
            try:
                if not await self._take_one([first, *places] if first else places):
                    return
            except StoreError as error:
                log.warning("The turn of channel %s was not taken, tried again: %s", channel, error)
                return

    async def _take_one(self, places: list[str]) -> bool:
        for what in places:
            now = self._clock()
            if await self._turns.take_turn(f"line {what}", self._name, TURN):
                self._ours[what] = now + TURN
                return True
            self._ours.pop(what, None)
        return False

    def _begin(self) -> None:
        self._running = [
            asyncio.create_task(self._keep(channel, keeper))
            for channel, keeper in self._keepers.items()
        ]

    async def _keep(self, channel: str, keeper: KeepsALine) -> None:
        while True:
            try:
                await keeper.run(partial(self._intake.accept, channel))
            except Exception as error:
                log.error("The line of channel %s failed, begun again: %s", channel, frames(error))
                await self._sleep(AGAIN)

    async def _end(self) -> None:
        if self._running:
            await drain(self._running, 0)
            self._running = []

    async def _give_back(self) -> None:
        for what in self._ours:
            try:
                await self._turns.end_turn(f"line {what}", self._name)
            except StoreError:
                return  # it lapses
