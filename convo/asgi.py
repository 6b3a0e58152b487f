"""The ASGI application, for servers other than `convo run`: its lifespan is that of the loops."""

import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from convo.runtime.watchdog import Watchdog
from convo.wiring import logs
from convo.wiring.authored import authored, settings_in
from convo.wiring.serving import Wired, wired


class Application:
    """The business in `folder`: opened when the server starts, closed when it stops."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._wired: Wired | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if self._wired is None:
            raise RuntimeError("The server must support lifespan; uvicorn does by `--lifespan on`.")
        await self._wired.app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            async with self._open() as self._wired:
                await send({"type": "lifespan.startup.complete"})
                await receive()
        except Exception as error:
            phase = "startup" if self._wired is None else "shutdown"
            await send({"type": f"lifespan.{phase}.failed", "message": str(error)})
            raise
        await send({"type": "lifespan.shutdown.complete"})

    @asynccontextmanager
    async def _open(self) -> AsyncGenerator[Wired]:
        settings = settings_in(self._folder)
        logs.begin(settings.log_level)
        async with wired(authored(settings), on_death=_end) as wiring, Watchdog(wiring.metrics):
            yield wiring


def _end() -> None:
    """Stop the server in its own way: a process that serves and never answers is worse."""
    os.kill(os.getpid(), signal.SIGTERM)


def application(folder: Path | None = None) -> ASGIApp:
    """The app of the business in `folder`, or in the folder of the moment."""
    return Application(folder or Path.cwd())
