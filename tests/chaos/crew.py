"""One business in several processes over one Redis: `convo web`, workers, and the server itself."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import redis

from tests.chaos.midwife import Midwife
from tests.chaos.wire import ANSWERS_WITHIN, Caller, answers, request
from tests.servers import RunningServer

WEB = "web"
WORKERS = ("one", "two", "three")
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
        self._caller = Caller(port)
        #: Who has ended without being struck, and how often.
        self.gone: Counter[str] = Counter()
        self._supervision: asyncio.Task[None] | None = None
        #: Nobody is hired twice.
        self._hiring = asyncio.Lock()

    async def open(self, sabotage: Sequence[str]) -> None:
        await self._midwife.open("hurried", *sabotage)
        for name in (WEB, *WORKERS):
            await self.hire(name)
        self._supervision = asyncio.create_task(self._supervise())
        await answers(self._port)

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

    @asynccontextmanager
    async def full_disk(self) -> AsyncIterator[None]:
        """The server's disk is full inside: it ends at what is written, and is started again."""
        self.server.fill_disk()
        starting = asyncio.create_task(self._keep_server())
        try:
            yield
        finally:
            self.server.make_room()
            await self.until_ready(True)
            starting.cancel()
            await asyncio.wait((starting,))

    async def _keep_server(self) -> None:
        while True:
            await asyncio.sleep(SEEN_TO_EVERY)
            if self.server.process.poll() is not None:
                self.server.launch()

    async def until_ready(self, ready: bool) -> None:
        """Until `/readyz` of the web process says so."""
        async with asyncio.timeout(ANSWERS_WITHIN):
            while await self._caller.post(request("GET", "/readyz")) != (200 if ready else 503):
                await asyncio.sleep(0.05)

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

    async def divide(self, partitions: int, killed_after: float | None) -> bool:
        """`convo partitions`, killed with -9 after so many seconds; whether it came to its end."""
        number = await self._midwife.start(
            "-C", str(self._folder / WEB), "partitions", str(partitions)
        )
        if killed_after is not None:
            await asyncio.sleep(killed_after)
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        return await self._midwife.ended(number) == 0

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
        self._caller.close()

    def owned(self) -> int:
        """Partitions that a worker owns now."""
        with redis.Redis(port=self.server.port, socket_timeout=30) as client:
            keys = list(client.scan_iter("convo:{*}:state", 1_000))
            states = [client.hmget(key, "token", "moving") for key in keys]
            # What the contacts were divided into before is kept away from everybody.
            return sum(bool(token) and not moving for token, moving in states)

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
                        self.gone[name] += 1
                        await self.hire(name)

    async def _leave_alone(self) -> None:
        if self._supervision is not None:
            self._supervision.cancel()
            await asyncio.wait((self._supervision,))
            self._supervision = None
