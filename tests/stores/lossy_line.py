"""A line to a server that can swallow an answer: what was asked for is done, and nobody hears."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class LossyLine:
    """Hands on everything, but for the answers that it is told to lose."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._to_lose = 0
        self._open: set[asyncio.StreamWriter] = set()
        self.lost = 0
        self.url = ""

    def lose_an_answer(self) -> None:
        """Cut the line instead of handing on the next answer that comes."""
        self._to_lose += 1

    def turn_to(self, port: int) -> None:
        """Lead to another server from now on, and cut what leads to this one."""
        self._port = port
        for writer in list(self._open):
            writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            writer.close()
            return
        self._open.add(writer)
        try:
            async with asyncio.TaskGroup() as group:
                there = group.create_task(self._hand_on(reader, server_writer))
                back = group.create_task(self._hand_back(server_reader, writer))
                await asyncio.wait((there, back), return_when=asyncio.FIRST_COMPLETED)
                there.cancel()
                back.cancel()
        finally:
            server_writer.close()
            writer.close()
            self._open.discard(writer)

    async def _hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                writer.write(data)

    async def _hand_back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                if self._to_lose:
                    self._to_lose -= 1
                    self.lost += 1
                    return
                writer.write(data)


@asynccontextmanager
async def lossy_line(port: int) -> AsyncIterator[LossyLine]:
    line = LossyLine(port)
    server = await asyncio.start_server(line._carry, "127.0.0.1", 0)
    line.url = f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"
    async with server:
        yield line
