"""Waking owners: one subscription for the process, and who is rung by it."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, suppress

from convo.stores.redis.faults import is_away

log = logging.getLogger("convo.store")

LISTEN_AGAIN = 1.0
"""Seconds until a lost subscription is asked for again."""

CANCEL_AGAIN = 0.2
"""Seconds after which a listener that is still there is cancelled once more."""

#: Opens a subscription. It yields None once it is there, and then each partition that is rung for.
Subscribe = Callable[[], AbstractAsyncContextManager[AsyncIterator[int | None]]]


class Bells:
    """One bell a partition. A ring that was lost is made good by looking again in a while."""

    def __init__(self, subscribe: Subscribe) -> None:
        self._subscribe = subscribe
        self._rung: defaultdict[int, asyncio.Event] = defaultdict(asyncio.Event)
        self._listener: asyncio.Task[None] | None = None

    def ring(self, partition: int) -> None:
        """There may be work."""
        self._rung[partition].set()

    def still(self, partition: int) -> None:
        """Whoever looks now sees what there is."""
        self._rung[partition].clear()

    async def wait(self, partition: int, seconds: float) -> None:
        """Until it rings, or so many seconds."""
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._rung[partition].wait(), seconds)

    async def close(self) -> None:
        while self._listener is not None and not self._listener.done():
            # Until Python 3.12 `wait_for`, by which redis-py sends, may swallow a cancellation.
            self._listener.cancel()
            await asyncio.wait((self._listener,), timeout=CANCEL_AGAIN)

    async def _listen(self) -> None:
        while True:
            try:
                async with self._subscribe() as rings:
                    async for partition in rings:
                        # Nobody heard what rang before the subscription was there.
                        for each in self._rung if partition is None else (partition,):
                            self.ring(each)
            except Exception as error:
                if not is_away(error):
                    raise
                log.info("The bell is not heard, so owners look by themselves: %s", error)
            await asyncio.sleep(LISTEN_AGAIN)
