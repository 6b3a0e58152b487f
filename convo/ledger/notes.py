"""What flows have noted for staff, newest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from convo.core.numbers import PhoneNumber
from convo.core.record_codec import Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note, and where it was made."""

    #: Milliseconds since 1970, UTC.
    at: int
    #: Enough of the number to recognise it by.
    contact: str
    flow: str
    step: str
    text: str = field(repr=False)


def notes_in(records: Iterable[Recorded], flow: str = "") -> Sequence[Note]:
    """The notes of all flows, or of one."""
    found = [
        Note(
            at=recorded.at,
            contact=PhoneNumber(recorded.contact).masked,
            flow=record.facts["flow"],
            step=record.facts["step"],
            text=record.facts["text"],
        )
        for recorded in records
        for record in recorded.records
        if record.kind == "note" and flow in ("", record.facts["flow"])
    ]
    return found[::-1]
