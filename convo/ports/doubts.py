"""What a provider may know of a message in doubt: both are optional."""

from dataclasses import dataclass
from typing import Literal, Protocol

from convo.core.turns import Outbound

Found = Literal["sent", "alike", "not_sent", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """What the provider remembers of a message in doubt.

    `alike`: these are of its words and to its contact, and more the provider cannot tell. Whose
    they are only the store knows.
    """

    found: Found
    provider_ids: tuple[str, ...] = ()


class CanLookUp(Protocol):
    """A provider that can be asked whether a message left."""

    #: Whether this channel's settings say how.
    looks_up: bool

    async def look_up(self, message: Outbound, since: int) -> LookedUp:
        """Whether `message`, tried at `since` (ms), is there."""
        ...


class SendsOnce(Protocol):
    """A provider that takes our id as an idempotency key: repeating a send is harmless."""

    #: Whether this channel's settings name the place for it.
    idempotent: bool
