"""What webhooks have lost is found in the provider's own list, and taken in as if they had come.

A text keeps its dedupe key, so whatever came by its webhook too is known. Some worker lists each
channel every few minutes, and goes on from where the last one came to.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import cast

from convo.errors import SendError, StoreError
from convo.ports import Arrival, HttpAnswer, Parsed, Provider
from convo.ports.listings import CanList, KeepsListings
from convo.runtime.instruments import Instruments
from convo.runtime.intake import Intake

log = logging.getLogger("convo.reconciler")

MINUTE = 60_000
HOUR = 60 * MINUTE

EVERY = 5 * MINUTE
"""Milliseconds between two lists of a channel."""

OVERLAP = 10 * MINUTE
"""Milliseconds that each list goes back behind the last: the provider may be late with an entry."""

FURTHEST = 72 * HOUR
"""Milliseconds that a list goes back at most, however long nobody listed: who wrote before that has
given up. Duplicates must be known for longer, or they would be answered twice."""

SETTLES_WITHIN = HOUR
"""Milliseconds after which the last report of a message should have come."""

AT_ONCE = 200
"""Arrivals that are kept together."""


def lists(provider: Provider) -> bool:
    """Whether this channel's messages can be listed."""
    return hasattr(provider, "lists") and cast(CanList, provider).lists


class Reconciler:
    """The loop of one process; whose turn it is, the store knows."""

    def __init__(
        self,
        *,
        name: str,
        store: KeepsListings,
        providers: Mapping[str, Provider],
        intake: Intake,
        instruments: Instruments,
        known_for: int,
    ) -> None:
        """`known_for` is how long the store knows duplicates, ms."""
        self._name = name
        self._store = store
        self._listers = {
            channel: cast(CanList, provider)
            for channel, provider in providers.items()
            if lists(provider)
        }
        self._intake = intake
        self._clock = instruments.clock
        self._sleep = instruments.sleep
        # A day less, for dedupe counts whole days.
        self._furthest = max(OVERLAP, min(FURTHEST, known_for - 24 * HOUR))

    async def run(self) -> None:
        """For ever."""
        while True:
            for channel in self._listers:
                await self.reconcile(channel)
            await self._sleep(EVERY / 1_000)

    async def reconcile(self, channel: str) -> None:
        """List one channel, if it is our turn; what fails is tried again by the next."""
        try:
            before = await self._store.take_listing(channel, self._name, EVERY)
            if before is not None:
                await self._list(channel, before)
        except (SendError, StoreError) as error:
            log.warning("Channel %s was not listed, tried again in a while: %s", channel, error)

    async def _list(self, channel: str, before: int) -> None:
        lister, now = self._listers[channel], self._clock()
        since = max((before or now) - OVERLAP, now - self._furthest)
        found = await self._take_in(channel, await lister.inbound_since(since))
        if found:
            log.warning("Channel %s: %d texts had lost their webhooks.", channel, found)
        reports = await lister.reports_between(since - SETTLES_WITHIN, now - SETTLES_WITHIN)
        await self._take_in(channel, reports)
        await self._store.note_listing(channel, now)

    async def _take_in(self, channel: str, arrivals: Sequence[Arrival]) -> int:
        """How many of them are new."""
        new = 0
        for first in range(0, len(arrivals), AT_ONCE):
            some = tuple(arrivals[first : first + AT_ONCE])
            answers = await self._intake.accept(channel, Parsed(arrivals=some, answer=HttpAnswer()))
            new += [*answers].count("accepted")
        return new
