"""handoff: a person takes over; the bot is silent until it is given back."""

from convo.routing.loading import AnytimeWords
from tests.steps.conversation import Conversation

FLOW = """
flow: desk
start: {words: [human]}
steps:
  person:
    handoff: front-desk
    say: One moment.
    back: again
    within: 8h
  ended: {say: Goodbye., go: end}
  again: {say: Here I am again., go: end}
"""
BOOKING = """
flow: booking
start: {words: [book]}
steps:
  day: {ask: "Which day?", silent: [{after: 10m, again: true}, {after: 1h, go: end}], go: end}
"""
HUMAN = AnytimeWords(name="staff", words=("agent",), flow="desk")


def test_a_person_takes_over_and_the_bot_is_silent() -> None:
    talk = Conversation(FLOW)
    assert talk.text("human") == ["One moment."]
    assert talk.text("I have a question") == []
    assert talk.text("hello?") == []
    assert talk.recorded("held")[-1]["why"] == "a person has the conversation"


def test_given_back_it_goes_on_where_back_says() -> None:
    talk = Conversation(FLOW)
    talk.text("human")
    assert talk.hand_back() == ["Here I am again."]
    assert talk.step is None


def test_without_back_it_goes_on() -> None:
    talk = Conversation(FLOW.replace("    back: again\n", "").replace("again:", "x:"))
    talk.text("human")
    assert talk.hand_back() == ["Goodbye."]


def test_a_forgotten_one_ends_by_itself() -> None:
    talk = Conversation(FLOW)
    talk.text("human")
    assert talk.wait("7h 59m") == []
    assert talk.wait("1m") == ["Goodbye."]


def test_giving_back_what_nobody_has_changes_nothing() -> None:
    talk = Conversation(FLOW)
    talk.text("human")
    session = talk.state.sessions[0].id
    talk.hand_back()
    assert talk.hand_back(session) == []
    assert talk.recorded("stale")


def test_stop_ends_it_like_everything() -> None:
    talk = Conversation(FLOW)
    talk.text("human")
    assert len(talk.text("STOP")) == 1
    assert talk.steps == []


def test_an_open_question_is_not_asked_again_while_a_person_speaks() -> None:
    talk = Conversation(FLOW, BOOKING, anytime=[HUMAN])
    talk.text("book")
    assert talk.text("agent") == ["One moment."]
    assert talk.wait("3h") == []
    assert talk.recorded("put_off")
    assert talk.hand_back() == ["Here I am again."]
    assert talk.wait("10m") == ["Which day?"]


def test_a_timer_put_off_is_stale_once_the_question_is_answered() -> None:
    talk = Conversation(FLOW, BOOKING, anytime=[HUMAN])
    talk.text("book")
    name, (generation, _) = next(iter(talk.timers.items()))
    talk.text("agent")
    talk.fire(name, generation + 5)
    assert talk.recorded("stale")


def test_an_emergency_asks_on_beside_a_person() -> None:
    talk = Conversation(
        FLOW,
        BOOKING.replace("flow: booking", "flow: booking\nclass: emergency\nbusy: beside"),
    )
    talk.text("human")
    talk.request(flow="booking")
    assert talk.wait("10m") == ["Which day?"]
