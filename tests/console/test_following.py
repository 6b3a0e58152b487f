"""Where a contact's conversations stand, in the words of whoever looks at the page."""

from dataclasses import replace
from typing import Any

from convo.console.following import standing
from convo.drawing.wording import PageLanguage
from tests.steps.conversation import Conversation, loaded

FLOW = """
flow: paint
class: service
start: {words: [paint]}
answers: {colours: options}
steps:
  which:
    choose: {en: "Which?", zh: "哪些？"}
    many: true
    options:
      red: {en: Red, zh: 红}
      blue: {en: Blue, zh: 蓝}
    save: colours
  sure:
    confirm: {en: "Sure?", zh: "确定吗？"}
    yes: end
    no: which
"""


def answers(flow: str, language: PageLanguage) -> str:
    """Of who has chosen both, by the FLOW above, once the newest is `flow`."""
    talk = Conversation(FLOW)
    talk.text("paint")
    talk.text("1 2")
    newest = loaded(flow).playbook
    playbook = replace(newest, versions={**talk.playbook.versions, **newest.versions})
    told: Any = standing(talk.state, playbook, 0, language)
    (session,) = told["sessions"]
    return session["answers"]["colours"]


def test_several_options_are_told_by_their_labels_in_the_page_s_language() -> None:
    assert answers(FLOW, "en") == "Red, Blue"
    assert answers(FLOW, "zh") == "红, 蓝"


def test_an_option_that_a_newer_version_calls_otherwise_is_told_as_they_have_read_it() -> None:
    assert answers(FLOW.replace("en: Red", "en: Crimson"), "en") == "Red, Blue"
