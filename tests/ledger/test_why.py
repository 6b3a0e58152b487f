"""Every fact of a turn in a sentence, in each language of the pages."""

from zoneinfo import ZoneInfo

import pytest

from convo.core.record_codec import Recorded
from convo.core.records import KINDS, Record
from convo.drawing.wording import PageLanguage
from convo.ledger import why_en, why_zh
from convo.ledger.why import TOLD, why, why_nothing
from convo.policy.gate import RULES

SHANGHAI = ZoneInfo("Asia/Shanghai")


def turn(kind: str, /, **facts: object) -> Recorded:
    return Recorded(
        at=0, contact="+8613800138000", event="e", records=(Record(kind=kind, facts=facts),)
    )


@pytest.mark.parametrize("language", TOLD)
def test_every_kind_of_record_has_its_sentence(language: str) -> None:
    assert set(TOLD[language]) == set(KINDS)  # pyright: ignore[reportArgumentType]


def test_every_rule_of_the_gate_and_every_level_is_told_in_chinese() -> None:
    assert set(why_zh.RULES) == set(RULES)
    assert set(why_zh.LEVELS) == set(why_en.LEVELS)


def test_a_turn_is_told_in_chinese() -> None:
    said = [
        turn("routed", level=4, word="book", how="whole", starts="booking"),
        turn("step", flow="booking", step="sure", branch="yes", to="book", tried=[["a > 1", True]]),
        turn("started", flow="booking", by="request visit.wanted"),
        turn("refused", rule="stopped", kind="service"),
        turn("unsent", why="refused", message="m"),
        turn("unsent", why="30003", message="m"),
    ]
    assert [line.partition("  ")[2] for line in why(said, SHANGHAI, "zh")] == [
        "按第 4 级处理：“book”（整条短信）开始 booking。",
        "booking：从 sure 经 yes 到 book。因为 a > 1 成立。",
        "booking 开始（业务系统的请求 visit.wanted）。",
        "闸口不放行（stopped）：联系人已退订，只有回复 START 才能恢复。",
        "一条短信没有发出：被拒收。",
        "一条短信没有发出：30003。",
    ]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            'A second text came under the same id, with other words: "two" on main. '
            "It was not taken.",
        ),
        ("zh", "又有一条短信用了同一个编号，内容却不同：main 的“two”。系统没有处理它。"),
    ],
)
def test_other_words_under_a_known_id_are_told_and_why_nothing_came_of_them(
    language: PageLanguage, told: str
) -> None:
    altered = turn("altered", channel="main", text="two", provider_id="SM1")
    assert list(why_nothing(altered, language)) == [told]
    assert [line.partition("  ")[2] for line in why([altered], SHANGHAI, language)] == [told]


def test_what_another_version_has_written_is_shown_as_it_is() -> None:
    said = [turn("invented", why="new"), turn("late", flow="booking")]
    assert [line.partition("  ")[2] for line in why(said, SHANGHAI)] == [
        'invented: {"why": "new"}',
        'late: {"flow": "booking"}',
    ]
