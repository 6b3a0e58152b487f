"""set: writes answers and the contact's fields."""

import pytest

from convo.errors import RenderError
from tests.steps.conversation import Conversation

FLOW = """
flow: x
start: {words: [go], events: [bought]}
answers: {count: number, opens: time, city: text}
steps:
  first:
    set:
      count: (count | default(0)) + 1
      contact.city: city | default('Shanghai')
      contact.fan: true
      contact.since: now | date
      opens: "'09:00'"
    say: "{{ count }}, {{ contact.city }}, {{ contact.fan }}, {{ contact.since }}, {{ opens }}"
  stay: {wait: 1h, go: first}
"""


def test_values_are_worked_out_in_their_order_and_kept_by_their_kinds() -> None:
    talk = Conversation(FLOW)
    assert talk.text("go") == ["1, Shanghai, yes, Mon 23 Nov, 9:00 am"]
    assert talk.state.fields == {"city": "Shanghai", "fan": True, "since": "2026-11-23"}
    assert talk.answers == {"count": 1, "opens": "09:00"}
    assert talk.wait("1h") == ["2, Shanghai, yes, Mon 23 Nov, 9:00 am"]


def test_a_field_outlives_its_conversation() -> None:
    talk = Conversation(FLOW)
    talk.request(event="bought", city="Wuhan")
    talk.text("STOP")
    talk.text("START")
    assert talk.steps == []
    assert talk.state.fields["city"] == "Wuhan"


def test_it_says_nothing_when_nothing_is_to_be_said() -> None:
    talk = Conversation(
        "flow: x\nstart: {words: [go]}\nsteps:\n  a: {set: {contact.fan: false}, go: end}\n"
    )
    assert talk.text("go") == []
    assert talk.state.fields == {"fan": False}


def test_an_expression_with_nothing_in_it_stops_the_turn() -> None:
    flow = (
        "flow: x\nstart: {words: [go]}\nanswers: {n: number}\n"
        "steps:\n  a: {set: {n: n + 1}, go: end}\n"
    )
    with pytest.raises(RenderError, match="needs numbers, not nothing"):
        Conversation(flow).text("go")
