"""S71: nothing goes out before a second person has approved it, and then at once, at any hour."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from convo.core import record_codec
from tests.end_to_end.serving import soon
from tests.rows.crowd import Crowd
from tests.rows.examples import served

pytestmark = pytest.mark.anyio

WANG, LI = "+8613800138001", "+8613800138002"
NORTH, SOUTH = ["+8613800138003", "+8613800138004"], "+8613800138005"
WHAT = "The dam may break. Go to the hills."


def closed_now() -> str:
    """Hours of the people's clock, all of them in Shanghai, that are not now."""
    later = datetime.now(UTC) + timedelta(hours=8 + 6)
    return f'[quiet]\nservice = "{later.hour}:00-{later.hour}:59"\n\n'


def said(crowd: Crowd, contact: str) -> list[str]:
    query = "SELECT text FROM message WHERE contact = ? AND state = 'done' ORDER BY seq"
    return [text for (text,) in crowd.serving.rows(query, contact)]


def records(crowd: Crowd, contact: str, kind: str) -> list[Mapping[str, Any]]:
    rows = crowd.serving.rows(
        "SELECT records FROM record WHERE contact = ? ORDER BY number", contact
    )
    told = [record for (body,) in rows for record in record_codec.decode(body).records]
    return [each.facts for each in told if each.kind == kind]


async def on_duty(crowd: Crowd) -> None:
    for number in (WANG, LI):
        body = {"event": "duty.begins", "to": number, "key": f"duty-{number}"}
        assert (await crowd.post("/v1/events", body))[0] == 202
    soon(lambda: [len(records(crowd, number, "tagged")) for number in (WANG, LI)], [1, 1])


async def proposed(crowd: Crowd) -> None:
    """Wang words it, and Li is asked."""
    for text in ("alarm", WHAT, "the north", "yes"):
        told = len(said(crowd, WANG))
        await crowd.text(WANG, text)
        soon(lambda told=told: len(said(crowd, WANG)) > told, True)
    soon(lambda: said(crowd, WANG)[-1], "Li is asked to approve it.")
    soon(lambda: len(said(crowd, LI)), 1)


async def test_an_alarm_needs_a_second_person_and_then_heeds_no_hour(tmp_path: Path) -> None:
    with served("city", tmp_path / "city", {}, quiet=closed_now()) as crowd:
        await on_duty(crowd)
        await proposed(crowd)
        assert said(crowd, LI) == [
            f"Wang asks to warn north: {WHAT} Reply YES to send it now, NO to stop it."
        ]
        # The first one's own YES approves nothing.
        await crowd.text(WANG, "YES!")
        everybody = "SELECT count(*) FROM message WHERE contact IN (?, ?, ?)"
        assert crowd.serving.rows(everybody, *NORTH, SOUTH)[0][0] == 0
        await crowd.text(LI, "yes")
        await crowd.text(LI, "yes")
        warned = f"City of Linhai: {WHAT} Are you safe? Reply:\n1 Safe\n2 I need help"
        soon(lambda: [said(crowd, number) for number in NORTH], [[warned], [warned]])
        assert said(crowd, SOUTH) == []
        for number in NORTH:
            (record,) = records(crowd, number, "said")
            assert (record["kind"], record.get("ignores")) == ("emergency", ["quiet-hours"])
        soon(lambda: said(crowd, LI)[-1], "Sent to 2 people.")
        await crowd.text(NORTH[0], "1")
        soon(lambda: [each["outcome"] for each in records(crowd, NORTH[0], "ended")], ["safe"])
        await crowd.text(NORTH[1], "2")
        soon((tmp_path / "city" / "data" / "staff.jsonl").exists, True)
        soon(lambda: crowd.serving.rows(everybody, *NORTH, SOUTH)[0][0], 4)


async def test_the_second_person_may_stop_it(tmp_path: Path) -> None:
    with served("city", tmp_path / "city", {}, quiet=closed_now()) as crowd:
        await on_duty(crowd)
        await proposed(crowd)
        await crowd.text(LI, "no")
        soon(lambda: said(crowd, LI)[-1], "Stopped, nothing is sent.")
        everybody = "SELECT count(*) FROM message WHERE contact IN (?, ?, ?)"
        assert crowd.serving.rows(everybody, *NORTH, SOUTH)[0][0] == 0
