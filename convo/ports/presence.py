"""How processes of one business tell that they are there: for people, and for nothing else."""

from typing import Protocol

from convo.core.presence import Presence


class KnowsProcesses(Protocol):
    """A store that remembers who is at work: optional.

    Nobody's share of the partitions hangs on it: for that workers `attend`.
    """

    async def announce(self, presence: Presence) -> None:
        """Note that this process is there now. Raises `StoreError`."""
        ...

    async def withdraw(self, name: str) -> None:
        """The process of this name has ended in order. Raises `StoreError`."""
        ...
