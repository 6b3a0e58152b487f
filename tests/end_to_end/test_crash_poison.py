"""A text that ends every process that deals with it: it is found, put aside, and mended."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from click.testing import CliRunner

from convo.cli import main
from convo.runtime.suspects import STARTS
from convo.runtime.watchdog import HUNG
from tests.end_to_end.serving import ROOT, soon
from tests.end_to_end.supervisor import TURN_ENDS_WITH
from tests.servers import ON_DISK, free_port, redis_server, running

ANNA, BEN = "+447400000001", "+447400000002"
POISONED = "+447400000003"

SORRY = "Sorry, something went wrong on our side. We will look into it."

HANDLER_ENDS_WITH = 70

TOML = """
[business]
name = "Echo"
zone = "UTC"
country = "GB"
languages = ["en"]

[store]
url = "{store}"

[server]
bind = "127.0.0.1:{port}"

# Whoever's reply was on its way when a process ended hears it once more.
[doubts]
within = "1s"
grace = "1s"
service = "once"

[channels.main]
provider = "console"
address = "+447400000000"
path_token = "a-token-that-nobody-guesses-123"
"""

FLOWS = """
flow: one
start: {words: [one]}
steps:
  a: {say: One., go: end}
---
flow: two
start: {words: [two]}
steps:
  a: {say: Two., go: end}
---
flow: three
start: {words: [three]}
steps:
  a: {say: Three., go: end}
---
flow: poison
start: {words: [poison]}
steps:
  a: {say: Cured., go: end}
---
flow: act
start: {words: [act]}
steps:
  do: {do: end.it, within: 1h, failed: sorry}
  done: {say: Done., go: end}
  sorry: {say: It failed., go: end}
"""

HANDLER = f"""
import os
from pathlib import Path

from convo import Call, action


@action("end.it")
async def end_it(call: Call) -> None:
    if not Path("mended").exists():
        os._exit({HANDLER_ENDS_WITH})
    Path("done").touch()
"""


HANGS_ONCE = """
import time
from pathlib import Path

from convo import Call, action


@action("end.it")
async def hangs(call: Call) -> None:
    if not Path("done").exists():
        Path("done").touch()
        time.sleep(3600)
"""


class Business:
    """Served under a supervisor; what all of its processes have sent, and how each ended."""

    def __init__(self, folder: Path, store: str, handler: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.said: list[str] = []
        self.ended: list[int] = []
        for name in ("flows", "keyword_handlers"):
            (folder / name).mkdir(parents=True)
        for flow in FLOWS.split("---"):
            name = flow.split()[1]
            (folder / "flows" / f"{name}.yaml").write_text(flow, "utf-8")
        (folder / "keyword_handlers" / "end.py").write_text(handler, "utf-8")
        toml = TOML.format(store=store, port=self.port)
        (folder / "convo.toml").write_text(toml, "utf-8")

    def hear(self, supervisor: subprocess.Popen[str]) -> None:
        assert supervisor.stdout is not None
        with supervisor.stdout:
            for line in supervisor.stdout:
                if line.startswith("ended "):
                    self.ended.append(int(line.split()[1]))
                else:
                    self.said.append(line.strip())

    def text(self, number: str, words: str) -> None:
        """As a provider does: until it hears 200."""
        body = json.dumps({"from": number, "text": words, "id": f"{number} {words}"}).encode()
        url = f"http://127.0.0.1:{self.port}/in/main/a-token-that-nobody-guesses-123"
        until = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(url, body, timeout=30):
                    return
            except (urllib.error.URLError, ConnectionError):
                assert time.monotonic() < until
                time.sleep(0.05)

    def convo(self, *words: str) -> str:
        result = CliRunner().invoke(main, ["-C", str(self.folder), *words])
        assert result.exit_code == 0, result.output
        return result.output

    def parked(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.convo("parked", "--json").splitlines()]

    def mend(self) -> None:
        (self.folder / "mended").touch()

    def heard(self, *words: str) -> bool:
        return {*words} <= {*self.said}


@contextmanager
def served(folder: Path, store: str, handler: str = HANDLER) -> Iterator[Business]:
    business = Business(folder, store, handler)
    with (folder / "log").open("ab") as log:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "tests.end_to_end.supervisor", str(folder)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    listener = Thread(target=business.hear, args=[supervisor])
    listener.start()
    try:
        yield business
    finally:
        supervisor.terminate()
        supervisor.wait()
        listener.join()


def test_a_handler_that_ends_the_process_is_put_aside_and_run_again_when_it_is_mended(
    tmp_path: Path,
) -> None:
    with served(tmp_path / "echo", "sqlite:data/convo.db") as echo:
        echo.text(POISONED, "act")
        echo.text(ANNA, "one")
        echo.text(BEN, "two")
        soon(lambda: echo.heard("It failed.", "One.", "Two."), True)
        assert echo.ended == [HANDLER_ENDS_WITH] * (1 + STARTS)
        echo.text(POISONED, "three")
        soon(lambda: echo.heard("Three."), True)
        (parked,) = echo.parked()
        assert (parked["error"], parked["during"]) == ("EndedTheProcess", "the action end.it")
        assert "os._exit" in echo.convo("parked", "show", parked["id"])
        echo.mend()
        assert "1 event put back" in echo.convo("parked", "again", parked["id"])
        soon((tmp_path / "echo" / "done").exists, True)
        assert echo.parked() == []
        assert echo.ended == [HANDLER_ENDS_WITH] * (1 + STARTS)


def test_a_turn_that_ends_the_process_is_put_aside_and_taken_again_when_it_is_mended(
    tmp_path: Path,
) -> None:
    with (
        running(redis_server(), tmp_path / "redis", *ON_DISK) as server,
        served(tmp_path / "echo", server.url) as echo,
    ):
        echo.text(POISONED, "poison")
        echo.text(ANNA, "one")
        echo.text(BEN, "two")
        echo.text(POISONED, "three")
        soon(lambda: echo.heard("One.", "Two.", "Three.", SORRY), True)
        assert echo.ended == [TURN_ENDS_WITH] * (1 + STARTS)
        (parked,) = echo.parked()
        assert (parked["error"], parked["event"]) == ("EndedTheProcess", "Inbound")
        echo.mend()
        assert "1 event put back" in echo.convo("parked", "again", parked["id"])
        soon(lambda: echo.heard("Cured."), True)
        assert echo.parked() == []
        assert echo.ended == [TURN_ENDS_WITH] * (1 + STARTS)


def test_a_handler_that_never_comes_back_ends_its_process_and_nobody_waits_for_it(
    tmp_path: Path,
) -> None:
    with served(tmp_path / "echo", "sqlite:data/convo.db", HANGS_ONCE) as echo:
        echo.text(POISONED, "act")
        echo.text(ANNA, "one")
        soon(lambda: echo.heard("One.", "Done."), True)
        assert echo.ended == [HUNG]
    told = (tmp_path / "echo" / "log").read_text("utf-8")
    assert "does not go on, so this process ends with status 70" in told
    assert "in hangs" in told
    assert POISONED not in told
