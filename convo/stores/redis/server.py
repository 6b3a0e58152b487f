"""One Redis or Valkey."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from convo.stores.redis.address import Address
from convo.stores.redis.wire import Command

ANSWER_WITHIN = 5.0
"""Seconds that an answer may take before it counts as lost."""


class SingleServer:
    """Commands leave by one connection, in their order; nothing is repeated by itself."""

    def __init__(self, address: Address) -> None:
        host, port = address.hosts[0] if address.hosts else ("", 0)
        self.client = Redis(
            host=host,
            port=port,
            unix_socket_path=address.socket or None,
            db=address.database,
            username=address.user or None,
            password=address.password or None,
            ssl=address.encrypted,
            protocol=2,
            socket_timeout=ANSWER_WITHIN,
            socket_connect_timeout=ANSWER_WITHIN,
            retry=Retry(NoBackoff(), 0),
        )

    async def run(self, commands: Sequence[Command]) -> list[Any]:
        pipeline = self.client.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)  # pyright: ignore[reportUnknownMemberType]
        return await pipeline.execute(raise_on_error=False)

    async def load(self, code: str) -> None:
        await self.client.function_load(code, replace=True)

    @asynccontextmanager
    async def subscribed(self, channel: str) -> AsyncGenerator[AsyncIterator[int | None]]:
        """None as soon as we hear, and then the numbers that are published there."""
        subscription: Any = self.client.pubsub()  # pyright: ignore[reportUnknownMemberType]
        async with subscription:
            await subscription.subscribe(channel)
            yield (
                int(told["data"]) if told["type"] == "message" else None
                async for told in subscription.listen()
            )

    async def close(self) -> None:
        await self.client.aclose()
