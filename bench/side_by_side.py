"""Bots measured one behind the other: each alone on core 0, with phones and provider on core 1."""

import asyncio
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.phones import Measured, Town
from bench.processes import cpu_seconds, resident_mb

LINES = 64
HEAD = ("turns/s", "cpu us", "p50 ms", "p99 ms", "p50@1", "p99@1", "p99@half", "MB idle")

#: Starts a bot in a folder; its port, and the provider's.
Start = Callable[[Path, int, int], "subprocess.Popen[bytes]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """One of those that are compared."""

    start: Start
    conversations: int


def compared(bots: Mapping[str, Bot], rounds: int, kept: str) -> Mapping[str, dict[str, float]]:
    """Measure all, round by round, and print the medians; `kept` says where."""
    results: dict[str, list[dict[str, float]]] = {}
    for _ in range(rounds):
        for name, bot in bots.items():
            results.setdefault(name, []).append(_measured(bot))
    print(f"\nwebhook to provider, one core, {kept}, median of {rounds} rounds:")
    print(f"  {'':26}" + "".join(f"{word:>10}" for word in HEAD))
    medians: dict[str, dict[str, float]] = {}
    for name, found in results.items():
        medians[name] = {
            word: sorted(each[word] for each in found)[len(found) // 2] for word in HEAD
        }
        print(f"  {name:26}" + "".join(f"{medians[name][word]:10.1f}" for word in HEAD))
    ours, *others = reversed(medians)
    for name in reversed(others):
        rate = medians[ours]["turns/s"] / medians[name]["turns/s"]
        cpu = medians[name]["cpu us"] / medians[ours]["cpu us"]
        print(f"  {ours} is {rate:.2f} times {name}, and {cpu:.2f} times by the CPU of a turn")
    return medians


def _measured(bot: Bot) -> dict[str, float]:
    """One bot, started, measured and ended."""
    with tempfile.TemporaryDirectory() as folder:
        port, provider = free_port(), free_port()
        process = bot.start(Path(folder), port, provider)
        try:
            os.sched_setaffinity(process.pid, {0})
            wait_for(port)
            time.sleep(0.5)
            idle = resident_mb(process.pid)
            os.sched_setaffinity(0, {1})
            loaded = asyncio.run(_loaded(bot, process.pid, port, provider))
            return {**loaded, "MB idle": idle}
        finally:
            os.sched_setaffinity(0, {0, 1})
            process.terminate()
            process.wait(60)


async def _loaded(bot: Bot, pid: int, port: int, provider: int) -> dict[str, float]:
    town = await Town.opened(port, provider)
    await town.measure(lines=LINES, conversations=LINES)
    before = cpu_seconds(pid)
    full = await town.measure(lines=LINES, conversations=bot.conversations)
    spent = cpu_seconds(pid) - before
    alone = await town.measure(lines=1, conversations=50)
    half = await town.measure(lines=LINES, conversations=bot.conversations // 2, rate=full.rate / 2)
    town.provider.close()
    return {
        "turns/s": full.rate,
        "cpu us": spent / full.turns * 1e6,
        "p50 ms": ms(full, 0.5),
        "p99 ms": ms(full, 0.99),
        "p50@1": ms(alone, 0.5),
        "p99@1": ms(alone, 0.99),
        "p99@half": ms(half, 0.99),
    }


def ms(measured: Measured, share: float) -> float:
    return measured.percentile(share) * 1000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


STARTS_WITHIN = 180.0
"""Seconds: a hang guard. A bot starts within one where nothing else runs."""


def wait_for(port: int) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the bot did not start within {STARTS_WITHIN:.0f} s")
