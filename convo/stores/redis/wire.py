"""The way to the server: what is asked for at once leaves together, and errors become ours."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from convo.errors import StoreError, StoreUnavailable
from convo.stores.redis.faults import is_away, store_error
from convo.stores.redis.library import library
from convo.stores.redis.safety import Told

TOGETHER = 500
"""Commands that leave together at most: bounds how long the first of them waits for the last."""

Command = tuple[Any, ...]


class Server(Protocol):
    """One server."""

    async def run(self, commands: Sequence[Command]) -> list[Any]:
        """Run these in their order: a reply for each, or the error that it met."""
        ...

    async def load(self, code: str) -> None:
        """Let it know these functions."""
        ...

    async def told(self) -> Sequence[Told]:
        """What it tells of itself."""
        ...

    def subscribed(self, channel: str) -> AbstractAsyncContextManager[AsyncIterator[int | None]]:
        """None as soon as we hear, and then the numbers that are published there."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Wire(Protocol):
    """The way to all that is kept, on one server or many."""

    async def ask(self, *command: Any) -> Any:
        """Run one command. Raises a `StoreError`, and what else Redis says of it."""
        ...

    async def load(self) -> None:
        """Let every server know our functions, which it keeps. Raises `StoreError`."""
        ...

    async def told(self) -> Sequence[Told]:
        """What every server tells of itself. Raises `StoreError`."""
        ...

    def subscribed(self, channel: str) -> AbstractAsyncContextManager[AsyncIterator[int | None]]:
        """None as soon as we hear, and then the numbers that are published there."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Line:
    """To one server. Sends many commands at a time; whoever asks meanwhile leaves with the next."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._waiting: deque[tuple[Command, asyncio.Future[Any]]] = deque()
        self._pump: asyncio.Task[None] | None = None
        self._closed = False

    async def ask(self, *command: Any) -> Any:
        """Run one command."""
        if self._closed:
            raise StoreUnavailable("The store is closed.")
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((command, future))
        if self._pump is None:
            # Everybody who asks in this round of the loop leaves together.
            self._pump = asyncio.create_task(self._send())
        return await future

    async def load(self) -> None:
        """Let the server know our functions, which it keeps. Raises `StoreError`."""
        try:
            await self._server.load(library().text)
        except Exception as error:
            if not is_away(error):
                raise
            raise store_error(error) from error

    async def told(self) -> Sequence[Told]:
        """What the server tells of itself. Raises `StoreError`."""
        try:
            return await self._server.told()
        except Exception as error:
            if not is_away(error):
                raise
            raise store_error(error) from error

    def subscribed(self, channel: str) -> AbstractAsyncContextManager[AsyncIterator[int | None]]:
        return self._server.subscribed(channel)

    async def close(self) -> None:
        self._closed = True
        if self._pump is not None:
            await asyncio.wait((self._pump,))
        await self._server.close()

    async def _send(self) -> None:
        try:
            await self._send_all()
        finally:
            self._pump = None

    async def _send_all(self) -> None:
        while self._waiting:
            lot = [self._waiting.popleft() for _ in range(min(TOGETHER, len(self._waiting)))]
            strangers = await self._exchange(lot)
            if strangers:
                # Nobody has loaded this version yet, or somebody has cleaned up behind a deploy.
                try:
                    await self.load()
                except StoreError as error:
                    for _, future in strangers:
                        _fail(future, error)
                else:
                    for _, future in await self._exchange(strangers):
                        _fail(future, StoreUnavailable("The server does not keep our functions."))

    async def _exchange(
        self, lot: Sequence[tuple[Command, asyncio.Future[Any]]]
    ) -> list[tuple[Command, asyncio.Future[Any]]]:
        """Tell everybody their reply; those whose function is not known there are returned."""
        try:
            replies = await self._server.run([command for command, _ in lot])
        except Exception as error:
            # Of a fault of ours, whoever asked dies; and nobody waits for ever.
            told = store_error(error) if is_away(error) else error
            for _, future in lot:
                _fail(future, told)
            return []
        strangers: list[tuple[Command, asyncio.Future[Any]]] = []
        for asked, reply in zip(lot, replies, strict=True):
            if not isinstance(reply, Exception):
                if not asked[1].done():  # whoever asked was cancelled meanwhile
                    asked[1].set_result(reply)
            elif "Function not found" in str(reply):
                strangers.append(asked)
            else:
                _fail(asked[1], store_error(reply))
        return strangers


async def time_of(wire: Wire) -> int:
    """What the server's clock shows, ms since 1970. Raises `StoreError`."""
    seconds, micros = await wire.ask("TIME")
    return seconds * 1000 + micros // 1000


def _fail(future: asyncio.Future[Any], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
