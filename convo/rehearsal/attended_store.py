"""A store that somebody stands beside: it tells when the owner rests, and keeps errands back."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from convo.core.contacts import Consent
from convo.core.events import Answered
from convo.core.numbers import PhoneNumber
from convo.core.turns import Turn
from convo.ports import (
    Acceptance,
    Arrival,
    Attendance,
    Claim,
    Done,
    ErrandClaim,
    Lease,
    Others,
    Standing,
    Store,
    Wants,
    Work,
)


class AttendedStore:
    """Everything is kept by the store that is given; only its bell goes by the hand.

    The bell of a store waits for the clock of the machine. This one rings when something was
    accepted and when `ring` is called, which a rehearsal does once it has set its own clock.
    """

    def __init__(self, store: Store, holds_back: Callable[[ErrandClaim], bool]) -> None:
        self._store = store
        self._holds_back = holds_back
        self._bell = asyncio.Event()
        self._listening = 0
        #: When the next timer, message or errand comes due, ms since 1970, told by the owner.
        self.until: int | None = None
        #: Grows with everything that is asked of the store.
        self.pulse = 0
        #: Errands that somebody here answers, by their ids, oldest first.
        self.open: dict[str, ErrandClaim] = {}
        #: Every errand that was handed out, and every answer that came, for `drain`.
        self.errands: dict[str, ErrandClaim] = {}
        self.answered: list[Answered] = []
        self.turns: list[Turn] = []

    @property
    def at_rest(self) -> bool:
        """Whether the owner listens for the bell, and it has not rung."""
        return self._listening > 0 and not self._bell.is_set()

    def ring(self) -> None:
        """Let the owner look again: the clock has moved."""
        self._bell.set()

    async def accept(self, arrivals: Sequence[Arrival]) -> Sequence[Acceptance]:
        self.pulse += 1
        answers = await self._store.accept(arrivals)
        for arrival, answer in zip(arrivals, answers, strict=True):
            if answer == "accepted":
                self._bell.set()
                if isinstance(arrival.event, Answered):
                    self.answered.append(arrival.event)
        return answers

    @property
    def partitions(self) -> int:
        return self._store.partitions

    async def attend(self, worker: str) -> Attendance:
        return await self._store.attend(worker)

    async def leave(self, worker: str) -> None:
        await self._store.leave(worker)

    async def acquire(self, partition: int, owner: str) -> Lease | None:
        self.pulse += 1
        return await self._store.acquire(partition, owner)

    async def advance(self, lease: Lease, done: Done, wants: Wants) -> Work:
        self.pulse += 1
        self._bell.clear()
        work = await self._store.advance(lease, done, wants)
        self.turns += done.turns
        run: list[ErrandClaim] = []
        for claim in work.errands:
            self.errands[claim.errand.id] = claim
            if self._holds_back(claim):
                self.open.setdefault(claim.errand.id, claim)
            else:
                run.append(claim)
        return replace(work, errands=tuple(run))

    async def release(self, lease: Lease) -> None:
        await self._store.release(lease)

    async def begin(self, partition: int, key: str) -> None:
        await self._store.begin(partition, key)

    async def others(self, claim: Claim, provider_ids: Sequence[str]) -> Others:
        return await self._store.others(claim, provider_ids)

    async def outlived(self, partition: int, key: str) -> None:
        await self._store.outlived(partition, key)

    async def bell(self, lease: Lease, until: int | None) -> None:  # noqa: ARG002
        self.until = until
        self._listening += 1
        try:
            await self._bell.wait()
        finally:
            self._listening -= 1

    async def records(
        self, after: int, limit: int, *, partition: int = 0
    ) -> Sequence[tuple[int, bytes]]:
        return await self._store.records(after, limit, partition=partition)

    async def keep_flow(self, version: str, source: bytes) -> None:
        await self._store.keep_flow(version, source)

    async def flow(self, version: str) -> bytes | None:
        return await self._store.flow(version)

    async def reserve(self, name: str, key: str, limit: int | None) -> int | None:
        return await self._store.reserve(name, key, limit)

    async def acts(self, contact: PhoneNumber) -> Sequence[Consent]:
        return await self._store.acts(contact)

    async def tally(self, name: str, key: str, choice: str | None, *, change: bool) -> Standing:
        return await self._store.tally(name, key, choice, change=change)

    async def close(self) -> None:
        await self._store.close()
