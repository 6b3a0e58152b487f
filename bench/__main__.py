"""Prints every figure in one run: the engine alone, then Convo beside two hand-written bots.

The bot under test has core 0 for itself; phones and provider share core 1. Figures are to be read
as ratios of one run: machines are noisy.
"""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import engine, project
from bench.phones import Measured, Town

BOTS = {
    "starlette + httpx": "bench.bots.with_httpx:app",
    "starlette + aiohttp": "bench.bots.with_aiohttp:app",
}
LINES = 64
CONVERSATIONS = {"Convo": 2_560, "starlette + httpx": 320, "starlette + aiohttp": 1_280}
ROUNDS = 3
ROOT = Path(__file__).parent.parent


def main() -> None:
    print("one turn of the pure engine, record read and written:")
    for text, microseconds in engine.measure().items():
        print(f"  {text!r:16} {microseconds:6.0f} us")
    results: dict[str, list[dict[str, float]]] = {}
    for _ in range(ROUNDS):
        for name in (*BOTS, "Convo"):
            results.setdefault(name, []).append(_measured(name))
    _print(results)


def _print(results: dict[str, list[dict[str, float]]]) -> None:
    print(f"\nwebhook to provider, one core, SQLite, median of {ROUNDS} rounds:")
    head = ("turns/s", "cpu us", "p50 ms", "p99 ms", "p50@1", "p99@1", "p99@half", "MB idle")
    print(f"  {'':22}" + "".join(f"{word:>10}" for word in head))
    medians: dict[str, dict[str, float]] = {}
    for name, rounds in results.items():
        medians[name] = {
            word: sorted(each[word] for each in rounds)[len(rounds) // 2] for word in head
        }
        print(f"  {name:22}" + "".join(f"{medians[name][word]:10.1f}" for word in head))
    for name in BOTS:
        ratio = medians["Convo"]["turns/s"] / medians[name]["turns/s"]
        print(f"  Convo is {ratio:.1f} times {name}")


def _measured(name: str) -> dict[str, float]:
    """One bot, started, measured and ended."""
    with tempfile.TemporaryDirectory() as folder:
        port, provider = _free_port(), _free_port()
        bot = _started(name, Path(folder), port, provider)
        try:
            os.sched_setaffinity(bot.pid, {0})
            _wait_for(port)
            time.sleep(0.5)
            idle = _resident_mb(bot.pid)
            os.sched_setaffinity(0, {1})
            return {**asyncio.run(_loaded(name, bot.pid, port, provider)), "MB idle": idle}
        finally:
            os.sched_setaffinity(0, {0, 1})
            bot.terminate()
            bot.wait(60)


def _started(name: str, folder: Path, port: int, provider: int) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if name == "Convo":
        environment |= project.written(folder / "shop", port=port, provider=provider)
        return subprocess.Popen(
            [sys.executable, "-m", "convo.cli", "run"],
            cwd=folder / "shop",
            env=environment,
            stdin=subprocess.DEVNULL,
        )
    environment |= {
        "PROVIDER": f"http://127.0.0.1:{provider}/2010-04-01/Accounts/AC0/Messages.json",
        "DATABASE": str(folder / "bot.db"),
    }
    options = ["--port", str(port), "--no-access-log", "--log-level", "warning"]
    command = [sys.executable, "-m", "uvicorn", BOTS[name], "--loop", "uvloop", *options]
    return subprocess.Popen(command, cwd=ROOT, env=environment)


async def _loaded(name: str, pid: int, port: int, provider: int) -> dict[str, float]:
    town = await Town.opened(port, provider)
    conversations = CONVERSATIONS[name]
    await town.measure(lines=LINES, conversations=LINES)
    before = _cpu_seconds(pid)
    full = await town.measure(lines=LINES, conversations=conversations)
    spent = _cpu_seconds(pid) - before
    alone = await town.measure(lines=1, conversations=50)
    half = await town.measure(lines=LINES, conversations=conversations // 2, rate=full.rate / 2)
    town.provider.close()
    return {
        "turns/s": full.rate,
        "cpu us": spent / full.turns * 1e6,
        "p50 ms": _ms(full, 0.5),
        "p99 ms": _ms(full, 0.99),
        "p50@1": _ms(alone, 0.5),
        "p99@1": _ms(alone, 0.99),
        "p99@half": _ms(half, 0.99),
    }


def _ms(measured: Measured, share: float) -> float:
    return measured.percentile(share) * 1000


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _cpu_seconds(pid: int) -> float:
    """User and system time of all its threads so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the bot did not start within 30 s")


if __name__ == "__main__":
    main()
