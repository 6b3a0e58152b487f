"""A worker is killed with -9 while others work: how long whoever writes then waits for an answer.

Everybody here writes once the worker is dead, so nobody's message is in doubt: what waits, waits
for the dead worker's partitions to be another's.
"""

import asyncio
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import project
from bench.contestants import convo_process
from bench.phones import Town
from bench.side_by_side import free_port, wait_for
from bench.stuffing import PARTITIONS
from convo.stores.redis.leases import LEASE
from tests.servers import ON_DISK, redis_server, running

KILLS = 20
WORKERS = 2
LINES = 64
"""Conversations at once, which are in every partition and so in those of the dead."""

SETTLES_WITHIN = 2.0
"""Seconds until a worker that is new has its share."""


def told(folder: Path, size: float) -> None:
    """Print the longest wait after each of so many kills."""
    with running(redis_server(), folder / "redis", *ON_DISK) as server:
        port, provider = free_port(), free_port()
        store = f'url = "{server.url}"\npartitions = {PARTITIONS}'
        token = project.written(folder / "shop", port=port, provider=provider, store=store)

        def start(role: str) -> "subprocess.Popen[bytes]":
            return convo_process(role, folder / "shop", token)

        waits = asyncio.run(_waits(port, provider, max(2, int(KILLS * size)), start))
    waits.sort()
    print(
        f"  {len(waits)} kills of one of {WORKERS} workers, a lease of {LEASE / 1_000:.0f} s: the "
        f"longest wait of anybody was {waits[len(waits) // 2]:.1f} s in the middle, "
        f"{waits[-1]:.1f} s at most",
        flush=True,
    )


async def _waits(
    port: int, provider: int, kills: int, start: Callable[[str], "subprocess.Popen[bytes]"]
) -> list[float]:
    town = await Town.opened(port, provider)
    web, workers = start("web"), [start("worker") for _ in range(WORKERS)]
    waits: list[float] = []
    try:
        await asyncio.to_thread(wait_for, port)
        await town.measure(lines=LINES, conversations=LINES)
        for _ in range(kills):
            victim = workers.pop(0)
            victim.kill()
            killed = time.perf_counter()
            await asyncio.to_thread(victim.wait)
            met = await town.measure(lines=LINES, conversations=LINES)
            waits.append(max(met.latencies))
            workers.append(start("worker"))
            await asyncio.sleep(LEASE / 1_000 + SETTLES_WITHIN - (time.perf_counter() - killed))
            await town.measure(lines=LINES, conversations=LINES)
    finally:
        _end([web, *workers])
    town.provider.close()
    return waits


def _end(processes: Sequence["subprocess.Popen[bytes]"]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(60)
