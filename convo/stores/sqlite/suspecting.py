"""What may have ended the last process, told to the next one; and errands put aside for it."""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from convo.core.event_codec import encode
from convo.core.failures import GivenUp
from convo.stores.sqlite.database import Database

#: A row of `meta` that is there while a process has the file, or has ended out of order.
_IN_USE = "in_use"

BEGUN_SUFFIX = ".begun"

_WAITING = "SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM timer WHERE due <= ?)"
_IN_HAND = "SELECT id FROM errand WHERE claimable > asked"
_PARK = """
    INSERT INTO parked (at, contact, event_id, acted, event, error)
    SELECT ?, contact, id, 0, ?, ? FROM errand WHERE id = ?
"""
_KEEP = "INSERT INTO parked_errand SELECT ?, errand FROM errand WHERE id = ?"


class Begun:
    """How often suspects were begun, in a file beside the database.

    It is written without waiting for the disk: that a process ends is what it must outlive, not
    that the power does. So a suspect is counted for no longer than it runs.
    """

    def __init__(self, path: Path | None) -> None:
        """`path` is the database's; without one nothing is kept."""
        self.starts: dict[str, int] = {}
        self._file: int | None = None
        self._written = 0
        if path is None:
            return
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self._file = os.open(path.with_name(path.name + BEGUN_SUFFIX), flags, 0o600)
        kept = os.read(self._file, os.fstat(self._file).st_size)
        self._written = len(kept)
        with suppress(ValueError):  # the power went while it was written
            self.starts = json.loads(kept)

    def begin(self, key: str) -> None:
        """Count one more start."""
        self.starts[key] = self.starts.get(key, 0) + 1
        self._write()

    def forget(self, *keys: str) -> None:
        """These have not ended a process, or have had their time."""
        for key in keys:
            self.starts.pop(key, None)
        self._write()

    def clear(self) -> None:
        """Nothing is suspected."""
        if self.starts:
            self.forget(*self.starts)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _write(self) -> None:
        if self._file is not None:
            # One write, as long as the last: a process can end before or behind it, not within.
            body = json.dumps(self.starts).encode().ljust(self._written)
            self._written = os.pwrite(self._file, body, 0)


def taken_over(database: Database) -> tuple[int, Sequence[str]] | None:
    """How many of the first events are suspected, and which errands; None when nothing is.

    Errands that were in hand must still be known as such.
    """
    last = database.execute("SELECT 1 FROM meta WHERE name = ?", (_IN_USE,)).fetchone()
    if last is None:
        database.execute("INSERT INTO meta VALUES (?, 1)", (_IN_USE,))
        return None
    # Which of them were read is not written down, for that would be a commit more for each text.
    waiting = database.execute(_WAITING, (database.clock(),)).fetchone()[0]
    return waiting, [id for (id,) in database.execute(_IN_HAND)]


def given_back(database: Database) -> None:
    """This process ends in order: nothing that it had is suspected."""
    database.execute("DELETE FROM meta WHERE name = ?", (_IN_USE,))


def give_up(database: Database, errands: Sequence[GivenUp], now: int) -> None:
    """Put these errands aside with the parked events."""
    for each in errands:
        id = each.answer.errand
        row = database.execute(_PARK, (now, encode(each.answer), each.account, id))
        if row.rowcount == 0:
            continue  # it was put aside before
        database.execute(_KEEP, (row.lastrowid, id))
        database.execute("DELETE FROM errand WHERE id = ?", (id,))
