"""A provider whose texts wait in a queue of its company until somebody takes them: optional."""

from dataclasses import dataclass
from typing import Protocol, TypeGuard, cast

from convo.ports import Provider
from convo.ports.lines import Keep


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What one look into a queue has brought."""

    #: Messages that are kept and were taken out.
    kept: int
    #: Why others were left there: they come again, or go where the queue puts what nobody takes.
    left: tuple[str, ...] = ()


class CanPull(Protocol):
    """A provider that reads a queue, so that nobody has to reach us. Several may do so at once."""

    #: Whether this channel's settings name a queue.
    pulls: bool

    async def pull(self, keep: Keep) -> Pulled:
        """Wait a while for what comes, `keep` it, and only then take it out of the queue.

        With its webhooks' dedupe keys, for what is not taken out comes again. Raises `SendError`
        when the queue cannot be read, and what `keep` raises.
        """
        ...

    async def waiting(self) -> int:
        """About how many messages wait there. Raises `SendError` when it cannot be looked at."""
        ...


def pulls(provider: Provider) -> TypeGuard[CanPull]:
    """Whether it has a queue to read."""
    return hasattr(provider, "pulls") and cast(CanPull, provider).pulls
