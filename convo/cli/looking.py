"""The business's ledger for the command line: page after page, as one goes on."""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager

from convo.core.overview import Page, T
from convo.ports.ledger import Ledger
from convo.settings import Settings

PAGE = 500


class Look:
    """The ledger, and how to wait for what it answers."""

    def __init__(self, ledger: Ledger, runner: asyncio.Runner) -> None:
        self.ledger = ledger
        self._runner = runner

    def at(self, answer: Awaitable[T]) -> T:
        """What the ledger answers."""

        async def awaited() -> T:
            return await answer

        return self._runner.run(awaited())

    def all(self, page: Callable[[str, int], Awaitable[Page[T]]]) -> Iterator[T]:
        """Everything of a list, fetched as it is asked for."""
        mark = ""
        while True:
            found = self.at(page(mark, PAGE))
            yield from found.items
            if not found.next:
                return
            mark = found.next


@contextmanager
def looking(settings: Settings) -> Generator[Look]:
    """Raises `StoreUnavailable` when there is nothing to look into."""
    from convo.wiring.brands import open_ledger

    with asyncio.Runner() as runner:
        opened = open_ledger(settings)
        look = Look(runner.run(opened.__aenter__()), runner)
        try:
            yield look
        finally:
            runner.run(opened.__aexit__(None, None, None))
