"""S47: a dated file of holidays opens and closes windows by audience; a missing year is refused."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from convo.settings.holidays import missing_years, read_calendar
from convo.settings.speaking import WindowSection, window_hours
from tests.cli.conftest import Convo, convo, free_port, shop
from tests.steps.conversation import Conversation, business

__all__ = ["convo", "free_port", "shop"]

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = read_calendar(Path("convo/cli/templates/every/zh/holidays"), "cn.yaml")
WINDOWS = {
    "office": WindowSection(hours="11:30-13:00", days="workdays"),
    "students": WindowSection(hours="11:30-13:00", days="freedays"),
    "family": WindowSection(hours="11:30-13:00", holidays="closed"),
}
AT = business(
    windows={name: window_hours(each) for name, each in WINDOWS.items()}, calendar=CALENDAR
)
FLOW = """
flow: news
window: %s
start: {events: [news]}
steps:
  a: {say: News., go: end}
"""

#: Days of 2026 as China had them: an ordinary Monday, Saturday and Sunday, a Saturday and a Sunday
#: that were worked, and a Monday and a Saturday that were holidays.
DAYS = {
    (11, 23): {"office", "family"},
    (11, 21): {"students", "family"},
    (11, 22): {"students", "family"},
    (2, 14): {"office", "family"},
    (9, 20): {"office", "family"},
    (2, 16): {"students"},
    (10, 3): {"students"},
}


@pytest.mark.parametrize("audience", WINDOWS)
@pytest.mark.parametrize("day", DAYS)
def test_holidays_and_worked_weekends_open_and_close_the_windows_of_each_audience(
    audience: str, day: tuple[int, int]
) -> None:
    talk = Conversation(FLOW % audience, at=AT)
    talk.now = int(datetime(2026, *day, 12, tzinfo=SHANGHAI).timestamp() * 1_000)
    assert (talk.request(event="news") == ["News."]) == (audience in DAYS[day])


def test_what_waits_over_a_week_of_holidays_comes_on_the_first_day_that_is_worked() -> None:
    talk = Conversation(FLOW % "office", at=AT)
    talk.now = int(datetime(2026, 9, 30, 14, tzinfo=SHANGHAI).timestamp() * 1_000)
    assert talk.request(event="news") == []
    opens = datetime.fromtimestamp(talk.recorded("postponed")[-1]["at"] / 1_000, SHANGHAI)
    assert opens.date() == date(2026, 10, 8)


def test_a_missing_year_fails_the_check(convo: Convo, shop: Path) -> None:
    (shop / "days.yaml").write_text("years:\n  2001: {working: []}\n", "utf-8")
    with (shop / "convo.toml").open("a", encoding="utf-8") as file:
        file.write('\n[holidays]\nfile = "days.yaml"\n')
    answer = convo("-C", shop, "check")
    assert answer.exit_code == 2
    assert f"it has no holidays of {date.today().year}" in answer.output
    assert [*missing_years(CALENDAR, date(2026, 10, 1))] == []
    assert [*missing_years(CALENDAR, date(2026, 12, 1))] == [("error", 2027)]
