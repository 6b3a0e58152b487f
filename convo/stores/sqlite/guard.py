"""One process to a database: a lock that the kernel takes back when the process ends."""

import fcntl
import os
import time
from datetime import UTC, datetime
from pathlib import Path

from convo.errors import AlreadyRunning, StoreUnavailable

LOCK_SUFFIX = ".lock"

TRIES = 5
PAUSE = 0.02
"""Seconds between two tries: whoever only looks who has it takes it for a moment (`is_held`)."""


class Guard:
    """Holds `<database>.lock` until `release`, with the process's id and start written in it."""

    def __init__(self, database: Path) -> None:
        """Raises `AlreadyRunning` when another process has it, or this one twice."""
        path = database.with_name(database.name + LOCK_SUFFIX)
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreUnavailable(
                f"{path} cannot be written ({error.strerror}). Give this user the folder."
            ) from error
        try:
            self._lock()
        except BlockingIOError as error:
            holder = os.pread(self._file, 200, 0).decode("utf-8", "replace").strip()
            os.close(self._file)
            raise AlreadyRunning(
                f"{database} is in use by {holder or 'another process'}. One process serves a "
                "database: stop that one first, or give this one its own file."
            ) from error
        except OSError as error:
            os.close(self._file)
            raise StoreUnavailable(
                f"{path} cannot be locked ({error.strerror}). Put the database on a local disk."
            ) from error
        started = datetime.now(UTC).isoformat(timespec="seconds")
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"process {os.getpid()}, started {started}\n".encode(), 0)

    def _lock(self) -> None:
        for last in (False,) * (TRIES - 1) + (True,):
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if last:
                    raise
                time.sleep(PAUSE)
            else:
                return

    def release(self) -> None:
        """Let the next process in. The file stays: removing it would let two in at once."""
        os.ftruncate(self._file, 0)
        os.close(self._file)


def is_held(database: Path) -> bool:
    """Whether a process has the database now."""
    try:
        file = os.open(database.with_name(database.name + LOCK_SUFFIX), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False
