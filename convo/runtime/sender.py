"""The loop that sends: claimed messages to their providers, and what became of each."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Literal

from convo.core.consent_acts import ConsentAct
from convo.core.events import OptedOutElsewhere
from convo.core.turns import Outbound
from convo.errors import ConfigError, LeaseOver, NotSent, OptedOut, RateLimited, Refused
from convo.ports import Arrival, Claim, Settle
from convo.runtime import backoff
from convo.runtime.instruments import Instruments
from convo.runtime.intake import Intake
from convo.runtime.resolver import Resolver
from convo.runtime.results import Results
from convo.runtime.tasks import drain, ended_by_us
from convo.runtime.traces import frames
from convo.runtime.valve import STOPPED_FOR, Valve

log = logging.getLogger("convo.sender")

SEND_WITHIN = 30.0
"""Seconds after which a send is in doubt, whatever its adapter still hopes for."""

MOST_TRIES = 30
"""Tries after which a message that is surely not sent is given up: after about five hours."""

LONGEST_PAUSE = backoff.LONGEST
"""Milliseconds that a provider can make a channel wait at once."""


class Sender:
    """Takes claims, one task each, and puts a settle for each into the results.

    What has no clear end goes to the resolver. Nothing waits in here: the room that is told is
    what can be sent at once.
    """

    def __init__(
        self,
        *,
        valves: Mapping[str, Valve],
        intake: Intake,
        resolver: Resolver,
        results: Results,
        instruments: Instruments,
        within: float = SEND_WITHIN,
    ) -> None:
        self._valves = valves
        self._intake = intake
        self._resolver = resolver
        self._results = results
        self._clock = instruments.clock
        self._count = instruments.metrics.count
        self._within = within
        self._tasks: dict[str, asyncio.Task[None]] = {}
        #: By attempt: until when a send may take, by the loop's time; oldest first.
        self._limits: dict[str, float] = {}
        self._late: set[str] = set()
        self._sweep: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._tasks)

    @property
    def in_flight(self) -> frozenset[str]:
        """The attempts that are being sent right now."""
        return frozenset(self._tasks)

    @property
    def stopped(self) -> tuple[str, ...]:
        """Channels whose breaker is open."""
        return tuple(name for name, valve in self._valves.items() if valve.shut)

    def room(self, now: int) -> tuple[dict[str, float], dict[str, int]]:
        """Parts and messages that each channel can take now; a channel with none is left out."""
        parts: dict[str, float] = {}
        messages: dict[str, int] = {}
        for name, valve in self._valves.items():
            most, count = valve.room(now)
            if count:
                parts[name] = most
                messages[name] = count
        return parts, messages

    def opens(self, now: int) -> int | None:
        """When the first of the channels that are closed now opens, ms since 1970."""
        times = [time for valve in self._valves.values() if (time := valve.opens(now)) is not None]
        return min(times, default=None)

    def take(self, claims: Sequence[Claim]) -> None:
        """Send these now."""
        if not claims:
            return
        now, loop = self._clock(), asyncio.get_running_loop()
        limit = loop.time() + self._within
        if self._sweep is None:
            self._sweep = loop.call_at(limit, self._end_late)
        for claim in claims:
            message = claim.message
            if message.not_after is not None and message.not_after < now:
                self._settle(claim, "failed", code="too_late")
                continue
            valve = self._valves[message.channel]
            valve.in_flight += 1
            valve.charge(message.parts, now)
            task = loop.create_task(self._send(claim, valve))
            self._tasks[claim.attempt] = task
            self._limits[claim.attempt] = limit
            task.add_done_callback(self._results.watch)

    async def drain(self, seconds: float) -> None:
        """Let what is under way come to its end; what does not in time stays in doubt."""
        await drain(self._tasks.values(), seconds)
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None

    async def _send(self, claim: Claim, valve: Valve) -> None:
        message = claim.message
        try:
            callback = valve.callback(message.id)
            sent = await valve.provider.send(message, callback, claim.leave_by)
        except asyncio.CancelledError as error:
            if claim.attempt not in self._late and ended_by_us():
                raise
            await self._unsent(claim, valve, error)
        except Exception as error:
            await self._unsent(claim, valve, error)
        else:
            valve.flowed()
            if sent.parts is not None and sent.parts > message.parts:
                valve.charge(sent.parts - message.parts, self._clock())
            self._resolver.left(message, sent.provider_ids)
            self._settle(claim, "accepted", provider_ids=sent.provider_ids)
        finally:
            valve.in_flight -= 1
            del self._tasks[claim.attempt], self._limits[claim.attempt]
            self._late.discard(claim.attempt)
            self._results.wake()

    def _end_late(self) -> None:
        """One timer for all sends: a timeout for each would cost as much as the rest of it."""
        loop = asyncio.get_running_loop()
        now, self._sweep = loop.time(), None
        for attempt, limit in self._limits.items():
            if limit > now:
                self._sweep = loop.call_at(limit, self._end_late)
                break
            if attempt not in self._late:
                self._late.add(attempt)
                self._tasks[attempt].cancel()

    async def _unsent(self, claim: Claim, valve: Valve, error: BaseException) -> None:
        message = claim.message
        now = self._clock()
        match error:
            case RateLimited(code=code, retry_after=seconds):
                pause = self._pause(message, seconds)
                valve.pause(now + pause)
                self._settle(claim, "again", code=code or "rate_limited", due=now + pause)
            case LeaseOver(code=code):
                # Nothing is wrong with the provider. It is settled all the same: should the
                # partition still be ours, nobody else will ever send it.
                self._settle(claim, "again", code=code, due=now)
            case NotSent(code=code):
                valve.failed(now)
                if message.tries + 1 >= MOST_TRIES:
                    self._settle(claim, "failed", code=code or "tries")
                else:
                    due = now + backoff.wait(message.tries, message.id)
                    self._settle(claim, "again", code=code or "not_sent", due=due)
            case OptedOut(code=code):
                valve.flowed()
                await self._intake.keep(message.channel, _opt_out(message, code))
                self._settle(claim, "failed", code=code or "opted_out")
            case ConfigError(code=code):
                valve.stop(now, f"the provider says {code or 'that our settings are wrong'}")
                self._settle(claim, "again", code=code or "config", due=now + STOPPED_FOR)
            case Refused(code=code):
                valve.flowed()
                self._settle(claim, "failed", code=code or "refused")
            case _:
                valve.failed(now)
                self._count("convo_sends_total", message.channel, "in_doubt")
                log.warning(
                    "Message %s on channel %s is in doubt: %s",
                    message.id,
                    message.channel,
                    frames(error),
                )
                self._resolver.take(claim)

    def _pause(self, message: Outbound, seconds: float | None) -> int:
        """Milliseconds: what the provider asked for, or a guess when it did not say."""
        if seconds is None:
            return backoff.wait(message.tries, message.id)
        # A provider may ask for more than any number holds.
        return int(min(max(seconds * 1_000, 0), LONGEST_PAUSE))

    def _settle(
        self,
        claim: Claim,
        outcome: Literal["accepted", "again", "failed"],
        *,
        provider_ids: tuple[str, ...] = (),
        code: str = "",
        due: int = 0,
    ) -> None:
        message = claim.message
        self._count("convo_sends_total", message.channel, outcome)
        self._results.settle(
            Settle(
                outbound=message.id,
                attempt=claim.attempt,
                outcome=outcome,
                provider_ids=provider_ids,
                code=code,
                due=due,
            )
        )


def _opt_out(message: Outbound, code: str) -> Arrival:
    return Arrival(
        event=OptedOutElsewhere(
            contact=message.contact, channel=message.channel, source=code or "provider"
        ),
        dedupe=f"opted-out:{message.id}",
        consent=ConsentAct(act="stop", proof=f"refused by the provider: {code or 'opted out'}"),
    )
