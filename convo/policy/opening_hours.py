"""When we may speak first: by the clocks on the contact's wall, whichever of them is theirs."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from convo.core.hours import NO_CALENDAR, Calendar, Hours
from convo.errors import ConvoError

HORIZONS = (3, 40)
"""Days ahead in which an opening is looked for: the near ones, where it nearly always is, then as
many as no week of holidays with closed weekends around it lasts. A zone may lose a day (Samoa,
2011), never two."""

# No zone has changed its offset twice within so long.
_STRIDE = timedelta(hours=6)


class NeverOpen(ConvoError):
    """The zones lie so far apart, or the hours so, that they are never open together."""


def is_open(
    now: datetime,
    schedules: Sequence[Hours],
    zones: Sequence[ZoneInfo],
    calendar: Calendar = NO_CALENDAR,
) -> bool:
    """Whether all `schedules` are open in all `zones`."""
    instant = now.astimezone(UTC)
    return all(_open(instant, schedules, zone, calendar) for zone in zones)


def next_open(
    now: datetime,
    schedules: Sequence[Hours],
    zones: Sequence[ZoneInfo],
    calendar: Calendar = NO_CALENDAR,
) -> datetime | None:
    """None when all `schedules` are open in all `zones`, else the next moment (UTC) when they are.

    Several zones are those of a number whose owner's is not known: the strictest overlap
    counts. Raises `NeverOpen` when there is none. Answers to a text are never asked here.
    """
    instant = now.astimezone(UTC)
    if is_open(instant, schedules, zones, calendar):
        return None
    for days in HORIZONS:
        for moment in _moments(instant, days, schedules, zones, calendar, opening=True):
            if is_open(moment, schedules, zones, calendar):
                return moment
    where = f"all {len(zones)} zones that the number may be in" if len(zones) > 1 else "their zone"
    raise NeverOpen(f"It is never open in {where}: set the contact's zone, or the hours.")


def open_until(
    now: datetime,
    schedules: Sequence[Hours],
    zones: Sequence[ZoneInfo],
    calendar: Calendar = NO_CALENDAR,
) -> datetime | None:
    """When what is open at `now` closes (UTC); None when it does not within some days."""
    instant = now.astimezone(UTC)
    for moment in _moments(instant, HORIZONS[0], schedules, zones, calendar, opening=False):
        if not is_open(moment, schedules, zones, calendar):
            return moment
    return None


def _open(
    instant: datetime, schedules: Sequence[Hours], zone: ZoneInfo, calendar: Calendar
) -> bool:
    local = instant.astimezone(zone)
    day, minute = local.date(), local.hour * 60 + local.minute
    return all(
        any(span.opens <= minute < span.closes for span in hours.spans_of(day, calendar))
        for hours in schedules
    )


def _moments(
    instant: datetime,
    days: int,
    schedules: Sequence[Hours],
    zones: Sequence[ZoneInfo],
    calendar: Calendar,
    *,
    opening: bool,
) -> Sequence[datetime]:
    """Moments behind `instant` when a wall clock may come to be within a span, or beyond it."""
    found = {
        moment
        for zone in zones
        for moment in _of_zone(instant, days, schedules, zone, calendar, opening=opening)
        if moment > instant
    }
    return sorted(found)


def _of_zone(
    instant: datetime,
    days: int,
    schedules: Sequence[Hours],
    zone: ZoneInfo,
    calendar: Calendar,
    *,
    opening: bool,
) -> Iterator[datetime]:
    today = instant.astimezone(zone).date()
    for n in range(days + 1):
        day = today + timedelta(days=n)
        for hours in schedules:
            for span in hours.spans_of(day, calendar):
                minutes = span.opens if opening else span.closes
                wall = datetime.combine(day, time(0), zone) + timedelta(minutes=minutes)
                # Twice where the clock is set back over it.
                yield wall.astimezone(UTC)
                yield wall.replace(fold=1).astimezone(UTC)
    # A clock set forward over the opening, or back over the closing, opens without passing it.
    before = instant
    while before < instant + timedelta(days=days):
        after = before + _STRIDE
        if _offset(before, zone) != _offset(after, zone):
            yield _change(before, after, zone)
        before = after


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first whole minute (UTC) of the zone's new offset, between the two."""
    low = before.replace(second=0, microsecond=0)
    minutes = int((after - low) / timedelta(minutes=1)) + 1
    old, first, last = _offset(before, zone), 0, minutes
    while last - first > 1:
        middle = (first + last) // 2
        if _offset(low + timedelta(minutes=middle), zone) == old:
            first = middle
        else:
            last = middle
    return low + timedelta(minutes=last)


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta | None:
    return instant.astimezone(zone).utcoffset()
