"""Flows that the same contact starts once in a time: by events, by words, and after failing."""

import pytest

from convo.errors import FlowErrors
from convo.routing.begun import MAX_BEGUN, still_counting
from tests.routing.talks import talk
from tests.steps.conversation import loaded

WELCOME = """
flow: welcome
start: {events: [signed.up], words: [hello], once: 30d, retry: [lapsed]}
steps:
  a: {say: Welcome., go: q}
  q: {ask: "Your name?", expect: name, silent: [{after: 1d, go: gone}]}
  b: {say: Thanks., go: end}
  gone: {end: lapsed}
"""
AGAIN = WELCOME.replace("once: 30d,", "once: 30d, again: You are in already.,")


def test_a_second_event_within_the_period_does_nothing() -> None:
    conversation = talk(WELCOME)
    assert conversation.request(event="signed.up") == ["Welcome.", "Your name?"]
    conversation.text("Anna")
    assert conversation.request(event="signed.up") == []
    assert conversation.recorded("ignored")[-1]["flow"] == "welcome"
    conversation.wait("30d")
    assert conversation.request(event="signed.up") == ["Welcome.", "Your name?"]


def test_ever_is_for_ever() -> None:
    conversation = talk(WELCOME.replace("once: 30d", "once: ever"))
    conversation.request(event="signed.up")
    conversation.text("Anna")
    conversation.wait("1000d")
    assert conversation.request(event="signed.up") == []


def test_an_event_while_it_waits_to_begin_is_the_second_one() -> None:
    conversation = talk(WELCOME, talk_asks())
    conversation.text("ask")
    conversation.request(event="signed.up")
    conversation.request(event="signed.up")
    assert len(conversation.state.asked) == 1
    assert conversation.text("blue") == ["Thank you.", "Welcome.", "Your name?"]


def talk_asks() -> str:
    return (
        "flow: asks\nstart: {words: [ask]}\nsteps:\n"
        "  q: {ask: Colour?, expect: text, silent: [{after: 1d, go: end}]}\n"
        "  b: {say: Thank you., go: end}\n"
    )


def test_a_word_within_the_period_is_told_what_the_flow_says_of_it() -> None:
    conversation = talk(AGAIN)
    conversation.text("hello")
    conversation.text("Anna")
    assert conversation.text("hello") == ["You are in already."]
    assert conversation.state.sessions == ()


def test_without_such_a_text_the_word_is_read_as_any_other() -> None:
    conversation = talk(WELCOME)
    conversation.text("hello")
    conversation.text("Anna")
    (said,) = conversation.text("hello")
    assert said.startswith("Sorry")
    assert conversation.recorded("routed")[-1]["level"] == 5


def test_a_word_while_the_question_is_open_asks_it_again() -> None:
    flow = AGAIN.replace("expect: name", "expect: number")
    conversation = talk(flow)
    conversation.text("hello")
    assert conversation.text("hello") == ["Your name?"]
    assert conversation.steps == ["welcome.q"]
    # And silence is counted from there.
    assert conversation.due_in("silent") == [24 * 60]


def test_an_outcome_that_may_be_retried_does_not_count() -> None:
    conversation = talk(AGAIN)
    conversation.text("hello")
    conversation.wait("1d")
    assert conversation.state.begun == {}
    assert conversation.text("hello") == ["Welcome.", "Your name?"]


def test_only_flows_that_say_so_are_kept_and_only_so_long() -> None:
    conversation = talk(WELCOME, talk_asks())
    conversation.text("ask")
    conversation.text("red")
    assert conversation.state.begun == {}
    conversation.text("hello")
    conversation.text("Anna")
    assert conversation.state.begun.keys() == {"welcome"}
    conversation.wait("31d")
    conversation.text("ask")
    assert conversation.state.begun == {}


def test_of_too_many_the_newest_are_kept() -> None:
    playbook = loaded(WELCOME).playbook
    many = {f"gone_{n}": n for n in range(MAX_BEGUN + 5)}
    kept = still_counting(many, (), 1_000, playbook)
    assert len(kept) == MAX_BEGUN
    assert "gone_4" not in kept


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("once: 30d, ", "", "go with `once`"),
        ("once: 30d", "once: often", "not a length of time"),
        ("once: 30d,", "once: 30d, again: 'Hello {{ name }}',", 'Nothing gives "name" a value'),
    ],
)
def test_a_mistake_in_once_is_told(old: str, new: str, what: str) -> None:
    from convo.verification import verify

    with pytest.raises(FlowErrors) as wrong:
        verify(loaded(WELCOME.replace(old, new)))
    assert what in str(wrong.value)
