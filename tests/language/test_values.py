"""Answers as the state keeps them."""

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.errors import RenderError
from convo.language.scope import Choice, Choices
from convo.language.values import KINDS, restored, stored

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
ROUND = [
    ("text", "您好 {{ x }}", "您好 {{ x }}"),
    ("option", Choice("cut", {"en": "Haircut"}), "cut"),
    ("options", Choices((Choice("cut", {}), Choice("dye", {}))), ["cut", "dye"]),
    ("options", Choices(), []),
    ("number", 3, 3),
    ("number", 2.5, 2.5),
    ("number", Decimal("12.50"), "12.50"),
    ("number", Decimal("3.00"), 3),
    ("yes_no", True, True),
    ("date", date(2026, 11, 23), "2026-11-23"),
    ("time", time(9, 5), "09:05:00"),
    ("phone", "+8613800138000", "+8613800138000"),
    ("email", "a@b.example", "a@b.example"),
    (
        "datetime",
        datetime(2026, 11, 23, 15, 0, tzinfo=SHANGHAI),
        "2026-11-23T15:00:00+08:00[Asia/Shanghai]",
    ),
    ("datetime", datetime(2026, 11, 23, 15, 0, tzinfo=UTC), "2026-11-23T15:00:00+00:00"),
    ("text", None, None),
]


@pytest.mark.parametrize(("kind", "value", "kept"), ROUND)
def test_an_answer_is_kept_and_comes_back(kind: str, value: object, kept: object) -> None:
    assert stored(value) == kept
    assert json.loads(json.dumps(stored(value))) == kept
    assert restored(kind, kept, SHANGHAI) == value


def test_a_standing_comes_back_as_votes_by_choice() -> None:
    assert restored("tally", {"rice": 2}, ZoneInfo("UTC")) == {"rice": 2}
    with pytest.raises(RenderError):
        restored("tally", 5, ZoneInfo("UTC"))


def test_a_datetime_comes_back_in_the_zone_it_was_said_in() -> None:
    value = datetime(2026, 3, 28, 9, 0, tzinfo=BERLIN)
    back = restored("datetime", stored(value), SHANGHAI)
    assert back.tzinfo == BERLIN
    # a day later the clocks have changed there, and the value knows
    assert (back + timedelta(days=1)).isoformat() == "2026-03-29T09:00:00+02:00"


def test_a_datetime_without_a_zone_is_not_kept_and_gets_one_when_read() -> None:
    with pytest.raises(ValueError, match="zone"):
        stored(datetime(2026, 11, 23, 15, 0))
    assert restored("datetime", "2026-11-23T15:00", SHANGHAI).tzinfo == SHANGHAI
    gone = restored("datetime", "2026-11-23T15:00:00+08:00[Mars/Base]", BERLIN)
    assert gone == datetime(2026, 11, 23, 15, 0, tzinfo=timezone(timedelta(hours=8)))


@given(st.datetimes(timezones=st.timezones(), min_value=datetime(1980, 1, 1)))
def test_any_datetime_means_the_same_instant_afterwards(value: datetime) -> None:
    back = restored("datetime", json.loads(json.dumps(stored(value))), SHANGHAI)
    assert back.astimezone(UTC) == value.astimezone(UTC)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [("number", "many"), ("number", "NaN"), ("number", True), ("yes_no", "yes"), ("date", "soon"),
     ("datetime", "x"), ("time", "x"), ("text", 3), ("option", ["a"]),
     ("options", "a"), ("options", [1])],
)  # fmt: skip
def test_what_is_not_of_the_kind_is_refused(kind: str, raw: object) -> None:
    with pytest.raises(RenderError, match=kind):
        restored(kind, raw, SHANGHAI)


def test_every_kind_of_answer_has_its_way_back() -> None:
    types = "text number date time datetime yes_no phone email name option options place tally"
    assert set(types.split()) == KINDS
