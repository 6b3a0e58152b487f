"""One channel's way out: how many messages it can take now, by pause, by pace and by breaker."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from convo.core.business import Channel
from convo.core.limits import Limit, Rate
from convo.policy.pace import FULL, Pace, slowed
from convo.ports import Callback, Provider
from convo.runtime.breaker import RULES, Breaker, Rules
from convo.runtime.metrics import Metrics

log = logging.getLogger("convo.sender")

AT_ONCE: Final = 256
"""Messages of one channel that may be under way at the same time: as many as the HTTP client has
connections."""

BULK: Final = 4
"""One of so many of these places is for bulk: who waits for a reply waits behind all of it."""

A_LOT: Final = 8
"""Places for bulk that a partition is told of at least, while there are any: fewer are not worth
asking the store for. So there may be so much more bulk under way for each partition."""

STOPPED_FOR: Final = 60_000
"""Milliseconds until a channel whose settings are wrong is tried again, with one message."""


class Valve:
    """Open, paused until a time (the provider asked for it), or shut by its breaker.

    A shut valve lets one message through when its time is up; that one's end opens it or shuts
    it again. What others cannot take over waits meanwhile.
    """

    def __init__(
        self,
        channel: Channel,
        provider: Provider,
        callback: Callback,
        *,
        metrics: Metrics,
        rules: Rules = RULES,
        at_once: int = AT_ONCE,
    ) -> None:
        self.name = channel.name
        self.provider = provider
        self.callback = callback
        #: The channels that may carry its messages, itself first.
        self.family = (channel.name, *channel.backups)
        self.order = channel.order
        #: How many senders take their room of it.
        self.shared_by = 0
        self.in_flight = 0
        #: Places for bulk that somebody has been told of, and has not said yet what came of them.
        self.kept = 0
        self._metrics = metrics
        self._at_once = at_once
        self._rules = rules
        self._own = channel.limit
        self._shared = channel.shared_limits
        self._pace = Pace()
        self._told_pace = FULL
        self._closed_until = 0
        self._lent_until = 0
        self._breaker = Breaker(rules, others=bool(channel.backups))

    @property
    def shut(self) -> bool:
        """Whether the breaker is open: an operator wants to know."""
        return self._breaker.shut

    def messages(self, now: int) -> int:
        """Messages that may be claimed at `now`, as far as this channel alone goes."""
        if now < max(self._closed_until, self._lent_until):
            return 0
        return max(0, self._places(now) - self.in_flight)

    def keep_for_bulk(self, now: int) -> int:
        """How many of these may be bulk; they are `kept` from the others until that is undone.

        Half of what is free where it is shared, for others may ask before it is known what came
        of it: partitions come to the store all at the same time.
        """
        most = max(1, self._places(now) // BULK)
        if self.in_flight >= most:
            return 0
        free = most - self.in_flight - self.kept
        told = free if self.shared_by == 1 else max(-(-free // 2), min(A_LOT, most))
        self.kept += told
        return told

    def _places(self, now: int) -> int:
        """Messages that may be under way at once."""
        pace = self._seen_pace(now)
        return 1 if self.shut else max(1, self._at_once * pace // FULL)

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

    def lend(self, now: int) -> None:
        """Somebody looks for the one message that a shut channel is tried with; nobody else may,
        until they have found it, give it back, or have had time enough for both."""
        self._lent_until = now + self._rules.every

    def take_back(self) -> None:
        """There was no such message."""
        self._lent_until = 0

    def begin(self) -> int:
        """A send begins; what to say when it ends."""
        self.in_flight += 1
        self._lent_until = 0
        return self._breaker.era

    def flowed(self, now: int, begun: int) -> None:
        """A message got an answer: whatever was wrong with the provider may be over."""
        if self._breaker.answered(now, begun):
            self._metrics.level("convo_channel_stopped", 0, self.name)
            log.warning("Channel %s flows again.", self.name)
        elif self.shut and begun == self._breaker.era:
            self._pause(now + self._rules.every)  # one went well, and more must

    def slow_down(self, now: int, until: int) -> None:
        """The provider asks for it: nothing goes until `until`, and slower behind it."""
        self._pause(until)
        self._pace = slowed(self._pace, now)
        self._seen_pace(now)

    def failed(self, now: int, begun: int) -> None:
        """One more send without a clear answer; too many shut the channel."""
        was_shut = self.shut
        if why := self._breaker.failed(now, begun):
            self._pause(now + self._rules.every)
            self._tell(was_shut, why)

    def stop(self, now: int, why: str) -> None:
        """Our account or settings are wrong: nothing will go through until they are mended."""
        was_shut = self.shut
        self._breaker.open()
        self._pause(now + STOPPED_FOR)
        self._tell(was_shut, why)

    def _pause(self, until: int) -> None:
        self._closed_until = max(self._closed_until, until)

    def _tell(self, was_shut: bool, why: str) -> None:
        if was_shut:
            return
        self._metrics.level("convo_channel_stopped", 1, self.name)
        backups = self.family[1:]
        meanwhile = "wait"
        if backups:
            meanwhile = f"go by {' or '.join(backups)} where they surely have not left, else wait,"
        log.error(
            "Channel %s is stopped: %s. Its messages %s and none is lost; "
            "it is tried again by itself.",
            self.name,
            why,
            meanwhile,
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
