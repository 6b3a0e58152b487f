"""Days that come every year, at an hour, with the 29th of February as declared."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from convo.errors import RenderError
from convo.language.anniversaries import in_year, next_anniversary
from convo.language.durations import Moment
from convo.language.scope import Scope
from convo.language.text_problems import TextProblem

BERLIN = ZoneInfo("Europe/Berlin")
LEAP = date(1992, 2, 29)


def at(source: str, now: datetime, born: object) -> datetime:
    now = now.replace(tzinfo=BERLIN)
    scope = Scope(names={"contact": {"born": born}}, language="en", zone=BERLIN, now=now)
    return Moment.read(source).at(scope)


def test_the_next_one_is_never_today_nor_before() -> None:
    assert next_anniversary(date(1990, 12, 5), date(2026, 12, 4), "1 Mar") == date(2026, 12, 5)
    assert next_anniversary(date(1990, 12, 5), date(2026, 12, 5), "1 Mar") == date(2027, 12, 5)


@pytest.mark.parametrize(
    ("year", "first_of_march", "last_of_february"),
    [
        (2027, date(2027, 3, 1), date(2027, 2, 28)),
        (2028, date(2028, 2, 29), date(2028, 2, 29)),
        (2100, date(2100, 3, 1), date(2100, 2, 28)),
    ],
)
def test_the_29th_of_february_is_as_declared(
    year: int, first_of_march: date, last_of_february: date
) -> None:
    assert in_year(LEAP, year, "1 Mar") == first_of_march
    assert in_year(LEAP, year, "28 Feb") == last_of_february


@pytest.mark.parametrize(
    ("now", "source", "then"),
    [
        (datetime(2026, 12, 5, 8), "9:00 on every contact.born", datetime(2026, 12, 5, 9)),
        (datetime(2026, 12, 5, 9), "9:00 on every contact.born", datetime(2027, 12, 5, 9)),
        (datetime(2026, 12, 6, 1), "9am on every contact.born or 1 Mar", datetime(2027, 12, 5, 9)),
    ],
)
def test_a_moment_of_every_year_is_the_next_one(now: datetime, source: str, then: datetime) -> None:
    assert at(source, now, date(1990, 12, 5)) == then.replace(tzinfo=BERLIN)


def test_without_a_word_of_it_it_is_the_28th() -> None:
    then = at("9:00 on every contact.born", datetime(2027, 1, 1), LEAP)
    assert then.date() == date(2027, 2, 28)


def test_what_is_no_date_has_no_anniversary() -> None:
    with pytest.raises(RenderError, match="not a date"):
        at("9:00 on every contact.born", datetime(2027, 1, 1), None)


@pytest.mark.parametrize("wrong", ["25:00 on every contact.born", "9:00 on every contact.born )"])
def test_a_mistake_in_it_is_told(wrong: str) -> None:
    with pytest.raises(TextProblem):
        Moment.read(wrong)
