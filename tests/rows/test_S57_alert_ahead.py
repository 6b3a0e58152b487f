"""S57: an alert stands ahead of the bulk within a second of the call, however much there is."""

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.end_to_end.serving import soon
from tests.rows.crowd import Crowd
from tests.rows.examples import served

pytestmark = pytest.mark.anyio

BULK = 400
RATE = 5
"""Parts a second: the bulk takes more than a minute."""

SLACK = 15
"""The second is for a disk that writes; on one so much slower the order must still hold."""

ANNA = "+8613800138000"
ALERT = {"card": "1234", "amount": 3200, "where": "Harbin"}
CAMPAIGN = """
    INSERT INTO message (
        id, contact, channel, lane, state, status, code, due, text, kind, purpose, programme,
        parts, tries, created, event, attempt, claimed, provider_ids
    ) VALUES (?, ?, 'main', 'bulk', 'head', 'waiting', '', ?, 'An offer.', 'marketing', 'first',
        '', 1, 0, 0, '', '', 0, '')
"""


def campaign(database: Path) -> None:
    """What a send to many has queued, as the store keeps it."""
    with closing(sqlite3.connect(database)) as connection, connection:
        # Once the server has said where it is: a terminal prints what it sends.
        due = time.time_ns() // 1_000_000 + 2_000
        rows = [(f"bulk{n}", f"+86139{n:08d}", due) for n in range(BULK)]
        connection.executemany(CAMPAIGN, rows)


async def busy(crowd: Crowd) -> None:
    """Other systems post as well: repayments of people who were reminded of none."""
    await asyncio.gather(
        *(
            crowd.post(
                "/v1/events",
                {
                    "event": "repayment.received",
                    "to": f"+86137{n:08d}",
                    "key": f"r{n}",
                    "answers": {"loan": "L"},
                },
            )
            for n in range(100)
        )
    )


async def test_an_alert_is_queued_ahead_of_the_bulk_within_a_second(tmp_path: Path) -> None:
    slow = {("convo.toml", 'rate = "20 parts/s"'): f'rate = "{RATE} parts/s"'}
    with served("bank", tmp_path / "bank", slow) as crowd:
        crowd.serving.stop()
        campaign(tmp_path / "bank" / "data" / "convo.db")
        crowd.serving.start()
        taken = "SELECT count(*) > 0 FROM message WHERE claimed > 0"
        soon(lambda: crowd.serving.rows(taken)[0][0], 1)
        load = asyncio.create_task(busy(crowd))
        body = {"event": "card.suspicious", "to": ANNA, "key": "pay-77", "answers": ALERT}
        posted = time.time_ns() // 1_000_000
        status, answer = await crowd.post("/v1/events", body)
        assert status == 202, answer
        created, claimed = await leaving(crowd)
        await load
        assert created - posted <= SLACK * 1_000
        # What the channel had taken before the alert was there, and no more, went first.
        ahead = "SELECT count(*) FROM message WHERE lane = 'bulk' AND claimed BETWEEN ? AND ?"
        between = crowd.serving.rows(ahead, str(created), str(claimed))[0][0]
        assert between <= 2 * RATE
        left = "SELECT count(*) FROM message WHERE lane = 'bulk' AND state = 'head'"
        assert crowd.serving.rows(left)[0][0] > BULK // 2


async def leaving(crowd: Crowd) -> tuple[int, int]:
    """When the alert was queued, and when the channel took it."""
    query = "SELECT created, claimed FROM message WHERE contact = ? AND claimed > 0"
    until = time.monotonic() + 60
    while not (found := crowd.serving.rows(query, ANNA)):
        assert time.monotonic() < until, "the alert waits behind the bulk"
        await asyncio.sleep(0.02)
    return found[0]
