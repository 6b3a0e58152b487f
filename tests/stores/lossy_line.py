"""A line to a server on which everything can go wrong that does on a network.

An answer is swallowed, so that what was asked for is done and nobody hears; it is torn in the
middle; one direction stands still, as when packets are lost and come later; all is slow; the line
is cut, or nobody can be reached at all.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Literal

Way = Literal["there", "back"]

CHUNK = 65_536
RETRY_GATE = 0.005
"""Seconds between two looks whether a direction moves again."""


class LossyLine:
    """Hands on everything, but for what it is told to lose, to hold or to cut."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._to_lose = 0
        self._to_tear = 0
        self._standing: set[Way] = set()
        self._latency = 0.0
        self._down = False
        self._writers: set[asyncio.StreamWriter] = set()
        #: Answers that were swallowed or torn.
        self.lost = 0
        self.port = 0

    @property
    def url(self) -> str:
        """As the address of a Redis."""
        return f"redis://127.0.0.1:{self.port}/0"

    def lose_an_answer(self) -> None:
        """Cut the line instead of handing on the next answer that comes."""
        self._to_lose += 1

    def tear_an_answer(self) -> None:
        """Cut the line in the middle of the next answer that comes."""
        self._to_tear += 1

    def turn_to(self, port: int) -> None:
        """Lead to another server from now on, and cut what leads to this one."""
        self._port = port
        self.cut()

    def cut(self) -> None:
        """Reset every connection; who calls again gets through."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    @contextmanager
    def down(self) -> Iterator[None]:
        """Reset every connection, and every new one."""
        self._down = True
        self.cut()
        try:
            yield
        finally:
            self._down = False

    @contextmanager
    def standing(self, way: Way) -> Iterator[None]:
        """What goes this way is handed on later, also when nobody waits for it any more."""
        self._standing.add(way)
        try:
            yield
        finally:
            self._standing.discard(way)

    @contextmanager
    def slow(self, seconds: float) -> Iterator[None]:
        """Everything takes so long, both ways."""
        self._latency = seconds
        try:
            yield
        finally:
            self._latency = 0.0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        if self._down:
            writer.transport.abort()
            return
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, server_writer}
        there = asyncio.create_task(self._hand_on(reader, server_writer))
        back = asyncio.create_task(self._hand_back(server_reader, writer))
        try:
            await asyncio.wait((there, back), return_when=asyncio.FIRST_COMPLETED)
            if there.done() and self._standing:
                # Who has hung up does not take back what is on its way.
                await there
        finally:
            there.cancel()
            back.cancel()
            self._writers -= {writer, server_writer}
            server_writer.close()
            writer.close()

    async def _hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._wait("there")
                writer.write(data)

    async def _hand_back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._wait("back")
                if self._to_lose or self._to_tear:
                    self.lost += 1
                    if self._to_tear:
                        self._to_tear -= 1
                        writer.write(data[: len(data) // 2])
                        await writer.drain()
                    else:
                        self._to_lose -= 1
                    writer.transport.abort()
                    return
                writer.write(data)

    async def _wait(self, way: Way) -> None:
        while way in self._standing:
            await asyncio.sleep(RETRY_GATE)
        if self._latency:
            await asyncio.sleep(self._latency)


@asynccontextmanager
async def lossy_line(port: int) -> AsyncIterator[LossyLine]:
    line = LossyLine(port)
    server = await asyncio.start_server(line.carry, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        async with server:
            yield line
    finally:
        line.cut()
