"""A business put together for a rehearsal: its store in memory, its clock in your hand."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Collection, Generator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from convo.core.events import ErrandKind
from convo.core.numbers import PhoneNumber
from convo.policy.numbering import example_number
from convo.ports import Kept
from convo.rehearsal.rehearsal import Rehearsal
from convo.rehearsal.virtual import VirtualClock
from convo.routing.playbook import Playbook
from convo.runtime.calls import Calls
from convo.stores.sqlite.database import MEMORY, Database
from convo.stores.sqlite.rows import kept
from convo.stores.sqlite.store import SqliteStore

TESTED: frozenset[ErrandKind] = frozenset(("keyword", "reserve", "code", "tally", "hand_on"))
"""What a test runs for real; actions and calls are pretended."""

EVERYTHING: frozenset[ErrandKind] = frozenset(
    ("action", "http", "keyword", "reserve", "code", "tally", "emit", "hand_on")
)
"""What a chat in the terminal runs for real, unless it is asked to pretend."""


@asynccontextmanager
async def rehearse(
    playbook: Playbook,
    *,
    start: int,
    real: Collection[ErrandKind] = TESTED,
    secret: bytes = b"",
    tell: Callable[[str], None] = lambda _: None,
) -> AsyncGenerator[Rehearsal]:
    """A rehearsal of everything authored, from `start` (ms since 1970) on.

    `secret` signs what is really posted to own systems. The log is silent meanwhile, for the
    rehearsal itself says what the loops would; only what goes wrong in authored Python is told,
    with its lines, to `tell`.
    """
    if "emit" not in real:
        # Nobody waits for what an event comes to, so there is nothing to pretend.
        playbook = replace(playbook, business=replace(playbook.business, events_url=""))
    clock = VirtualClock(start)
    store = await SqliteStore.open(MEMORY, clock=clock)

    async def keeping(number: PhoneNumber) -> Kept:
        return (await store.read(partial(_kept, number=number)))[number]

    async with AsyncExitStack() as stack:
        stack.enter_context(_quiet(tell))
        yield await stack.enter_async_context(
            Rehearsal(
                playbook=playbook,
                store=store,
                keeping=keeping,
                clock=clock,
                phone=example_number(playbook.business.country),
                own_systems=_LateCalls(stack, secret, clock),
                real=real,
            )
        )


def _kept(database: Database, number: PhoneNumber) -> Mapping[PhoneNumber, Kept]:
    return kept(database, [number])


class _LateCalls:
    """Calls to own systems whose HTTP client is loaded and opened at the first of them."""

    def __init__(self, stack: AsyncExitStack, secret: bytes, clock: VirtualClock) -> None:
        self._stack = stack
        self._secret = secret
        self._clock = clock
        self._calls: Calls | None = None

    async def post(
        self, url: str, arguments: Mapping[str, Any], *, id: str, key: str, within: float
    ) -> Any:
        if self._calls is None:
            self._calls = await self._opened()
        return await self._calls.post(url, arguments, id=id, key=key, within=within)

    async def _opened(self) -> Calls:
        # A test pretends every call, so it should not pay for the client.
        import httpx  # noqa: PLC0415

        from convo.runtime.own_systems import OwnSystems  # noqa: PLC0415

        client = await self._stack.enter_async_context(
            httpx.AsyncClient(trust_env=False, timeout=None)
        )
        return OwnSystems(client, secret=self._secret, clock=self._clock, sleep=asyncio.sleep)


class _Telling(logging.Handler):
    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        self._tell(record.getMessage())


@contextmanager
def _quiet(tell: Callable[[str], None]) -> Generator[None]:
    log, errands = logging.getLogger("convo"), logging.getLogger("convo.errands")
    silent, telling = logging.NullHandler(), _Telling(tell)
    propagates = log.propagate
    log.addHandler(silent)
    errands.addHandler(telling)
    log.propagate = False
    try:
        yield
    finally:
        log.propagate = propagates
        log.removeHandler(silent)
        errands.removeHandler(telling)
