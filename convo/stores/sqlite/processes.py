"""The one process that has the file: as it describes itself, and how far it has listed."""

from collections.abc import Sequence

from convo.core import presence
from convo.core.presence import Presence
from convo.stores.sqlite.database import Database
from convo.stores.sqlite.queries import Reads


def announce(database: Database, told: Presence) -> None:
    """It is there now; what was said before is written over, for nobody else can be there."""
    database.execute(
        "INSERT OR REPLACE INTO meta VALUES ('process', ?)",
        (presence.written(told, seen=database.clock()),),
    )


def withdraw(database: Database) -> None:
    """It has ended in order."""
    database.execute("DELETE FROM meta WHERE name = 'process'")


def processes(database: Reads) -> Sequence[Presence]:
    """What was written last."""
    rows = database.execute("SELECT value FROM meta WHERE name = 'process'").fetchall()
    return tuple(presence.read(value) for (value,) in rows)


def listed_until(database: Database, channel: str) -> int:
    """Until when a channel's messages were listed at its provider; 0 for never."""
    row = database.execute("SELECT value FROM meta WHERE name = ?", (f"listed {channel}",))
    found = row.fetchone()
    return found[0] if found else 0


def note_listing(database: Database, channel: str, until: int) -> None:
    """They are listed until then."""
    database.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (f"listed {channel}", until))
