"""Who may use the console, in a file beside the database: commands write it while a server runs."""

import asyncio
import os
import sqlite3
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any

from convo.core.people import Person, SignedIn
from convo.core.people_codec import read_person, read_sign_in, write_person, write_sign_in
from convo.errors import StoreUnavailable

SUFFIX = ".people"
BUSY_SECONDS = 5.0
"""That one process waits while another writes."""


class SqliteRegister:
    """One connection; its work is done in threads, a statement at a time."""

    def __init__(self, database: Path) -> None:
        """People of the business whose database this is. Raises `StoreUnavailable`."""
        path = database.with_name(database.name + SUFFIX)
        self._path = path
        self._lock = Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Hashes of passwords are nobody else's to read.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self._connection = sqlite3.connect(
                path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.executescript(
                files("convo.stores.sqlite").joinpath("people.sql").read_text("utf-8")
            )
        except (OSError, sqlite3.Error) as error:
            raise StoreUnavailable(
                f"{path} cannot be used ({error}). Give this user the folder."
            ) from None

    async def people(self) -> Sequence[Person]:
        rows = await self._rows("SELECT account FROM person ORDER BY name")
        return tuple(read_person(account) for (account,) in rows)

    async def person(self, name: str) -> Person | None:
        rows = await self._rows("SELECT account FROM person WHERE name = ?", name)
        return read_person(rows[0][0]) if rows else None

    async def admit(self, person: Person) -> None:
        await self._rows(
            "INSERT INTO person VALUES (?, ?) ON CONFLICT DO UPDATE SET account = excluded.account",
            person.name,
            write_person(person),
        )

    async def dismiss(self, name: str) -> bool:
        return bool(await self._rows("DELETE FROM person WHERE name = ? RETURNING name", name))

    async def begin(self, key: str, signed_in: SignedIn, until: int) -> None:
        await self._rows("DELETE FROM sign_in WHERE until < ?", signed_in.since)
        await self._rows(
            "INSERT INTO sign_in VALUES (?, ?, ?)", key, write_sign_in(signed_in), until
        )

    async def signed_in(self, key: str) -> SignedIn | None:
        rows = await self._rows("SELECT account FROM sign_in WHERE key = ?", key)
        return read_sign_in(rows[0][0]) if rows else None

    async def go_on(self, key: str, signed_in: SignedIn, until: int) -> None:
        await self._rows(
            "UPDATE sign_in SET account = ?, until = ? WHERE key = ?",
            write_sign_in(signed_in),
            until,
            key,
        )

    async def end(self, key: str) -> None:
        await self._rows("DELETE FROM sign_in WHERE key = ?", key)

    async def close(self) -> None:
        with self._lock:
            self._connection.close()

    async def _rows(self, statement: str, *values: Any) -> list[Any]:
        return await asyncio.to_thread(self._run, statement, values)

    def _run(self, statement: str, values: Sequence[Any]) -> list[Any]:
        try:
            with self._lock:
                return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise StoreUnavailable(f"{self._path} cannot be used ({error}).") from None
