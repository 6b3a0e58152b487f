"""One process to a database: a lock that the kernel takes back when the process ends."""

import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path

from convo.errors import AlreadyRunning, StoreUnavailable

LOCK_SUFFIX = ".lock"


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
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
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

    def release(self) -> None:
        """Let the next process in. The file stays: removing it would let two in at once."""
        os.ftruncate(self._file, 0)
        os.close(self._file)
