"""Whether two machines are talking to each other: then ours falls silent.

An auto-reply that answers our text would be answered, and answer again, at a price for each.
The limits are far above what people do: the longest example conversation has ten replies.
"""

import zlib
from collections.abc import Mapping
from dataclasses import replace

from convo.core.contacts import Pace
from convo.core.folding import whole_message

SECOND = 1000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE

ECHOES = 3
"""The same text this often in a row is a machine's..."""

ECHO_WITHIN = 10 * SECOND
"""...if each came this soon after the last: nobody types the same sentence so fast."""

ECHO_FROM = 6
"""Shorter texts are no echo: people answer three questions in a row with "5" or "yes"."""

QUICK = 10
"""So many texts of some length in a row, each written..."""

QUICK_WITHIN = 30 * SECOND
"""...this soon after ours, are a machine's, however they vary: nobody reads and types so fast for
so long. The longest example conversation has ten replies, and most of them are a word."""

ECHO_TELLS, SLOW_FORGIVES = 5, 3
"""How many quick texts an echo is worth as a sign, and how many a slow one takes back."""

REST = 30 * MINUTE
"""So long we then say nothing to it: a reminder of ours would set it off again."""

REPLIES_A_MINUTE = 12
"""Two machines write many more, and the echo stops them sooner; one person who tries one flow
after another in a hurry came to nine."""

REPLIES_IN_TEN_MINUTES = 20
REPLIES_A_DAY = 60

_WINDOW_MINUTES = 10

#: Why the guard said no. Kept in records, so a rule's name stays what it is.
LOOP_RULES: Mapping[str, str] = {
    "loop-echo": f"They sent the same text {ECHOES} times, each within "
    f"{ECHO_WITHIN // SECOND} seconds: that is an auto-reply.",
    "loop-quick": f"They answered {QUICK} of our texts in a row, at some length and each within "
    f"{QUICK_WITHIN // SECOND} seconds: that is a machine.",
    "loop-minute": f"We sent {REPLIES_A_MINUTE} texts to this number within a minute.",
    "loop-ten-minutes": f"We sent {REPLIES_IN_TEN_MINUTES} texts to this number in ten minutes.",
    "loop-day": f"We sent {REPLIES_A_DAY} texts to this number today (UTC).",
}


def heard(pace: Pace, text: str, at: int) -> Pace:
    """The pace after they sent `text` at `at` (ms)."""
    if pace.quick >= QUICK and 0 <= at - pace.spoke_at <= REST:
        return pace
    folded = whole_message(text) if len(text) >= ECHO_FROM else ""
    if len(folded) < ECHO_FROM:
        if not pace.echoes and not pace.quick:
            return pace
        return replace(pace, echo=0, echoes=0, echo_at=at, quick=0)
    soon = pace.spoke_at and 0 <= at - pace.spoke_at <= QUICK_WITHIN
    quick = pace.quick + 1 if soon else max(0, pace.quick - SLOW_FORGIVES)
    # Not for safety: two texts that are taken for one cost a reply, and that once in 2**32.
    echo = zlib.crc32(folded.encode("utf-8", "surrogatepass"))
    # Once known for a machine's, the same text is one for a good while.
    within = REST if pace.echoes >= ECHOES else ECHO_WITHIN
    again = echo == pace.echo and at - pace.echo_at <= within
    # Counted no further than matters, so that the record stays small.
    echoes = min(pace.echoes + 1, ECHOES) if again else 1
    if echoes == ECHOES:
        quick += ECHO_TELLS
    quick = min(quick, QUICK)
    return replace(pace, echo=echo, echoes=echoes, echo_at=at, quick=quick)


def spoke(pace: Pace, at: int, n: int = 1) -> Pace:
    """The pace after we sent `n` texts at `at` (ms)."""
    window, replies, minute, this_minute, today = _counts(pace, at)
    return replace(
        pace,
        window=window,
        replies=replies + n,
        minute=minute,
        replies_this_minute=this_minute + n,
        day=at // DAY,
        replies_today=today + n,
        spoke_at=at,
    )


def silent(pace: Pace, at: int) -> str | None:
    """The rule (of `LOOP_RULES`) by which we say nothing more now; None when we may speak."""
    if pace.echoes >= ECHOES and at - pace.echo_at <= ECHO_WITHIN:
        return "loop-echo"
    if pace.quick >= QUICK and 0 <= at - pace.spoke_at <= REST:
        return "loop-quick"
    _, replies, _, this_minute, today = _counts(pace, at)
    if this_minute >= REPLIES_A_MINUTE:
        return "loop-minute"
    if replies >= REPLIES_IN_TEN_MINUTES:
        return "loop-ten-minutes"
    if today >= REPLIES_A_DAY:
        return "loop-day"
    return None


def _counts(pace: Pace, at: int) -> tuple[int, int, int, int, int]:
    """Window, texts in it, its minute, texts in that, and texts today, as they are at `at`."""
    today = pace.replies_today if pace.day == at // DAY else 0
    minute = (at - pace.window) // MINUTE
    # A clock that went back opens a new window: a guard that is stuck would be worse.
    if not 0 <= minute < _WINDOW_MINUTES:
        return at, 0, 0, 0, today
    this_minute = pace.replies_this_minute if minute == pace.minute else 0
    return pace.window, pace.replies, minute, this_minute, today
