"""A server on 127.0.0.1 that does to its callers what networks and providers do."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Literal, Self

from convo.fakes import Answer, Asked

__all__ = ["Answer", "Asked", "FakeServer", "Mode"]

Mode = Literal[
    "ok",
    "delay",  # takes the request, and answers too late
    "broken",  # takes the request, and answers 5xx
    "reset",  # takes the request, and cuts the connection
    "half",  # takes the request, and sends half an answer
    "slow_body",  # takes the request, and drips its answer
    "nonsense",  # answers what is not HTTP
    "endless",  # answers without end
    "close_after",  # answers well, then closes what should be kept
]


Answering = Callable[[Asked], Answer]


class FakeServer:
    """`async with FakeServer(answer) as server:`; `mode` may be changed between requests."""

    def __init__(self, answer: Answering, *, tls: ssl.SSLContext | None = None) -> None:
        self.answer = answer
        self._tls = tls
        self.mode: Mode = "ok"
        self.asked: list[Asked] = []
        self.connections = 0
        self._serving: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        self.connections += 1
        try:
            while not writer.is_closing():
                await self._one(await _read(reader), writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the caller hung up, or the server ends
        finally:
            self._serving.discard(task)
            writer.transport.abort()
            await asyncio.sleep(0)

    async def _one(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        self.asked.append(asked)
        answer = self.answer(asked)
        whole = _written(answer)
        modes: dict[Mode, Callable[[], Awaitable[None]]] = {
            "delay": lambda: asyncio.sleep(30),
            "reset": lambda: _cut(writer),
            "half": lambda: _sent_then_cut(writer, whole[: len(whole) // 2]),
            "nonsense": lambda: _sent(writer, b"220 mail.example ESMTP\r\n"),
            "slow_body": lambda: _dripped(writer, whole),
            "endless": lambda: _endless(writer),
            "close_after": lambda: _sent_then_cut(writer, whole),
            "broken": lambda: _sent(writer, _written(Answer(status=500, body=b"oops"))),
        }
        await modes.get(self.mode, lambda: _sent(writer, whole))()


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method=method, target=target, headers=headers, body=body)


def _written(answer: Answer) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} Said", f"Content-Length: {len(answer.body)}"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + answer.body


async def _sent(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()


async def _cut(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def _sent_then_cut(writer: asyncio.StreamWriter, data: bytes) -> None:
    await _sent(writer, data)
    writer.close()


async def _dripped(writer: asyncio.StreamWriter, data: bytes) -> None:
    for byte in data:
        await _sent(writer, bytes([byte]))
        await asyncio.sleep(0.02)


async def _endless(writer: asyncio.StreamWriter) -> None:
    await _sent(writer, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        await _sent(writer, b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
