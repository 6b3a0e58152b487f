"""end: the conversation is over, with an outcome that is counted."""

import pytest

from convo.errors import FlowErrors
from tests.steps.conversation import Conversation, loaded


def test_it_ends_with_its_outcome_and_a_last_word() -> None:
    talk = Conversation(
        "flow: x\nstart: {words: [go]}\nsteps:\n  over: {end: kept, say: Goodbye.}\n"
    )
    assert talk.text("go") == ["Goodbye."]
    assert talk.steps == []
    assert talk.recorded("ended") == [
        {
            "session": talk.recorded("ended")[0]["session"],
            "step": "over",
            "flow": "x",
            "version": talk.playbook.newest["x"],
            "outcome": "kept",
            "answers": {},
        }
    ]


def test_going_to_end_is_an_outcome_too() -> None:
    talk = Conversation("flow: x\nstart: {words: [go]}\nsteps:\n  a: {say: Hi., go: end}\n")
    talk.text("go")
    assert talk.recorded("ended")[0]["outcome"] == "ended"


def test_nothing_may_follow_an_end() -> None:
    talk = Conversation(
        "flow: x\nstart: {words: [go]}\nsteps:\n  a: {end: kept}\n  b: {say: Never., go: end}\n"
    )
    assert talk.text("go") == []
    assert talk.steps == []


def test_no_step_may_be_called_end() -> None:
    with pytest.raises(FlowErrors, match='"end" cannot be the name of a step'):
        loaded("flow: x\nsteps:\n  end: {end: kept}\n")
