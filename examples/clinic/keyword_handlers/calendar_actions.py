"""The clinic's calendar, in a small SQLite file; put your own system in its place."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from convo import Call, Failed, action

CALENDAR = Path("data/calendar.db")
TABLE = """
CREATE TABLE IF NOT EXISTS visit (
    name TEXT PRIMARY KEY, contact TEXT, what TEXT, at TEXT UNIQUE,
    state TEXT NOT NULL DEFAULT 'booked', changes INTEGER NOT NULL DEFAULT 0
)
"""


@action("calendar.book")
async def book(call: Call) -> str:
    """Book `what` at a time; answers the visit's name. The same conversation again moves it."""
    given = call.given
    await asyncio.to_thread(_keep, call.key, call.contact.number, given["what"], given["at"])
    return call.key


@action("calendar.move")
async def move(call: Call) -> str:
    """Move `visit` to another time; twice is the same as once."""
    visit = call.given["visit"]
    await asyncio.to_thread(_keep, visit, call.contact.number, None, call.given["at"])
    return visit


@action("calendar.confirm")
async def confirm(call: Call) -> None:
    """The patient will come."""
    await asyncio.to_thread(_mark, call.given["visit"], call.contact.number, "confirmed")


@action("calendar.cancel")
async def cancel(call: Call) -> None:
    """The patient will not come; the hour is free again."""
    await asyncio.to_thread(_mark, call.given["visit"], call.contact.number, "cancelled")


def _keep(visit: str, contact: str, what: str | None, at: datetime) -> None:
    with closing(_calendar()) as calendar, calendar:
        try:
            # An action may be called twice, so what is so already is no change.
            calendar.execute(
                """
                INSERT INTO visit (name, contact, what, at) VALUES (?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE
                SET at = excluded.at, what = coalesce(excluded.what, what), state = 'booked',
                    changes = changes + 1
                WHERE at IS NOT excluded.at
                """,
                (visit, contact, what, at.isoformat()),
            )
        except sqlite3.IntegrityError:
            # The flow takes its `failed` way.
            raise Failed("somebody else has that hour") from None


def _mark(visit: str, contact: str, state: str) -> None:
    free = state == "cancelled"
    with closing(_calendar()) as calendar, calendar:
        calendar.execute(
            """
            INSERT INTO visit (name, contact, state, changes) VALUES (?, ?, ?, 1)
            ON CONFLICT (name) DO UPDATE
            SET state = excluded.state, at = CASE WHEN ? THEN NULL ELSE at END,
                changes = changes + 1
            WHERE state IS NOT excluded.state
            """,
            (visit, contact, state, free),
        )


def _calendar() -> sqlite3.Connection:
    CALENDAR.parent.mkdir(exist_ok=True)
    calendar = sqlite3.connect(CALENDAR, timeout=5)
    calendar.execute(TABLE)
    return calendar
