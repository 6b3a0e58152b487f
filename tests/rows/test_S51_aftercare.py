"""S51: a series that events start once and end, while its server is killed at any moment."""

import http.client
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.kannel import free_ports
from tests.end_to_end.serving import ROOT, Serving, soon, written

TOKEN = "own-systems-of-this-test"
STAY = [f"+86138{n:08d}" for n in range(30)]
LEAVE = [f"+86139{n:08d}" for n in range(30)]
"""Those of the second list book again while their series runs."""

KILLS = 6
TABLES = """
[server]
bind = "127.0.0.1:{port}"
api_token = "{token}"

[channels.main]
provider = "console"
address = "12345"
path_token = "phones-of-this-test"
"""
FLOW = (ROOT / "flows" / "aftercare.yaml").read_text("utf-8")
IN_SECONDS = {"wait: 3h": "wait: 2s", "wait: 2d": "wait: 3s", "wait: 28d": "wait: 3s"}
FIRST, SECOND, LAST = "Your copper red needs", "Now you can wash it.", "We would be glad"


@pytest.fixture
def port() -> int:
    return free_ports(1)[0]


@pytest.fixture
def business(tmp_path: Path, port: int) -> Iterator[Serving]:
    flow = FLOW
    for long, short in IN_SECONDS.items():
        assert long in flow
        flow = flow.replace(long, short)
    folder = tmp_path / "shop"
    written(folder, TABLES.format(port=port, token=TOKEN), {"aftercare": flow})
    # Whatever the hour is at which this is run.
    settings = folder / "convo.toml"
    told = settings.read_text("utf-8")
    settings.write_text(told.replace('service = "8:00-21:30"', ""), "utf-8")
    serving = Serving(folder, {})
    serving.start()
    yield serving
    serving.kill()


def post(port: int, event: str, to: str, answers: dict[str, str]) -> int:
    """The status; 0 when nobody was there to answer."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    body = {"event": event, "to": to, "key": f"{event} {to}", "answers": answers}
    try:
        line.request("POST", "/v1/events", json.dumps(body), {"Authorization": f"Bearer {TOKEN}"})
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        line.close()


def posted(port: int, business: Serving, event: str, to: str, answers: dict[str, str]) -> None:
    """As a good system posts: again under the same key until it is answered."""
    for _ in range(20):
        if post(port, event, to, answers) in (200, 202):
            return
        business.kill()
        business.start()
    raise AssertionError("nobody ever answered")


def said(business: Serving, to: str) -> list[str]:
    rows = business.rows("SELECT text FROM message WHERE contact = ? ORDER BY seq", to)
    return [text for (text,) in rows]


def parked(business: Serving) -> int:
    return business.rows("SELECT count(*) FROM parked")[0][0]


def test_every_series_runs_once_and_ends_with_its_event_though_the_server_is_killed(
    business: Serving, port: int
) -> None:
    shade = {"visit": "v-1", "shade": "copper red"}
    dies = random.Random(51)  # moments of a fixed seed; what they meet differs each time
    for n, to in enumerate([*STAY, *LEAVE]):
        posted(port, business, "colour.done", to, shade)
        if n % 10 == 0:
            business.kill()
            business.start()
        # The same happening, told again after the kill.
        assert post(port, "colour.done", to, shade) == 200
    for to in LEAVE:
        posted(port, business, "visit.booked", to, {})
    at_exit = {to: len(said(business, to)) for to in LEAVE}
    for _ in range(KILLS):
        time.sleep(dies.uniform(0.1, 1.5))
        business.kill()
        business.start()
    open_ = "SELECT count(*) FROM timer"
    soon(lambda: business.rows(open_)[0][0], 0)
    soon(lambda: {len(said(business, to)) for to in STAY}, {3})
    for to in STAY:
        heads = [FIRST, SECOND, LAST]
        assert [text.startswith(head) for text, head in zip(said(business, to), heads, strict=True)]
    for to in LEAVE:
        texts = said(business, to)
        assert len(set(texts)) == len(texts) <= 3
        # One text may have been under way when the event was kept; none comes after its turn.
        assert len(texts) <= at_exit[to] + 1
        assert texts[:1] in ([], [texts[0]] if texts else [])
    assert parked(business) == 0


def test_an_event_that_lacks_a_value_is_refused_at_the_door_and_nothing_is_parked(
    business: Serving, port: int
) -> None:
    assert post(port, "colour.done", STAY[0], {"visit": "v-1"}) == 422
    assert business.rows("SELECT count(*) FROM inbox")[0][0] == 0
    assert parked(business) == 0
