"""Everything that runs in one process: started together, watched, and stopped without loss."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from types import TracebackType

from convo.ports import Provider, Store
from convo.runtime.announcing import Announcer
from convo.runtime.holder import Holder
from convo.runtime.lines import Lines
from convo.runtime.puller import Puller
from convo.runtime.reconciler import Reconciler
from convo.runtime.traces import frames
from convo.sentences import sentence

log = logging.getLogger("convo.process")


class Running:
    """`async with Running(...)`: the loops run inside, and have stopped cleanly behind it.

    A process without a holder only hears. When a loop dies, `died` is set to its error and
    `on_death` is called once: the process must then end (by its server's own way of stopping) with
    a failure, for a process that serves but does not answer is worse than none.
    """

    def __init__(
        self,
        *,
        holder: Holder | None,
        announcer: Announcer | None,
        reconciler: Reconciler | None,
        lines: Lines | None,
        puller: Puller | None,
        store: Store,
        providers: Iterable[Provider],
        on_death: Callable[[], None],
    ) -> None:
        self._holder = holder
        self._announcer = announcer
        self._reconciler = reconciler
        self._lines = lines
        self._puller = puller
        self._store = store
        self._providers = tuple(providers)
        self._on_death = on_death
        self._loops: list[asyncio.Task[None]] = []
        self._stopping = False
        self.died: BaseException | None = None

    async def __aenter__(self) -> "Running":
        loops = (self._lines, self._holder, self._announcer, self._reconciler, self._puller)
        for each in loops:
            if each is not None:
                loop = asyncio.create_task(each.run())
                loop.add_done_callback(self._ended)
                self._loops.append(loop)
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self.stop()

    @property
    def trouble(self) -> str:
        """Why this process should get no traffic now; empty when it should."""
        if self.died is not None:
            return str(sentence("the owner died: {error}", error=type(self.died).__name__))
        if self._stopping:
            return str(sentence("stopping"))
        return "" if self._holder is None else self._holder.trouble

    async def check(self) -> str:
        """`trouble`, as readiness asks for it."""
        return self.trouble

    async def stop(self) -> None:
        """Read no more, finish what is under way, commit it, give everything back, close."""
        if self._stopping:
            return
        self._stopping = True
        if self._holder is not None:
            await self._holder.stop()
        for loop in self._loops:
            loop.cancel()
        if self._loops:
            await asyncio.wait(self._loops)
        if self._announcer is not None:
            await self._announcer.end()
        for provider in self._providers:
            try:
                await provider.close()
            except Exception as error:
                log.warning("A provider did not close: %s", frames(error))
        await self._store.close()
        log.info("Stopped; nothing that was acknowledged is lost.")

    def _ended(self, loop: asyncio.Task[None]) -> None:
        if loop.cancelled() or (error := loop.exception()) is None:
            return
        self.died = error
        # The words of a ConvoError are ours and hold no text; of others only the class is told.
        log.critical("The owner died, so this process ends: %s", _told(error))
        self._on_death()


def _told(error: BaseException) -> str:
    words = f"{error}\n" if type(error).__module__.startswith("convo.") else ""
    return words + frames(error)
