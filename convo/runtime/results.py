"""What has been finished since the owner last looked: it commits these with its next advance."""

import asyncio

from convo.core.failures import GivenUp
from convo.ports import Done, Settle


class Results:
    """Filled by the sender, the resolver and the errands; emptied by the owner."""

    def __init__(self) -> None:
        self._settles: list[Settle] = []
        self._errands: list[str] = []
        self._given_up: list[GivenUp] = []
        self._something = asyncio.Event()
        #: Set when a task of the loops died of a fault of ours: the owner dies of it too.
        self.failure: BaseException | None = None

    def settle(self, settle: Settle) -> None:
        self._settles.append(settle)
        self._something.set()

    def errand(self, id: str) -> None:
        self._errands.append(id)
        self._something.set()

    def give_up(self, errand: GivenUp) -> None:
        self._given_up.append(errand)
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
        return not self._settles and not self._errands and not self._given_up

    def take(self) -> Done:
        """Everything so far, once."""
        done = Done(
            settles=tuple(self._settles),
            errands=tuple(self._errands),
            given_up=tuple(self._given_up),
        )
        for each in (self._settles, self._errands, self._given_up):
            each.clear()
        self._something.clear()
        return done

    def put_back(self, done: Done) -> None:
        """What was taken and could not be committed."""
        self._settles[:0] = done.settles
        self._errands[:0] = done.errands
        self._given_up[:0] = done.given_up

    async def wait(self) -> None:
        """Return when `wake` or anything else was called since the last `take`."""
        await self._something.wait()
