"""How the bots that are compared are started."""

import subprocess
import sys
from pathlib import Path

from bench import project
from bench.processes import ROOT, environment
from bench.side_by_side import Start


def convo(store: str = project.IN_A_FILE) -> Start:
    """`convo run`, which keeps its business in `store`."""

    def start(folder: Path, port: int, provider: int) -> "subprocess.Popen[bytes]":
        token = project.written(folder / "shop", port=port, provider=provider, store=store)
        return convo_process("run", folder / "shop", token)

    return start


def convo_process(role: str, shop: Path, token: dict[str, str]) -> "subprocess.Popen[bytes]":
    """A process of Convo in the folder of a business."""
    return subprocess.Popen(
        [sys.executable, "-m", "convo.cli", role],
        cwd=shop,
        env={**environment(), **token},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=(shop / "log").open("ab"),
    )


def by_hand(app: str, redis: str = "") -> Start:
    """A bot that somebody has written in an afternoon."""

    def start(folder: Path, port: int, provider: int) -> "subprocess.Popen[bytes]":
        told = {
            "PROVIDER": f"http://127.0.0.1:{provider}/2010-04-01/Accounts/AC0/Messages.json",
            "DATABASE": str(folder / "bot.db"),
            "REDIS": redis,
        }
        options = ["--port", str(port), "--no-access-log", "--log-level", "warning"]
        command = [sys.executable, "-m", "uvicorn", app, "--loop", "uvloop", *options]
        return subprocess.Popen(command, cwd=ROOT, env={**environment(), **told})

    return start
