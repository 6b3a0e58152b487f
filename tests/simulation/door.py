"""Where the world reaches the business: any of its processes that answers, or none."""

import asyncio
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, Protocol

import httptools
from starlette.types import ASGIApp

from tests.chaos.wire import HungUp

PATIENCE = 15.0
"""Seconds that a webhook waits for its answer."""

AGAIN = (0.2, 2.0)
"""Seconds until it is posted again."""

LOST = 0.03
"""The share of answers that are lost."""

LATENCY = 0.005


class Serving(Protocol):
    """A process, as the balancer in front of it sees it."""

    #: None while it takes no requests.
    app: ASGIApp | None

    def serve(self, request: bytes, answered: asyncio.Future[int]) -> None:
        """Answer it with a status, unless it dies before; then nobody does."""
        ...


class _Read:
    """A request that was read by httptools."""

    def __init__(self, data: bytes) -> None:
        self.target = b""
        self.body = b""
        self.headers: list[tuple[bytes, bytes]] = []
        parser = httptools.HttpRequestParser(self)
        parser.feed_data(data)
        self.method = parser.get_method().decode()

    def on_url(self, url: bytes) -> None:
        self.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_body(self, body: bytes) -> None:
        self.body += body


async def asked(app: ASGIApp, request: bytes) -> int:
    """The status that `app` answers to an HTTP request, as a server would ask it."""
    read = _Read(request)
    path, _, query = read.target.partition(b"?")
    scope: dict[str, Any] = {
        "type": "http",
        "method": read.method,
        "path": path.decode(),
        "raw_path": path,
        "query_string": query,
        "headers": read.headers,
    }
    status = 0

    async def receive() -> Mapping[str, Any]:
        return {"type": "http.request", "body": read.body, "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]

    await app(scope, receive, send)  # pyright: ignore[reportArgumentType]
    return status


class Door:
    """Posts webhooks until they are taken; some of them twice, some answers are lost."""

    def __init__(self, chance: Random, twice: float) -> None:
        self._chance = chance
        self.processes: Sequence[Serving] = ()
        self._twice = twice
        self.refused: list[int] = []

    async def told(self, request: bytes) -> None:
        """Post it until it is answered, as it should be with a 2xx."""
        again = self._chance.random() < self._twice
        second = asyncio.create_task(self._later(request)) if again else None
        await self._told(request)
        if second is not None:
            await second

    async def _later(self, request: bytes) -> None:
        await asyncio.sleep(self._chance.choice((0.0, 1.0, 10.0, 20.0, 60.0)))
        await self._told(request)

    async def _told(self, request: bytes) -> None:
        while True:
            try:
                status = await self._post(request)
            except HungUp:
                status = 0
            if 200 <= status < 300:
                return
            if status and status != 503:
                self.refused.append(status)
                return
            await asyncio.sleep(self._chance.uniform(*AGAIN))

    async def _post(self, request: bytes) -> int:
        open_ = [each for each in self.processes if each.app is not None]
        if not open_:
            raise HungUp
        await asyncio.sleep(self._chance.expovariate(1 / LATENCY))
        answered: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._chance.choice(open_).serve(request, answered)
        try:
            async with asyncio.timeout(PATIENCE):
                status = await answered
        except TimeoutError:
            raise HungUp from None
        if not status or self._chance.random() < LOST:
            raise HungUp
        return status
