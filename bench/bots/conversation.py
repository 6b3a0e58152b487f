"""The conversation of the hand-written bots, and its state in SQLite, committed each turn."""

import re
import sqlite3

MENU = "Hello! What can we do for you?\n1 Haircut\n2 Colour\n3 Talk to us"
OPTIONS = {"1": "Haircut", "2": "Colour", "3": "Talk to us"}
WHEN = re.compile(r"(today|tomorrow) (\d{1,2})(am|pm)")


def opened(path: str) -> sqlite3.Connection:
    """A database as a careful author opens it."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE IF NOT EXISTS contact(n TEXT PRIMARY KEY, step TEXT, a TEXT)")
    return database


def answer(database: sqlite3.Connection, number: str, text: str) -> str:
    """One turn: read the state, decide, write the state, commit; what to reply."""
    row = database.execute("SELECT step, a FROM contact WHERE n = ?", (number,)).fetchone()
    step, service = row or ("", "")
    step, service, reply = turn(step, service, text)
    database.execute("INSERT OR REPLACE INTO contact VALUES (?, ?, ?)", (number, step, service))
    database.commit()
    return reply


def turn(step: str, service: str, text: str) -> tuple[str, str, str]:
    """Where it stands then, what was chosen, and what to reply."""
    text = text.strip().lower()
    if step == "menu" and text in OPTIONS:
        step, service, reply = "day", OPTIONS[text], 'Which day and time? E.g. "tomorrow 3pm".'
    elif step == "day" and (found := WHEN.fullmatch(text)):
        step, service = "sure", f"{service} {found.group(0)}"
        reply = f"{service}. Reply YES to confirm or NO to change it."
    elif step == "sure" and text in {"yes", "y", "ok"}:
        step, reply = "", f"Booked! See you on {service}."
    else:
        step, reply = "menu", MENU
    return step, service, reply
