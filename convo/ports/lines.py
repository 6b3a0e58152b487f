"""A provider that keeps a connection of its own to its company: texts come in and leave by it."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeGuard

from convo.ports import Parsed, Provider

#: Keeps what came, as a webhook's would be; it may be acknowledged once this returns. Raises
#: `StoreError` when it is not kept, or not surely: then it must come again.
Keep = Callable[[Parsed], Awaitable[object]]


class KeepsALine(Protocol):
    """A provider whose process is connected for as long as it runs."""

    #: Processes that may be connected at the same time: the account says so.
    lines: int
    #: Why it is not connected while it runs; empty when it is, or is just about to be.
    trouble: str

    async def run(self, keep: Keep) -> None:
        """Be connected until cancelled, and again whenever the connection is lost."""
        ...


class KeepsTurns(Protocol):
    """A store that knows which processes may have what not all can have: optional."""

    async def take_turn(self, what: str, worker: str, length: int) -> bool:
        """Whether this worker has it for `length` ms from now, newly or still. Raises `StoreError`.

        It lapses by itself. At the very moment in which it lapses two may believe to have it, so
        nothing may be lost or doubled by that.
        """
        ...

    async def end_turn(self, what: str, worker: str) -> None:
        """Let others have it at once. Raises `StoreError`."""
        ...


def keeps_a_line(provider: Provider) -> TypeGuard[KeepsALine]:
    """Whether it is to be run."""
    return hasattr(provider, "lines")
