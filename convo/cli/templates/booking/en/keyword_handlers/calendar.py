"""The calendar that bookings go into: a file here; put your own system in its place."""

import asyncio
import json
from pathlib import Path

from convo import Call, action

BOOK = Path("data/calendar.json")
"""Visits by key; seen from the folder of convo.toml, where `convo run` runs."""


@action("calendar.book")
async def book(call: Call) -> dict[str, str]:
    """Put a visit into the calendar, or move the one that this conversation made."""
    visit = {"service": str(call.given["service"]), "at": str(call.given["at"])}
    # The key is the conversation's: calling again replaces the visit and never makes a second.
    await asyncio.to_thread(write_down, call.key, visit)
    return visit


def write_down(key: str, visit: dict[str, str]) -> None:
    visits: dict[str, dict[str, str]] = {}
    if BOOK.exists():
        visits = json.loads(BOOK.read_text("utf-8"))
    visits[key] = visit
    BOOK.parent.mkdir(exist_ok=True)
    half_written = BOOK.with_suffix(".new")
    half_written.write_text(json.dumps(visits, ensure_ascii=False, indent=1), "utf-8")
    half_written.replace(BOOK)
