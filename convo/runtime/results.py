"""What has been finished since the owner last looked: it commits these with its next advance."""

import asyncio
from collections.abc import Iterable

from convo.ports import Settle


class Results:
    """Filled by the sender, the resolver and the errands; emptied by the owner."""

    def __init__(self) -> None:
        self._settles: list[Settle] = []
        self._errands: list[str] = []
        self._something = asyncio.Event()
        #: Set when a task of the loops died of a fault of ours: the owner dies of it too.
        self.failure: BaseException | None = None

    def settle(self, settle: Settle) -> None:
        self._settles.append(settle)
        self._something.set()

    def errand(self, id: str) -> None:
        self._errands.append(id)
        self._something.set()

    def wake(self) -> None:
        """Make the owner look again: there is room for more work, or it must stop."""
        self._something.set()

    def watch(self, task: asyncio.Task[None]) -> None:
        """To be called when a task ends; one that died takes the owner with it."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self.failure = self.failure or error
            self._something.set()

    @property
    def empty(self) -> bool:
        return not self._settles and not self._errands

    def take(self) -> tuple[tuple[Settle, ...], tuple[str, ...]]:
        """Everything so far, once: settles and errands."""
        settles, errands = tuple(self._settles), tuple(self._errands)
        self._settles.clear()
        self._errands.clear()
        self._something.clear()
        return settles, errands

    def put_back(self, settles: Iterable[Settle], errands: Iterable[str]) -> None:
        """What was taken and could not be committed."""
        self._settles[:0] = settles
        self._errands[:0] = errands

    async def wait(self) -> None:
        """Return when `wake` or anything else was called since the last `take`."""
        await self._something.wait()
