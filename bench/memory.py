"""What an idle contact takes of the server's memory, and a timer, and a message that waits."""

import asyncio
from pathlib import Path

from bench.stuffing import RECORD, pattern, stuff, used
from tests.servers import redis_server, running

CONTACTS = 1_000_000


def told(folder: Path, size: float) -> None:
    """Print it for a million contacts."""
    contacts = int(CONTACTS * size)
    idle = _bytes_each(folder / "idle", contacts)
    timed = _bytes_each(folder / "timed", contacts, timer=True)
    waiting = _bytes_each(folder / "waiting", contacts, message=True)
    print(f"  bytes each of {contacts:,}, the server's used_memory:")
    print(f"  an idle contact with a record of {len(RECORD)} bytes {idle:6.0f}")
    print(f"  a timer beside it                         {timed - idle:6.0f}")
    print(f"  a message in the queue beside it          {waiting - idle:6.0f}")


def _bytes_each(folder: Path, count: int, *, timer: bool = False, message: bool = False) -> float:
    with running(redis_server(), folder) as server:
        made = asyncio.run(pattern(server.url, timer=timer, message=message))
        before = used(server.url)
        stuff(server.url, made, count)
        return (used(server.url) - before) / (count - 1)
