"""`convo partitions` beside a business at work: all customers hear everything once."""

import os
import subprocess
import sys
from pathlib import Path

from tests.end_to_end.serving import ROOT, soon
from tests.end_to_end.test_many_processes import CUSTOMERS, Company, company
from tests.end_to_end.test_operating_on_redis import rows
from tests.servers import ON_DISK, redis_server, running


def partitions(made: Company, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "convo.cli", "-C", str(made.folder), "partitions", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stdout


def test_contacts_are_divided_anew_while_everybody_works(tmp_path: Path) -> None:
    with (
        running(redis_server(), tmp_path / "redis", *ON_DISK) as server,
        company(tmp_path, server.url, server) as made,
    ):
        made.hire("web", "web")
        made.hire("worker", "one")
        made.hire("worker", "two")
        for number in CUSTOMERS:
            made.text(number, "hello")
        soon(lambda: made.said()["Hello! Say something."], len(CUSTOMERS))
        assert partitions(made) == "Contacts are divided into 8 partitions.\n"
        told = partitions(made, "12")
        assert "Contacts are divided into 12 partitions now." in told
        assert "convo.toml says store.partitions = 8: write 12 there." in told
        made.all_say("one")

        def owned() -> list[int]:
            return sorted(number for each in rows(made, "ps") for number in each["partitions"])

        soon(owned, [*range(12)])
        # Asked for again, it is there.
        assert "There are 12 partitions, and everybody goes on." in partitions(made, "12")
