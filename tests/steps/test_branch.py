"""branch: goes where the first condition that holds says."""

import pytest

from convo.errors import FlowErrors, RenderError
from tests.steps.conversation import Conversation, loaded

FLOW = """
flow: score
start: {words: [go]}
answers: {score: number, reason: text}
steps:
  q:
    ask: Score?
    expect: number
    save: score
    silent: [{after: 1h, go: low}]
  which:
    branch:
      - {if: score >= 9, go: high}
      - {if: score >= 7 and not reason, go: middle}
      - {else: low}
  high: {say: High., go: end}
  middle: {say: Middle., go: end}
  low: {say: Low., go: end}
"""


@pytest.mark.parametrize(
    ("score", "said"), [("10", "High."), ("9", "High."), ("8", "Middle."), ("0", "Low.")]
)
def test_the_first_condition_that_holds_is_taken(score: str, said: str) -> None:
    talk = Conversation(FLOW)
    talk.text("go")
    assert talk.text(score) == [said]


def test_what_was_tried_is_recorded() -> None:
    talk = Conversation(FLOW)
    talk.text("go")
    talk.text("8")
    tried = [facts["tried"] for facts in talk.recorded("step") if facts["tried"]]
    assert tried == [[("score >= 9", False), ("score >= 7 and not reason", True)]]


def test_it_may_say_something_first() -> None:
    talk = Conversation(FLOW.replace("  which:\n", "  which:\n    say: Let us see.\n"))
    talk.text("go")
    assert talk.text("9") == ["Let us see.", "High."]


def test_an_answer_that_was_not_given_is_empty_and_never_compared() -> None:
    talk = Conversation(FLOW.replace("expect: number\n    save: score", "expect: text"))
    talk.text("go")
    with pytest.raises(RenderError, match="empty"):
        talk.text("hello")


def test_the_contact_s_fields_and_the_clock_can_decide() -> None:
    talk = Conversation(
        """
flow: hour
start: {words: [go]}
answers: {opens: time}
steps:
  opening: {set: {opens: "'09:00'"}}
  which:
    branch:
      - {if: contact.fan, go: fan}
      - {if: (now | time) < opens, go: early}
      - {else: open}
  fan: {say: Dear fan., go: end}
  early: {say: "Closed until {{ opens }}.", go: end}
  open: {say: Open., go: end}
"""
    )
    assert talk.text("go") == ["Open."]
    talk.wait("20h")
    assert talk.text("go") == ["Closed until 9:00 am."]


@pytest.mark.parametrize(
    ("cases", "complaint"),
    [
        ("[{if: score > 1, go: q}]", "The last case, and no other, is {else: step}."),
        ("[{else: q}, {if: score > 1, go: q}]", "The last case, and no other"),
        ("[{if: score > 1}, {else: q}]", "Write each case as"),
        ("[{else: nowhere}]", 'There is no step "nowhere"'),
    ],
)
def test_cases_that_leave_a_hole_are_refused(cases: str, complaint: str) -> None:
    flow = f"flow: x\nanswers: {{score: number}}\nsteps:\n  q: {{branch: {cases}}}\n"
    with pytest.raises(FlowErrors, match=complaint):
        loaded(flow)


def test_a_flow_that_runs_in_a_circle_is_stopped() -> None:
    from convo.engine.walking import FlowLoop

    talk = Conversation(
        """
flow: round
start: {words: [go]}
answers: {a: text}
steps:
  one: {branch: [{if: a, go: end}, {else: two}]}
  two: {say: Round., go: one}
"""
    )
    with pytest.raises(FlowLoop, match="100 steps"):
        talk.text("go")
