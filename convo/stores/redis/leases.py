"""Holding a partition: its commits one behind the other, each known by its number."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from convo.errors import Fenced, StoreError
from convo.ports import Done, Lease, Wants, Work
from convo.stores.redis import advancing

LEASE = 10_000
"""ms: a dead worker's partitions stand still for so long at most. Every advance renews it."""

LEAVE_WITHIN = 8.0
"""Seconds from an advance in which what it claims may begin to leave: well within the lease, for
behind that somebody else may send it."""

LOST = "Somebody else owns this partition now, or nobody does: acquire it again."

#: Sends work with its number, and brings the answer.
Step = Callable[[int, bytes], Awaitable[Sequence[Any]]]


class Holding:
    """A lease with what its next commit is numbered by."""

    def __init__(self, lease: Lease, *, seq: int, number: int, step: Step) -> None:
        self.lease = lease
        self._seq = seq
        self._number = number
        self._step = step
        #: Work whose answer was lost, so that it is done or not, and the number it comes to.
        self._open: tuple[int, bytes] | None = None

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
            reply = await self._step(self._seq, asked)
        except StoreError:
            raise
        except Exception:
            self._open = None  # it was refused for good, and nothing was changed
            raise
        if reply[0] != b"ok":
            raise Fenced(LOST)
        self._open = None
        self._seq += 1
        self._number = number
        return advancing.work(reply, most, leave_by)
