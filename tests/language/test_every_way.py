"""A text is followed down every branch, and its values keep their names."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from convo.language.every_way import MOST_WAYS, every_way, values_in, with_values
from convo.language.scope import Scope


def scope(**names: object) -> Scope:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    return Scope(
        names=names, language="zh", zone=ZoneInfo("UTC"), now=now, country="CN", currency="CNY"
    )


def shown(source: str, **names: object) -> list[str]:
    return [
        with_values(text, lambda name: f"<{name}>") for text in every_way(source, scope(**names))
    ]


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("您好", ["您好"]),
        ("{{ day }}见", ["<day>见"]),
        ("{{ contact.name }}，{{ day | date }}", ["<name>，<day>"]),
        ("{{ day | date }} {{ day | time }} {{ day | date }}", ["<day> <day_2> <day>"]),
        ("{{ price * 2 | money }}", ["<price>"]),
        ("{{ 3 }}个", ["<value>个"]),
        ("{% if vip %}您{% else %}你{% endif %}好", ["您好", "你好"]),
        ("{% if vip %}贵宾{% endif %}您好", ["贵宾您好", "您好"]),
        ("{% if a %}1{% elif b %}2{% elif c %}3{% endif %}。", ["1。", "2。", "3。", "。"]),
        ("{% if a %}{% if b %}1{% else %}2{% endif %}{% else %}3{% endif %}", ["1", "2", "3"]),
        ("{% if a %}甲{% else %}甲{% endif %}", ["甲"]),
        # The line of a tag by itself is no line of the text.
        ("早\n{% if a %}\n午\n{% endif %}\n晚", ["早\n午\n晚", "早\n晚"]),
    ],
)
def test_every_branch_is_a_text(source: str, texts: list[str]) -> None:
    assert shown(source) == texts


def test_the_list_of_a_choice_is_no_value() -> None:
    assert shown("选：\n{{ options }}", options="1 剪\n2 染") == ["选：\n1 剪\n2 染"]


def test_values_are_named_in_their_order() -> None:
    (text,) = every_way("{{ b }}{{ a }}{{ b }}", scope())
    assert values_in(text) == ["b", "a"]


def test_there_is_an_end_to_the_ways() -> None:
    source = "".join(f"{{% if a{n} %}}{n}{{% endif %}}" for n in range(20))
    assert len(every_way(source, scope())) <= MOST_WAYS
