"""choose: a question whose answer is one of numbered options."""

import pytest

from convo.errors import FlowErrors
from tests.steps.conversation import Conversation, loaded

FLOW = """
flow: menu
languages: [en, zh]
start: {words: [menu, 菜单]}
steps:
  pick:
    choose: {en: What may it be?, zh: 请问需要什么？}
    options:
      cut: {en: Haircut, zh: 剪发}
      colour: {en: Colour, zh: 染发, words: [dye]}
      staff: {en: Talk to us, zh: 人工, number: 9, go: person}
    save: service
    give_up: lost
    silent: [{after: 1h, go: asleep}]
  picked: {say: "{en: You chose {{ service }}., zh: 您选了{{ service }}。}"}
  over: {end: picked}
  person: {say: One moment., go: end}
  lost: {end: lost}
  asleep: {end: asleep}
""".replace(
    '"{en: You chose {{ service }}., zh: 您选了{{ service }}。}"',
    '{en: "You chose {{ service }}.", zh: "您选了{{ service }}。"}',
)


def test_options_are_numbered_as_written_behind_the_question() -> None:
    talk = Conversation(FLOW)
    assert talk.text("menu") == ["What may it be?\n1 Haircut\n2 Colour\n9 Talk to us"]


def test_options_can_be_placed_inside_the_text() -> None:
    flow = FLOW.replace("en: What may it be?", 'en: "Reply with a number: {{ options }}\\nThanks!"')
    talk = Conversation(flow)
    assert talk.text("menu") == ["Reply with a number: 1 Haircut\n2 Colour\n9 Talk to us\nThanks!"]


@pytest.mark.parametrize(
    "text", ["2", "２", "two", "Colour", "colour please", "dye", "②", "第二个"]
)
def test_an_option_is_chosen_by_number_label_or_word(text: str) -> None:
    talk = Conversation(FLOW)
    talk.text("menu")
    assert talk.text(text) == ["You chose Colour."]


def test_the_answer_is_the_option_s_id_and_is_shown_as_its_label() -> None:
    talk = Conversation(FLOW.replace("picked: {say", "stay: {wait: 1h}\n  picked: {say"))
    talk.text("菜单")
    talk.text("剪发")
    assert talk.answers == {"service": "cut"}
    assert talk.wait("1h") == ["您选了剪发。"]


def test_an_option_may_lead_its_own_way() -> None:
    talk = Conversation(FLOW)
    talk.text("menu")
    assert talk.text("9") == ["One moment."]
    assert talk.recorded("step")[0]["branch"] == "option:staff"


def test_a_number_that_is_not_listed_is_asked_again_and_then_given_up() -> None:
    talk = Conversation(FLOW)
    talk.text("menu")
    assert talk.text("3") == ["Please reply with one of the numbers."]
    assert talk.text("4") == ["Please reply with one of the numbers."]
    assert talk.text("5") == []
    assert talk.recorded("ended")[-1]["outcome"] == "lost"


def test_silence_leads_where_the_author_says() -> None:
    talk = Conversation(FLOW)
    talk.text("menu")
    assert talk.wait("1h") == []
    assert talk.recorded("ended")[-1]["outcome"] == "asleep"


def test_a_label_without_a_language_is_everybodys() -> None:
    flow = """
flow: menu
start: {words: [menu]}
steps:
  pick:
    choose: Size
    options: {s: S, m: {en: M, words: [medium]}}
    silent: [{after: 1h, go: end}]
    go: end
"""
    talk = Conversation(flow)
    assert talk.text("menu") == ["Size\n1 S\n2 M"]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ("{a: {en: A, number: 2}, b: {en: B}}", "Two options have the same number"),
        ("{a: {words: [x]}}", "An option needs its label"),
        ("{a: {en: A, goes: end}}", 'not "goes"'),
        ("{}", "is empty"),
    ],
)
def test_options_that_cannot_be_told_apart_or_read_are_refused(
    options: str, complaint: str
) -> None:
    flow = f"""
flow: menu
steps:
  pick: {{choose: Size, options: {options}, go: end, silent: [{{after: 1h, go: end}}]}}
"""
    with pytest.raises(FlowErrors, match=complaint):
        loaded(flow)
