"""Connections between hosts: bytes arrive late, in their order, or the line breaks."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from random import Random
from typing import Any

from tests.simulation.loop import HOST, Host, VirtualLoop
from tests.simulation.trace import Trace

PORT = 99
"""The company's."""

LATENCY = 0.002
"""Seconds that bytes are under way, in the middle."""

Served = Callable[[], asyncio.Protocol]


class End(asyncio.Transport):
    """One end of a connection."""

    def __init__(self, network: "Network", context: Context, host: Host | None) -> None:
        super().__init__()
        self._network = network
        self._context = context
        self.host = host
        self.peer: End
        self.protocol: asyncio.BaseProtocol
        self.closed = False
        #: What is under way to this end, oldest first; None is the line's end.
        self._coming: deque[bytes | None] = deque()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self.closed:
            self.peer.send_on(bytes(data))

    def abort(self) -> None:
        if not self.closed:
            self.closed = True
            self.peer.send_on(None)
            self._network.loop.call_soon(self._lost, context=self._context)

    close = abort

    def is_closing(self) -> bool:
        return self.closed

    def vanish(self) -> None:
        """Its host is dead: nobody here hears of it, and the other side does."""
        if not self.closed:
            self.closed = True
            self.peer.send_on(None)

    def send_on(self, data: bytes | None) -> None:
        """Bytes for this end set out; whichever message comes due first brings the oldest."""
        self._coming.append(data)
        self._network.loop.call_later(self._network.latency(), self._arrive, context=self._context)

    def _arrive(self) -> None:
        data = self._coming.popleft()
        if self.closed:
            return
        if data is None:
            self.closed = True
            self._lost()
        else:
            assert isinstance(self.protocol, asyncio.Protocol)
            self.protocol.data_received(data)

    def _lost(self) -> None:
        self.protocol.connection_lost(None)


class Network:
    """Who can be called, and how long it takes."""

    def __init__(self, loop: VirtualLoop, chance: Random, trace: Trace) -> None:
        self.loop = loop
        self._trace = trace
        self._chance = chance
        self._served: Served | None = None
        self._ends: dict[Host, list[End]] = {}
        #: The share of calls that nobody takes.
        self.refused = 0.0
        #: Seconds that a call takes at most before it is answered.
        self.slow_to_connect = 0.0
        loop.connects = self.connect

    def serve(self, made: Served) -> None:
        """The only server there is: the company's."""
        self._served = made

    def latency(self) -> float:
        return self._chance.expovariate(1 / LATENCY)

    async def connect(
        self, factory: Callable[[], asyncio.BaseProtocol], host: str, port: int, **_more: Any
    ) -> tuple[asyncio.BaseTransport, asyncio.BaseProtocol]:
        """As `loop.create_connection`."""
        caller = HOST.get()
        if caller is not None:
            self._trace.note("connects", caller.name)
        await asyncio.sleep(self.latency() + self._chance.random() * self.slow_to_connect)
        served = self._served
        if served is None or port != PORT or self._chance.random() < self.refused:
            raise ConnectionRefusedError(f"nobody answers at {host}:{port}")
        near = End(self, copy_context(), caller)
        outside = self.outside()
        far = End(self, outside, None)
        near.peer, far.peer = far, near
        far.protocol = outside.run(served)
        near.protocol = factory()
        if caller is not None:
            self._ends.setdefault(caller, []).append(near)
        outside.run(far.protocol.connection_made, far)
        near.protocol.connection_made(near)
        return near, near.protocol

    def outside(self) -> Context:
        """A context that is no host's."""
        context = copy_context()
        context.run(HOST.set, None)
        return context

    def drop(self, host: Host) -> None:
        """Every connection of a host that has died ends for the other side."""
        for end in self._ends.pop(host, ()):
            end.vanish()
