"""When we may speak first: by the clocks on the contact's wall, whichever of them is theirs."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from convo.core.business import QuietHours
from convo.errors import ConvoError

HORIZON_DAYS = 3
"""How far ahead an opening is looked for: a zone may lose a day (Samoa, 2011), never two."""

# No zone has changed its offset twice within so long.
_STRIDE = timedelta(hours=6)


class NeverOpen(ConvoError):
    """The zones lie so far apart that it is never day in all of them."""


def next_open(now: datetime, hours: QuietHours, zones: Sequence[ZoneInfo]) -> datetime | None:
    """None when all `zones` are within `hours`, else the next moment (UTC) when they are.

    Several zones are those of a number whose owner's is not known: the strictest overlap
    counts. Raises `NeverOpen` when there is none. Answers to a text are never asked here.
    """
    instant = now.astimezone(UTC)
    if _open(instant, hours, zones):
        return None
    openings = {
        moment for zone in zones for moment in _openings(instant, hours, zone) if moment > instant
    }
    for moment in sorted(openings):
        if _open(moment, hours, zones):
            return moment
    raise NeverOpen(
        f"It is never day in all {len(zones)} zones that the number may be in: "
        "set the contact's zone."
    )


def _open(instant: datetime, hours: QuietHours, zones: Sequence[ZoneInfo]) -> bool:
    for zone in zones:
        local = instant.astimezone(zone)
        if not hours.opens <= local.hour * 60 + local.minute < hours.closes:
            return False
    return True


def _openings(instant: datetime, hours: QuietHours, zone: ZoneInfo) -> Iterator[datetime]:
    """Moments when the zone's wall clock may come to be within `hours`."""
    opening = time(hours.opens // 60, hours.opens % 60)
    today = instant.astimezone(zone).date()
    for days in range(HORIZON_DAYS + 1):
        wall = datetime.combine(today + timedelta(days=days), opening, zone)
        # Twice where the clock is set back over it.
        yield wall.astimezone(UTC)
        yield wall.replace(fold=1).astimezone(UTC)
    # A clock set forward over the opening, or back over the closing, opens without passing it.
    before = instant
    while before < instant + timedelta(days=HORIZON_DAYS):
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
