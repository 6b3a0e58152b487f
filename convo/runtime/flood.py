"""How many texts of one number are taken in a minute; what is beyond is kept, and not answered."""

from collections import deque

from convo.core.numbers import PhoneNumber

WINDOW = 60 * 1_000
"""Milliseconds."""

REMEMBERED = 10_000
"""Numbers; beyond, the one that was heard of longest ago is forgotten."""

RULE = "flood-minute"
"""Kept in records, so it stays what it is."""


class Flood:
    """Remembered by this process alone: a crash forgives a minute."""

    def __init__(self, most: int) -> None:
        #: 0 takes all.
        self._most = most
        #: Number -> when its last texts were taken; the one heard of last stands last.
        self._taken: dict[PhoneNumber, deque[int]] = {}

    def full(self, contact: PhoneNumber, now: int) -> bool:
        """Whether one more text at `now` (ms since 1970) would be too many."""
        taken = self._taken.get(contact)
        return bool(self._most and taken and len(taken) >= self._most and now - taken[0] < WINDOW)

    def take(self, contact: PhoneNumber, now: int) -> None:
        """Count a text that was taken."""
        if not self._most:
            return
        taken = self._taken.pop(contact, None) or deque(maxlen=self._most)
        taken.append(now)
        self._taken[contact] = taken
        if len(self._taken) > REMEMBERED:
            del self._taken[next(iter(self._taken))]

    def give_back(self, contact: PhoneNumber) -> None:
        """The last one was known already, or was not kept."""
        if taken := self._taken.get(contact):
            taken.pop()
