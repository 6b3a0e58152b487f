"""confirm: yes or no, in every spelling of the language."""

import pytest

from tests.steps.conversation import Conversation

FLOW = """
flow: sure
start: {words: [go]}
steps:
  sure:
    confirm: {en: "Shall we?", zh: 可以吗？}
    yes: good
    no: bad
    tries: 2
    give_up: lost
    silent: [{after: 10m, again: true}, {after: 1h, go: asleep}]
  good: {say: Good., go: end}
  bad: {say: Bad., go: end}
  lost: {end: lost}
  asleep: {end: asleep}
"""


@pytest.mark.parametrize("text", ["YES", "y", "ok thanks", "👍", "好的", "嗯", "可以", "Yes!"])
def test_yes_takes_the_way_of_yes(text: str) -> None:
    talk = Conversation(FLOW)
    assert talk.text("go") == ["Shall we?"]
    assert talk.text(text) == ["Good."]


@pytest.mark.parametrize("text", ["NO", "n", "nope", "不用了", "不是", "👎"])
def test_no_takes_the_way_of_no(text: str) -> None:
    talk = Conversation(FLOW)
    talk.text("go")
    assert talk.text(text) == ["Bad."]


def test_left_out_yes_goes_on_in_the_order_of_the_file() -> None:
    talk = Conversation(FLOW.replace("    yes: good\n", ""))
    talk.text("go")
    assert talk.text("yes") == ["Good."]


def test_perhaps_is_asked_again_as_often_as_the_author_says() -> None:
    talk = Conversation(FLOW)
    talk.text("go")
    assert talk.text("perhaps") == ["Please reply YES or NO."]
    assert talk.text("perhaps") == []
    assert talk.recorded("ended")[-1]["outcome"] == "lost"


def test_silence_asks_once_more_and_lets_go() -> None:
    talk = Conversation(FLOW)
    talk.text("go")
    assert talk.wait("10m") == ["Shall we?"]
    assert talk.wait("50m") == []
    assert talk.recorded("ended")[-1]["outcome"] == "asleep"
