"""What not every worker can have at once: a key with its name, which lapses."""

from convo.stores.redis.layout import Layout
from convo.stores.redis.wire import Wire


async def take(wire: Wire, key: str, worker: str, length: int) -> bool:
    """Whether it is this worker's for `length` ms from now, newly or still."""
    if await wire.ask("SET", key, worker, "NX", "PX", length) is not None:
        return True
    if await wire.ask("GET", key) != worker.encode():
        return False
    return await wire.ask("PEXPIRE", key, length) == 1


async def take_listing(
    wire: Wire, layout: Layout, channel: str, worker: str, length: int
) -> int | None:
    """Until when a channel's messages were listed, ms, where it is this worker's turn to do it."""
    turn = layout.of_all(f"listing:{channel}")
    if await wire.ask("SET", turn, worker, "NX", "PX", length) is None:
        return None
    return int(await wire.ask("HGET", layout.of_all("listed"), channel) or 0)


async def end(wire: Wire, key: str, worker: str) -> None:
    """Let others have it."""
    if await wire.ask("GET", key) == worker.encode():
        await wire.ask("DEL", key)
