"""From "3", "half past", "evening" to a time of day; the rules for an hour without am or pm."""

from collections.abc import Mapping
from datetime import time

LAST_HOUR = 23
LAST_MINUTE = 59
NOON = 12

LAST_AFTERNOON_HOUR = 6
"""Without am, pm or part of the day, 1 to 6 are the afternoon's; 7 to 12 are as written."""

Moment = tuple[time, int]
"""A time and how many days behind the day that was named it is (12 at night is the next day)."""


def _hours(*, as_written: range, later: range = range(0)) -> dict[int, tuple[int, int]]:
    hours = {hour: (hour, 0) for hour in as_written}
    return hours | {hour: (hour + NOON, 0) for hour in later}


PARTS_OF_DAY: Mapping[str, Mapping[int, tuple[int, int]]] = {
    # 午前, 오후: halves of the day that are said like its parts. 12 am is nobody knows when.
    "am": _hours(as_written=range(12)),
    "pm": _hours(as_written=range(12, 13), later=range(12)),
    # Noon as a part of the day, not as an hour.
    "lunch": _hours(as_written=range(10, 13), later=range(1, 5)),
    "dawn": _hours(as_written=range(7)) | {12: (0, 0)},
    "morning": _hours(as_written=range(1, 12)),
    "forenoon": _hours(as_written=range(6, 13)),
    "noon": _hours(as_written=range(10, 13), later=range(1, 4)),
    "afternoon": _hours(as_written=range(12, 13), later=range(1, 8)),
    "tarde": _hours(as_written=range(12, 13), later=range(1, 10)),
    "evening": _hours(as_written=range(0), later=range(4, 12)),
    "night": _hours(as_written=range(0), later=range(5, 12)) | {12: (0, 1), 0: (0, 1)},
    "midnight": _hours(as_written=range(5), later=range(10, 12)) | {12: (0, 0)},
}
"""What an hour said with a part of the day is, and how many days on. Others are not guessed.

The Spanish "tarde" goes on into what is evening elsewhere: "las 8 de la tarde".
"""


def moment(
    hour: int, minute: int, *, half: str | None, part: str | None, as_written: bool
) -> Moment | None:
    """The time of day, or None if there is no such time. `half` is a (am) or p (pm).

    `as_written` is for "03:00", which nobody writes for the afternoon.
    """
    if not 0 <= minute <= LAST_MINUTE or not 0 <= hour <= LAST_HOUR:
        return None
    hours = PARTS_OF_DAY[part] if part else None
    if half is not None:
        halved = _halved(hour, half)
        if halved is None or (hours is not None and (halved, 0) not in hours.values()):
            return None
        return time(halved, minute), 0
    if hours is not None:
        if hour in hours:
            hour, days = hours[hour]
            return time(hour, minute), days
        return (time(hour, minute), 0) if (hour, 0) in hours.values() else None
    if not as_written and 1 <= hour <= LAST_AFTERNOON_HOUR:
        hour += NOON
    return time(hour, minute), 0


def _halved(hour: int, half: str) -> int | None:
    if hour == 0 or (hour > NOON and half == "a"):
        return None
    if half == "a":
        return hour % NOON
    return hour if hour >= NOON else hour + NOON
