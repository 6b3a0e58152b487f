"""Convo on Redis beside two bots of some forty lines that keep the same conversation there.

Before them stands what remembers nothing: the least that hearing and sending cost, for them too.
The bare one believes whatever is posted and answers a text twice that comes twice. The careful one
checks the signature, by the company's own code, and drops repeats, as Convo does; what else Convo
keeps of a turn (its timers, its records, its reply before that leaves) neither of them does.
"""

import os
import subprocess
from pathlib import Path

import redis

from bench.contestants import by_hand, convo
from bench.side_by_side import LINES, Bot, Start, compared
from tests.servers import ON_DISK, redis_server, running

ROUNDS = 3
CAREFUL = "bench.bots.with_redis_carefully"


def emptied(url: str, start: Start) -> Start:
    """The same bot, whose Redis has forgotten the round before."""

    def started(folder: Path, port: int, provider: int) -> "subprocess.Popen[bytes]":
        with redis.Redis.from_url(url) as client:
            client.flushall()
        return start(folder, port, provider)

    return started


def told(folder: Path, size: float) -> None:
    """Print them: both on core 0, a server for each on core 1, with AOF always."""
    conversations = max(int(1_280 * size), 2 * LINES)
    with (
        running(redis_server(), folder / "theirs", *ON_DISK) as theirs,
        running(redis_server(), folder / "ours", *ON_DISK) as ours,
    ):
        for server in (theirs, ours):
            os.sched_setaffinity(server.process.pid, {1})
        # Less than the usual partitions: one process owns all of them here.
        store = f'url = "{ours.url}"\npartitions = 16'
        bots = {
            name: Bot(start=emptied(server.url, start), conversations=conversations)
            for name, server, start in (
                ("no memory at all", theirs, by_hand("bench.bots.with_nothing:app")),
                ("a bare bot", theirs, by_hand("bench.bots.with_redis:app", theirs.url)),
                ("a careful bot", theirs, by_hand(f"{CAREFUL}:app", theirs.url)),
                ("Convo", ours, convo(store)),
            )
        }
        compared(bots, ROUNDS, "Redis with AOF always")
