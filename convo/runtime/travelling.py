"""A clock that can be moved ahead: for trying out what happens in an hour or in a week."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from convo.ports import Clock


class Traveller:
    """Runs with the clock given to it, and ahead of it by what was travelled; never back."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead = 0
        self._moved = asyncio.Event()
        self._wakes: list[Callable[[], None]] = []

    def now(self) -> int:
        """Milliseconds since 1970."""
        return self._clock() + self._ahead

    async def sleep(self, seconds: float) -> None:
        """Until then by this clock: who sleeps while somebody travels wakes up earlier."""
        due = self.now() + seconds * 1_000
        while (left := due - self.now()) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), left / 1_000)

    def travel(self, milliseconds: int) -> None:
        """Move ahead. Raises `ValueError` for a journey into the past."""
        if milliseconds < 0:
            raise ValueError("Time moves ahead only.")
        self._ahead += milliseconds
        self._moved.set()
        self._moved = asyncio.Event()
        for wake in self._wakes:
            wake()

    def on_arrival(self, wake: Callable[[], None]) -> None:
        """Call this after each journey: what waits by another clock looks again."""
        self._wakes.append(wake)
