"""What waits in a contact's record is limited, however much comes."""

from convo.routing.asking import MAX_ASKED
from convo.routing.levels import MAX_HELD
from convo.routing.outbox import MAX_POSTPONED
from tests.steps.conversation import Conversation, business, quiet

FLOW = """\
flow: visit
start: {words: [book], events: [visit.made]}
expires: {after: 1h, go: end}
steps:
  hour:
    ask: Which hour?
    save: hour
  keep:
    do: calendar.book
    failed: end
    go: end
"""


def test_texts_that_wait_for_an_errand_are_kept_up_to_a_limit() -> None:
    talk = Conversation(FLOW)
    talk.text("book")
    talk.text("three")
    for n in range(MAX_HELD + 5):
        talk.text(f"hello {n}")
    assert len(talk.state.sessions[-1].held) == MAX_HELD


def test_flows_that_wait_for_a_question_are_kept_up_to_a_limit() -> None:
    talk = Conversation(FLOW)
    talk.text("book")
    for _ in range(MAX_ASKED + 5):
        talk.request(event="visit.made")
    assert len(talk.state.asked) == MAX_ASKED


def test_texts_that_wait_for_the_morning_are_kept_up_to_a_limit() -> None:
    alert = "flow: alert\nstart: {events: [broken]}\nsteps:\n  a: {say: It broke., go: end}\n"
    talk = Conversation(alert, at=business(quiet=quiet("service", 11, 12)))
    for _ in range(MAX_POSTPONED + 5):
        talk.request(event="broken")
    assert len(talk.state.postponed) == MAX_POSTPONED
    assert talk.recorded("ignored")[-1]["why"] == "too many texts wait for the morning"
