"""One channel's way out: how much may go through it now, by rate, by pause and by breaker."""

import logging
from math import ceil
from typing import Final

from convo.core.business import Channel
from convo.policy.rate_limit import Bucket, next_free, permits, spend
from convo.ports import Callback, Provider
from convo.runtime.metrics import Metrics

log = logging.getLogger("convo.sender")

AT_ONCE: Final = 64
"""Messages of one channel that may be under way at the same time."""

UNLIMITED: Final = 1e9
"""Parts that a channel without a rate may be claimed for."""

BURST: Final = 0.1
"""Seconds' worth of a channel's rate that may leave at once; never less than one part."""

STOPPED_FOR: Final = 60_000
"""Milliseconds until a channel whose settings are wrong is tried again, with one message."""

FAILURES: Final = 5
"""Sends failing in a row that shut the channel for a while."""

SHUT_FOR: Final = 30_000
"""Milliseconds it stays shut then, before it is tried with one message."""


class Valve:
    """Open, paused until a time (the provider asked for it), or shut by its breaker.

    A shut valve lets one message through when its time is up; that one's end opens it or shuts
    it again.
    """

    def __init__(
        self,
        channel: Channel,
        provider: Provider,
        callback: Callback,
        *,
        metrics: Metrics,
        at_once: int = AT_ONCE,
    ) -> None:
        self.name = channel.name
        self.provider = provider
        self.callback = callback
        self.in_flight = 0
        self._metrics = metrics
        self._at_once = at_once
        self._rate = channel.parts_per_second
        self._burst = max(1.0, (self._rate or 0.0) * BURST)
        self._bucket = Bucket()
        self._closed_until = 0
        self._shut = False
        self._failures = 0

    @property
    def shut(self) -> bool:
        """Whether the breaker is open: an operator wants to know."""
        return self._shut

    def room(self, now: int) -> tuple[float, int]:
        """Parts and messages that may be claimed at `now`."""
        if now < self._closed_until:
            return 0.0, 0
        messages = (1 if self._shut else self._at_once) - self.in_flight
        if messages <= 0:
            return 0.0, 0
        if self._rate is None:
            return UNLIMITED, messages
        parts = permits(self._bucket, now / 1_000, self._rate, self._burst)
        return (parts, messages) if parts >= 1 else (0.0, 0)

    def opens(self, now: int) -> int | None:
        """When there will be room, if that is a matter of time alone; None when there is now."""
        if now < self._closed_until:
            return self._closed_until
        if self._rate is None:
            return None
        wait = next_free(self._bucket, now / 1_000, self._rate, self._burst)
        return now + ceil(wait * 1_000) if wait > 0 else None

    def charge(self, parts: int, now: int) -> None:
        if self._rate is not None:
            self._bucket = spend(self._bucket, now / 1_000, parts, self._rate)

    def flowed(self) -> None:
        """A message got an answer: whatever was wrong with the provider is over."""
        self._failures = 0
        if self._shut:
            self._shut = False
            self._metrics.level("convo_channel_stopped", 0, self.name)
            log.warning("Channel %s flows again.", self.name)

    def pause(self, until: int) -> None:
        """The provider asked for it; nothing is wrong."""
        self._closed_until = max(self._closed_until, until)

    def failed(self, now: int) -> None:
        """One more send without a clear answer; too many in a row shut the channel."""
        self._failures += 1
        if self._shut or self._failures >= FAILURES:
            self._close(now + SHUT_FOR, f"{self._failures} sends in a row failed")

    def stop(self, now: int, why: str) -> None:
        """Our account or settings are wrong: nothing will go through until they are mended."""
        self._close(now + STOPPED_FOR, why)

    def _close(self, until: int, why: str) -> None:
        self.pause(until)
        if not self._shut:
            self._shut = True
            self._metrics.level("convo_channel_stopped", 1, self.name)
            log.error(
                "Channel %s is stopped: %s. Its messages wait and none is lost; "
                "it is tried again by itself.",
                self.name,
                why,
            )
