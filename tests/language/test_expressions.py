"""Expressions: native values, and no decision by accident."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, ValidationError

from convo.errors import RenderError
from convo.language.expressions import Expression
from convo.language.scope import Choice, Scope
from convo.language.text_problems import TextProblem

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI)
NAMES: dict[str, object] = {
    "score": 9,
    "price": Decimal("10.10"),
    "service": Choice("cut", {"en": "Haircut"}),
    "when": NOW + timedelta(days=1),
    "day": date(2026, 11, 22),
    "opens": time(9, 0),
    "reason": "too slow",
    "fan": True,
    "empty": None,
    "tags": ["vip", "new"],
    "contact": {"fan": False, "none": None, "city": "Paris"},
    "event": {"order": {"total": 12.5}},
}


def value(source: object) -> object:
    scope = Scope(names=NAMES, language="en", zone=SHANGHAI, now=NOW)
    return Expression.read(source).value(scope)


VALUES = [
    ("score", 9),
    ("score >= 9", True),
    ("score >= 7 and score < 9", False),
    ("1 < score < 10", True),
    ("not fan", False),
    ("service", "cut"),
    ("service == 'cut'", True),
    ("service in ['cut', 'colour']", True),
    ("service not in ['cut']", False),
    ("when > now", True),
    ("day >= now", True),
    ("day > now", False),
    ("now > opens", True),
    ("opens < now", True),
    ("when|weekday == 'monday'", True),
    ("when|date > day", True),
    ("empty == none", True),
    ("empty is none", True),
    ("empty is not none", False),
    ("empty != 3", True),
    ("nobody is defined", False),
    ("contact.nobody is defined", False),
    ("contact.city", "Paris"),
    ("contact['city'] == 'Paris'", True),
    ("event.order.total * 2", 25.0),
    ("'slow' in reason", True),
    ("'vip' in tags", True),
    ("price * 2", Decimal("20.20")),
    ("price + 0.1", Decimal("10.20")),
    ("7 // 2 + 7 % 2", 4),
    ("-score + 1", -8),
    ("'yes' if score > 5 else 'no'", "yes"),
    ("empty|default(3)", 3),
    ("nobody|default(score)", 9),
    ("[1, 'a', score]", [1, "a", 9]),
    ("true", True),
    ("none", None),
    (True, True),
    (False, False),
    ("'it is'", "it is"),
    ("2.5", 2.5),
    ("empty or score", 9),
    ("score >\n  8", True),
]


@pytest.mark.parametrize(("source", "wanted"), VALUES)
def test_values_are_native(source: object, wanted: object) -> None:
    found = value(source)
    assert found == wanted
    assert type(found) in (type(wanted), Choice)


PARKED = [
    ("empty > 3", "empty"),
    ("3 < empty", "empty"),
    ("empty in tags", "empty"),
    ("'a' in empty", "empty"),
    ("nobody", "`nobody` is not known"),
    ("nobody == 3", "`nobody` is not known"),
    ("nobody and fan", "`nobody` is not known"),
    ("contact.nobody", "`contact.nobody` is not known"),
    ("contact.nobody.more", "`contact.nobody"),
    ("event.order.nobody", "`event.order.nobody` is not known"),
    ("score > reason", "A number and a text cannot be compared"),
    ("when > 3", "A date and time and a number cannot be compared"),
    ("fan > 1", "Yes or no"),
    ("reason + 1", "numbers"),
    ("when - 1", "numbers"),
    ("empty + 1", "nothing"),
    ("score / 0", "zero"),
    ("score in 3", "`in` needs"),
    ("3 in reason", "`in` looks"),
    ("reason|int", "whole number"),
    ("reason|weekday", "date"),
]


@pytest.mark.parametrize(("source", "words"), PARKED)
def test_nothing_is_decided_silently(source: str, words: str) -> None:
    with pytest.raises(RenderError) as raised:
        value(source)
    assert words in str(raised.value)


REFUSED = [
    ("{{ score }}", 1, "without {{ }}"),
    ("score > {{ x }}", 9, "without {{ }}"),
    ("score = 9", 7, "=="),
    ("score >=", 9, "at the end"),
    ("score >= 9 # note", 12, '"#"'),
    ("(score", 1, "never closed"),
    ("score 9", 7, "before it"),
    ("", 1, "empty"),
    (None, 1, "missing"),
    ("service ~ 'x'", 9, "side by side"),
    ("reason|uper", 8, '"upper"'),
    ("score.value", 1, "no parts"),
    ("when is past", 9, "defined"),
    ("score ＞ 9", 7, "full-width"),
]


@pytest.mark.parametrize(("source", "column", "words"), REFUSED)
def test_a_wrong_expression_is_refused_with_its_spot(
    source: object, column: int, words: str
) -> None:
    with pytest.raises(TextProblem) as raised:
        Expression.read(source)
    assert words in raised.value.message
    assert raised.value.offset_column == column


def test_the_names_used_are_known() -> None:
    found = Expression.read("score > 3 and contact.city == 'x' or link('a') == now")
    assert found.variables == {"score", "contact.city", "now"}
    assert found.functions == {"link"}
    assert [(use.name, use.column) for use in found.uses][:2] == [
        ("score", 1),
        ("contact.city", 15),
    ]


def test_a_condition_holds_or_not() -> None:
    scope = Scope(names=NAMES, language="en", zone=SHANGHAI, now=NOW)
    assert Expression.read("when").holds(scope)
    assert Expression.read("score > 3").holds(scope)
    assert not Expression.read("empty").holds(scope)


class _Branch(BaseModel):
    condition: Expression


def test_an_expression_is_a_field_of_a_model() -> None:
    assert _Branch.model_validate({"condition": True}).condition.source == "true"
    assert _Branch.model_validate({"condition": "a > 1"}).model_dump() == {"condition": "a > 1"}
    assert _Branch.model_json_schema()["properties"]["condition"]["anyOf"]
    with pytest.raises(ValidationError, match="two signs"):
        _Branch.model_validate({"condition": "a = 1"})


def test_now_is_known_in_any_zone() -> None:
    scope = Scope(names={"when": NOW.astimezone(UTC)}, language="en", zone=SHANGHAI, now=NOW)
    assert Expression.read("when == now").value(scope) is True
