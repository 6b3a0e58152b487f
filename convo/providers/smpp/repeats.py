"""Which of the texts that come are ones that came before: a deliver_sm has no id.

People say "1" twice within a minute and mean it, so words and time tell nothing. What does: the
SMSC repeats what it has no answer to, and nothing else. So a text has a key of its own, unless one
just like it is remembered here, whose answer was not written or may not have been read.
"""

import itertools
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

UNREAD_FOR: Final = 60_000
"""Milliseconds behind a lost connection in which a text whose answer may be lost can come again:
longer, and somebody may have written the same."""

UNANSWERED_FOR: Final = 24 * 3_600_000
"""The same for one that surely had no good answer: it comes again whenever the SMSC likes."""

MOST: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    key: str = field(repr=False)
    until: int


class Repeats:
    """The keys of one channel in this process."""

    def __init__(self, channel: str) -> None:
        # No key of another process, or of the one before this, is ever given again.
        self._prefix = f"in:{channel}:{secrets.token_hex(8)}"
        self._numbers = itertools.count(1)
        self._known: OrderedDict[str, list[_Known]] = OrderedDict()

    def key(self, fingerprint: str, now: int) -> str:
        """The dedupe key of a text that comes now."""
        known = [each for each in self._known.pop(fingerprint, []) if each.until > now]
        if not known:
            return f"{self._prefix}:{next(self._numbers)}"
        first, *rest = known
        if rest:
            self._known[fingerprint] = rest
        return first.key

    def expect(self, fingerprint: str, key: str, until: int) -> None:
        """A text just like this one, before `until` (ms), is this one again."""
        self._known.setdefault(fingerprint, []).append(_Known(key=key, until=until))
        self._known.move_to_end(fingerprint)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
