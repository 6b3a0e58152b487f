"""A Cluster: each command goes to the node that has its keys, and after them when they move.

The slots are learnt from whichever node tells, and again when one does not answer. A command that
came to the wrong node was not run there, so it is asked of the right one; what a node did not
answer is for the caller to ask again, as with one server.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any

from redis.exceptions import ResponseError

from convo.errors import StoreUnavailable
from convo.stores.redis.address import Address
from convo.stores.redis.faults import Moved, Passing
from convo.stores.redis.layout import SLOTS, slot_of
from convo.stores.redis.safety import Durability, Told
from convo.stores.redis.server import ASKING, server_at
from convo.stores.redis.wire import Line

REDIRECTIONS = 5
"""Nodes to which one command is sent on at most."""

LEARN_AGAIN = 0.2
"""Seconds from a failure until the slots are learnt anew."""

Place = tuple[str, int]


class Cluster:
    """A line to each node, and which of them has which slot."""

    def __init__(self, address: Address, durability: Durability) -> None:
        self._address = address
        self._durability: Durability = durability
        self._lines: dict[Place, Line] = {}
        self._node_of: list[Place | None] = [None] * SLOTS
        self._learning: asyncio.Task[None] | None = None
        self._ear = 0

    async def ask(self, *command: Any) -> Any:
        """Run one command where its key is. Raises what `Line.ask` does."""
        slot = slot_in(command)
        place = self._node_of[slot]
        if place is None:
            await self._learn()
            place = self._node_of[slot]
        if place is None:
            raise Passing(f"No node of the Cluster has slot {slot}.")
        sent = command
        for _ in range(REDIRECTIONS):
            try:
                return await self._line(place).ask(*sent)
            except Moved as moved:
                place = moved.place
                # `asks` is for this once: the slot is on its way.
                sent = (ASKING, *command) if moved.asks else command
                if not moved.asks:
                    self._node_of[slot] = place
            except StoreUnavailable:
                self._learn_soon()
                raise
        raise Passing(f"Slot {slot} of the Cluster is sent from node to node.")

    async def load(self) -> None:
        """Let every node that has slots know our functions."""
        await self._learn()
        await asyncio.gather(*(self._line(place).load() for place in self._primaries))

    async def told(self) -> Sequence[Told]:
        """What every node that has slots tells of itself."""
        await self._learn()
        told = await asyncio.gather(*(self._line(place).told() for place in self._primaries))
        return [each for node in told for each in node]

    def subscribed(self, channel: str) -> AbstractAsyncContextManager[AsyncIterator[int | None]]:
        """At any node, for each hears what is published at another; the next time, at the next."""
        known = self._primaries or self._address.hosts
        self._ear += 1
        return self._line(known[self._ear % len(known)]).subscribed(channel)

    async def close(self) -> None:
        if self._learning is not None:
            self._learning.cancel()
            await asyncio.wait((self._learning,))
        await asyncio.gather(*(line.close() for line in self._lines.values()))

    @property
    def _primaries(self) -> Sequence[Place]:
        return sorted({place for place in self._node_of if place is not None})

    def _line(self, place: Place) -> Line:
        if place not in self._lines:
            self._lines[place] = Line(server_at(self._address, self._durability, place))
        return self._lines[place]

    def _learn_soon(self) -> None:
        if self._learning is None:
            self._learning = asyncio.create_task(self._learn_quietly())

    async def _learn_quietly(self) -> None:
        await asyncio.sleep(LEARN_AGAIN)
        # Whoever fails next asks for it again.
        with suppress(StoreUnavailable):
            await self._learn()
        self._learning = None

    async def _learn(self) -> None:
        """Ask who has which slot, of one node after the other."""
        failure: StoreUnavailable | None = None
        for place in dict.fromkeys((*self._primaries, *self._address.hosts)):
            try:
                told = await self._line(place).ask("CLUSTER", "SLOTS")
            except StoreUnavailable as error:
                failure = error
            except ResponseError as error:
                raise StoreUnavailable(
                    f"{place[0]}:{place[1]} is no node of a Cluster ({error}): write redis:// for "
                    "one server."
                ) from error
            else:
                for first, last, node in _ranges(told, place):
                    self._node_of[first : last + 1] = [node] * (last + 1 - first)
                return
        raise failure or StoreUnavailable("The Cluster has no nodes.")


def _ranges(told: Sequence[Any], asked: Place) -> Iterator[tuple[int, int, Place]]:
    """First slot, last slot and their primary; a node that does not know its own host is `asked`.

    https://redis.io/docs/latest/commands/cluster-slots/
    """
    for first, last, (host, port, *_), *_ in told:
        yield first, last, (host.decode() if host else asked[0], port)


def slot_in(command: Sequence[Any]) -> int:
    """The slot of the keys in a command of ours; they bear a tag, and all of them the same."""
    place = 3 if command[0] == "FCALL" else 1
    key = command[place] if len(command) > place else ""
    return slot_of(str(key).partition("{")[2].partition("}")[0])
