"""Saying every while that this process is there, and at once what has changed with it."""

import itertools
from collections.abc import Callable
from contextlib import suppress

from convo.core.presence import ANNOUNCE_EVERY, Presence
from convo.errors import StoreError
from convo.ports import Sleep
from convo.ports.presence import KnowsProcesses

LOOKS = 10
"""Looks at oneself between two words that all is as it was."""


class Announcer:
    """One process's word in the store."""

    def __init__(
        self, store: KnowsProcesses, presence: Callable[[], Presence], sleep: Sleep
    ) -> None:
        self._store = store
        self._presence = presence
        self._sleep = sleep

    async def run(self) -> None:
        """For ever. A store that fails is told again in a while: nothing hangs on it."""
        said: object = None
        for look in itertools.cycle(range(LOOKS)):
            presence = self._presence()
            # When an obstacle ends is always changing where a limit is at its end.
            now = presence.trouble, {(each.kind, each.name) for each in presence.obstacles}
            if look == 0 or now != said:
                said = now
                with suppress(StoreError):
                    await self._store.announce(presence)
            await self._sleep(ANNOUNCE_EVERY / LOOKS / 1_000)

    async def end(self) -> None:
        """Say that it has ended in order."""
        with suppress(StoreError):
            await self._store.withdraw(self._presence().name)
