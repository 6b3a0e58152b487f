"""Guessing made slow: who fails waits, longer each time, by account and by address."""

import hashlib
import secrets
from dataclasses import dataclass

from convo.ports import Clock

BUCKETS = 4_096
"""Counters of each kind. Names share them by chance, so a flood of names takes no more memory."""

FORGOTTEN_AFTER = 3_600_000
"""Milliseconds without a failure after which a counter begins anew."""

FIRST_WAIT = 1_000
"""Milliseconds of the first wait; each further failure doubles it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How many failures cost nothing, and the longest wait in ms."""

    free: int
    longest: int


#: Somebody may fail on purpose to keep the real person out: so no account waits for long.
ACCOUNT = Patience(free=5, longest=60_000)
#: Behind a proxy many people share one.
ADDRESS = Patience(free=20, longest=900_000)


@dataclass(slots=True)
class _Counter:
    failures: int = 0
    last: int = 0


class Slowing:
    """The failures of this process. Each of several web processes counts its own."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(16)
        self._counters = {
            patience: tuple(_Counter() for _ in range(BUCKETS)) for patience in (ACCOUNT, ADDRESS)
        }

    def wait(self, account: str, address: str) -> int:
        """Milliseconds that have to pass before this account is tried from this address."""
        now = self._clock()
        waits = (
            counter.last + _length(patience, counter.failures) - now
            for patience, counter in self._both(account, address)
            if now - counter.last < FORGOTTEN_AFTER
        )
        return max(0, *waits, 0)

    def tries(self, account: str, address: str) -> None:
        """A password is going to be checked. It counts as a failure until it was right, so many
        at once are no way around."""
        now = self._clock()
        for _, counter in self._both(account, address):
            if now - counter.last >= FORGOTTEN_AFTER:
                counter.failures = 0
            counter.failures, counter.last = counter.failures + 1, now

    def succeeded(self, account: str, address: str) -> None:
        """It was right. Failures of its address stay: that may have others to try."""
        self._counter(ACCOUNT, account).failures = 0
        counter = self._counter(ADDRESS, address)
        counter.failures = max(0, counter.failures - 1)

    def _both(self, account: str, address: str) -> tuple[tuple[Patience, _Counter], ...]:
        told = ((ACCOUNT, account), (ADDRESS, address))
        return tuple((patience, self._counter(patience, name)) for patience, name in told)

    def _counter(self, patience: Patience, name: str) -> _Counter:
        # Keyed, so that nobody can choose names that share a counter with somebody's.
        hashed = hashlib.blake2b(name.encode(), digest_size=4, key=self._key).digest()
        return self._counters[patience][int.from_bytes(hashed) % BUCKETS]


def _length(patience: Patience, failures: int) -> int:
    beyond = failures - patience.free
    # No wait needs more doublings than its longest has bits.
    return 0 if beyond < 0 else min(FIRST_WAIT << min(beyond, 20), patience.longest)
