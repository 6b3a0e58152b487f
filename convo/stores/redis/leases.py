"""Holding a partition: its commits one behind the other, each known by its number."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from convo.errors import Fenced, StoreError, StoreUnavailable
from convo.ports import Claim, Done, Lease, Others, Wants, Work
from convo.stores.redis import advancing
from convo.stores.redis.functions import Functions
from convo.stores.redis.redo import Redo, Step
from convo.stores.redis.rows import encode

log = logging.getLogger("convo.store")

LEASE = 10_000
"""ms: a dead worker's partitions stand still for so long at most. Every advance renews it."""

LEAVE_WITHIN = 8.0
"""Seconds from an advance in which what it claims may begin to leave: well within the lease, for
behind that somebody else may send it."""

LATELY = 10 * 60_000
"""ms: what was claimed so long before a message has left before it, if at all."""

LOST = "Somebody else owns this partition now, or nobody does: acquire it again."

DESERTED = (
    "The owner of partition %d went with its Redis. What it had committed in the last moments is "
    "lost, unless the Redis that took over has it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquired:
    """A lease, and how the partition stood when it became ours."""

    lease: Lease
    owner: str
    #: The token that was there before.
    before: bytes
    #: Steps that there had been.
    seq: int
    #: Of the newest message.
    number: int


class Holding:
    """A lease with what its next commit is numbered by."""

    def __init__(
        self,
        acquired: Acquired,
        functions: Functions,
        *,
        lasts: int,
        dedupe_days: int,
        on_takeover: Callable[[], None],
    ) -> None:
        """`on_takeover` is called when another server has the partition, and may lack things."""
        self._on_takeover = on_takeover
        self.lease = acquired.lease
        self._acquired = acquired
        self._functions = functions
        self._lasts = lasts
        self._dedupe_days = dedupe_days
        self._seq = acquired.seq
        self._number = acquired.number
        #: Work whose answer was lost, so that it is done or not, and the number it comes to.
        self._open: tuple[int, bytes] | None = None
        self._lately: Redo[bytes, advancing.Entry] = Redo()

    async def advance(self, done: Done, wants: Wants) -> Work:
        """Raises `Fenced`, and what the step raises; then the same may be asked again."""
        asked = advancing.packed(done, wants, self._number)
        if self._open is None or asked == self._open:
            return await self._commit(*asked, wants.events)
        # Something else is wanted now, but what became of the last is to be known first: what it
        # claimed is ours to send.
        missed = await self._commit(*self._open, 0)
        asked = advancing.packed(done, wants, self._number)
        work = await self._commit(*asked, wants.events)
        return replace(
            work, claims=missed.claims + work.claims, errands=missed.errands + work.errands
        )

    async def _commit(self, number: int, asked: bytes, most: int) -> Work:
        self._open = number, asked
        leave_by = asyncio.get_running_loop().time() + LEAVE_WITHIN
        try:
            reply = await self._step(asked)
        except StoreError:
            raise
        except Exception:
            self._open = None  # it was refused for good, and nothing was changed
            raise
        self._open = None
        work = advancing.work(reply, most, leave_by)
        self._lately.note(
            Step(
                seq=self._seq,
                at=asyncio.get_running_loop().time(),
                asked=asked,
                claims=[
                    (claim.message.id, claim.at, claim.message.goes_by) for claim in work.claims
                ],
                errands=[each.errand.id for each in work.errands],
                read=advancing.read(reply),
            )
        )
        self._seq += 1
        self._number = number
        return work

    async def _step(self, asked: bytes) -> Sequence[Any]:
        """What the server answers, once it knows what came before."""
        partition, token = self.lease.partition, self.lease.token
        while True:
            reply = await self._functions.in_partition(
                *(partition, "advance", partition, token, self._seq, self._lasts, asked)
            )
            match reply:
                case [b"ok", *_]:
                    return reply
                case [b"new"]:
                    await self._resume()
                case [b"behind", int(seq)]:
                    await self._redo(seq)
                case _:
                    raise Fenced(LOST)

    async def others(self, claim: Claim, provider_ids: Sequence[str]) -> Others:
        """Raises `Fenced`, and `StoreUnavailable` while the server lacks steps of ours."""
        message = claim.message
        answer = await self._functions.in_partition(
            *(self.lease.partition, "others", self.lease.token, self._seq),
            *(message.id, message.goes_by, message.contact.e164, message.text),
            *(claim.at - LATELY, *provider_ids),
        )
        match answer:
            case [b"ok", known, nameless]:
                ids = frozenset(id.decode() for id in known)
                return Others(provider_ids=ids, nameless=nameless == 1)
            case [b"behind"]:
                raise StoreUnavailable("This Redis lacks steps of ours, and is told of them now.")
            case _:
                raise Fenced(LOST)

    async def release(self, *, in_order: bool) -> None:
        """Give it back; `in_order`: nothing of it is suspected. Raises `Fenced`."""
        while True:
            answer = await self._functions.in_partition(
                self.lease.partition, "release", self.lease.token, int(in_order)
            )
            match answer:
                case b"ok":
                    return
                case b"new":
                    await self._resume()
                case _:
                    raise Fenced(LOST)

    async def _resume(self) -> None:
        """Tell a server that took over that the partition is ours, and what it may lack."""
        self._on_takeover()
        hashes, arrivals = advancing.read_again(self._lately.read())
        answer, seq = await self._functions.with_seen(
            self.lease.partition,
            hashes,
            "resume",
            *(self.lease.partition, self._acquired.owner, self.lease.token),
            *(self._acquired.before, self._acquired.seq, self._lasts),
            *(self._dedupe_days, arrivals, encode(self._let_go_again())),
        )
        if answer != b"ok":
            self._lost(self._seq - seq)
            raise Fenced(LOST)
        if seq < self._seq:
            await self._redo(seq)

    async def _redo(self, seq: int) -> None:
        """Do again what the server lacks: everything behind the step of this number."""
        steps = self._lately.since(seq)
        if steps is None:
            self._lost(self._seq - seq)
            raise Fenced(LOST)
        again = self._let_go_again()
        for step in steps:
            answer = await self._functions.in_partition(
                self.lease.partition,
                "redo",
                *(self.lease.partition, self.lease.token, step.seq, self._lasts, step.asked),
                encode((step.claims, step.errands, again)),
            )
            if answer[0] != b"ok":
                return  # the next step hears what is the matter
        log.warning(
            "Redis had lost the last %d steps of partition %d, and has them again.",
            *(len(steps), self.lease.partition),
        )

    def _let_go_again(self) -> list[Any]:
        return advancing.let_go_again(self._lately.read())

    def _lost(self, steps: int) -> None:
        if steps > 0:
            log.error(
                "The last %d steps of partition %d are lost: the Redis that took over lacks them.",
                *(steps, self.lease.partition),
            )
