"""The way of one process to the store: what is asked and answered may be late, or lost."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context
from random import Random
from typing import Any, TypeVar

from convo.errors import StoreError, StoreUnavailable
from tests.simulation.network import Network
from tests.simulation.trace import Trace

T = TypeVar("T")

PATIENCE = 1.0
"""Seconds after which a request without an answer has failed."""

LATENCY = 0.001
"""Seconds that each of the two is under way, in the middle."""


class Way:
    """Between one process and the store."""

    def __init__(self, name: str, network: Network, chance: Random, trace: Trace) -> None:
        self._name = name
        self._network = network
        self._chance = chance
        self._trace = trace
        #: Shares of requests and of answers that are lost.
        self.requests_lost = 0.0
        self.answers_lost = 0.0

    async def ask(self, what: str, call: Callable[[], Awaitable[T]]) -> T:
        """What `call` answers, run where the store is.

        Raises `StoreUnavailable` when no answer came: whether it was done is then not known.
        """
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        if self._chance.random() < self.requests_lost:
            self._trace.note("request lost", self._name, what)
            self._break(answer)
        else:
            self.later(self._arrive, what, call, answer, context=self._network.outside())
        try:
            async with asyncio.timeout(PATIENCE):
                return await answer
        except TimeoutError:
            raise StoreUnavailable("The store does not answer.") from None

    def tell(self, doing: Callable[[], object], *, context: Context) -> None:
        """What the store says by itself: run in the process that hears it."""
        if self._chance.random() >= self.answers_lost:
            self.later(doing, context=context)

    def later(self, doing: Callable[..., object], *given: Any, context: Context) -> None:
        """Run it on the other side, once it has come there."""
        delay = self._chance.expovariate(1 / LATENCY)
        self._network.loop.call_later(delay, doing, *given, context=context)

    def _arrive(
        self, what: str, call: Callable[[], Awaitable[T]], answer: asyncio.Future[T]
    ) -> None:
        try:
            result = _done_at_once(call())
        except StoreError as error:
            self._answer(what, answer, answer.set_exception, error)
        else:
            self._answer(what, answer, answer.set_result, result)

    def _answer(
        self, what: str, answer: asyncio.Future[T], tell: Callable[[Any], None], said: object
    ) -> None:
        if self._chance.random() < self.answers_lost:
            self._trace.note("answer lost", self._name, what)
            self._break(answer)
            return
        self.later(lambda: answer.done() or tell(said), context=self._network.outside())

    def _break(self, answer: asyncio.Future[Any]) -> None:
        """The connection breaks, and that is heard of at once; or it does not, and nothing is."""
        if self._chance.random() < 0.5:
            error = StoreUnavailable("The connection to the store broke.")
            self.later(
                lambda: answer.done() or answer.set_exception(error),
                context=self._network.outside(),
            )


def _done_at_once(doing: Awaitable[T]) -> T:
    """What it returns, for the store does everything where it is asked."""
    steps = doing.__await__()
    try:
        next(steps)
    except StopIteration as end:
        return end.value
    raise AssertionError("the store waits for something")
