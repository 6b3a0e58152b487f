"""The plug by which people look into a store."""

from collections.abc import Sequence
from typing import Protocol

from convo.core.contacts import Consent, ContactState
from convo.core.numbers import PhoneNumber
from convo.core.overview import Holding, Levels, Overview, Page, ParkedEvent, Stage, Tracked
from convo.core.presence import Presence
from convo.core.record_codec import Recorded


class TellsLevels(Protocol):
    """A store that tells how full it is, for the metrics: optional."""

    async def levels(self) -> Levels:
        """Now. Raises `StoreError`."""
        ...


class Ledger(Protocol):
    """What a store keeps, for people: read beside whoever owns it, who does not notice.

    It writes nothing. A list comes in pages of about `limit`, some of them empty; `mark` is empty
    for the first one and then what the page before says in `next`. The order that is told here is
    that of a partition; of the messages of a page on Redis, whose pages come in no order.
    """

    async def overview(self, now: int) -> Overview:
        """How much waits where at `now`, ms since 1970."""
        ...

    async def holdings(self) -> Sequence[Holding]:
        """Every partition and who owns it, in their order."""
        ...

    async def processes(self) -> Sequence[Presence]:
        """Those that have announced themselves and not withdrawn, dead ones for a while too."""
        ...

    async def messages(self, stage: Stage, mark: str, limit: int) -> Page[Tracked]:
        """Messages of a stage, oldest first; those that are `done` newest first.

        A store of many partitions keeps those that are done for some days only.
        """
        ...

    async def message(self, id: str) -> Tracked | None:
        """One message by our id, whatever became of it."""
        ...

    async def parked(self, mark: str, limit: int) -> Page[ParkedEvent]:
        """Events whose turn failed, oldest first."""
        ...

    async def parked_event(self, id: str) -> ParkedEvent | None:
        """One of these by its id."""
        ...

    async def records(self, mark: str, limit: int) -> Page[Recorded]:
        """What turns and messages have to tell; of one contact, oldest first.

        A page without any is where those of a partition end: asked for again by the same mark, it
        has what came since.
        """
        ...

    async def contacts(self, mark: str, limit: int) -> Page[ContactState]:
        """Every contact that has a record, without consents."""
        ...

    async def contact(self, number: PhoneNumber) -> ContactState | None:
        """One contact with their consents; None when nobody has heard of them."""
        ...

    async def flow(self, version: str) -> bytes | None:
        """The source of a flow version, or None."""
        ...

    async def acts(self, number: PhoneNumber) -> Sequence[Consent]:
        """Every act of a contact's consent, oldest first."""
        ...
