"""How tasks of the loops come to their end."""

import asyncio
from collections.abc import Iterable


def ended_by_us() -> bool:
    """Whether the `CancelledError` just caught was meant for this task.

    When not, it came out of foreign code (an adapter, an authored action) and is a failure like
    any other.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def drain(tasks: Iterable[asyncio.Task[None]], seconds: float) -> None:
    """Let these come to their end; those that do not in time are cancelled."""
    waited = tuple(tasks)
    if not waited:
        return
    _, late = await asyncio.wait(waited, timeout=seconds)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
