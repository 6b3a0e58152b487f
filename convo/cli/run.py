"""`convo run`: serve the business, and in a terminal be one of its customers."""

import asyncio
import signal
import socket
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import click

from convo.cli import FOUND_MISTAKES
from convo.errors import SettingsError

BACKLOG = 2048
KEEP_ALIVE = 30
"""Seconds that a provider's unused connection is kept open for its next webhook."""

FINISH_REQUESTS = 10
"""Seconds that requests under way are given at a stop."""

STARTED_POLL = 0.01
"""Seconds between two looks whether the server has started; uvicorn tells nobody."""


@click.command(short_help="Serve your customers; in a terminal, be one of them.")
@click.option("--phone/--no-phone", default=None, help="Whether to open the phone prompt.")
def run(phone: bool | None) -> None:
    """Serve webhooks, hold the conversations, send the replies.

    In a terminal a phone prompt opens beside it: what you type goes through the same webhook,
    store and sender as a customer's text. Ctrl-D ends; SIGTERM ends cleanly, too, and nothing
    that was acknowledged is lost.

    \b
    convo run               # serve, and text it
    convo run --no-phone    # only serve
    """
    from convo.wiring import logs
    from convo.wiring.authored import authored, settings_in

    settings = settings_in(Path.cwd())
    consoles = [name for name, each in settings.connections.items() if each.provider == "console"]
    at_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    opens_phone = bool(consoles) and (at_terminal if phone is None else phone)
    # Beside the prompt only what is wrong is worth a line.
    logs.begin("warning" if opens_phone and settings.log_level == "info" else settings.log_level)
    if phone and not consoles:
        raise SettingsError(
            ['convo.toml: channels: none has provider = "console", so there is no phone to open.']
        )
    found = authored(settings)
    if opens_phone:
        from convo.cli.phone import Phone

        _serve(found, Phone(found, consoles[0]))
    else:
        _serve(found, None)


def _socket(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
    except OSError as error:
        taken.close()
        raise SettingsError(
            [
                f"convo.toml: server.bind: {host}:{port} cannot be listened on "
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


def _serve(found: Any, phone: Any) -> None:
    """Run until a signal, Ctrl-D or the death of a loop; the last ends with a failure."""
    import uvloop

    ending = Ending()

    # uvicorn stops by these and raises them again when it has stopped: that must not kill us.
    def asked(_number: int, _frame: FrameType | None) -> None:
        ending.ask()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, asked)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(hold(found, phone, ending))
    if ending.dead:
        click.secho("A loop died; what it said is above.", fg="red", err=True)
        raise SystemExit(FOUND_MISTAKES)


async def hold(found: Any, phone: Any, ending: Ending) -> None:
    """Serve until the end is asked for, or the customer at the phone hangs up."""
    import uvicorn

    from convo.wiring.serving import wired

    deliver = phone.deliver if phone is not None else None
    async with wired(found, on_death=ending.died, deliver=deliver) as business:
        if ending.asked:
            return
        settings = found.settings
        # Only now, so that a second process hears of the first and not of its port.
        taken = _socket(settings.host, settings.port)
        server = uvicorn.Server(
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
            )
        )
        ending.stops(server)
        serving = asyncio.create_task(server.serve(sockets=[taken]))
        while not server.started and not serving.done():
            await asyncio.sleep(STARTED_POLL)
        if phone is None:
            click.echo(f"{settings.business.name} is open at {settings.local_url}.")
        else:
            talking = asyncio.create_task(phone.talk(business.store))
            await asyncio.wait((serving, talking), return_when=asyncio.FIRST_COMPLETED)
            ending.ask()
            await phone.hang_up(talking)
        await serving
