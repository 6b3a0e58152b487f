"""The connection with its settings and schema, and the few counts kept beside it."""

import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from convo.errors import Busy, StoreError, StoreUnavailable
from convo.ports import Clock, ProofDays

SCHEMA = 1
#: What came after the schema's number was given out: run at every start, for older files lack it
#: and an older Convo passes over it.
GROWN = (
    "consent_act.sql",
    "poll.sql",
    "recall.sql",
    "moved.sql",
    "awaited.sql",
    "suspects.sql",
)
_TEXT = "TEXT NOT NULL DEFAULT ''"
#: Columns that tables have got since, in the order of their coming.
GROWN_COLUMNS = {
    "message": {
        "reach": _TEXT,
        "media": _TEXT,
        "voice": _TEXT,
        "goes_by": _TEXT,
        "stays": "INTEGER NOT NULL DEFAULT 0",
    },
    "dedupe": {"said": "INTEGER"},
}
OLDEST_SQLITE = (3, 37, 0)  # STRICT tables
MEMORY = ":memory:"
BUSY_TIMEOUT = 5_000  # ms; a backup may hold the file for a moment
CHECKPOINT_PAGES = 2_000
CACHE_KIB = 64_000
CACHED_STATEMENTS = 256

# Result codes (sqlite.org/rescode.html) that pass by themselves once there is room again.
_PASSING = frozenset(
    (
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
    )
)
_BROKEN = frozenset(
    (
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
    )
)


class Database:
    """The only connection. Used by one thread at a time, and by jobs alone."""

    def __init__(
        self,
        path: str,
        *,
        clock: Clock,
        dedupe_days: int,
        inbox_limit: int,
        retention_days: int,
        proof_days: ProofDays | None,
    ) -> None:
        self.clock = clock
        self.dedupe_days = dedupe_days
        self.inbox_limit = inbox_limit
        self.retention_days = retention_days
        self.proof_days = proof_days
        #: Entries in the inbox and channels that may have messages: counted again on a roll-back.
        self.inbox_length = 0
        self.channels: set[str] = set()
        #: Whether anything was ever recalled.
        self.has_recalls = False
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            raise StoreUnavailable(
                f"SQLite {sqlite3.sqlite_version} is too old; Convo needs "
                f"{'.'.join(map(str, OLDEST_SQLITE))} or later under this Python."
            )
        if path != MEMORY:
            # SQLite gives its -wal and -shm files the mode of the database.
            with _writable(path):
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        try:
            self.connection = sqlite3.connect(
                path,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=CACHED_STATEMENTS,
            )
            self.execute = self.connection.execute
            self.executemany = self.connection.executemany
            self._prepare(path)
        except sqlite3.DatabaseError as error:
            raise store_error(error, path) from error
        self.recount()

    def _prepare(self, path: str) -> None:
        self.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
        self.execute("PRAGMA journal_mode = WAL")
        self.execute("PRAGMA synchronous = FULL")
        self.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        self.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        self.execute("PRAGMA temp_store = MEMORY")
        if not self.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone():
            script = "".join(map(_script, ("schema.sql", *GROWN)))
            self.connection.executescript(
                f"BEGIN;\n{script}\nINSERT INTO meta VALUES ('schema', {SCHEMA});\nCOMMIT;"
            )
            return
        if not self.execute("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").fetchone():
            raise StoreUnavailable(f"{path} is an SQLite database, but not one of Convo's.")
        row = self.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
        if row is None or row[0] != SCHEMA:
            raise StoreUnavailable(
                f"{path} has schema {row[0] if row else 'unknown'}, this Convo knows {SCHEMA}. "
                "Run the Convo that wrote it, or a newer one."
            )
        self._add_what_came_later()
        self.connection.executescript("".join(map(_script, GROWN)))

    def _add_what_came_later(self) -> None:
        """An older Convo goes on with it: it names its columns, and these have a default."""
        for table, grown in GROWN_COLUMNS.items():
            columns = {row[1] for row in self.execute(f"PRAGMA table_info({table})")}
            for name, declared in grown.items():
                if name not in columns:
                    self.execute(f"ALTER TABLE {table} ADD COLUMN {name} {declared}")

    def begin(self) -> None:
        self.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self.execute("COMMIT")

    def roll_back(self) -> None:
        """Undo the open transaction, where SQLite has not done so by itself already."""
        if self.connection.in_transaction:
            self.execute("ROLLBACK")
        self.recount()

    def recount(self) -> None:
        self.inbox_length = self.execute("SELECT count(*) FROM inbox").fetchone()[0]
        found = self.execute("SELECT DISTINCT channel FROM message WHERE state = 'head'")
        self.channels = {channel for (channel,) in found}
        waiting = self.execute("SELECT DISTINCT channel FROM message WHERE state = 'waiting'")
        self.channels.update(channel for (channel,) in waiting)

        found = self.execute("SELECT EXISTS (SELECT 1 FROM recall)").fetchone()
        self.has_recalls = bool(found[0])

    def close(self) -> None:
        self.connection.close()


def _script(name: str) -> str:
    return (files("convo.stores.sqlite") / name).read_text(encoding="utf-8")


def store_error(error: Exception, where: str) -> Exception:
    """What a caller should see of `error`: a decision where it is SQLite's word on the disk."""
    if isinstance(error, StoreError) or not isinstance(error, sqlite3.Error):
        return error
    # Errors that Python's own module finds have no code.
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return error
    if code & 0xFF in _PASSING:
        return Busy(f"{where} could not be written: {error}. Nothing was changed; make room there.")
    if code & 0xFF in _BROKEN:
        return StoreUnavailable(f"{where} cannot be used: {error}.")
    return error


def is_disks(error: Exception) -> bool:
    """Whether every other job of the batch would meet the same."""
    return isinstance(error, Busy | StoreUnavailable)


def parent_made(path: str) -> Path:
    """The path of a database whose folder is there now."""
    file = Path(path)
    with _writable(path):
        file.parent.mkdir(parents=True, exist_ok=True)
    return file


@contextmanager
def _writable(path: str) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(
            f"{path} cannot be made or written ({error.strerror}). Give this user its folder."
        ) from error
