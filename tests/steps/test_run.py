"""run: another flow, then back here."""

import pytest

from convo.engine.walking import FlowLoop
from convo.errors import FlowErrors
from tests.steps.conversation import Conversation, loaded

OUTER = """
flow: outer
languages: [en]
start: {words: [go]}
answers: {name: text, how: text}
anytime: {back: {words: [back], go: again}}
steps:
  who: {ask: "Who?", save: name, silent: [{after: 1h, go: end}]}
  address:
    run: inner
    with: {name: name}
    save: how
    say: Some questions first.
  after: {say: "Back with {{ how }}, {{ name }}.", go: end}
  again: {say: Again., go: end}
"""
INNER = """
flow: inner
languages: [en]
answers: {name: text, street: text}
anytime: {skip: {words: [skip], go: skipped}}
steps:
  street:
    ask: "{{ name }}, which street?"
    save: street
    silent: [{after: 1h, go: skipped}]
  given: {end: given, say: "{{ street }}, noted."}
  skipped: {end: skipped}
"""


def test_a_flow_runs_another_and_comes_back_with_its_outcome() -> None:
    talk = Conversation(OUTER, INNER)
    talk.text("go")
    assert talk.text("Anna") == ["Some questions first.", "Anna, which street?"]
    assert talk.steps == ["inner.street"]
    assert talk.text("Main St") == ["Main St, noted.", "Back with given, Anna."]
    assert talk.step is None


def test_silence_inside_leads_back_too() -> None:
    talk = Conversation(OUTER, INNER)
    talk.text("go")
    talk.text("Anna")
    assert talk.wait("1h") == ["Back with skipped, Anna."]


def test_the_inner_flow_has_its_own_anytime_words_and_answers() -> None:
    talk = Conversation(OUTER, INNER)
    talk.text("go")
    talk.text("Anna")
    assert talk.answers == {"name": "Anna"}
    assert talk.text("skip") == ["Back with skipped, Anna."]


def test_timers_of_the_outer_flow_are_gone_inside() -> None:
    talk = Conversation(OUTER, INNER)
    talk.text("go")
    talk.text("Anna")
    assert list(talk.timers) == [f"{talk.state.sessions[0].id}/1/street/silent/0"]


def test_a_flow_that_is_not_there_is_refused_with_advice() -> None:
    with pytest.raises(FlowErrors, match=r'There is no flow "iner".*Did you mean "inner"'):
        loaded(OUTER.replace("run: inner", "run: iner"), INNER)


def test_flows_that_run_each_other_for_ever_are_stopped() -> None:
    flow = "flow: x\nstart: {words: [go]}\nsteps:\n  a: {run: x, go: end}\n"
    with pytest.raises(FlowLoop, match="8 flows"):
        Conversation(flow).text("go")


def test_an_errand_of_a_flow_that_is_run_has_a_key_of_its_own() -> None:
    inner = (
        "flow: inner\nanswers: {n: number}\n"
        "steps:\n  book: {do: calendar.book, failed: over, go: end}\n  over: {end: failed}\n"
    )
    outer = (
        "flow: outer\nstart: {words: [out]}\n"
        "steps:\n  book: {do: calendar.book, failed: over}\n"
        "  more: {run: inner, go: end}\n  over: {end: failed}\n"
    )
    talk = Conversation(outer, inner)
    talk.text("out")
    first = talk.errands[0].key
    talk.answer_errand("one")
    # The same step of the same flow again is a change; another flow's is another booking.
    assert talk.errands[0].key != first
