"""A process of the business: all of `convo run` but its sockets, to be killed or paused."""

import asyncio
from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from random import Random

from starlette.types import ASGIApp

from convo.core.presence import Role
from convo.ports import Store
from convo.wiring import serving
from convo.wiring.authored import Authored
from tests.simulation.door import asked
from tests.simulation.loop import HOST, Host, VirtualLoop
from tests.simulation.network import Network
from tests.simulation.trace import Trace
from tests.simulation.way import Way

OPENS: ContextVar[Callable[[], Store]] = ContextVar("opens")
"""What opens the store in the process whose code is running."""

ENDS_WITHIN = 120.0
"""Seconds that a clean stop may take."""


class Process:
    """One place where a process runs: killed, it is started again as another."""

    def __init__(
        self,
        name: str,
        role: Role,
        authored: Authored,
        view: Callable[[Way], Store],
        clock: Callable[[], int],
        network: Network,
        chance: Random,
        trace: Trace,
    ) -> None:
        self.name = name
        self._role: Role = role
        self._authored = authored
        self._view = view
        self._clock = clock
        self._network = network
        self._trace = trace
        self.way = Way(name, network, chance, trace)
        self._lives = 0
        self._open: list[asyncio.Future[int]] = []
        self.host = Host(name)
        self.app: ASGIApp | None = None
        #: Milliseconds that its clock is ahead.
        self.ahead = 0
        #: Every host that there has been, for the burial.
        self.hosts: list[Host] = []
        #: What it died of by itself.
        self.deaths: list[str] = []

    def start(self) -> None:
        self._lives += 1
        self.host = Host(f"{self.name}{self._lives}")
        self.hosts.append(self.host)
        self._context = self._fresh_context(self.host)
        self._stopping = asyncio.Event()
        self._trace.note("started", self.host.name)
        self._life = self._loop.create_task(self._live(), context=self._context)
        self._life.add_done_callback(self._ended)

    @property
    def _loop(self) -> VirtualLoop:
        return self._network.loop

    def _fresh_context(self, host: Host) -> Context:
        context = copy_context()
        context.run(HOST.set, host)
        context.run(OPENS.set, lambda: self._view(self.way))
        return context

    def now(self) -> int:
        """Its clock, ms since 1970."""
        return self._clock() + self.ahead

    async def _live(self) -> None:
        async with serving.wired(
            self._authored, on_death=self._stopping.set, role=self._role, clock=self.now
        ) as up:
            self.app = up.app
            await self._stopping.wait()
            self.app = None
        if up.running.died is not None:
            self.deaths.append(repr(up.running.died))
            self._trace.note("died", self.host.name, repr(up.running.died))

    def is_called(self, owner: str) -> bool:
        """Whether this is what one of its lives calls itself."""
        return any(owner == host.name for host in self.hosts)

    @property
    def hears(self) -> bool:
        """Whether webhooks come here."""
        return self._role != "worker"

    def _ended(self, life: asyncio.Task[None]) -> None:
        if life is self._life:
            self.app = None
        if not life.cancelled() and (error := life.exception()) is not None:
            self.deaths.append(repr(error))

    def serve(self, request: bytes, answered: asyncio.Future[int]) -> None:
        self._open = [each for each in self._open if not each.done()] + [answered]
        self._loop.create_task(self._serve(request, answered), context=self._context.copy())

    async def _serve(self, request: bytes, answered: asyncio.Future[int]) -> None:
        app = self.app
        status = 0 if app is None else await asked(app, request)
        if not answered.done():
            answered.set_result(status)

    # --- what is done to it -------------------------------------------------------------------

    def kill(self) -> None:
        """As `kill -9`: nothing that is in memory has another moment."""
        self._trace.note("killed", self.host.name)
        self.host.dead = True
        self.app = None
        self._network.drop(self.host)
        for answered in self._open:
            if not answered.done():
                answered.set_result(0)

    def pause(self) -> None:
        """As SIGSTOP."""
        self._trace.note("paused", self.host.name)
        self.host.paused = True

    def resume(self) -> None:
        """As SIGCONT."""
        if self.host.paused:
            self._trace.note("resumed", self.host.name)
            self._loop.resume(self.host)

    async def stop(self) -> bool:
        """As SIGTERM; whether it ended in time."""
        self._trace.note("told to stop", self.host.name)
        self.app = None
        self._stopping.set()
        done, _ = await asyncio.wait((self._life,), timeout=ENDS_WITHIN)
        self._trace.note("stopped", self.host.name)
        return bool(done)

    async def bury(self) -> None:
        """Let go of what its hosts had in memory: their tasks end now, and nobody listens."""
        for host in self.hosts:
            while tasks := [task for task in host.tasks if not task.done()]:
                for task in tasks:
                    task.cancel()
                self._loop.resume(host)
                await asyncio.sleep(0)
