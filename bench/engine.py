"""Microseconds of one turn of the pure engine: a 300-byte record read, decided on and written."""

import statistics
import timeit
from dataclasses import replace

from bench.project import playbook
from convo.core import codec
from convo.core.contacts import ContactState
from convo.core.events import Inbound
from convo.core.numbers import PhoneNumber
from convo.core.turns import FromInbox
from convo.routing.router import take_turn

RECORD_BYTES = 300
ROUNDS, TURNS = 9, 2_000
NUMBER = PhoneNumber("+8613800138000")
AT = 1_795_312_800_000


def measure() -> dict[str, float]:
    """Median of the rounds' means, by the text that the turn is about."""
    book = playbook()

    def turn(record: bytes | None, text: str, n: int) -> bytes:
        event = Inbound(id=f"e{n}", at=AT + n * 60_000, channel="main", contact=NUMBER, text=text)
        state = codec.decode(NUMBER, record)
        return take_turn(state, event, FromInbox(entry=n), n, book).turn.record or b""

    figures: dict[str, float] = {}
    record: bytes | None = None
    for n, text in enumerate(("book", "1", "tomorrow 3pm", "yes")):
        before = _filled(record) if n == 1 else record
        times = timeit.repeat(lambda: turn(before, text, n), number=TURNS, repeat=ROUNDS)  # noqa: B023
        figures[text] = statistics.median(times) / TURNS * 1e6
        record = turn(before, text, n)
    return figures


def _filled(record: bytes | None) -> bytes:
    """The record with a field of filler, so that it is as long as the goal says."""
    state: ContactState = codec.decode(NUMBER, record)
    lacking = max(0, RECORD_BYTES - len(record or b""))
    return codec.encode(replace(state, fields={"note": "x" * lacking}))
