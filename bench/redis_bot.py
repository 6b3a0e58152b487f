"""Convo on Redis beside a bot of some forty lines that keeps the same conversation there."""

import subprocess
from pathlib import Path

import redis

from bench.contestants import by_hand, convo
from bench.side_by_side import LINES, Bot, Start, compared
from tests.servers import ON_DISK, redis_server, running

ROUNDS = 3


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
        hand = by_hand("bench.bots.with_redis:app", theirs.url)
        # Less than the usual partitions: one process owns all of them here.
        store = f'url = "{ours.url}"\npartitions = 16'
        bots = {
            "starlette + redis + aiohttp": Bot(
                start=emptied(theirs.url, hand), conversations=conversations
            ),
            "Convo": Bot(start=emptied(ours.url, convo(store)), conversations=conversations),
        }
        compared(bots, ROUNDS, "Redis with AOF always")
