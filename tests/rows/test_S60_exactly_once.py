"""S60: a reply changes the booking once, though the carrier repeats it and the server dies."""

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.end_to_end.serving import soon
from tests.rows.crowd import Crowd
from tests.rows.examples import served

pytestmark = pytest.mark.anyio

ANNA = "+8613800138000"


def visit(folder: Path) -> tuple[str, int] | None:
    """What the calendar says, and how often it was changed."""
    file = folder / "data" / "calendar.db"
    if not file.exists():
        return None
    with closing(sqlite3.connect(file)) as calendar:
        # The file is there a moment before its table is.
        if not calendar.execute("SELECT 1 FROM sqlite_master WHERE name = 'visit'").fetchone():
            return None
        found = calendar.execute("SELECT state, changes FROM visit WHERE name = 'A17'").fetchall()
    return found[0] if found else None


async def reminded(crowd: Crowd) -> None:
    """The day before has come."""
    when = datetime.now(UTC) + timedelta(hours=24, seconds=1)
    answers = {"visit": "A17", "what": "doctor", "when": when.isoformat(timespec="milliseconds")}
    body = {"event": "visit.made", "to": ANNA, "key": "A17-made", "answers": answers}
    status, answer = await crowd.post("/v1/events", body)
    assert status == 202, answer
    asked = "SELECT count(*) FROM message WHERE contact = ? AND state = 'done'"
    soon(lambda: crowd.serving.rows(asked, ANNA)[0][0], 1)


@pytest.mark.parametrize(
    ("reply", "state"), [("1", "confirmed"), ("取消", "cancelled")], ids=["confirm", "cancel"]
)
async def test_a_reply_changes_the_booking_once_whatever_happens(
    tmp_path: Path, reply: str, state: str
) -> None:
    folder = tmp_path / "clinic"
    with served("clinic", folder, {}) as crowd:
        await reminded(crowd)
        await crowd.text(ANNA, reply)
        # It is kept; whether anything came of it yet, nobody knows.
        crowd.serving.kill()
        crowd.serving.start()
        await crowd.text(ANNA, reply)
        await crowd.text(ANNA, reply)
        soon(lambda: visit(folder), (state, 1))
        soon(crowd.ended, 1)
        crowd.serving.kill()
        crowd.serving.start()
        await crowd.text(ANNA, reply)
        time.sleep(0.3)
        assert visit(folder) == (state, 1)
        # The reminder and one answer, though the answer may have been on its way at a kill.
        said = "SELECT count(*) FROM message WHERE contact = ?"
        assert crowd.serving.rows(said, ANNA)[0][0] == 2
