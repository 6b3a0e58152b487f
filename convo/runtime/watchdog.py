"""Sees, from a thread of its own, that the event loop stands still, and says where it stands.

A handler that computes or waits without `await` holds up every conversation of the process, and
from inside the loop nobody could tell. One that does so without end holds them up for ever, and
nothing can stop it but the end of the process: whoever is started next finds it among its suspects.
"""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Callable

from convo.runtime.metrics import Metrics
from convo.runtime.traces import standing

log = logging.getLogger("convo.watchdog")

LOOK_EVERY = 0.5
"""Seconds between two looks, and between two beats of the loop."""

BLOCKED_LOOKS = 4
"""Looks without a beat that are told of: two seconds. Looks are counted and not time, so that a
process which was paused as a whole is not taken for one that hangs."""

HUNG_LOOKS = 60
"""Looks without a beat at which the process is ended: thirty seconds. By then a worker's lease is
over, and providers have given up; no handler that is meant to come back blocks for so long."""

HUNG = 70
"""What a process ends with that was ended so (EX_SOFTWARE of sysexits.h)."""

TOLD_WITHIN = 5.0
"""Seconds that the log is waited for, for it may be what everything hangs on."""


def end_hung() -> None:
    """End this process, with every thread's place in the log."""
    telling = threading.Thread(target=_tell_places, daemon=True)
    telling.start()
    telling.join(TOLD_WITHIN)
    os._exit(HUNG)


def _tell_places() -> None:
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    places = (
        f"{names.get(ident, ident)}:\n{standing(frame)}"
        for ident, frame in sys._current_frames().items()  # pyright: ignore[reportPrivateUsage]
    )
    log.critical(
        "The event loop does not go on, so this process ends with status %d and is to be started "
        "anew. Its threads are at:\n%s",
        *(HUNG, "\n".join(places)),
    )


class Watchdog:
    """`async with Watchdog(metrics)`: the running loop is watched inside."""

    def __init__(
        self,
        metrics: Metrics,
        *,
        look_every: float = LOOK_EVERY,
        end: Callable[[], None] = end_hung,
    ) -> None:
        self._metrics = metrics
        self._end = end
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
        """One look: a loop that has not come round for a while is told of once, then ended."""
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
        if self._missed == HUNG_LOOKS:
            self._end()

    def _watch(self) -> None:
        while not self._ended.wait(self._look_every):
            self.look()
