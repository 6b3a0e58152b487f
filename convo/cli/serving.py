"""Holding a process open: what it serves, until a signal, Ctrl-D or the death of a loop."""

import asyncio
import signal
import socket
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import FrameType
from typing import Any, Protocol

import click
import uvicorn
import uvloop

from convo.cli import FOUND_MISTAKES
from convo.core.presence import Role
from convo.errors import SettingsError
from convo.ports import Store
from convo.providers.console import Deliver
from convo.runtime.watchdog import Watchdog
from convo.wiring.authored import Authored
from convo.wiring.serving import Wired, wired

BACKLOG = 2048
KEEP_ALIVE = 30
"""Seconds that a provider's unused connection is kept open for its next webhook."""

FINISH_REQUESTS = 10
"""Seconds that requests under way are given at a stop."""

EVERYWHERE = ("0.0.0.0", "::")
"""Hosts that listen on every address of the machine, this one's own included."""

STARTED_POLL = 0.01
"""Seconds between two looks whether the server has started; uvicorn tells nobody."""


class Prompt(Protocol):
    """A customer's phone in the terminal."""

    @property
    def deliver(self) -> Deliver: ...

    async def talk(self, store: Store) -> None: ...

    async def hang_up(self, talking: asyncio.Task[None]) -> None: ...


class Wires(Protocol):
    """Puts a business together, for as long as the block is open."""

    def __call__(
        self,
        authored: Authored,
        *,
        on_death: Callable[[], None],
        role: Role,
        deliver: Deliver | None,
    ) -> AbstractAsyncContextManager[Wired]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """What a process does, and where it can be reached."""

    role: Role
    host: str
    port: int
    #: Who named the place, for the case that it is taken.
    named_by: str = "convo.toml: server.bind"
    phone: Prompt | None = None
    #: How the business is put together.
    wire: Wires = wired
    #: Called once it is open, instead of a line that says so.
    on_open: Callable[[], None] | None = None

    def told(self, name: str, port: int) -> str:
        """What is printed once it is open."""
        host = "127.0.0.1" if self.host in EVERYWHERE else self.host
        if ":" in host:
            host = f"[{host}]"
        at = f"http://{host}:{port}"
        if self.role == "worker":
            return f"{name} is at work; its health is at {at}/readyz."
        return f"{name} is open at {at}."


def _socket(station: Station) -> socket.socket:
    host, port = station.host, station.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
    except OSError as error:
        taken.close()
        raise SettingsError(
            [
                f"{station.named_by}: {host}:{port} cannot be listened on "
                f"({error.strerror}). Stop what uses it, or name another port."
            ]
        ) from None
    return taken


class Ending:
    """Why and when to stop: asked by a signal or by the death of a loop, also before serving."""

    def __init__(self) -> None:
        self._server: Any = None
        self.asked = False
        self.dead = False

    def ask(self) -> None:
        self.asked = True
        if self._server is not None:
            self._server.should_exit = True

    def died(self) -> None:
        self.dead = True
        self.ask()

    def stops(self, server: Any) -> None:
        """From here on it is this server that is asked."""
        self._server = server
        server.should_exit = self.asked


class Server(uvicorn.Server):
    """Lets what streams without an end know that it is over, before it waits for requests."""

    def __init__(self, config: uvicorn.Config, closing: Callable[[], None]) -> None:
        super().__init__(config)
        self._closing = closing

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._closing()
        await super().shutdown(sockets)


def serve(found: Authored, station: Station) -> None:
    """Run until a signal, Ctrl-D or the death of a loop; the last ends with a failure."""
    ending = Ending()

    # uvicorn stops by these and raises them again when it has stopped: that must not kill us.
    def asked(_number: int, _frame: FrameType | None) -> None:
        ending.ask()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, asked)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(hold(found, station, ending))
    if ending.dead:
        click.secho("A loop died; what it said is above.", fg="red", err=True)
        raise SystemExit(FOUND_MISTAKES)


async def hold(found: Authored, station: Station, ending: Ending) -> None:
    """Serve until the end is asked for, or the customer at the phone hangs up."""
    phone = station.phone
    deliver = phone.deliver if phone is not None else None
    async with (
        station.wire(found, on_death=ending.died, role=station.role, deliver=deliver) as business,
        Watchdog(business.metrics),
    ):
        if ending.asked:
            return
        # Only now, so that a second process hears of the first and not of its port.
        taken = _socket(station)
        server = Server(
            uvicorn.Config(
                business.app,  # pyright: ignore[reportArgumentType] - its own, narrower, ASGI types
                lifespan="off",
                http="httptools",
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=False,
                backlog=BACKLOG,
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=FINISH_REQUESTS,
            ),
            business.closing,
        )
        ending.stops(server)
        serving = asyncio.create_task(server.serve(sockets=[taken]))
        while not server.started and not serving.done():
            await asyncio.sleep(STARTED_POLL)
        if station.on_open is not None:
            station.on_open()
        elif phone is None:
            name = found.settings.business.name
            click.echo(station.told(name, taken.getsockname()[1]))
        if phone is not None:
            talking = asyncio.create_task(phone.talk(business.store))
            await asyncio.wait((serving, talking), return_when=asyncio.FIRST_COMPLETED)
            ending.ask()
            await phone.hang_up(talking)
        await serving
