"""How days and times are written in figures, the same in every language."""

from collections.abc import Callable

from convo.understanding.dates.calendar_days import (
    in_some_order,
    next_such_date,
    written_day,
)
from convo.understanding.dates.reading import Reading

Groups = tuple[str | None, ...]
Reader = Callable[[Reading, Groups], bool]
Pattern = tuple[str, Reader]
"""A regular expression whose groups are all handed to its reader; False: it cannot be."""

HALF = r"([ap])\.? ?m\.?(?![a-z0-9])"
"""am or pm, the first letter as a group."""


def _iso(reading: Reading, groups: Groups) -> bool:
    year, month, day = (int(group or 0) for group in groups)
    return reading.on(written_day(year, month, day))


def _figures(reading: Reading, groups: Groups) -> bool:
    first, second, year = groups
    order = in_some_order(int(first or 0), int(second or 0), reading.day_first)
    if order is None:
        return False
    if year is None:
        return reading.on(next_such_date(reading.now.date(), *order))
    return reading.on(written_day(int(year), *order))


def _figures_with_marks(reading: Reading, groups: Groups) -> bool:
    first, _, second, year = groups
    return _figures(reading, (first, second, year))


def _clock(reading: Reading, groups: Groups) -> bool:
    hour, minute, half = groups
    written = (hour or "").startswith("0")
    return reading.at(int(hour or 0), int(minute or 0), half, as_written=written)


def _hour_and_half(reading: Reading, groups: Groups) -> bool:
    hour, half = groups
    return reading.at(int(hour or 0), 0, half)


IN_FIGURES: tuple[Pattern, ...] = (
    (r"(20[0-9]{2})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:t(?=[0-9])|(?![0-9]))", _iso),
    (r"([0-9]{1,2})/([0-9]{1,2})(?:/(20[0-9]{2}|[0-9]{2}))?(?![0-9/])", _figures),
    (
        r"([0-9]{1,2})([.-])([0-9]{1,2})[.-](20[0-9]{2}|[0-9]{2})(?![0-9.-])",
        _figures_with_marks,
    ),
    (rf"([0-9]{{1,2}}):([0-9]{{2}})(?::[0-9]{{2}})?(?![0-9:])(?: ?{HALF})?", _clock),
    (rf"([0-9]{{1,2}})\.([0-9]{{2}}) ?{HALF}", _clock),
    (r"([0-9]{1,2})h([0-9]{2})?(?![a-z0-9])()", _clock),
    (rf"([0-9]{{1,2}})([0-9]{{2}}) ?{HALF}", _clock),
    (rf"([0-9]{{1,2}}) ?{HALF}", _hour_and_half),
)
"""The same in every language: 2026-12-05, 12/5, 15:00, 3pm."""
