"""From "Friday", "the 5th", "12/5" to a day on the calendar, counted from today."""

from datetime import date, timedelta

YEARS_AHEAD = 8
"""29 February comes at least once in so many years."""

MONTHS = 12
DAYS_IN_WEEK = 7
CENTURY = 2000


def days_on(today: date, days: int) -> date | None:
    """The day so many days on; None, here as below, where the calendar has no such day."""
    try:
        return today + timedelta(days=days)
    except OverflowError:
        return None


def next_weekday(today: date, weekday: int) -> date | None:
    """The next such day, never today."""
    return days_on(today, (weekday - today.weekday() - 1) % DAYS_IN_WEEK + 1)


def weekday_in_week(today: date, weekday: int, weeks: int) -> date | None:
    """That day of this week (0), the next (1) or a later one; weeks go from Monday to Sunday."""
    return days_on(today, weekday - today.weekday() + DAYS_IN_WEEK * weeks)


def written_day(year: int, month: int, day: int) -> date | None:
    """The date, or None if there is none such. A year of two digits is of this century."""
    try:
        return date(year if year >= 100 else CENTURY + year, month, day)
    except ValueError:
        return None


def next_such_date(today: date, month: int, day: int) -> date | None:
    """The next such date, today included."""
    for year in range(today.year, today.year + YEARS_AHEAD + 1):
        found = written_day(year, month, day)
        if found is not None and found >= today:
            return found
    return None


def next_day_of_month(today: date, day: int) -> date | None:
    """The next "5th", today included; a month without a 31st is passed over."""
    for months in range(MONTHS):
        found = day_of_month(today, day, months)
        if found is not None and found >= today:
            return found
    return None


def day_of_month(today: date, day: int, months: int) -> date | None:
    """That day in this month (0), the next (1) and so on."""
    years, month = divmod(today.month - 1 + months, MONTHS)
    return written_day(today.year + years, month + 1, day)


def in_some_order(first: int, second: int, day_first: bool | None) -> tuple[int, int] | None:
    """(month, day) of "12/5". With None for the order, only where it can be one alone."""
    if first > MONTHS >= second:
        return second, first
    if second > MONTHS >= first or first == second:
        return first, second
    if day_first is None:
        return None
    return (second, first) if day_first else (first, second)
