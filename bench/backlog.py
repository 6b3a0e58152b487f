"""A million messages wait while people write: how fast they drain, and who waits for them."""

import asyncio
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import project
from bench.contestants import convo_process
from bench.phones import Measured, Town
from bench.side_by_side import free_port, ms, wait_for
from bench.stuffing import PARTITIONS, pattern, stuff, waiting
from tests.servers import ON_DISK, redis_server, running

MESSAGES = 1_000_000
WORKERS = 2
LINES = 16
CONVERSATIONS = 160
"""Between two looks at whether the backlog is gone."""

REPLIES = 40.0
"""Texts a second that people write meanwhile."""

Processes = Sequence["subprocess.Popen[bytes]"]


def told(folder: Path, size: float) -> None:
    """Print it for as long as the backlog lasts."""
    with running(redis_server(), folder / "redis", *ON_DISK) as server:
        count = int(MESSAGES * size)
        stuff(server.url, asyncio.run(pattern(server.url, message=True)), count)
        port, provider = free_port(), free_port()
        store = f'url = "{server.url}"\npartitions = {PARTITIONS}'
        token = project.written(folder / "shop", port=port, provider=provider, store=store)

        def start() -> Processes:
            roles = ("web", *["worker"] * WORKERS)
            return [convo_process(role, folder / "shop", token) for role in roles]

        print(asyncio.run(_drained(port, provider, count, start)), flush=True)
        print(f"  left in the store: {waiting(server.url):,}", flush=True)


async def _drained(port: int, provider: int, count: int, start: Callable[[], Processes]) -> str:
    # Before the workers, who would take a provider that is not there for one that fails.
    town = await Town.opened(port, provider)
    processes = start()
    try:
        await asyncio.to_thread(wait_for, port)
        while not town.posted.count:
            await asyncio.sleep(0.05)
        began, rounds = time.perf_counter(), list[Measured]()
        while not rounds or town.posted.count - sum(each.turns for each in rounds) < count:
            rounds.append(
                await town.measure(lines=LINES, conversations=CONVERSATIONS, rate=REPLIES)
            )
        seconds = time.perf_counter() - began
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(60)
    town.provider.close()
    turns = sum(each.turns for each in rounds)
    met = Measured(
        turns=turns, seconds=seconds, latencies=[each for one in rounds for each in one.latencies]
    )
    return (
        f"  {count:,} waiting, {WORKERS} workers and a web process: {count / seconds:,.0f} of them "
        f"sent a second for {seconds:.0f} s, while {met.rate:.0f} texts a second were answered: "
        f"p50 {ms(met, 0.5):.0f} ms, p99 {ms(met, 0.99):.0f} ms; "
        f"{town.posted.count:,} posted to {len(town.posted.numbers):,} phones"
    )
