"""An event loop of its own time: seconds pass only when nothing can happen, and lots decide who
is next.

Every callback belongs to the host in whose context it was scheduled. A host that is paused lets
its callbacks lie until it goes on, as a process does under SIGSTOP; one that is dead does not run
again, as after `kill -9`: no `finally`, no last word. No line of the product has to take part.
"""

import asyncio
import heapq
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context, ContextVar, copy_context
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")

MONOTONIC_START = 1_000_000.0
"""Seconds: what a loop's clock shows at the start means nothing, so it is not 0."""


class DeadEnd(AssertionError):
    """Somebody waits, and nothing will ever happen again."""


class Host:
    """One process: whether it runs, and what waits for it to go on."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.paused = False
        self.dead = False
        self.tasks: list[asyncio.Task[Any]] = []
        self._lying: list[tuple[Host | None, asyncio.Handle]] = []

    @property
    def runs(self) -> bool:
        return not (self.paused or self.dead)

    def lay(self, handle: asyncio.Handle) -> None:
        """Keep what came due while it does not run."""
        self._lying.append((self, handle))

    def pick_up(self) -> list[tuple["Host | None", asyncio.Handle]]:
        """What came due meanwhile, once."""
        lying, self._lying = self._lying, []
        return lying

    def added(self, task: asyncio.Task[Any]) -> None:
        if len(self.tasks) >= 256:
            self.tasks = [each for each in self.tasks if not each.done()]
        self.tasks.append(task)


HOST: ContextVar[Host | None] = ContextVar("host", default=None)
"""Whose code is running; None is the world outside of all processes."""

#: Makes a connection: see `network.Network.connect`.
Connects = Callable[..., Coroutine[Any, Any, tuple[asyncio.BaseTransport, asyncio.BaseProtocol]]]


class VirtualLoop(asyncio.AbstractEventLoop):
    """What asyncio and the product need of a loop, and nothing of the machine's."""

    def __init__(self, lots: Random) -> None:
        self._lots = lots
        self._now = MONOTONIC_START
        self._ready: list[tuple[Host | None, asyncio.Handle]] = []
        self._timers: list[tuple[float, int, Host | None, asyncio.TimerHandle]] = []
        self._numbered = 0
        self._running = False
        self._closed = False
        #: Callbacks that were run.
        self.steps = 0
        #: What nobody caught: a fault of the simulation, or a task of ours that died unseen.
        self.complaints: list[str] = []
        self.connects: Connects | None = None

    # --- time and turns -----------------------------------------------------------------------

    def time(self) -> float:
        return self._now

    def call_soon(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        context = copy_context() if context is None else context
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append((context.get(HOST), handle))
        return handle

    call_soon_threadsafe = call_soon

    def call_later(
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        context = copy_context() if context is None else context
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        self._numbered += 1
        heapq.heappush(self._timers, (when, self._numbered, context.get(HOST), timer))
        return timer

    def _timer_handle_cancelled(self, _handle: asyncio.TimerHandle) -> None:
        """Asked for by `TimerHandle.cancel`; what is cancelled is passed over when it comes due."""

    def resume(self, host: Host) -> None:
        """Let a host go on, with all that came due meanwhile."""
        host.paused = host.dead = False
        self._ready += host.pick_up()

    def _step(self) -> None:
        """One callback; before it, whatever time must pass until there is one."""
        ready, timers = self._ready, self._timers
        while timers and (timers[0][0] <= self._now or not ready):
            when, _, host, timer = heapq.heappop(timers)
            if timer.cancelled():
                continue
            self._now = max(when, self._now)
            ready.append((host, timer))
        if not ready:
            raise DeadEnd("nothing is scheduled any more, and somebody still waits")
        place = int(self._lots.random() * len(ready))
        ready[place], ready[-1] = ready[-1], ready[place]
        host, handle = ready.pop()
        if handle.cancelled():
            return
        if host is None or host.runs:
            self.steps += 1
            handle._run()
        else:
            host.lay(handle)

    # --- running ------------------------------------------------------------------------------

    def run_until_complete(self, future: Generator[Any, None, T] | Coroutine[Any, Any, T]) -> T:  # pyright: ignore[reportIncompatibleMethodOverride]
        main = self.create_task(future)
        self._running = True
        asyncio._set_running_loop(self)
        try:
            while not main.done():
                self._step()
        finally:
            asyncio._set_running_loop(None)
            self._running = False
        return main.result()

    def is_running(self) -> bool:
        return self._running

    def is_closed(self) -> bool:
        return self._closed

    def close(self) -> None:
        self._closed = True
        self._ready.clear()
        self._timers.clear()

    def get_debug(self) -> bool:
        return False

    # --- what tasks are made with -------------------------------------------------------------

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(
        self,
        coro: Generator[Any, None, T] | Coroutine[Any, Any, T],
        *,
        name: str | None = None,
        context: Context | None = None,
    ) -> asyncio.Task[T]:
        task = asyncio.Task(coro, loop=self, name=name, context=context)
        host = HOST.get() if context is None else context.get(HOST)
        if host is not None:
            host.added(task)
        return task

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        self.complaints.append(f"{context['message']}: {context.get('exception')!r}")

    async def create_connection(self, *args: Any, **more: Any) -> Any:
        assert self.connects is not None
        return await self.connects(*args, **more)
