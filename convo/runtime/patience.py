"""Asking the store until it answers: what fails is asked again, the very same, and told of once."""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from convo.errors import Fenced, StoreError
from convo.ports import Sleep
from convo.runtime import backoff
from convo.sentences import sentence

log = logging.getLogger("convo.owner")

FIRST_WAIT = 50
LONGEST_WAIT = 5_000
"""Milliseconds between tries when the store fails."""

T = TypeVar("T")


class Patience:
    """One loop's way of asking. Whoever is fenced off hears of it at once."""

    def __init__(self, name: str, sleep: Sleep) -> None:
        self._name = name
        self._sleep = sleep
        #: Why the store does not answer at the moment; empty when it does.
        self.trouble = ""

    async def surely(self, ask: Callable[[], Awaitable[T]]) -> T:
        """What the store answers, after however many tries: it knows the same for the same.

        Raises `Fenced`, and whatever is no `StoreError`.
        """
        tries = 0
        while True:
            try:
                answer = await ask()
            except Fenced:
                raise
            except StoreError as error:
                self.trouble = str(sentence("the store fails: {why}", why=error))
                if tries == 0:
                    log.error("The store fails, and is asked again until it does not: %s", error)
                wait = backoff.wait(tries, self._name, first=FIRST_WAIT, longest=LONGEST_WAIT)
                tries += 1
                await self._sleep(wait / 1_000)
            else:
                if tries:
                    log.warning("The store works again.")
                self.trouble = ""
                return answer
