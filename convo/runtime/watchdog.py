"""Sees, from a thread of its own, that the event loop stands still, and says where it stands.

A handler that computes or waits without `await` holds up every conversation of the process, and
from inside the loop nobody could tell.
"""

import asyncio
import logging
import sys
import threading

from convo.runtime.metrics import Metrics
from convo.runtime.traces import standing

log = logging.getLogger("convo.watchdog")

LOOK_EVERY = 0.5
"""Seconds between two looks, and between two beats of the loop."""

BLOCKED_LOOKS = 4
"""Looks without a beat that are told of: two seconds. Looks are counted and not time, so that a
process which was paused as a whole is not taken for one that hangs."""


class Watchdog:
    """`async with Watchdog(metrics)`: the running loop is watched inside."""

    def __init__(self, metrics: Metrics, *, look_every: float = LOOK_EVERY) -> None:
        self._metrics = metrics
        self._look_every = look_every
        self._watched = threading.get_ident()
        self._beaten = True
        self._missed = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._next: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> "Watchdog":
        self._watched = threading.get_ident()
        self.beat()
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._ended.set()
        if self._next is not None:
            self._next.cancel()

    def beat(self) -> None:
        """The loop comes round; it is asked to come again."""
        self._beaten = True
        self._next = asyncio.get_running_loop().call_later(self._look_every, self.beat)

    def look(self) -> None:
        """One look: a loop that has not come round since a while ago is told of, once."""
        if self._beaten:
            self._beaten, self._missed = False, 0
            return
        self._missed += 1
        if self._missed == BLOCKED_LOOKS:
            self._metrics.count("convo_blocked_total")
            log.error(
                "The event loop stands still, and with it every conversation. It is at:\n%s",
                standing(sys._current_frames()[self._watched]),  # pyright: ignore[reportPrivateUsage]
            )

    def _watch(self) -> None:
        while not self._ended.wait(self._look_every):
            self.look()
