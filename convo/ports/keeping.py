"""Whether a store would keep what came in now, as readiness asks for it."""

from typing import Protocol


class KnowsWhetherItKeeps(Protocol):
    """A store that may answer although it keeps nothing at the moment: optional."""

    async def keeps(self) -> None:
        """Return where it would keep everything. Raises `StoreError` with why not."""
        ...
