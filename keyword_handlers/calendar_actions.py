"""The salon's calendar, in a small SQLite file; put your own system in its place."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from convo import Call, Failed, action

CALENDAR = Path("data/calendar.db")


@action("calendar.book")
async def book(call: Call) -> str:
    """Book `service` at a time; answers the visit's name. The same conversation again moves it."""
    given = call.given
    # The key is the conversation's: called again, for a change or after a crash, it is a move.
    await asyncio.to_thread(_keep, call.key, call.contact.number, given["service"], given["at"])
    return call.key


@action("calendar.move")
async def move(call: Call) -> str:
    """Move `visit` to another time; twice is the same as once."""
    visit = call.given["visit"]
    await asyncio.to_thread(_keep, visit, call.contact.number, None, call.given["at"])
    return visit


@action("calendar.cancel")
async def cancel(call: Call) -> None:
    """Take `visit` out; one that is not there is out already."""
    await asyncio.to_thread(_drop, call.given["visit"])


def _keep(visit: str, contact: str, service: str | None, at: datetime) -> None:
    with closing(_calendar()) as calendar, calendar:
        try:
            calendar.execute(
                """
                INSERT INTO visit (name, contact, service, at) VALUES (?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE
                SET at = excluded.at, service = coalesce(excluded.service, service)
                """,
                (visit, contact, service, at.isoformat()),
            )
        except sqlite3.IntegrityError:
            # The flow takes its `failed` way.
            raise Failed("somebody else has that hour") from None


def _drop(visit: str) -> None:
    with closing(_calendar()) as calendar, calendar:
        calendar.execute("DELETE FROM visit WHERE name = ?", (visit,))


def _calendar() -> sqlite3.Connection:
    CALENDAR.parent.mkdir(exist_ok=True)
    calendar = sqlite3.connect(CALENDAR, timeout=5)
    calendar.execute(
        """
        CREATE TABLE IF NOT EXISTS visit (
            name TEXT PRIMARY KEY, contact TEXT, service TEXT, at TEXT UNIQUE
        )
        """
    )
    return calendar
