"""What is counted over all contacts: places, and votes."""

from convo.ports import Standing
from convo.stores.sqlite.database import Database

_VOTED = """
    INSERT INTO standing VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET votes = votes + 1
"""
#: Choices that are told; what customers write themselves may be more.
_STANDING = """
    SELECT choice, votes FROM standing WHERE name = ? AND votes > 0
    ORDER BY votes DESC, choice LIMIT 100
"""


def reserve(database: Database, name: str, key: str, limit: int | None) -> int | None:
    """The place of `key`, taken now unless it was before; None when there is no more."""
    row = database.execute(
        "SELECT number FROM place WHERE name = ? AND key = ?", (name, key)
    ).fetchone()
    if row:
        return row[0]
    if limit is None:
        limit = 2**63 - 1
    taken = database.execute(
        """
        INSERT INTO taken (name, places) SELECT ?1, 1 WHERE ?2 > 0
        ON CONFLICT (name) DO UPDATE SET places = places + 1 WHERE places < ?2
        RETURNING places
        """,
        (name, limit),
    ).fetchall()
    if not taken:
        return None
    database.execute("INSERT INTO place VALUES (?, ?, ?)", (name, key, taken[0][0]))
    return taken[0][0]


def tally(database: Database, name: str, key: str, choice: str | None, *, change: bool) -> Standing:
    """Count the vote of `key`, or move it where it may change, and read the standing."""
    row = database.execute(
        "SELECT choice FROM vote WHERE name = ? AND key = ?", (name, key)
    ).fetchone()
    own = row[0] if row else ""
    if choice is not None and (not row or (change and own != choice)):
        if row:
            database.execute(
                "UPDATE standing SET votes = votes - 1 WHERE name = ? AND choice = ?", (name, own)
            )
        database.execute(
            "INSERT INTO vote VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET choice = excluded.choice",
            (name, key, choice),
        )
        database.execute(_VOTED, (name, choice))
        own = choice
    return Standing(own=own, votes=dict(database.execute(_STANDING, (name,)).fetchall()))
