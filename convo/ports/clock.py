"""Time: what the clock says, and waiting."""

from collections.abc import Awaitable, Callable

#: Milliseconds since 1970, UTC. Due times go by the store's clock and no other.
Clock = Callable[[], int]

Sleep = Callable[[float], Awaitable[None]]
"""Waits so many seconds."""
