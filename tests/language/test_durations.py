"""Time words: lengths, moments, and the days on which clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, ValidationError

from convo.errors import RenderError
from convo.language.durations import Duration, Moment, duration_words, read_duration
from convo.language.scope import Scope
from convo.language.text_problems import TextProblem

BERLIN = ZoneInfo("Europe/Berlin")
LENGTHS = [
    ("10m", timedelta(minutes=10)),
    ("2h", timedelta(hours=2)),
    ("1d", timedelta(days=1)),
    ("3 days", timedelta(days=3)),
    ("1 day 12h", timedelta(days=1, hours=12)),
    ("1h 30m", timedelta(minutes=90)),
    ("1h30m", timedelta(minutes=90)),
    ("2w", timedelta(days=14)),
    ("30s", timedelta(seconds=30)),
    ("2 Hours 5 minutes", timedelta(minutes=125)),
    ("10分钟", timedelta(minutes=10)),
    ("2小时", timedelta(hours=2)),
]


@pytest.mark.parametrize(("words", "length"), LENGTHS)
def test_lengths_are_read(words: str, length: timedelta) -> None:
    assert read_duration(words) == length
    assert read_duration(duration_words(length)) == length


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("1 month", "count in days"),
        ("5", "10m"),
        ("", "no time at all"),
        ("0m", "no time at all"),
        ("1.5h", "10m"),
        ("-2h", "10m"),
        ("1h 2h", "twice"),
        ("soon", "10m"),
        ("3 lightyears", "unit"),
        ("9999999d", "five years"),
        (None, "missing"),
        (10, "missing"),
        ("1" + " " * 100_000 + "x", "10m"),
        ("1h " * 100_000, "400 characters"),
    ],
)
def test_other_lengths_are_refused_with_advice(words: object, advice: str) -> None:
    with pytest.raises(TextProblem, match=advice):
        read_duration(words)


def moment(raw: str, now: datetime, **names: object) -> str:
    zone = BERLIN
    scope = Scope(names=names, language="en", zone=zone, now=now)
    return Moment.read(raw).at(scope).isoformat()


NOON = datetime(2026, 11, 22, 12, 0, tzinfo=BERLIN)
WHEN = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
MOMENTS = [
    ("24h before when", "2026-11-24T15:00:00+01:00"),
    ("1 day 2h before when", "2026-11-24T13:00:00+01:00"),
    ("2 days after contact.joined", "2026-11-22T00:00:00+01:00"),
    ("9:00", "2026-11-23T09:00:00+01:00"),
    ("12:00", "2026-11-23T12:00:00+01:00"),
    ("12:01", "2026-11-22T12:01:00+01:00"),
    ("9am", "2026-11-23T09:00:00+01:00"),
    ("3:30 pm", "2026-11-22T15:30:00+01:00"),
    ("12am", "2026-11-23T00:00:00+01:00"),
    ("2026-12-24 18:00", "2026-12-24T18:00:00+01:00"),
    ("2026-12-24", "2026-12-24T00:00:00+01:00"),
    ("when", "2026-11-25T15:00:00+01:00"),
    ("opens", "2026-11-23T08:00:00+01:00"),
    ("contact.joined", "2026-11-20T00:00:00+01:00"),
    ("2h", "2026-11-22T14:00:00+01:00"),
    ("3 days", "2026-11-25T12:00:00+01:00"),
    ("when if fan else now", "2026-11-25T15:00:00+01:00"),
]


@pytest.mark.parametrize(("raw", "wanted"), MOMENTS)
def test_moments(raw: str, wanted: str) -> None:
    names = {"when": WHEN, "opens": time(8), "contact": {"joined": date(2026, 11, 20)}, "fan": True}
    assert moment(raw, NOON, **names) == wanted


def test_a_day_keeps_the_time_of_day_and_24_hours_do_not_when_clocks_change() -> None:
    summer = datetime(2026, 3, 29, 9, 0, tzinfo=BERLIN)  # clocks went forward in the night
    assert moment("1 day before when", NOON, when=summer) == "2026-03-28T09:00:00+01:00"
    assert moment("24h before when", NOON, when=summer) == "2026-03-28T08:00:00+01:00"
    winter = datetime(2026, 10, 25, 9, 0, tzinfo=BERLIN)  # and back
    assert moment("1 day before when", NOON, when=winter) == "2026-10-24T09:00:00+02:00"
    assert moment("24h before when", NOON, when=winter) == "2026-10-24T10:00:00+02:00"


def test_a_time_that_the_clocks_skip_is_moved_on() -> None:
    night = datetime(2026, 3, 28, 20, 0, tzinfo=BERLIN)
    assert moment("2:30", night) == "2026-03-29T03:30:00+02:00"
    assert moment("1 day", datetime(2026, 3, 28, 2, 30, tzinfo=BERLIN)) == (
        "2026-03-29T03:30:00+02:00"
    )


def test_a_time_that_comes_twice_is_the_first_and_is_not_met_again_at_once() -> None:
    night = datetime(2026, 10, 24, 20, 0, tzinfo=BERLIN)
    assert moment("2:30", night) == "2026-10-25T02:30:00+02:00"
    after = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    assert moment("2:30", after) == "2026-10-26T02:30:00+01:00"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("", "missing"),
        (None, "missing"),
        (9, "missing"),
        ("25:00", "not a time"),
        ("24h before", "not a time"),
        ("2026-13-01", "not a time"),
        ("2026-12-24 later", "not a time"),
        ("3 moons before when", "unit"),
        ("1 day after when +", "at the end"),
        ("{{ when }}", "without"),
        ("13pm", "unit"),
        ("1" + " " * 100_000 + "x", "400 characters"),
    ],
)
def test_wrong_moments_are_refused_with_advice(raw: object, words: str) -> None:
    with pytest.raises(TextProblem, match=words):
        Moment.read(raw)


def test_a_moment_counted_from_nothing_parks_the_turn() -> None:
    with pytest.raises(RenderError, match="`when` is empty"):
        moment("24h before when", NOON, when=None)
    with pytest.raises(RenderError, match="not a time"):
        moment("when", NOON, when=3)
    with pytest.raises(RenderError, match="not known"):
        moment("24h before wen", NOON, when=WHEN)


class _Wait(BaseModel):
    after: Duration | None = None
    until: Moment | None = None


def test_time_words_are_fields_of_a_model() -> None:
    wait = _Wait.model_validate({"after": "1 day 12h", "until": "24h before when"})
    assert wait.after == timedelta(hours=36)
    assert wait.until is not None
    assert wait.until.variables == {"when"}
    assert wait.model_dump() == {"after": "1d 12h", "until": "24h before when"}
    assert "properties" in _Wait.model_json_schema()
    with pytest.raises(ValidationError, match="count in days"):
        _Wait.model_validate({"after": "1 month"})
