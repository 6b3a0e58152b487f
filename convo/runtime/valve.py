"""One channel's way out: how many messages it can take now, by pause, by pace and by breaker."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from convo.core.business import Channel
from convo.core.limits import Limit, Rate
from convo.policy.pace import FULL, Pace, slowed
from convo.ports import Callback, Provider
from convo.runtime.metrics import Metrics

log = logging.getLogger("convo.sender")

AT_ONCE: Final = 64
"""Messages of one channel that may be under way at the same time."""

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
        self._own = channel.limit
        self._shared = channel.shared_limits
        self._pace = Pace()
        self._told_pace = FULL
        self._closed_until = 0
        self._shut = False
        self._failures = 0

    @property
    def shut(self) -> bool:
        """Whether the breaker is open: an operator wants to know."""
        return self._shut

    def messages(self, now: int) -> int:
        """Messages that may be claimed at `now`, as far as this channel alone goes."""
        if now < self._closed_until:
            return 0
        pace = self._seen_pace(now)
        at_once = 1 if self._shut else max(1, self._at_once * pace // FULL)
        return max(0, at_once - self.in_flight)

    def limits(self, now: int) -> Sequence[Limit]:
        """What its messages are counted against, its own limit as slow as its pace."""
        if self._own is None:
            return self._shared
        pace, own = self._pace.at(now), self._own
        if pace < FULL and own.rate is not None:
            # Of the same ticks a millisecond, so that what is spent already counts on.
            slow = Rate(parts=own.rate.parts, every=-(-own.rate.every * FULL // pace))
            own = replace(own, rate=slow)
        return (own, *self._shared)

    @property
    def opens(self) -> int:
        """When it opens, if it is closed for a time; in the past when it is open."""
        return self._closed_until

    def flowed(self) -> None:
        """A message got an answer: whatever was wrong with the provider is over."""
        self._failures = 0
        if self._shut:
            self._shut = False
            self._metrics.level("convo_channel_stopped", 0, self.name)
            log.warning("Channel %s flows again.", self.name)

    def slow_down(self, now: int, until: int) -> None:
        """The provider asks for it: nothing goes until `until`, and slower behind it."""
        self._pause(until)
        self._pace = slowed(self._pace, now)
        self._seen_pace(now)

    def failed(self, now: int) -> None:
        """One more send without a clear answer; too many in a row shut the channel."""
        self._failures += 1
        if self._shut or self._failures >= FAILURES:
            self._close(now + SHUT_FOR, f"{self._failures} sends in a row failed")

    def stop(self, now: int, why: str) -> None:
        """Our account or settings are wrong: nothing will go through until they are mended."""
        self._close(now + STOPPED_FOR, why)

    def _pause(self, until: int) -> None:
        self._closed_until = max(self._closed_until, until)

    def _close(self, until: int, why: str) -> None:
        self._pause(until)
        if not self._shut:
            self._shut = True
            self._metrics.level("convo_channel_stopped", 1, self.name)
            log.error(
                "Channel %s is stopped: %s. Its messages wait and none is lost; "
                "it is tried again by itself.",
                self.name,
                why,
            )

    def _seen_pace(self, now: int) -> int:
        """The pace now; whoever watches is told when it has changed."""
        pace = self._pace.at(now)
        if pace != self._told_pace:
            if self._told_pace == FULL:
                log.warning("Channel %s is asked to slow down, and does.", self.name)
            elif pace == FULL:
                log.info("Channel %s goes at its full pace again.", self.name)
            self._told_pace = pace
            self._metrics.level("convo_channel_pace", pace / FULL, self.name)
        return pace
