"""Who is at work on a server: each process as it describes itself, those that died for a while."""

from collections.abc import Sequence

from convo.core import presence
from convo.core.presence import Presence
from convo.stores.redis.wire import Wire

FORGOTTEN_AFTER = 3_600_000
"""Milliseconds behind the last word of a process that never said that it ends."""


async def announce(wire: Wire, key: str, told: Presence, now: int) -> None:
    """Note one at `key`, and forget those that died long ago."""
    await wire.ask("HSET", key, told.name, presence.written(told, seen=now))
    gone = [each.name for each in await processes(wire, key) if _is_gone(each, now)]
    if gone:
        await wire.ask("HDEL", key, *gone)


async def processes(wire: Wire, key: str) -> Sequence[Presence]:
    """All that is noted at `key`, by their names."""
    found = map(presence.read, await wire.ask("HVALS", key))
    return tuple(sorted(found, key=lambda each: each.name))


def _is_gone(told: Presence, now: int) -> bool:
    return now - told.seen > FORGOTTEN_AFTER
