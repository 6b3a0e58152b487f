"""Nobody is woken by us, on whichever day the clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.core.business import QuietHours
from convo.policy.quiet_hours import NeverOpen, next_open

DAY = QuietHours(opens=9 * 60, closes=20 * 60)
MINUTE = timedelta(minutes=1)
#: The days of 2026 on which clocks change, both ways; in Shanghai they never do.
CHANGES = [
    ("America/New_York", (2026, 3, 8)),
    ("America/New_York", (2026, 11, 1)),
    ("Europe/Berlin", (2026, 3, 29)),
    ("Europe/Berlin", (2026, 10, 25)),
    ("Australia/Lord_Howe", (2026, 4, 5)),
    ("Australia/Lord_Howe", (2026, 10, 4)),
    ("Asia/Shanghai", (2026, 3, 8)),
]
#: Ordinary hours, and such as begin or end inside the hour that is skipped or comes twice.
HOURS = [
    DAY,
    QuietHours(opens=0, closes=24 * 60),
    QuietHours(opens=2 * 60 + 10, closes=2 * 60 + 50),
    QuietHours(opens=1 * 60 + 15, closes=1 * 60 + 45),
    QuietHours(opens=0, closes=1 * 60 + 30),
    QuietHours(opens=3 * 60, closes=23 * 60 + 59),
]


def is_open(moment: datetime, hours: QuietHours, *zones: ZoneInfo) -> bool:
    walls = [moment.astimezone(zone) for zone in zones]
    return all(hours.opens <= wall.hour * 60 + wall.minute < hours.closes for wall in walls)


@pytest.mark.parametrize(("name", "day"), CHANGES)
@pytest.mark.parametrize("hours", HOURS, ids=lambda hours: f"{hours.opens}-{hours.closes}")
def test_every_minute_around_a_change_of_clocks_opens_at_the_first_open_minute(
    name: str, day: tuple[int, int, int], hours: QuietHours
) -> None:
    """Every 5th minute of three days, against a look at every single minute."""
    zone = ZoneInfo(name)
    start = datetime(*day, tzinfo=UTC) - timedelta(days=1)
    minutes = [start + n * MINUTE for n in range(5 * 24 * 60)]
    expected: list[datetime | None] = [None] * len(minutes)
    following: datetime | None = None
    for n in range(len(minutes) - 1, -1, -1):
        following = minutes[n] if is_open(minutes[n], hours, zone) else following
        expected[n] = following
    for n in range(0, 3 * 24 * 60, 5):
        found = next_open(minutes[n], hours, [zone])
        assert (minutes[n] if found is None else found) == expected[n], minutes[n]


def test_it_opens_at_nine_on_the_wall_whatever_the_offset() -> None:
    zone = ZoneInfo("America/New_York")
    for day, hour in (((2026, 3, 7), 14), ((2026, 3, 8), 13), ((2026, 11, 1), 14)):
        night = datetime(*day, 6, 30, tzinfo=UTC)
        assert next_open(night, DAY, [zone]) == datetime(*day, hour, tzinfo=UTC)


def test_open_is_open_and_closing_time_is_closed() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    assert next_open(datetime(2026, 5, 1, 9, 0, tzinfo=zone), DAY, [zone]) is None
    assert next_open(datetime(2026, 5, 1, 19, 59, 59, 999_999, tzinfo=zone), DAY, [zone]) is None
    assert next_open(datetime(2026, 5, 1, 20, 0, tzinfo=zone), DAY, [zone]) == datetime(
        2026, 5, 2, 9, 0, tzinfo=zone
    )
    assert next_open(datetime(2026, 5, 1, 8, 59, 59, tzinfo=zone), DAY, [zone]) == datetime(
        2026, 5, 1, 9, 0, tzinfo=zone
    )


def test_of_several_zones_the_strictest_overlap_counts() -> None:
    zones = [ZoneInfo("Australia/Perth"), ZoneInfo("Australia/Sydney")]
    # 9:00 in Sydney is 7:00 in Perth: wait for Perth. 20:00 in Sydney closes for both.
    assert next_open(datetime(2026, 6, 1, 9, 30, tzinfo=zones[1]), DAY, zones) == datetime(
        2026, 6, 1, 9, 0, tzinfo=zones[0]
    )
    assert next_open(datetime(2026, 6, 1, 18, 30, tzinfo=zones[0]), DAY, zones) == datetime(
        2026, 6, 2, 9, 0, tzinfo=zones[0]
    )


def test_zones_without_a_common_day_are_never_open() -> None:
    zones = [ZoneInfo("Europe/London"), ZoneInfo("Pacific/Honolulu")]
    with pytest.raises(NeverOpen, match="set the contact's zone"):
        next_open(datetime(2026, 6, 1, tzinfo=UTC), DAY, zones)


ZONES = st.sampled_from(
    [
        "America/New_York",
        "America/Los_Angeles",
        "Europe/Berlin",
        "Australia/Lord_Howe",
        "Asia/Shanghai",
        "Asia/Kathmandu",
        "America/St_Johns",
        "UTC",
        "Africa/Casablanca",
    ]
).map(ZoneInfo)


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    st.lists(ZONES, min_size=1, max_size=3),
    st.integers(0, 1438).flatmap(
        lambda opens: st.integers(opens + 1, 1440).map(
            lambda closes: QuietHours(opens=opens, closes=closes)
        )
    ),
)
def test_what_is_promised_to_be_open_is_open_and_was_not_a_second_before(
    now: datetime, zones: list[ZoneInfo], hours: QuietHours
) -> None:
    try:
        found = next_open(now, hours, zones)
    except NeverOpen:
        quarters = (now + n * timedelta(minutes=1) for n in range(2 * 24 * 60))
        assert len(zones) > 1 or hours.closes - hours.opens <= 60
        assert not any(is_open(moment, hours, *zones) for moment in quarters)
        return
    if found is None:
        assert is_open(now, hours, *zones)
    else:
        assert found > now
        assert is_open(found, hours, *zones)
        assert not is_open(found - timedelta(seconds=1), hours, *zones)
