"""One partition while it is ours: its owner, and the hands that work for it alone."""

import asyncio
import logging
from contextlib import suppress
from typing import Any

from convo.runtime.hands import Hands
from convo.runtime.owner import Owner

log = logging.getLogger("convo.owner")

LAST_COMMIT = 10.0
"""Seconds for the last commit and the giving back."""


class Tenure:
    """Runs from the moment it is made, until it is ended or somebody else has the partition."""

    def __init__(self, owner: Owner[Any], hands: Hands) -> None:
        self._owner = owner
        self._hands = hands
        self._ending: asyncio.Task[None] | None = None
        self.loop = asyncio.create_task(owner.run())

    @property
    def owns(self) -> bool:
        """Whether the partition is ours, and not only asked for."""
        return self._owner.owns

    @property
    def ending(self) -> bool:
        return self._ending is not None

    @property
    def trouble(self) -> str:
        """Why nothing moves at the moment; empty when all is well."""
        return self._owner.trouble

    def end(self, drain: float) -> asyncio.Task[None]:
        """Read no more, finish what is under way within `drain` seconds, commit, give back."""
        if self._ending is None:
            self._ending = asyncio.create_task(self._end(drain))
        return self._ending

    async def _end(self, drain: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_COMMIT):
                await self._owner.wind_down()
        await asyncio.gather(self._hands.sender.drain(drain), self._hands.errands.drain(drain))
        await self._hands.resolver.stop()
        self._owner.finish()
        _, late = await asyncio.wait((self.loop,), timeout=LAST_COMMIT)
        if late:
            log.error("The last commit did not come to its end; the next owner repeats it.")
            self.loop.cancel()
            await asyncio.wait((self.loop,))
