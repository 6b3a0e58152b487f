"""Listing a provider's messages: who can, and how workers take turns and keep their place."""

from collections.abc import Sequence
from typing import Protocol

from convo.ports import Arrival


class CanList(Protocol):
    """A provider that lists its messages, so that what its webhooks lost is found all the same."""

    #: Whether this channel's settings say enough for it.
    lists: bool

    async def inbound_since(self, since: int) -> Sequence[Arrival]:
        """Texts that came since `since` (ms), oldest first, with their webhooks' dedupe keys.

        Raises `SendError` when they cannot all be told.
        """
        ...

    async def reports_between(self, since: int, until: int) -> Sequence[Arrival]:
        """How far messages are that we sent between these (ms), as reports. Raises `SendError`."""
        ...


class KeepsListings(Protocol):
    """A store that remembers until when each channel's messages were listed: optional."""

    async def take_listing(self, channel: str, worker: str, length: int) -> int | None:
        """Be the one who lists this channel for `length` ms: until when it was listed, 0 for never.

        None while it is somebody else's turn. Raises `StoreError`.
        """
        ...

    async def note_listing(self, channel: str, until: int) -> None:
        """Everything until then (ms since 1970) is kept. Raises `StoreError`."""
        ...
