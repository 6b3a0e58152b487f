"""When a channel that fails is left alone, and when it is trusted again: a circuit breaker."""

from collections import deque
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What counts as failing, and what as well again."""

    #: Milliseconds of sends that are looked at.
    window: int = 10 * 60_000
    #: Percent of them that may fail. Only where another channel can carry them: where none can, it
    #: is better to send what can be sent.
    share: int = 30
    #: Sends before a share means anything.
    least: int = 20
    #: Sends failing one behind the other that shut it, whoever else there is.
    in_a_row: int = 8
    #: Milliseconds that it stays shut before it is tried with one message, and then again.
    every: int = 30_000
    #: Such tries that must go well, one behind the other, before it gets back what others carry:
    #: one alone would go well at a provider that fails a third of them.
    tries: int = 5


RULES: Final = Rules()

_SLICES: Final = 60
"""The window is counted in so many slices."""


class Breaker:
    """Shut or not, by what became of the sends. Those that began before it last changed do not
    count: they tell of another time."""

    def __init__(self, rules: Rules, *, others: bool) -> None:
        self._rules = rules
        self._others = others
        self.shut = False
        #: Grows with each change; a send is told it when it begins.
        self.era = 0
        self._failing = 0
        self._went_well = 0
        #: Number of the slice, sends, failures: oldest first.
        self._slices: deque[list[int]] = deque()

    def answered(self, now: int, era: int) -> bool:
        """A send got an answer, whichever; whether the channel is trusted again by it."""
        if era != self.era:
            return False
        self._failing = 0
        if not self.shut:
            self._count(now, 0)
            return False
        self._went_well += 1
        if self._went_well < (self._rules.tries if self._others else 1):
            return False
        self._change(shut=False)
        return True

    def failed(self, now: int, era: int) -> str:
        """A send came to no clear answer; why the channel is to be shut for a while, or ""."""
        if era != self.era:
            return ""
        self._failing += 1
        self._went_well = 0
        rules = self._rules
        if self.shut:
            return "it fails still"
        self._count(now, 1)
        sends, failures = (sum(each[n] for each in self._slices) for n in (1, 2))
        why = ""
        if self._failing >= rules.in_a_row:
            why = f"{self._failing} sends in a row failed"
        elif self._others and sends >= rules.least and failures * 100 > rules.share * sends:
            why = f"{failures} of {sends} sends failed within {rules.window // 1_000} s"
        if why:
            self.open()
        return why

    def open(self) -> None:
        """Shut it, whatever the sends say."""
        if not self.shut:
            self._change(shut=True)

    def _change(self, *, shut: bool) -> None:
        self.shut = shut
        self.era += 1
        self._failing = self._went_well = 0
        self._slices.clear()

    def _count(self, now: int, failures: int) -> None:
        slices, present = self._slices, now * _SLICES // self._rules.window
        if not slices or slices[-1][0] != present:
            slices.append([present, 0, 0])
            while slices[0][0] <= present - _SLICES:
                slices.popleft()
        slices[-1][1] += 1
        slices[-1][2] += failures
