"""What a provider may know of a message in doubt: both are optional."""

from collections.abc import Sequence
from typing import Protocol

from convo.core.turns import Outbound
from convo.ports import LookedUp


class CanLookUp(Protocol):
    """A provider that can be asked whether a message left."""

    #: Whether this channel's settings say how.
    looks_up: bool

    async def look_up(self, message: Outbound, since: int, settled: Sequence[str]) -> LookedUp:
        """Whether `message`, first tried at `since` (ms), is there; `settled` ids are others'."""
        ...


class SendsOnce(Protocol):
    """A provider that takes our id as an idempotency key: repeating a send is harmless."""

    #: Whether this channel's settings name the place for it.
    idempotent: bool
