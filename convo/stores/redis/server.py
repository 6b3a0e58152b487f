"""One Redis or Valkey."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError

from convo.errors import StoreUnavailable
from convo.stores.redis.address import Address
from convo.stores.redis.safety import Durability, Told
from convo.stores.redis.wire import Command

#: What a server is asked of its settings.
_ASKED = ("appendfsync", "protected-mode", "requirepass", "bind")

FOLLOWED_WITHIN = 2_000
"""ms that a replica is given where durability is strict."""

NO_REPLICA = "No replica has it yet, so it could be lost: ask again."

ANSWER_WITHIN = 5.0
"""Seconds that an answer may take before it counts as lost."""


class SingleServer:
    """Commands leave by one connection, in their order; nothing is repeated by itself."""

    def __init__(self, address: Address, durability: Durability) -> None:
        self._name = address.socket or "{}:{}".format(*address.hosts[0])
        self._strict = durability == "strict"
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
        if not self._strict:
            return await pipeline.execute(raise_on_error=False)
        pipeline.execute_command("WAIT", 1, FOLLOWED_WITHIN)  # pyright: ignore[reportUnknownMemberType]
        *replies, followers = await pipeline.execute(raise_on_error=False)
        if followers < 1:
            return [StoreUnavailable(NO_REPLICA)] * len(replies)
        return replies

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

    async def told(self) -> Sequence[Told]:
        return [await told_by(self.client, self._name)]

    async def close(self) -> None:
        await self.client.aclose()


async def told_by(client: Redis, name: str) -> Told:
    """What a server tells of itself."""
    asked: Any = client
    info: dict[str, Any] = await asked.info()
    try:
        config: dict[str, str] = await asked.config_get(*_ASKED)
    except ResponseError:
        config = {}
    return Told(name=name, info={key: str(value) for key, value in info.items()}, config=config)
