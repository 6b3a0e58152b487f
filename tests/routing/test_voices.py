"""Every text bears whose words it is, also one that waits: what a recall finds it by."""

from convo.core.voices import NOBODY, Voice
from tests.steps.conversation import Conversation, business, quiet

OUTER = """
flow: outer
start: {events: [made]}
anytime: {paid: {events: [order.paid], go: thanks}}
steps:
  hello: {say: "Hello."}
  inner: {run: inner}
  ask: {ask: "Sure?"}
  thanks: {say: "Thanks."}
  bye: {say: "Bye.", go: end}
"""
INNER = "flow: inner\nsteps:\n  a: {say: Within., go: end}\n"
LATER = """
flow: later
start: {events: [put.off]}
steps:
  a: {say: "Soon.", later: [{after: 2h, go: b}], go: end}
  b: {say: "Now.", go: end}
"""
NIGHT = 13 * 3_600_000


def test_a_text_names_its_conversation_its_flows_their_version_and_the_request() -> None:
    talk = Conversation(OUTER, INNER)
    talk.request(event="made", key="visit-7")
    version = talk.playbook.newest["outer"]
    session = talk.state.sessions[0].id

    def voice(*flows: str, request: str = "visit-7") -> Voice:
        return Voice(session=session, flows=flows, version=version, request=request)

    said = {each.text: each.voice for each in talk.sent}
    assert said == {
        "Hello.": voice("outer"),
        "Within.": voice("outer", "inner"),
        "Sure?": voice("outer"),
    }
    # What is said because an own system asks is of that request, whatever began the conversation.
    talk.request(event="order.paid", key="order-9")
    assert talk.sent[-1].voice == voice("outer", request="order-9")


def test_what_the_contact_begins_is_of_no_request_and_our_own_words_are_nobodys() -> None:
    talk = Conversation(OUTER.replace("{events: [made]}", "{words: [hello]}"), INNER)
    talk.text("hello")
    assert {each.voice.request for each in talk.sent} == {""}
    talk.text("STOP")
    assert talk.sent[-1].voice == NOBODY


def test_a_text_that_waited_for_the_morning_still_bears_its_voice() -> None:
    talk = Conversation(INNER, at=business(quiet=quiet("service", 9, 20)))
    talk.now += NIGHT
    talk.request(flow="inner", key="visit-7")
    (later,) = talk.state.postponed
    assert talk.state.sessions == ()
    assert talk.wait("12h") == ["Within."]
    assert talk.sent[-1].voice == later.say.voice
    assert later.say.voice.flows == ("inner",)
    assert later.say.voice.request == "visit-7"


def test_a_flow_that_waited_for_a_question_and_what_a_step_put_off_keep_the_request() -> None:
    talk = Conversation(OUTER, INNER, LATER)
    talk.request(event="made", key="visit-7")
    talk.request(event="put.off", key="visit-8")
    assert [each.request for each in talk.state.asked] == ["visit-8"]
    assert talk.text("yes") == ["Thanks.", "Bye.", "Soon."]
    assert [each.voice.request for each in talk.sent[-3:]] == ["visit-7", "visit-7", "visit-8"]
    assert talk.wait("3h") == ["Now."]
    assert talk.sent[-1].voice.request == "visit-8"
