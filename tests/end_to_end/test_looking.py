"""Commands that look into a business on Redis, beside the processes that serve it."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from convo.cli import main
from tests.end_to_end.desk import Desk, desk
from tests.end_to_end.serving import Serving, soon
from tests.servers import ON_DISK, redis_server, running

ANNA, BEN, CARL = "+8613800138000", "+8613800138001", "+8613800138002"

FLOWS = {
    "hello": "flow: hello\nstart: {words: [hello]}\nsteps:\n  a: {say: Good day!, go: end}\n",
    "survey": """
flow: survey
about: How it was
start: {words: [survey]}
answers: {points: number}
steps:
  first:
    ask: How many points?
    expect: number
    save: points
    silent: [{after: 1d, go: end}]
  then:
    ask: And why?
    expect: text
    go: end
    silent: [{after: 1d, go: end}]
""",
    "faulty": """
flow: faulty
start: {words: [faulty]}
answers: {n: number}
steps:
  a:
    branch:
      - {if: n > 0, go: b}
      - {else: b}
  b: {say: Well done., go: end}
""",
}


@pytest.fixture(scope="module")
def salon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """`convo web` and `convo worker` on a server of their own."""
    folder = tmp_path_factory.mktemp("looking")
    with (
        running(redis_server(), folder / "redis", *ON_DISK) as server,
        desk(folder / "salon", FLOWS, store=server.url, role="web") as salon,
    ):
        worker = Serving(salon.folder, {}, "worker", "worker")
        worker.start()
        yield salon
        worker.kill()


def told(salon: Desk, *words: str, status: int = 0) -> str:
    """What the command says; in this process, which saves a second for each."""
    result = CliRunner().invoke(main, ["-C", str(salon.folder), *words])
    assert result.exit_code == status, result.output
    return result.output


def rows(salon: Desk, *words: str, status: int = 0) -> list[dict[str, Any]]:
    """The same with --json: one object a line."""
    return [json.loads(line) for line in told(salon, *words, "--json", status=status).splitlines()]


def level(salon: Desk, name: str) -> float:
    with urllib.request.urlopen(f"http://127.0.0.1:{salon.port}/metrics", timeout=60) as page:
        lines = page.read().decode().splitlines()
    (value,) = [line.split()[1] for line in lines if line.startswith(f"{name} ")]
    return float(value)


def test_who_somebody_is_and_what_they_answered_is_told_while_they_are_talked_to(
    salon: Desk,
) -> None:
    salon.text(ANNA, "survey")
    soon(lambda: salon.gateway.texts, ["How many points?"])
    salon.text(ANNA, "8")
    soon(lambda: salon.gateway.texts, ["How many points?", "And why?"])
    assert "survey" in told(salon, "contact", ANNA)
    assert "Nothing is known of this number." in told(salon, "contact", CARL, status=1)
    (row,) = rows(salon, "answers", "survey")
    assert (row["step"], row["answers"]) == ("then", {"points": 8})
    assert rows(salon, "answers", "survey", "--ended") == []
    (board,) = rows(salon, "outcomes", "survey")
    assert board["standings"]["acknowledged"] == 1
    assert told(salon, "unanswered") == ""
    # Another version, in which they wait at a step that is gone.
    salon.flow("survey", FLOWS["survey"].replace("then:", "later:"))
    (waiting,) = rows(salon, "plan", status=1)
    assert (waiting["people"], waiting["fate"]) == (1, "gone")
    salon.flow("survey", FLOWS["survey"])


def test_what_is_held_and_what_is_parked_is_told_and_decided(salon: Desk) -> None:
    before = len(salon.gateway.texts)
    salon.gateway.mode = "reset"
    salon.text(BEN, "hello")
    soon(lambda: level(salon, "convo_held"), 1)
    salon.gateway.mode = "ok"
    (held,) = rows(salon, "held")
    assert (held["stage"], held["flows"]) == ("held", ["hello"])
    assert "the provider has it" in told(salon, "held", "send", held["id"][:10])
    assert salon.gateway.texts[before:] == ["Good day!", "Good day!"]
    again = told(salon, "held", "drop", held["id"], status=1)
    assert "nothing to decide, the provider has it" in again
    assert told(salon, "held") == "Nothing is held, and nothing is in doubt.\n"
    salon.text(CARL, "faulty")
    soon(lambda: level(salon, "convo_parked"), 1)
    (parked,) = rows(salon, "parked")
    assert parked["flow"] == ""
    assert "faulty" in told(salon, "parked", "show", parked["id"], "--text")
    assert "1 event given up." in told(salon, "parked", "drop", parked["id"])
    assert told(salon, "parked") == "Nothing is parked.\n"
    assert level(salon, "convo_parked") == 0
