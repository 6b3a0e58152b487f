"""Connections of phones and providers: one request at a time, read without a framework."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httptools

ANSWERS_WITHIN = 60.0
"""Seconds: a hang guard."""

PATIENCE = 60.0
"""Seconds that a webhook waits for its answer; a kill ends the connection much earlier."""


class HungUp(Exception):
    """The other side is gone, or was never there."""


class Line(asyncio.Protocol):
    """A kept-alive connection to the business."""

    def __init__(self) -> None:
        self._answered: asyncio.Future[int] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self.closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        self._end(self._parser.get_status_code())

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self._end(0)

    def close(self) -> None:
        self._transport.abort()

    async def post(self, request: bytes) -> int:
        """The status of the answer. Raises `HungUp` when there was none."""
        if self.closed:
            raise HungUp
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            async with asyncio.timeout(PATIENCE):
                status = await self._answered
        except TimeoutError:
            self.close()
            raise HungUp from None
        if not status:
            raise HungUp
        return status

    def _end(self, status: int) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(status)


class Caller:
    """Posts to one port over connections that it keeps, and says when nobody is there."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[Line] = []

    async def post(self, request: bytes) -> int:
        while self._idle and self._idle[-1].closed:
            self._idle.pop()
        line = self._idle.pop() if self._idle else await self._connect()
        try:
            status = await line.post(request)
        except BaseException:
            line.close()
            raise
        self._idle.append(line)
        return status

    async def _connect(self) -> Line:
        loop = asyncio.get_running_loop()
        try:
            _, line = await loop.create_connection(Line, "127.0.0.1", self._port)
        except OSError:
            raise HungUp from None
        return line

    def close(self) -> None:
        for line in self._idle:
            line.close()


@dataclass(slots=True, kw_only=True)
class Asked:
    """A request to the provider."""

    method: str = ""
    target: bytes = b""
    body: bytes = field(default=b"", repr=False)


#: The answer to a request, whole; None cuts the connection.
Answering = Callable[[Asked], Awaitable[bytes | None]]


class Served(asyncio.Protocol):
    """One connection of the provider."""

    def __init__(self, answer: Answering, tasks: set[asyncio.Task[None]]) -> None:
        self._answer = answer
        self._tasks = tasks
        self._asked = Asked()
        self._parser = httptools.HttpRequestParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self._asked.target += url

    def on_body(self, body: bytes) -> None:
        self._asked.body += body

    def on_message_complete(self) -> None:
        asked, self._asked = self._asked, Asked()
        asked.method = self._parser.get_method().decode()
        task = asyncio.create_task(self._said(asked))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _said(self, asked: Asked) -> None:
        answer = await self._answer(asked)
        if answer is None:
            self._transport.abort()
        else:
            self._transport.write(answer)


def answer(status: int, body: bytes, content_type: str) -> bytes:
    head = (
        f"HTTP/1.1 {status} Said\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def request(method: str, target: str, body: str = "", **headers: str) -> bytes:
    """`headers` are named with _ for -."""
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1"]
    if body:
        headers = {"Content_Type": "application/x-www-form-urlencoded", **headers}
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode("ascii")


async def answers(port: int) -> None:
    """Return once somebody takes connections there."""
    async with asyncio.timeout(ANSWERS_WITHIN):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.005)
            else:
                writer.close()
                return
