"""wait: for a time, or until one."""

import pytest

from convo.core.numbers import PhoneNumber
from convo.errors import FlowErrors
from tests.steps.conversation import Conversation, loaded

FLOW = """
flow: visit
start: {words: [book]}
answers: {when: datetime}
steps:
  day: {ask: "When?", expect: datetime, save: when, silent: [{after: 1h, go: end}]}
  before:
    wait: {until: 24h before when}
    say: Noted.
    missed: soon
  remind: {say: Tomorrow!, go: end}
  soon: {say: See you soon., go: end}
"""


def test_it_waits_until_its_moment() -> None:
    talk = Conversation(FLOW)
    talk.text("book")
    assert talk.text("friday 3pm") == ["Noted."]
    assert talk.step == "before"
    assert talk.due_in("wait") == [(3 * 24 + 5) * 60]
    assert talk.wait("3d 4h") == []
    assert talk.wait("1h") == ["Tomorrow!"]


def test_a_moment_that_is_past_goes_the_way_of_the_missed() -> None:
    talk = Conversation(FLOW)
    talk.text("book")
    assert talk.text("today 5pm") == ["Noted.", "See you soon."]


def test_without_missed_a_moment_that_is_past_goes_on() -> None:
    talk = Conversation(FLOW.replace("    missed: soon\n", ""))
    talk.text("book")
    assert talk.text("today 5pm") == ["Noted.", "Tomorrow!"]


@pytest.mark.parametrize(("length", "due"), [("10m", 10), ("2h", 120), ("3 days", 3 * 24 * 60)])
def test_it_waits_for_a_length_of_time(length: str, due: float) -> None:
    talk = Conversation(
        f"flow: x\nstart: {{words: [go]}}\nsteps:\n  a: {{wait: {length}}}\n"
        "  b: {say: Now., go: end}\n"
    )
    talk.text("go")
    assert talk.due_in("wait") == [due]
    assert talk.wait(length) == ["Now."]


def test_the_contact_may_start_other_things_meanwhile() -> None:
    other = "flow: other\nstart: {words: [hours]}\nsteps:\n  a: {say: 9 to 5., go: end}\n"
    talk = Conversation(FLOW, other)
    talk.text("book")
    talk.text("friday 3pm")
    assert talk.text("hours") == ["9 to 5."]
    assert talk.steps == ["visit.before"]
    assert talk.wait("3d 5h") == ["Tomorrow!"]


def test_missed_goes_with_a_moment_only() -> None:
    with pytest.raises(FlowErrors, match="never missed"):
        loaded("flow: x\nsteps:\n  a: {wait: 1h, missed: b}\n  b: {end: done}\n")


def test_a_clock_time_is_that_of_the_contact_wherever_the_business_is() -> None:
    flow = (
        "flow: x\nstart: {words: [go]}\nsteps:\n  a: {wait: {until: '20:00'}}\n"
        "  b: {say: Good evening., go: end}\n"
    )
    for number, hours in (("+8613800138000", 10), ("+447400123457", 18)):
        talk = Conversation(flow, contact=PhoneNumber(number))
        talk.text("go")
        assert talk.due_in("wait") == [hours * 60]
