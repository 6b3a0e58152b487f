"""The example business in a folder of its own, served by a `convo run` of its own."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import Any, TextIO

ROOT = Path(__file__).parent.parent.parent
STOPS_WITHIN = 60.0
SETTLED_WITHIN = 60.0
# The clock is the real one, and tests are run at night too.
OWN_TABLES = ("[server]", "[channels", "[quiet]")
"""Tables of the example's convo.toml that a test writes its own way."""


def shown(how_to: Path, language: str) -> str:
    """The only block of a how-to in `language`: what it shows is what is tested."""
    found = re.findall(rf"^```{language}\n(.*?)^```", how_to.read_text("utf-8"), re.M | re.S)
    assert len(found) == 1, f"{how_to.name} shows {len(found)} blocks of {language}"
    return found[0]


def soon(look: Callable[[], object], wanted: object) -> None:
    """Until `look` finds what is wanted."""
    until = time.monotonic() + SETTLED_WITHIN
    while (found := look()) != wanted:
        assert time.monotonic() < until, f"{found}, not {wanted}"
        time.sleep(0.02)


def written(folder: Path, tables: str, flows: Mapping[str, str]) -> None:
    """The repository's own business, behind the server and channels of `tables`."""
    folder.mkdir()
    for part in ("flows", "keyword_handlers", "codes"):
        shutil.copytree(
            ROOT / part, folder / part, ignore=shutil.ignore_patterns("tests", "__pycache__")
        )
    for name, flow in flows.items():
        (folder / "flows" / f"{name}.yaml").write_text(flow, "utf-8")
    own = re.split(r"^(?=\[)", (ROOT / "convo.toml").read_text("utf-8"), flags=re.M)
    kept = [table for table in own if not table.startswith(OWN_TABLES)]
    (folder / "convo.toml").write_text("".join(kept) + tables, "utf-8")


LINES_AT_HAND = 1_000


def _overheard(printed: TextIO, lines: deque[str]) -> None:
    with printed:
        lines.extend(printed)


class Serving:
    """`convo run` in `folder`, or another role, to be started and stopped as often as one likes."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], role: str = "run", name: str = "convo"
    ) -> None:
        self.folder = folder
        self.log = folder / f"{name}.log"
        self._environment = environment
        self._role = role
        self._process: subprocess.Popen[str] | None = None
        #: What was printed last: on a channel in the terminal, the texts themselves.
        self.printed: deque[str] = deque(maxlen=LINES_AT_HAND)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "convo.cli", "-C", str(self.folder), self._role],
                env={
                    **os.environ,
                    **self._environment,
                    "PYTHONPATH": str(ROOT),
                    "PYTHONUNBUFFERED": "1",
                },
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        # What waited for the start may be printed before where the server is.
        for said in iter(self._process.stdout.readline, ""):
            if "is open at" in said or "is at work" in said:
                break
            self.printed.append(said)
        else:
            raise AssertionError(self.log.read_text("utf-8"))
        # A channel in the terminal prints what it sends, and would wait for its reader for ever.
        Thread(target=_overheard, args=[self._process.stdout, self.printed], daemon=True).start()

    def stop(self) -> None:
        """As a supervisor would; nothing may be left to complain about."""
        process, self._process = self._process, None
        assert process is not None
        process.send_signal(signal.SIGTERM)
        process.wait(STOPS_WITHIN)
        assert process.returncode == 0, self.log.read_text("utf-8")

    def kill(self) -> None:
        """Whatever state a test left it in."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def rows(self, query: str, *values: str) -> Sequence[Any]:
        """What the store says, read beside the process that owns it."""
        store = f"file:{self.folder / 'data' / 'convo.db'}?mode=ro"
        with closing(sqlite3.connect(store, uri=True, timeout=5)) as database:
            return database.execute(query, values).fetchall()

    def rows_of_all(self) -> Sequence[str]:
        """Every row of every table, as Python writes it."""
        tables = [
            name for (name,) in self.rows("SELECT name FROM sqlite_schema WHERE type='table'")
        ]
        return [repr(row) for table in tables for row in self.rows(f'SELECT * FROM "{table}"')]

    def waits_for(self, query: str, values: Sequence[str], wanted: Sequence[Any]) -> None:
        """Until the store says what is wanted."""
        soon(lambda: self.rows(query, *values), wanted)

    def waits_for_statuses(self, contact: str, *wanted: str) -> None:
        query = "SELECT status FROM message WHERE contact = ? ORDER BY seq"
        self.waits_for(query, [contact], [(status,) for status in wanted])
