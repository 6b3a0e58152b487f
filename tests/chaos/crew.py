"""One business in several processes over one Redis: `convo web`, workers, and the server itself."""

import asyncio
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import redis

from tests.chaos.midwife import Midwife
from tests.servers import RunningServer

WEB = "web"
WORKERS = ("one", "two", "three")
ANSWERS_WITHIN = 60.0
"""Seconds: a hang guard."""

SEEN_TO_EVERY = 0.2
"""Seconds between two looks for who has ended by itself: a process that starts while the server
is down says so and ends, and whoever supervises it starts it again."""


class Crew:
    """Everybody by name. Who is killed is hired again under the same one."""

    def __init__(self, folder: Path, server: RunningServer, port: int) -> None:
        self._folder = folder
        self.server = server
        self._port = port
        self.log = folder / "log"
        self._midwife = Midwife(folder, self.log)
        self._numbers: dict[str, int] = {}
        self._supervision: asyncio.Task[None] | None = None
        #: Nobody is hired twice.
        self._hiring = asyncio.Lock()

    async def open(self, sabotage: Sequence[str]) -> None:
        await self._midwife.open("hurried", *sabotage)
        for name in (WEB, *WORKERS):
            await self.hire(name)
        self._supervision = asyncio.create_task(self._supervise())
        await self._web_answers()

    async def hire(self, name: str) -> None:
        """Start the process of that name."""
        role = ("web",) if name == WEB else ("worker", "--health", "127.0.0.1:0")
        # Each in a folder of its own, so that each can be told another way to the server.
        folder = self._folder / name
        self._numbers[name] = await self._midwife.start("-C", str(folder), *role)

    async def kill(self, name: str) -> None:
        """With -9, and hired again at once."""
        async with self._hiring:
            await self._end(name, signal.SIGKILL)
            await self.hire(name)

    async def kill_server(self) -> None:
        """The server, with -9; it comes again with what is on its disk."""
        self.server.kill()
        await asyncio.to_thread(self.server.start)

    async def pause(self, name: str, seconds: float) -> None:
        """The process sees nothing of it but that it is later."""
        with self.halted(name):
            await asyncio.sleep(seconds)

    @contextmanager
    def halted(self, *names: str) -> Iterator[None]:
        """These processes stand still inside."""
        for name in names:
            os.kill(self._numbers[name], signal.SIGSTOP)
        try:
            yield
        finally:
            for name in names:
                os.kill(self._numbers[name], signal.SIGCONT)

    async def leave(self) -> Sequence[str]:
        """All end by SIGTERM; who did not end well is named."""
        await self._leave_alone()
        ended = {name: await self._end(name, signal.SIGTERM) for name in tuple(self._numbers)}
        return [f"{name} ended with {code}" for name, code in ended.items() if code]

    async def close(self) -> None:
        await self._leave_alone()
        for name in tuple(self._numbers):
            await self._end(name, signal.SIGKILL)
        await self._midwife.close()

    def owned(self) -> int:
        """Partitions that a worker owns now."""
        with redis.Redis(port=self.server.port, socket_timeout=30) as client:
            keys = list(client.scan_iter("convo:{*}:state", 1_000))
            return sum(bool(client.hget(key, "token")) for key in keys)

    def taken_over(self) -> int:
        """How often a worker has found that its partition was somebody else's meanwhile."""
        return self.log.read_text("utf-8", "replace").count("was taken over by another owner")

    async def _end(self, name: str, how: signal.Signals) -> int:
        number = self._numbers.pop(name)
        with suppress(ProcessLookupError):
            os.kill(number, how)
        return await self._midwife.ended(number)

    async def _supervise(self) -> None:
        while True:
            await asyncio.sleep(SEEN_TO_EVERY)
            async with self._hiring:
                dead = await self._midwife.dead()
                for name, number in tuple(self._numbers.items()):
                    if number in dead:
                        await self.hire(name)

    async def _leave_alone(self) -> None:
        if self._supervision is not None:
            self._supervision.cancel()
            await asyncio.wait((self._supervision,))
            self._supervision = None

    async def _web_answers(self) -> None:
        async with asyncio.timeout(ANSWERS_WITHIN):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self._port)
                except OSError:
                    await asyncio.sleep(0.01)
                else:
                    writer.close()
                    return
