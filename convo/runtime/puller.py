"""What waits in the queues of providers is read and kept, and only then taken out of them.

Every process that owns partitions reads every queue: a queue gives each message to one reader, and
what two have read all the same is known by its dedupe key. So nobody has to be elected.
"""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from convo.core.presence import Obstacle
from convo.errors import SendError, StoreError
from convo.ports import Provider
from convo.ports.pulling import CanPull, pulls
from convo.runtime import backoff
from convo.runtime.instruments import Instruments
from convo.runtime.intake import Intake
from convo.runtime.traces import frames

log = logging.getLogger("convo.puller")

REST: Final = 1.0
"""Seconds behind a look that brought nothing: a queue that does not let us wait is not stormed."""

LONGEST_REST: Final = 60_000
"""Milliseconds between two looks at most, however often they failed."""


class Puller:
    """The loop of one process."""

    def __init__(
        self, *, providers: Mapping[str, Provider], intake: Intake, instruments: Instruments
    ) -> None:
        self._queues = {
            channel: provider for channel, provider in providers.items() if pulls(provider)
        }
        self._intake = intake
        self._sleep = instruments.sleep
        #: By channel: why nothing was taken out of its queue at the last look.
        self._unread: dict[str, str] = {}

    def obstacles(self) -> Iterator[Obstacle]:
        """Channels whose queue is not read."""
        for channel, why in self._unread.items():
            yield Obstacle(kind="unheard", name=channel, why=why)

    async def run(self) -> None:
        """For ever, each queue by itself."""
        async with asyncio.TaskGroup() as group:
            for channel, queue in self._queues.items():
                group.create_task(self._empty(channel, queue))

    async def _empty(self, channel: str, queue: CanPull) -> None:
        failed = 0
        while True:
            kept, why = await self._look(channel, queue)
            if why:
                log.warning("Channel %s: not taken out of its queue, tried again: %s", channel, why)
            if kept or not why:
                self._unread.pop(channel, None)
            if kept:
                failed = 0
            elif why:
                self._unread[channel] = why
                rest = backoff.wait(failed, channel, longest=LONGEST_REST) / 1_000
                failed += 1
                await self._sleep(rest)
            else:
                failed = 0
                await self._sleep(REST)

    async def _look(self, channel: str, queue: CanPull) -> tuple[int, str]:
        """How many were kept, and why others were not."""
        try:
            pulled = await queue.pull(partial(self._intake.accept, channel))
        except (SendError, StoreError) as error:
            return 0, str(error)
        except Exception as error:
            # Its text may quote what it has read, so only its kind and place are told.
            return 0, frames(error)
        return pulled.kept, "; ".join(pulled.left)
