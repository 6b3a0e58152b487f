"""Messages of which nobody knows whether they left, and how that is decided.

In this order: a delivery report (it settles the message where it is kept, and our own word then
changes nothing), the provider's memory, its idempotency key, and at last a policy by class.

Where a provider remembers words and no ids of ours, the store says which of what it has found are
other messages': it has their ids in the same step that let this one go, and no memory of a process
does.
"""

import asyncio
import logging
from collections.abc import Container, Iterable, Mapping
from typing import Literal, cast

from convo.core.business import MessageClass
from convo.core.turns import Outbound
from convo.errors import Fenced
from convo.ports import Claim, Provider, Settle, Store
from convo.ports.doubts import CanLookUp, LookedUp, SendsOnce
from convo.runtime import backoff
from convo.runtime.instruments import Instruments
from convo.runtime.patience import Patience
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

UNKNOWN = LookedUp(found="unknown")


class Resolver:
    """Takes claims in doubt, one task each, and puts a settle for each into the results."""

    def __init__(
        self,
        *,
        providers: Mapping[str, Provider],
        store: Store,
        results: Results,
        instruments: Instruments,
        grace: float = GRACE,
        policy: Mapping[MessageClass, Policy] = POLICY,
    ) -> None:
        self._providers = providers
        self._store = store
        self._patience = Patience("resolver", instruments.sleep)
        self._results = results
        self._clock = instruments.clock
        self._sleep = instruments.sleep
        self._count = instruments.metrics.count
        self._grace = grace
        self._policy = policy
        self._looking = asyncio.Semaphore(LOOKS_AT_ONCE)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        #: How often the partition was ours.
        self._tenures = 0
        self._repeated: set[str] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def left(self, message: Outbound) -> None:
        """This message surely left."""
        self._repeated.discard(message.id)

    def take(self, claim: Claim, why: str) -> None:
        """This claim came to no clear end; `why` is what people are told of it."""
        self._begin(claim, why, may_repeat=claim.message.id not in self._repeated)

    def adopt(self, claims: Iterable[Claim], in_flight: Container[str]) -> None:
        """Take over what the last owner left; what `in_flight` holds is still being sent."""
        self._tenures += 1
        for claim in claims:
            under_way = self._tasks.get(claim.attempt)
            if claim.attempt not in in_flight and (under_way is None or under_way.done()):
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
        task.add_done_callback(lambda task: self._gone(claim.attempt, task))

    def _gone(self, attempt: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(attempt) is task:
            del self._tasks[attempt]

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
        try:
            found = await self._look(looker, claim) if looker else UNKNOWN
        except Fenced:
            return  # it is the next owner's, who is told of it
        if found.found == "sent":
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
        for look in range(LOOKS):
            if look:
                await self._sleep(LOOK_AGAIN * look)
            try:
                found = await self._found(looker, claim)
            except Fenced:
                raise
            except Exception as error:
                log.warning("Looking up message %s failed: %s", claim.message.id, frames(error))
                continue
            if found.found != "unknown":
                return found
        return UNKNOWN

    async def _found(self, looker: CanLookUp, claim: Claim) -> LookedUp:
        """What the provider remembers, without what is other messages'.

        Raises `Fenced` where the partition is somebody else's, and nobody here adopts it again.
        """
        async with self._looking:
            found = await looker.look_up(claim.message, claim.at)
        if found.found != "alike":
            return found
        tenure = self._tenures
        try:
            # However long it is away: that says nothing of the message, as a look in vain does.
            others = await self._patience.surely(
                lambda: self._store.others(claim, found.provider_ids)
            )
        except Fenced:
            if tenure == self._tenures:
                raise
            return UNKNOWN  # it has become ours anew meanwhile
        rest = tuple(id for id in found.provider_ids if id not in others.provider_ids)
        if not rest:
            return LookedUp(found="not_sent")
        if len(rest) > 1 or others.nameless:
            return UNKNOWN  # one of them may be ours, and nobody can tell which
        return LookedUp(found="sent", provider_ids=rest)

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
