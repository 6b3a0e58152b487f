"""What every loop measures by: a clock, a way to wait, and the numbers it tells."""

from dataclasses import dataclass

from convo.ports import Clock, Sleep
from convo.runtime.metrics import Metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruments:
    """A test puts its own time in here."""

    clock: Clock
    #: Seconds.
    sleep: Sleep
    metrics: Metrics
