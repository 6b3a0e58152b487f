"""The dated file of holidays, and the years that are missing in it."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Literal, cast

from convo.core.hours import Calendar, CalendarDay
from convo.errors import FlowErrors
from convo.language.document import Document, read_document
from convo.language.document import Path as Spot

#: Months from which the next year's list is missed. China's comes out in November.
WARN_FROM, REFUSE_FROM = 11, 12
_MOST_DAYS = 40
"""Days of one holiday: more is a slip of the pen."""

_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s*\.\.\s*(\d{4}-\d{2}-\d{2}))?", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)


class BadHolidays(Exception):
    """Everything that is wrong with the file, a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def read_calendar(folder: Path, name: str) -> Calendar:
    """The calendar in the file `name`, seen from `folder`. Raises `BadHolidays`."""
    try:
        source = (folder / name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise BadHolidays([f"{name}: it cannot be read ({reason}).{_FORM}"]) from None
    try:
        document = read_document(source, name)
    except FlowErrors as errors:
        raise BadHolidays([str(problem) for problem in errors.problems]) from None
    reading = _Reading(document)
    calendar = reading.calendar()
    if reading.problems:
        raise BadHolidays(reading.problems)
    return calendar


_FORM = (
    " Write it like `years: {2026: {holidays: {New Year: 2026-01-01..2026-01-03}, "
    "working: [2026-01-04]}}`."
)


class _Reading:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[str] = []

    def calendar(self) -> Calendar:
        data = self.document.data
        for key in [key for key in data if key not in ("country", "source", "years")]:
            self._refuse((key,), f'"{key}" means nothing here.{_FORM}')
        years = data.get("years")
        if not isinstance(years, dict) or not years:
            self._refuse((), f"It names no years.{_FORM}")
            return Calendar()
        days: dict[date, CalendarDay] = {}
        known: set[int] = set()
        for year, table in cast(Mapping[str, object], years).items():
            spot: Spot = ("years", year)
            if not _YEAR.fullmatch(year) or not isinstance(table, dict):
                self._refuse(spot, f'"{year}" holds no year of holidays.{_FORM}')
                continue
            known.add(int(year))
            for kind, where, text in self._written(spot, cast(Mapping[str, object], table)):
                for day in self._days(int(year), where, text):
                    if days.setdefault(day, kind) != kind:
                        self._refuse(where, f"{day} is a holiday and worked, both.")
        return Calendar(days=days, years=frozenset(known))

    def _written(
        self, spot: Spot, table: Mapping[str, object]
    ) -> Iterator[tuple[CalendarDay, Spot, str]]:
        for key, value in table.items():
            here = (*spot, key)
            match key, value:
                case "holidays", dict():
                    for name, text in cast(Mapping[str, object], value).items():
                        yield "holiday", (*here, name), str(text)
                case "working", list():
                    for n, text in enumerate(cast(list[object], value)):
                        yield "working", (*here, n), str(text)
                case _:
                    self._refuse(here, f'"{key}" holds no days.{_FORM}')

    def _days(self, year: int, spot: Spot, text: str) -> Iterator[date]:
        found = _RANGE.fullmatch(text.strip())
        try:
            if found is None:
                raise ValueError
            first = date.fromisoformat(found[1])
            last = date.fromisoformat(found[2]) if found[2] else first
        except ValueError:
            self._refuse(spot, f'"{text}" is no day. Write 2026-01-01, or 2026-01-01..2026-01-03.')
            return
        length = (last - first).days + 1
        if not 1 <= length <= _MOST_DAYS or year not in (first.year, last.year):
            self._refuse(spot, f'"{text}" is no holiday of {year}.')
            return
        for n in range(length):
            yield first + timedelta(days=n)

    def _refuse(self, spot: Spot, what: str) -> None:
        self.problems.append(f"{self.document.place(spot)}: {what}")


def missing_years(
    calendar: Calendar, today: date
) -> Iterator[tuple[Literal["error", "warning"], int]]:
    """Years that the file should have by `today`, and how bad it is that it has not."""
    if today.year not in calendar.years:
        yield "error", today.year
    if today.month >= WARN_FROM and today.year + 1 not in calendar.years:
        yield ("error" if today.month >= REFUSE_FROM else "warning"), today.year + 1
