"""An operator's commands over Redis: who is at work, what waits, and a recall in a broadcast."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from tests.end_to_end.serving import ROOT, soon
from tests.end_to_end.test_many_processes import CUSTOMERS, Company, company
from tests.servers import ON_DISK, redis_server, running

API_TOKEN = "own-systems-of-this-very-test"
SPRING = """
flow: spring
start: {events: [spring]}
steps:
  offer: {say: "All bags for nothing!"}
  ask: {ask: "Shall we keep one for you?", silent: [{after: 1d, go: end}]}
  kept: {say: "It is yours.", go: end}
"""
TEXTS = 2


def rows(made: Company, *words: str) -> list[dict[str, Any]]:
    """What a command tells by --json, beside the processes."""
    done = subprocess.run(
        [sys.executable, "-m", "convo.cli", "-C", str(made.folder), *words, "--json"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def ask(made: Company, number: str) -> None:
    body = {"event": "spring", "to": number, "key": f"spring/{number}"}
    request = urllib.request.Request(
        f"http://127.0.0.1:{made.port}/v1/events",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {API_TOKEN}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 202


def of_spring(made: Company) -> int:
    """Texts of the broadcast that some process has sent."""
    return made.said()["All bags for nothing!"] + made.said()["Shall we keep one for you?"]


def test_who_is_at_work_what_waits_and_what_is_taken_back(tmp_path: Path) -> None:
    with (
        running(redis_server(), tmp_path / "redis", *ON_DISK) as server,
        company(tmp_path, server.url, server) as made,
    ):
        settings = made.folder / "convo.toml"
        told = settings.read_text("utf-8").replace(
            "[channels.main]", '[channels.main]\nrate = "4 parts/s"'
        )
        told = told.replace("[server]", f'[server]\napi_token = "{API_TOKEN}"')
        settings.write_text(told, "utf-8")
        (made.folder / "flows" / "spring.yaml").write_text(SPRING, "utf-8")
        made.hire("web", "web")
        made.hire("worker", "one")
        made.hire("worker", "two")
        made.shared_by(4, 4)
        soon(lambda: sorted(each["role"] for each in rows(made, "ps")), ["web", "worker", "worker"])
        found = rows(made, "ps")
        assert sorted(len(each["partitions"]) for each in found) == [0, 4, 4]
        assert sorted(n for each in found for n in each["partitions"]) == [*range(8)]

        for number in CUSTOMERS:
            ask(made, number)

        def waiting() -> int:
            queues = [each for each in rows(made, "queues") if each["about"] == "queue"]
            return sum(each["due"] + each["behind"] for each in queues)

        soon(lambda: waiting() > 0, True)
        (told_back,) = rows(made, "recall", "--request", "spring/*")
        left = sum(told_back["left"].values())
        assert told_back["waiting"] == 0
        everything = told_back["recalled"] + told_back["on_their_way"] + left
        assert everything == TEXTS * len(CUSTOMERS)
        assert told_back["conversations"] == len(CUSTOMERS)
        # Whoever was on its way has left when another text has gone by the same channel.
        made.text(CUSTOMERS[0], "hello")
        soon(lambda: made.said()["Hello! Say something."], 1)
        assert left <= of_spring(made) <= left + told_back["on_their_way"]

        made.staff.pop("two").stop()
        soon(lambda: [len(x["partitions"]) for x in rows(made, "ps") if x["role"] == "worker"], [8])
