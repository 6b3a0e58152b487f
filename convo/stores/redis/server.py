"""One Redis or Valkey, at its place or wherever the Sentinels say."""

import asyncio
import math
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import hiredis
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
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
"""Seconds that answers may take before they count as lost: all to commands that left together."""

NO_LIMIT = math.inf
"""redis-py's word for a reply that has none of its own."""

pack: Callable[[Command], bytes] = hiredis.pack_command  # pyright: ignore

ASKING = "ASKING"
"""In front of a command: a node may run it although the keys are only on their way to it."""


class SingleServer:
    """Commands leave by one connection, in their order; nothing is repeated by itself."""

    def __init__(
        self, name: str, client: Redis, durability: Durability, sentinels: Sequence[Redis] = ()
    ) -> None:
        """`sentinels` tell the client where the server is."""
        self._name = name
        self._sentinels = sentinels
        self._client = client
        self._strict = durability == "strict"

    async def run(self, commands: Sequence[Command]) -> list[Any]:
        sent: list[Command] = []
        last: list[int] = []
        for command in commands:
            asks = command[0] == ASKING
            if asks:
                sent.append((ASKING,))
            last.append(len(sent))
            sent.append(command[asks:])
        if self._strict:
            sent.append(("WAIT", 1, FOLLOWED_WITHIN))
        replies = await self._exchange(sent)
        if self._strict and replies[-1] < 1:
            return [StoreUnavailable(NO_REPLICA)] * len(last)
        return [replies[place] for place in last]

    async def _exchange(self, commands: Sequence[Command]) -> list[Any]:
        """The reply to each of these, or the error that it met.

        As redis-py's own pipeline, which packs in Python where it is asyncio, and sets a limit of
        time for each reply: both take longer than what they are for.
        """
        pool: Any = self._client.connection_pool
        connection = await pool.get_connection()
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await connection.send_packed_command([pack(each) for each in commands])
                return [await self._reply(connection, command[0]) for command in commands]
        except BaseException:
            await connection.disconnect(nowait=True)  # or what comes late is taken for another's
            raise
        finally:
            await pool.release(connection)

    async def _reply(self, connection: Any, command: str) -> Any:
        try:
            reply = await connection.read_response(timeout=NO_LIMIT)
        except ResponseError as error:
            return error
        read: Callable[[Any], Any] | None = self._client.response_callbacks.get(command)
        return reply if read is None else read(reply)

    async def load(self, code: str) -> None:
        await self._client.function_load(code, replace=True)

    @asynccontextmanager
    async def subscribed(self, channel: str) -> AsyncGenerator[AsyncIterator[int | None]]:
        """None as soon as we hear, and then the numbers that are published there."""
        subscription: Any = self._client.pubsub()  # pyright: ignore[reportUnknownMemberType]
        async with subscription:
            await subscription.subscribe(channel)
            yield (
                int(told["data"]) if told["type"] == "message" else None
                async for told in subscription.listen()
            )

    async def told(self) -> Sequence[Told]:
        return [await told_by(self._client, self._name)]

    async def close(self) -> None:
        for client in (self._client, *self._sentinels):
            await client.aclose()


def server_at(
    address: Address, durability: Durability, place: tuple[str, int] | None = None
) -> SingleServer:
    """The server of an address, or one of its Cluster's nodes."""
    host, port = place or (address.hosts[0] if address.hosts else ("", 0))
    client = Redis(host=host, port=port, unix_socket_path=address.socket or None, **_known(address))
    return SingleServer(address.socket or f"{host}:{port}", client, durability)


def primary_of(address: Address, durability: Durability) -> SingleServer:
    """Whichever server the Sentinels call the primary: they are asked for each connection."""
    sentinels: Any = Sentinel(
        list(address.hosts),
        sentinel_kwargs={
            "username": address.sentinel_user or None,
            "password": address.sentinel_password or None,
            "ssl": address.sentinels_encrypted,
            "socket_timeout": ANSWER_WITHIN,
            # The next one is asked instead.
            "retry": Retry(NoBackoff(), 0),
        },
        **_known(address),
    )
    client: Redis = sentinels.master_for(address.primary)
    name = f"the primary of {address.primary}"
    return SingleServer(name, client, durability, sentinels.sentinels)


def _known(address: Address) -> dict[str, Any]:
    """How each connection is made."""
    return {
        "db": address.database,
        "username": address.user or None,
        "password": address.password or None,
        "ssl": address.encrypted,
        "protocol": 2,
        "socket_timeout": ANSWER_WITHIN,
        "socket_connect_timeout": ANSWER_WITHIN,
        "retry": Retry(NoBackoff(), 0),
    }


async def told_by(client: Redis, name: str) -> Told:
    """What a server tells of itself."""
    asked: Any = client
    info: dict[str, Any] = await asked.info()
    try:
        config: dict[str, str] = await asked.config_get(*_ASKED)
    except ResponseError:
        config = {}
    return Told(name=name, info={key: str(value) for key, value in info.items()}, config=config)
