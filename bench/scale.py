"""Prints what many processes on one Redis do: its core's own limit, memory, a backlog, and a bot.

    python -m bench.scale               all of it, about ten minutes where nothing else runs
    python -m bench.scale memory        one part: core, memory, recovery, backlog or bot

Figures are ratios of one run: machines are noisy. The load of the machine is printed beside each.
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from bench import backlog, memory, recovery, redis_bot, redis_core


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.scale")
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], help="all when left out")
    parser.add_argument("--size", type=float, default=1.0, help="share of the usual amounts")
    asked = parser.parse_args()
    for name in asked.part or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            print(f"\n{name}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
            PARTS[name](Path(folder), asked.size)


PARTS: Mapping[str, Callable[[Path, float], None]] = {
    "core": redis_core.told,
    "memory": memory.told,
    "recovery": recovery.told,
    "backlog": backlog.told,
    "bot": redis_bot.told,
}


if __name__ == "__main__":
    main()
