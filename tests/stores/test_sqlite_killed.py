"""kill -9 at random moments: what was acknowledged is there, and the file is sound."""

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from convo.core.events import Inbound
from convo.ports import Arrival, Done, Wants
from convo.stores.sqlite.store import SqliteStore
from tests.stores.contract_desk import message, text, turn

KILLS = 20
SOAK_KILLS = 300

# Accepts for ever, 20 at a time, and answers each batch with a turn that queues a message; it
# says a number only when the store has acknowledged it.
CHILD = """
import asyncio, sys
from tests.stores import test_sqlite_killed as here

asyncio.run(here.accept_for_ever(sys.argv[1], int(sys.argv[2])))
"""


async def accept_for_ever(path: str, first: int) -> None:
    """Runs in the child."""
    store = await SqliteStore.open(path, clock=lambda: int(time.time() * 1000))
    lease = await store.acquire(0, "child")
    assert lease is not None
    number = first

    async def accept(n: int) -> None:
        await store.accept([text(str(n), key=f"k{n}")])
        os.write(1, f"a{n}\n".encode())

    while True:
        group = [accept(n) for n in range(number, number + 20)]
        reading = store.advance(lease, Done(), Wants(events=10, messages={"main": 5}))
        work, _ = await asyncio.gather(reading, asyncio.gather(*group))
        turns = tuple(
            turn(each, outbound=(message(f"m{each.event.text}"),), record=b"[1]")
            for each in work.events
            if isinstance(each.event, Inbound)
        )
        await store.advance(lease, Done(turns=turns), Wants())
        for each in turns:
            os.write(1, f"t{each.outbound[0].id[1:]}\n".encode())
        number += 20


@pytest.mark.soak
def test_nothing_acknowledged_is_lost_by_kill_9(tmp_path: Path, soak: bool) -> None:
    path = tmp_path / "convo.db"
    chance = random.Random(20_240)
    accepted: set[int] = set()
    turned: set[int] = set()
    for round_ in range(SOAK_KILLS if soak else KILLS):
        lines = killed_output(path, round_ * 100_000, after=chance.uniform(0.01, 0.12))
        accepted |= {int(line[1:]) for line in lines if line.startswith("a")}
        turned |= {int(line[1:]) for line in lines if line.startswith("t")}
        check(path, accepted, turned)
    assert len(accepted) > KILLS * 20
    assert len(turned) > KILLS


def killed_output(path: Path, first: int, *, after: float) -> list[str]:
    """What the child had acknowledged when it was killed, `after` seconds into its work."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), str(first)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout is not None
    with child.stdout as out:
        start = out.readline()
        time.sleep(after)
        child.send_signal(signal.SIGKILL)
        rest = out.read()
    assert child.wait() == -signal.SIGKILL
    # The last line may have been cut in the middle.
    return (start + rest).decode().split("\n")[:-1]


def check(path: Path, accepted: set[int], turned: set[int]) -> None:
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    waiting = {
        int(body.split(b'"')[7]) for (body,) in connection.execute("SELECT event FROM inbox")
    }
    rows = connection.execute("SELECT id FROM message").fetchall()
    connection.close()
    messages = {int(id[1:]) for (id,) in rows}
    assert waiting & messages == set()
    assert accepted <= waiting | messages
    assert turned <= messages
    assert len(rows) == len(messages)


@pytest.mark.anyio
async def test_a_killed_process_leaves_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "convo.db"
    killed_output(path, 0, after=0.01)
    store = await SqliteStore.open(str(path), clock=lambda: 0)
    assert await store.accept([Arrival(event=text("1").event, dedupe="")]) == ["accepted"]
    await store.close()
