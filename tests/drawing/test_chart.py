"""What a picture shows is what the engine does: no way is left out, none is made up."""

from collections import Counter

import pytest

from convo.drawing.chart import Arrow, Chart, card_of, chart_of, joined
from convo.drawing.wording import KIND_WORDS, WAY_WORDS
from convo.steps import KINDS
from convo.steps.end import END, End
from tests.drawing.flows import examples, read

VISIT = """
flow: drawn
languages: [en, zh]
start: {words: [book, 预约], events: [visit.wanted]}
answers: {when: datetime, what: option}
anytime:
  change: {words: [change], go: what}
  back: {words: [go back], go: back}
  leave: {words: [leave], go: end}
steps:
  known:
    branch: [{if: when, go: sure}, {else: what}]
  what:
    choose: {en: What is it?, zh: 请问需要什么？}
    options:
      cut: {en: Haircut, zh: 剪发}
      dye: {en: Colour, zh: 染发}
      talk: {en: Talk to us, zh: 人工, go: desk}
    save: what
    silent: [{after: 10m, again: true}, {after: 2h, go: desk}]
  day: {ask: {en: Which day?, zh: 哪天？}, expect: datetime, save: when}
  sure: {confirm: {en: Sure?, zh: 确定吗？}, no: day}
  week: {wait: {until: 24h before when}, missed: desk}
  again: {say: See you!, later: [{after: 2 days, go: desk}], go: end}
  desk: {end: desk}
"""


def arrow(chart: Chart, source: str, target: str) -> Arrow:
    (found,) = [a for a in chart.arrows if (a.source, a.target) == (source, target)]
    return found


def said(chart: Chart, source: str, target: str) -> str:
    return joined(arrow(chart, card_of(source), card_of(target)).words)


@pytest.mark.parametrize("name", examples())
def test_every_way_of_the_engine_is_on_one_arrow_and_no_other_way_is(name: str) -> None:
    flow = examples()[name]
    chart = chart_of(flow)
    drawn = Counter(
        (each.source, label, each.target if each.target.startswith("step:") else END)
        for each in chart.arrows
        if each.source.startswith("step:")
        for label in each.labels
    )
    taken = Counter(
        (card_of(step), way.label, END if way.to == END else card_of(way.to or ""))
        for step, ways in flow.ways.items()
        if not isinstance(flow.steps[step], End)
        for way in ways
    )
    assert drawn == taken
    assert {card_of(step) for step in flow.steps} <= {card.id for card in chart.cards}


def test_ways_are_told_by_what_takes_them() -> None:
    chart = chart_of(read(VISIT))
    assert said(chart, "known", "sure") == "when"
    assert said(chart, "known", "what") == "else"
    assert said(chart, "what", "day") == "Haircut, Colour"
    assert said(chart, "what", "desk") == "Talk to us · not understood · silent 2h"
    assert said(chart, "sure", "week") == "yes"
    assert said(chart, "sure", "day") == "no"
    assert said(chart, "week", "desk") == "missed"
    assert said(chart, "again", "desk") == "later, 2d"
    assert said(chart, "week", "again") == ""


def test_texts_and_our_own_words_are_each_in_the_language_asked_for() -> None:
    chart = chart_of(read(VISIT), texts="zh", page="zh")
    cards = {card.id: card for card in chart.cards}
    assert cards["step:what"].lines == ("请问需要什么？", "1 剪发", "2 染发", "3 人工")
    assert cards["step:what"].does == "选择"
    assert said(chart, "what", "desk") == "人工 · 听不懂 · 2 小时无回复"
    english = {card.id: card for card in chart_of(read(VISIT), texts="zh").cards}
    assert english["step:what"].lines == cards["step:what"].lines
    assert english["step:what"].does == "offers"


def test_a_conversation_comes_in_by_its_words_its_events_and_at_any_time() -> None:
    chart = chart_of(read(VISIT))
    cards = {card.id: card for card in chart.cards}
    assert cards["start:"].lines == ("book", "预约", "visit.wanted")
    assert arrow(chart, "start:", "step:known").labels == ("start",)
    assert arrow(chart, "anytime:change", "step:what").labels == ("anytime:change",)
    assert arrow(chart, "anytime:leave", "end:anytime:leave").labels == ("anytime:leave",)
    # `back` leads to whichever question was before: no one arrow can say where.
    assert not [a for a in chart.arrows if a.source == "anytime:back"]


def test_only_what_goes_amiss_is_dotted() -> None:
    chart = chart_of(read(VISIT))
    dotted = {(a.source, a.target) for a in chart.arrows if a.aside}
    assert dotted == {
        (card_of("day"), "end:day"),
        (card_of("sure"), "end:sure"),
        (card_of("week"), card_of("desk")),
        (card_of("again"), card_of("desk")),
    }


def test_a_card_says_what_its_step_does() -> None:
    cards = {card.id: card for card in chart_of(read(VISIT)).cards}
    assert cards["step:week"].lines == ("until: 24h before when",)
    assert cards["step:day"].asks
    assert not cards["step:week"].asks
    lines = {name: chart_of(flow).cards for name, flow in examples().items()}
    booking = {card.title: card for card in next(v for k, v in lines.items() if "/booking" in k)}
    assert booking["book"].lines == ("calendar.book",)
    assert booking["let_go"].lines == ("lapsed",)


def test_every_kind_and_every_way_has_its_word_in_every_language_of_the_pages() -> None:
    assert {*KIND_WORDS["en"]} == {*KIND_WORDS["zh"]} == {*KINDS}
    assert {*WAY_WORDS["en"]} == {*WAY_WORDS["zh"]}
    labels = {
        way.label.partition(":")[0]
        for flow in examples().values()
        for ways in flow.ways.values()
        for way in ways
    }
    assert labels - {"decide"} <= {*WAY_WORDS["en"]}
