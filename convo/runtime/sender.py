"""The loop that sends: claimed messages to their providers, and what became of each."""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from convo.core.consent_acts import ConsentAct
from convo.core.contacts import Origin
from convo.core.events import Moved, OptedOutElsewhere
from convo.core.limits import Limit
from convo.core.turns import Outbound
from convo.errors import (
    ConfigError,
    LeaseOver,
    NotSent,
    OptedOut,
    RateLimited,
    Refused,
    SendError,
)
from convo.ports import Arrival, Claim, Settle
from convo.runtime import backoff
from convo.runtime.allowance import Allowance
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

DELIVERED_WITHIN = 15_000
"""Milliseconds that the next message of a chain waits for the report on the one before, where the
channel keeps the order of delivery. Reports get lost, and a conversation must not."""

LONGEST_PAUSE = backoff.LONGEST
"""Milliseconds that a provider can make a channel wait at once."""


NOBODY: Mapping[str, Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What may be claimed now: messages of each channel, and parts of each limit by its name."""

    messages: Mapping[str, int] = field(default_factory=dict[str, int])
    #: Of these, so many may be bulk; they are kept for this until `Sender.take`.
    bulk: Mapping[str, int] = field(default_factory=dict[str, int])
    parts: Mapping[str, float] = field(default_factory=dict[str, float])
    #: The names of the limits that each channel's messages are counted against.
    limits: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    #: Who carries what a channel that fails was to carry (`Wants.via`).
    via: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    #: What was taken of them for this.
    taken: Mapping[Limit, int] = field(default_factory=dict[Limit, int])


NO_ROOM = Room()


class Sender:
    """Takes claims, one task each, and puts a settle for each into the results.

    What has no clear end goes to the resolver. Nothing waits in here: the room that is told is
    what can be sent at once.
    """

    def __init__(
        self,
        *,
        valves: Mapping[str, Valve],
        allowance: Allowance,
        intake: Intake,
        resolver: Resolver,
        results: Results,
        instruments: Instruments,
        within: float = SEND_WITHIN,
    ) -> None:
        self._valves = valves
        for valve in valves.values():
            valve.shared_by += 1
        self._allowance = allowance
        #: Channels in the order in which they are claimed: who had something goes to the end.
        self._order = deque(valves)
        self._has_backups = any(len(valve.family) > 1 for valve in valves.values())
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

    async def room(self, now: int) -> Room:
        """What each channel can take now; one that can take nothing is left out."""
        open_ = {name: count for name in self._order if (count := self._valves[name].messages(now))}
        limits = {name: self._valves[name].limits(now) for name in open_}
        wanted: Counter[Limit] = Counter()
        for name, count in open_.items():
            wanted.update(dict.fromkeys(limits[name], count))
        taken = await self._allowance.take(wanted)
        parts = {limit.name: float(free) for limit, free in taken.items()}
        free = [name for name in open_ if all(parts[limit.name] for limit in limits[name])]
        for name in filter(self._fails, free):
            self._valves[name].lend(now)
        return Room(
            messages={name: open_[name] for name in free},
            bulk={name: self._valves[name].keep_for_bulk(now) for name in free},
            parts=parts,
            limits={name: tuple(limit.name for limit in limits[name]) for name in free},
            via=self._via(free) if self._has_backups else NOBODY,
            taken=taken,
        )

    def _via(self, free: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """For each channel that fails, who takes over what it was to carry.

        One that is tried again just now carries its own. The first of a family that does not fail
        takes over; where that one has no room now, nobody does.
        """
        via: dict[str, Mapping[str, str]] = {}
        for of in [name for name, valve in self._valves.items() if valve.shut]:
            takers = {
                channel: next((each for each in valve.family if not self._fails(each)), "")
                for channel, valve in self._valves.items()
                if of in valve.family
            }
            if of not in free:
                via[of] = {channel: by for channel, by in takers.items() if by in free}
        return via

    def _fails(self, channel: str) -> bool:
        return self._valves[channel].shut

    def _is_taken_over(self, message: Outbound) -> bool:
        """Whether another channel has it at once, so that it need not wait: nor be what the one
        that failed is tried with again."""
        family = self._valves[message.channel].family
        return (
            not message.stays
            and self._fails(message.goes_by)
            and not all(self._fails(each) for each in family)
        )

    def opens(self, now: int) -> int | None:
        """When the first of the channels that are closed now opens, ms since 1970."""
        return min((time for time in self._open_at(now) if time > now), default=None)

    def all_closed(self, now: int) -> bool:
        """Whether every channel is closed for a time: there is no use in looking for messages."""
        return all(time > now for time in self._open_at(now))

    def _open_at(self, now: int) -> Sequence[int]:
        """When each channel opens; not later than now where it is open."""
        return [
            max([valve.opens, *map(self._allowance.free_at, valve.limits(now))])
            for valve in self._valves.values()
        ]

    def take(self, claims: Sequence[Claim], room: Room = NO_ROOM) -> None:
        """Send these now, which were claimed by `room`; what it had for more is given back."""
        for name in filter(self._fails, room.messages):
            self._valves[name].take_back()
        for name, places in room.bulk.items():
            self._valves[name].kept -= places
        used = Counter({limit: -parts for limit, parts in room.taken.items()})
        if claims:
            used.update(self._begin(claims))
        self._allowance.owe(used)

    async def settle_up(self) -> None:
        """Before a rest: let others have what we were granted and did not need."""
        await self._allowance.settle()

    def _begin(self, claims: Sequence[Claim]) -> Mapping[Limit, int]:
        """A task for each; the parts that they take of every limit."""
        now, loop = self._clock(), asyncio.get_running_loop()
        used: Counter[Limit] = Counter()
        for claim in claims:
            message = claim.message
            if message.not_after is not None and message.not_after < now:
                self._settle(claim, "failed", code="too_late")
                continue
            self._order.remove(message.goes_by)
            self._order.append(message.goes_by)
            valve = self._valves[message.goes_by]
            begun = valve.begin()
            used.update(dict.fromkeys(valve.limits(now), message.parts))
            task = loop.create_task(self._send(claim, valve, begun))
            self._tasks[claim.attempt] = task
            task.add_done_callback(partial(self._gone, claim.attempt, valve))
            task.add_done_callback(self._results.watch)
        return used

    async def drain(self, seconds: float) -> None:
        """Let what is under way come to its end; what does not in time stays in doubt."""
        await drain(self._tasks.values(), seconds)
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None

    async def _send(self, claim: Claim, valve: Valve, begun: int) -> None:
        message = claim.message
        if claim.moved:
            # Before it leaves: whoever answers it must find their conversation.
            await self._intake.keep(message.goes_by, _moved(message))
            self._count("convo_moved_total", message.channel, message.goes_by)
        self._limit(claim.attempt)
        try:
            callback = valve.callback(message.id)
            sent = await valve.provider.send(message, callback, claim.leave_by)
        except asyncio.CancelledError as error:
            if claim.attempt not in self._late and ended_by_us():
                raise
            await self._unsent(claim, valve, begun, error)
        except Exception as error:
            await self._unsent(claim, valve, begun, error)
        else:
            valve.flowed(self._clock(), begun)
            if sent.parts is not None and sent.parts > message.parts:
                more = sent.parts - message.parts
                self._allowance.owe(dict.fromkeys(valve.limits(self._clock()), more))
            self._resolver.left(message)
            ordered = self._valves[message.channel].order == "delivered"
            next_after = self._clock() + DELIVERED_WITHIN if ordered else 0
            ids = sent.provider_ids
            self._settle(claim, "accepted", provider_ids=ids, next_after=next_after)

    def _limit(self, attempt: str) -> None:
        """It has begun, so it may be ended: one that has not would end without a word, and who
        slept for long may find timers due before what was about to be done."""
        loop = asyncio.get_running_loop()
        limit = self._limits[attempt] = loop.time() + self._within
        if self._sweep is None:
            self._sweep = loop.call_at(limit, self._end_late)

    def _gone(self, attempt: str, valve: Valve, _task: asyncio.Task[None]) -> None:
        """Of every task, also of one that was cancelled before it had begun."""
        valve.in_flight -= 1
        del self._tasks[attempt]
        self._limits.pop(attempt, None)
        self._late.discard(attempt)
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

    async def _unsent(self, claim: Claim, valve: Valve, begun: int, error: BaseException) -> None:
        message = claim.message
        now = self._clock()
        match error:
            case RateLimited(code=code, retry_after=seconds):
                pause = self._pause(message, seconds)
                if error.contact_only:
                    valve.flowed(now, begun)
                else:
                    valve.slow_down(now, now + pause)
                self._settle(claim, "again", code=code or "rate_limited", due=now + pause)
            case LeaseOver(code=code):
                # Nothing is wrong with the provider. It is settled all the same: should the
                # partition still be ours, nobody else will ever send it.
                self._settle(claim, "again", code=code, due=now)
            case NotSent(code=code):
                valve.failed(now, begun)
                if message.tries + 1 >= MOST_TRIES:
                    self._settle(claim, "failed", code=code or "tries")
                else:
                    wait = backoff.wait(message.tries, message.id)
                    due = now if self._is_taken_over(message) else now + wait
                    self._settle(claim, "again", code=code or "not_sent", due=due)
            case OptedOut(code=code):
                valve.flowed(now, begun)
                await self._intake.keep(message.goes_by, _opt_out(message, code))
                self._settle(claim, "failed", code=code or "opted_out")
            case ConfigError(code=code):
                valve.stop(now, f"the provider says {code or 'that our settings are wrong'}")
                due = now if self._is_taken_over(message) else now + STOPPED_FOR
                self._settle(claim, "again", code=code or "config", due=due)
            case Refused(code=code):
                valve.flowed(now, begun)
                self._settle(claim, "failed", code=code or "refused")
            case _:
                valve.failed(now, begun)
                self._count("convo_sends_total", message.goes_by, "in_doubt")
                log.warning(
                    "Message %s on channel %s is in doubt: %s",
                    message.id,
                    message.goes_by,
                    frames(error),
                )
                self._resolver.take(claim, _why(error))

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
        next_after: int = 0,
    ) -> None:
        message = claim.message
        self._count("convo_sends_total", message.goes_by, outcome)
        self._results.settle(
            Settle(
                outbound=message.id,
                attempt=claim.attempt,
                outcome=outcome,
                provider_ids=provider_ids,
                code=code,
                due=due,
                stays=message.stays,
                next_after=next_after,
            )
        )


def _why(error: BaseException) -> str:
    """What people are told of a doubt: the words of a `SendError` are ours and hold no text."""
    if isinstance(error, SendError):
        return str(error)
    if isinstance(error, asyncio.CancelledError):
        return "no answer in time"
    return type(error).__name__


def _opt_out(message: Outbound, code: str) -> Arrival:
    return Arrival(
        event=OptedOutElsewhere(
            contact=message.contact, channel=message.goes_by, source=code or "provider"
        ),
        dedupe=f"opted-out:{message.id}",
        consent=ConsentAct(
            act="stop",
            proof=f"refused by the provider: {code or 'opted out'}",
            origin=Origin(how="provider", channel=message.goes_by),
        ),
    )


def _moved(message: Outbound) -> Arrival:
    return Arrival(
        event=Moved(contact=message.contact, channel=message.channel, by=message.goes_by),
        dedupe=f"moved:{message.id}:{message.tries}",
    )
