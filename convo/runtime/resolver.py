"""Messages of which nobody knows whether they left, and how that is decided.

In this order: a delivery report (it settles the message where it is kept, and our own word then
changes nothing), the provider's memory, its idempotency key, and at last a policy by class.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Container, Iterable, Mapping
from typing import Literal, cast

from convo.core.business import MessageClass
from convo.core.turns import Outbound
from convo.ports import Claim, Left, LookedUp, Provider, Settle
from convo.ports.doubts import CanLookUp, SendsOnce
from convo.runtime import backoff
from convo.runtime.instruments import Instruments
from convo.runtime.results import Results
from convo.runtime.tasks import drain
from convo.runtime.traces import frames

log = logging.getLogger("convo.resolver")

Policy = Literal["again", "held"]

POLICY: Mapping[MessageClass, Policy] = {
    "otp": "again",  # worthless later, and a second code is a nuisance only
    "emergency": "again",
    "service": "held",
    "marketing": "held",
}
"""What becomes of a class when nobody can say: sent once more, or held for a person."""

GRACE = 30.0
"""Seconds that a delivery report is waited for; not below the time a POST may take."""

LOOKS = 3
"""Times a provider is asked before its "unknown" is believed."""

LOOK_AGAIN = 10.0
"""Seconds between two looks."""

LOOKS_AT_ONCE = 4

REPEATS = 30
"""Times a message goes out again, since it surely did not leave or under one idempotency key,
before it is held."""

CUT_OFF = "its process ended while it was being sent"
"""What people are told of a message that the last owner had claimed."""

WHY_AT_MOST = 200
"""Characters of what people are told of a doubt."""

REMEMBERED = 20_000
"""Messages that left last, whose provider ids a look-up must not take for another's."""


class Resolver:
    """Takes claims in doubt, one task each, and puts a settle for each into the results."""

    def __init__(
        self,
        *,
        providers: Mapping[str, Provider],
        results: Results,
        instruments: Instruments,
        grace: float = GRACE,
        policy: Mapping[MessageClass, Policy] = POLICY,
    ) -> None:
        self._providers = providers
        self._results = results
        self._clock = instruments.clock
        self._sleep = instruments.sleep
        self._count = instruments.metrics.count
        self._grace = grace
        self._policy = policy
        self._looking = asyncio.Semaphore(LOOKS_AT_ONCE)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._repeated: set[str] = set()
        #: By attempt: what may have left, and nobody has found out under which ids.
        self._sought: dict[str, Claim] = {}
        #: What surely left, with the message where it is known.
        self._left: deque[tuple[str, Left]] = deque(maxlen=REMEMBERED)
        #: The same of what was found by looking: it counts while the partition is ours.
        self._found: deque[tuple[str, Left]] = deque(maxlen=REMEMBERED)

    def __len__(self) -> int:
        return len(self._tasks)

    def left(self, message: Outbound, provider_ids: tuple[str, ...]) -> None:
        """This message surely left, under these ids."""
        self._left.append((message.id, _left(message, provider_ids)))
        self._repeated.discard(message.id)

    def take(self, claim: Claim, why: str) -> None:
        """This claim came to no clear end; `why` is what people are told of it."""
        self._begin(claim, why, may_repeat=claim.message.id not in self._repeated)

    def adopt(
        self, claims: Iterable[Claim], in_flight: Container[str], left: Iterable[Left] = ()
    ) -> None:
        """Take over what the last owner left; what `in_flight` holds is still being sent."""
        # What was found when somebody else had the partition already may be of what they sent.
        self._found.clear()
        self._sought.clear()
        self._left.extend(("", each) for each in left)
        for claim in claims:
            if claim.attempt not in in_flight and claim.attempt not in self._tasks:
                # Whether the last owner repeated it already is not known, only that it tried.
                may_repeat = claim.message.tries == 0
                self._begin(claim, CUT_OFF, may_repeat=may_repeat, adopted=True)

    async def stop(self) -> None:
        """Leave the rest in doubt: the next owner is told of it."""
        await drain(self._tasks.values(), 0)

    def _begin(self, claim: Claim, why: str, *, may_repeat: bool, adopted: bool = False) -> None:
        task = asyncio.create_task(self._resolve(claim, why, may_repeat, adopted))
        self._tasks[claim.attempt] = task
        task.add_done_callback(self._results.watch)
        task.add_done_callback(lambda _: self._tasks.pop(claim.attempt, None))

    async def _resolve(self, claim: Claim, why: str, may_repeat: bool, adopted: bool) -> None:
        message = claim.message
        provider = self._providers.get(message.goes_by)
        looker = cast(CanLookUp, provider) if hasattr(provider, "looks_up") else None
        if looker is not None and not looker.looks_up:
            looker = None  # the chain need not wait for what is never told
        once = cast(SendsOnce, provider) if hasattr(provider, "idempotent") else None
        idempotent = once is not None and once.idempotent
        if looker is None and idempotent and message.tries < REPEATS:
            # Nothing is won by waiting: a repetition under the same id harms nobody.
            self._again(claim, backoff.wait(message.tries, message.id), stays=True)
            return
        await self._sleep(self._grace)
        found = await self._look(looker, claim) if looker else LookedUp(found="unknown")
        if found.found == "sent":
            self._found.append((message.id, _left(message, found.provider_ids)))
            self._repeated.discard(message.id)
            self._end(claim, "accepted", found.provider_ids, code="")
        elif found.found == "not_sent" and adopted:
            # The end of a process kept it from leaving, not the provider, who needs no rest.
            self._again(claim, 0, stays=False)
        elif (found.found == "not_sent" or idempotent) and message.tries < REPEATS:
            wait = backoff.wait(message.tries, message.id)
            self._again(claim, wait, stays=found.found != "not_sent")
        elif may_repeat and self._policy[message.kind] == "again":
            self._repeated.add(message.id)
            self._again(claim, 0, stays=True)
        else:
            log.warning(
                "Message %s on channel %s may or may not have left; it is held. "
                "Look at the provider's own log, then decide: convo held",
                message.id,
                message.goes_by,
            )
            self._repeated.discard(message.id)
            self._end(claim, "held", code=why[:WHY_AT_MOST])

    async def _look(self, looker: CanLookUp, claim: Claim) -> LookedUp:
        message = claim.message
        self._sought[claim.attempt] = claim
        if len(self._sought) > REMEMBERED:
            del self._sought[next(iter(self._sought))]
        for look in range(LOOKS):
            if look:
                await self._sleep(LOOK_AGAIN * look)
            others = [
                id
                for known, left in (*self._left, *self._found)
                if known != message.id
                and left.channel == message.goes_by
                and left.contact == message.contact
                for id in left.provider_ids
            ]
            try:
                async with self._looking:
                    found = await looker.look_up(message, claim.at, others)
            except Exception as error:
                log.warning("Looking up message %s failed: %s", message.id, frames(error))
                continue
            if found.found == "sent" and self._may_be_anothers(claim):
                continue
            if found.found != "unknown":
                self._sought.pop(claim.attempt, None)  # none of a tenure that is over
                return found
        return LookedUp(found="unknown")

    def _may_be_anothers(self, claim: Claim) -> bool:
        """Whether what was found may be an earlier one of the same words that was not found yet: a
        report has settled it, so that this one could follow, and only the store knows its id."""
        return any(other.at < claim.at and _alike(other, claim) for other in self._sought.values())

    def _again(self, claim: Claim, wait: int, *, stays: bool) -> None:
        """`stays`: it may have left, so nobody else may have it."""
        self._end(claim, "again", due=self._clock() + wait, stays=stays or claim.message.stays)

    def _end(
        self,
        claim: Claim,
        outcome: Literal["accepted", "again", "held"],
        provider_ids: tuple[str, ...] = (),
        *,
        code: str = "in_doubt",
        due: int = 0,
        stays: bool = False,
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
                stays=stays,
            )
        )


def _alike(one: Claim, other: Claim) -> bool:
    """Whether a provider could take one for the other."""
    this, that = one.message, other.message
    return (this.goes_by, this.contact, this.text) == (that.goes_by, that.contact, that.text)


def _left(message: Outbound, provider_ids: tuple[str, ...]) -> Left:
    return Left(channel=message.goes_by, contact=message.contact, provider_ids=provider_ids)
