"""Two servers and a line to one of them: a replica that lacks the last moments takes over."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import redis

from tests.servers import ON_DISK, Program, RunningServer, free_port
from tests.stores.lossy_line import LossyLine, lossy_line

GUARD = 60.0
"""Seconds: a hang guard."""

#: A replica has everything from the first moment on, and not some seconds later.
AT_ONCE = ("--repl-diskless-sync-delay", "0")


class Pair:
    """One serves, and the other follows it."""

    def __init__(self, program: Program, folder: Path, line: LossyLine, *options: str) -> None:
        self.line = line
        self.serves, self.follows = (
            RunningServer(program, folder / name, free_port(), (*options, *AT_ONCE))
            for name in ("one", "other")
        )

    @property
    def url(self) -> str:
        return self.line.url

    def start(self) -> None:
        for server in (self.serves, self.follows):
            server.folder.mkdir(parents=True)
            server.start()
        self.line.turn_to(self.serves.port)
        self.follow()

    def follow(self) -> None:
        """Until the other one has everything."""
        _tell(self.follows, "REPLICAOF", "127.0.0.1", self.serves.port)
        until(lambda: _waited_for(self.serves) > 0)

    def part(self) -> None:
        """From now on the other one hears nothing, and would serve if it were asked.

        It has everything that was acknowledged before this was called.
        """
        until(lambda: _waited_for(self.serves) > 0)
        _tell(self.follows, "REPLICAOF", "NO", "ONE")

    def fail_over(self) -> None:
        """The one that serves dies, and the other takes over as it is."""
        self.serves.kill()
        self.serves, self.follows = self.follows, self.serves
        self.line.turn_to(self.serves.port)

    def mend(self) -> None:
        """What died comes back with an empty disk, and follows."""
        shutil.rmtree(self.follows.folder)
        self.follows.folder.mkdir()
        self.follows.start()
        self.follow()

    def stop(self) -> None:
        for server in (self.serves, self.follows):
            if server.process.poll() is None:
                server.kill()


def _tell(server: RunningServer, *command: str | int) -> None:
    with redis.Redis(port=server.port) as client:
        client.execute_command(*command)  # pyright: ignore[reportUnknownMemberType]


def _waited_for(server: RunningServer) -> int:
    with redis.Redis(port=server.port) as client:
        client.set("followed", 1)
        return client.wait(1, 1_000)


def until(happens: Callable[[], bool]) -> None:
    limit = time.monotonic() + GUARD
    while not happens():
        assert time.monotonic() < limit
        time.sleep(0.01)


@asynccontextmanager
async def pair(program: Program, folder: Path, *options: str) -> AsyncIterator[Pair]:
    """Both on their disks, as a business wants it, unless `options` say otherwise."""
    async with lossy_line(0) as line:
        both = Pair(program, folder, line, *(options or ON_DISK))
        await asyncio.to_thread(both.start)
        try:
            yield both
        finally:
            both.stop()
