"""How often one contact hears that something went wrong: a parked turn can count nothing itself."""

from convo.core.numbers import PhoneNumber

#: Apologies to one contact within a window; a machine that answers each of ours must find an end.
AT_MOST = 3
WINDOW = 10 * 60 * 1_000
"""Milliseconds."""
REMEMBERED = 10_000
"""Contacts; beyond, the one whose window began first is forgotten."""


class Apologies:
    """Remembered by this process alone: a crash forgives three more."""

    def __init__(self) -> None:
        #: Contact -> when the window began, and the apologies in it; oldest window first.
        self._said: dict[PhoneNumber, tuple[int, int]] = {}

    def may(self, contact: PhoneNumber, now: int) -> bool:
        """Whether one more is due at `now` (ms since 1970); it is counted if so."""
        began, said = self._said.get(contact, (now, 0))
        if now - began >= WINDOW:
            began, said = now, 0
        if said >= AT_MOST:
            return False
        if said == 0:
            self._said.pop(contact, None)
        self._said[contact] = (began, said + 1)
        if len(self._said) > REMEMBERED:
            del self._said[next(iter(self._said))]
        return True
