"""A million messages wait while people write: how fast they drain, and who waits for them."""

import asyncio
import time
from pathlib import Path

from bench import project
from bench.contestants import convo_process
from bench.phones import Town
from bench.side_by_side import free_port, ms, wait_for
from bench.stuffing import PARTITIONS, pattern, stuff
from tests.servers import ON_DISK, redis_server, running

MESSAGES = 1_000_000
WORKERS = 2
LINES = 16
CONVERSATIONS = 480
REPLIES = 40.0
"""Texts a second that people write meanwhile."""


def told(folder: Path, size: float) -> None:
    """Print it for as long as the conversations take; the rest of the backlog is left."""
    with running(redis_server(), folder / "redis", *ON_DISK) as server:
        count = int(MESSAGES * size)
        stuff(server.url, asyncio.run(pattern(server.url, message=True)), count)
        port, provider = free_port(), free_port()
        store = f'url = "{server.url}"\npartitions = {PARTITIONS}'
        token = project.written(folder / "shop", port=port, provider=provider, store=store)
        roles = ("web", *["worker"] * WORKERS)
        processes = [convo_process(role, folder / "shop", token) for role in roles]
        try:
            wait_for(port)
            asyncio.run(_drained(port, provider, count, max(1, int(CONVERSATIONS * size))))
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(60)


async def _drained(port: int, provider: int, count: int, conversations: int) -> None:
    town = await Town.opened(port, provider)
    while not town.posted.count:
        await asyncio.sleep(0.05)
    before, began = town.posted.count, time.perf_counter()
    measured = await town.measure(
        lines=LINES, conversations=max(conversations, LINES), rate=REPLIES
    )
    seconds = time.perf_counter() - began
    drained = town.posted.count - before - measured.turns
    town.provider.close()
    print(
        f"  {count:,} waiting, {WORKERS} workers and a web process: {drained / seconds:,.0f} of "
        f"them sent a second for {seconds:.0f} s, while {measured.rate:.0f} texts a second were "
        f"answered: p50 {ms(measured, 0.5):.0f} ms, p99 {ms(measured, 0.99):.0f} ms"
    )
