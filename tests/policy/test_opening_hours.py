"""Nobody is woken by us, on whichever day the clocks change."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.core.hours import Calendar, DayRule, Hours, daily
from convo.policy.opening_hours import NeverOpen, next_open, open_until
from convo.settings.speaking import WindowSection, spans_of, window_hours

DAY = daily(9 * 60, 20 * 60)
MINUTE = timedelta(minutes=1)


def week(days: Mapping[int, str], others: str) -> Hours:
    """Spans by weekday, Monday being 0."""
    texts = [days.get(day, others) for day in range(7)]
    return Hours(week=tuple(spans_of(text) if text else () for text in texts))


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
    daily(0, 24 * 60),
    daily(2 * 60 + 10, 2 * 60 + 50),
    daily(1 * 60 + 15, 1 * 60 + 45),
    daily(0, 1 * 60 + 30),
    daily(3 * 60, 23 * 60 + 59),
    week({6: "12:00-20:00"}, "9:00-20:00"),
    week({5: "", 6: "1:30-2:30, 10:00-11:00"}, "0:00-0:30, 1:59-2:01, 23:00-24:00"),
]


def is_open(moment: datetime, hours: Hours, *zones: ZoneInfo) -> bool:
    """Looked up on the wall, without any of what is tested here."""
    for zone in zones:
        wall = moment.astimezone(zone)
        minute = wall.hour * 60 + wall.minute
        if not any(span.opens <= minute < span.closes for span in hours.week[wall.weekday()]):
            return False
    return True


@pytest.mark.parametrize(("name", "day"), CHANGES)
@pytest.mark.parametrize("hours", HOURS, ids=range(len(HOURS)))
def test_every_minute_around_a_change_of_clocks_opens_at_the_first_open_minute(
    name: str, day: tuple[int, int, int], hours: Hours
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
        found = next_open(minutes[n], [hours], [zone])
        assert (minutes[n] if found is None else found) == expected[n], minutes[n]


def test_it_opens_at_nine_on_the_wall_whatever_the_offset() -> None:
    zone = ZoneInfo("America/New_York")
    for day, hour in (((2026, 3, 7), 14), ((2026, 3, 8), 13), ((2026, 11, 1), 14)):
        night = datetime(*day, 6, 30, tzinfo=UTC)
        assert next_open(night, [DAY], [zone]) == datetime(*day, hour, tzinfo=UTC)


def test_open_is_open_and_closing_time_is_closed() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    assert next_open(datetime(2026, 5, 1, 9, 0, tzinfo=zone), [DAY], [zone]) is None
    assert next_open(datetime(2026, 5, 1, 19, 59, 59, 999_999, tzinfo=zone), [DAY], [zone]) is None
    assert next_open(datetime(2026, 5, 1, 20, 0, tzinfo=zone), [DAY], [zone]) == datetime(
        2026, 5, 2, 9, 0, tzinfo=zone
    )
    assert next_open(datetime(2026, 5, 1, 8, 59, 59, tzinfo=zone), [DAY], [zone]) == datetime(
        2026, 5, 1, 9, 0, tzinfo=zone
    )


def test_of_several_zones_the_strictest_overlap_counts() -> None:
    zones = [ZoneInfo("Australia/Perth"), ZoneInfo("Australia/Sydney")]
    # 9:00 in Sydney is 7:00 in Perth: wait for Perth. 20:00 in Sydney closes for both.
    assert next_open(datetime(2026, 6, 1, 9, 30, tzinfo=zones[1]), [DAY], zones) == datetime(
        2026, 6, 1, 9, 0, tzinfo=zones[0]
    )
    assert next_open(datetime(2026, 6, 1, 18, 30, tzinfo=zones[0]), [DAY], zones) == datetime(
        2026, 6, 2, 9, 0, tzinfo=zones[0]
    )


def test_zones_without_a_common_day_are_never_open() -> None:
    zones = [ZoneInfo("Europe/London"), ZoneInfo("Pacific/Honolulu")]
    with pytest.raises(NeverOpen, match="set the contact's zone"):
        next_open(datetime(2026, 6, 1, tzinfo=UTC), [DAY], zones)


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
        lambda opens: st.integers(opens + 1, 1440).map(lambda closes: daily(opens, closes))
    ),
)
def test_what_is_promised_to_be_open_is_open_and_was_not_a_second_before(
    now: datetime, zones: list[ZoneInfo], hours: Hours
) -> None:
    try:
        found = next_open(now, [hours], zones)
    except NeverOpen:
        quarters = (now + n * timedelta(minutes=1) for n in range(2 * 24 * 60))
        assert len(zones) > 1
        assert not any(is_open(moment, hours, *zones) for moment in quarters)
        return
    if found is None:
        assert is_open(now, hours, *zones)
    else:
        assert found > now
        assert is_open(found, hours, *zones)
        assert not is_open(found - timedelta(seconds=1), hours, *zones)
    moment = found or now
    closes = open_until(moment, [hours], zones)
    if closes is not None:
        assert closes > moment
        assert not is_open(closes, hours, *zones)
        assert is_open(closes - timedelta(milliseconds=1), hours, *zones)
        minutes = int((closes - moment) / MINUTE)
        assert all(is_open(moment + n * MINUTE, hours, *zones) for n in range(0, minutes, 7))


SHANGHAI = ZoneInfo("Asia/Shanghai")
#: The week of National Day 2026: the 1st to the 7th off, Sunday the 20th before and Saturday the
#: 10th after worked for it.
GOLDEN_WEEK = Calendar(
    days={
        **{date(2026, 10, day): "holiday" for day in range(1, 8)},
        date(2026, 9, 20): "working",
        date(2026, 10, 10): "working",
    },
    years=frozenset({2026}),
)


def opens(audience: WindowSection, *moment: int) -> datetime | None:
    """When the audience may be spoken to next, in Shanghai."""
    hours, now = window_hours(audience), datetime(*moment, tzinfo=SHANGHAI)
    found = next_open(now, [hours], [SHANGHAI], GOLDEN_WEEK)
    return None if found is None else found.astimezone(SHANGHAI)


def test_office_workers_are_spoken_to_at_lunch_and_in_the_evening_of_working_days() -> None:
    office = WindowSection(hours="11:30-13:00, 20:00-21:30", days="workdays")
    assert opens(office, 2026, 9, 21, 12, 0) is None
    assert opens(office, 2026, 9, 21, 9, 0) == datetime(2026, 9, 21, 11, 30, tzinfo=SHANGHAI)
    assert opens(office, 2026, 9, 21, 13, 0) == datetime(2026, 9, 21, 20, 0, tzinfo=SHANGHAI)
    assert opens(office, 2026, 9, 25, 21, 30) == datetime(2026, 9, 28, 11, 30, tzinfo=SHANGHAI)
    # The Sunday that is worked, and the holidays that end with a Saturday that is.
    assert opens(office, 2026, 9, 20, 12, 0) is None
    assert opens(office, 2026, 9, 30, 22, 0) == datetime(2026, 10, 8, 11, 30, tzinfo=SHANGHAI)
    assert opens(office, 2026, 10, 10, 12, 0) is None


def test_students_are_spoken_to_on_free_days() -> None:
    students = WindowSection(hours="10:00-12:00", days="freedays")
    assert opens(students, 2026, 9, 28, 10, 0) == datetime(2026, 10, 1, 10, 0, tzinfo=SHANGHAI)
    assert opens(students, 2026, 10, 5, 11, 0) is None
    assert opens(students, 2026, 10, 7, 12, 0) == datetime(2026, 10, 11, 10, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(("rule", "day"), [("as usual", 2), ("closed", 9), ("open", 1)])
def test_holidays_do_to_a_window_what_it_says(rule: DayRule, day: int) -> None:
    fridays = WindowSection(hours="9:00-10:30", days="fri", holidays=rule)
    found = datetime(2026, 10, day, 9, 0, tzinfo=SHANGHAI)
    assert opens(fridays, 2026, 9, 30, 12, 0) == found


def test_all_schedules_must_be_open_at_once() -> None:
    lunch = WindowSection(hours="11:30-13:00, 20:00-21:30")
    both = [DAY, window_hours(lunch)]
    evening = datetime(2026, 6, 1, 19, 0, tzinfo=SHANGHAI)
    found = next_open(evening, both, [SHANGHAI])
    assert found == datetime(2026, 6, 2, 11, 30, tzinfo=SHANGHAI)
    assert found is not None
    assert open_until(found, both, [SHANGHAI]) == datetime(2026, 6, 2, 13, 0, tzinfo=SHANGHAI)


def test_hours_that_never_meet_are_never_open() -> None:
    night = daily(22 * 60, 24 * 60)
    with pytest.raises(NeverOpen, match="the hours"):
        next_open(datetime(2026, 6, 1, tzinfo=UTC), [DAY, night], [SHANGHAI])
