"""A conversation given back: the one that is named, or the newest that a person has."""

from convo.core.contacts import ContactState
from convo.core.events import HandedBack
from convo.core.turns import FromInbox
from convo.routing.router import TakenTurn, take_turn
from tests.routing.talks import HOLD, SCORE, talk
from tests.steps.conversation import ANNA, START, Conversation

BACK = HOLD.replace("go: end}", "back: b}\n  c: {end: forgotten}\n  b: {say: Here I am., go: end}")


def given_back(conversation: Conversation, state: ContactState, session: str = "") -> TakenTurn:
    event = HandedBack(id="back", at=START, contact=ANNA, session=session)
    return take_turn(state, event, FromInbox(entry=99), 99, conversation.playbook)


def said(taken: TakenTurn) -> list[str]:
    return [message.text for message in taken.turn.outbound]


def test_without_a_name_it_is_the_newest_that_a_person_has() -> None:
    conversation = talk(BACK, SCORE.replace("steps:", "busy: beside\nsteps:", 1))
    conversation.request(flow="hold")
    conversation.request(flow="hold", channel="two")
    conversation.request(flow="score")
    assert conversation.steps == ["hold.a", "hold.a", "score.ask"]
    taken = given_back(conversation, conversation.state)
    assert said(taken) == ["Here I am."]
    assert [message.channel for message in taken.turn.outbound] == ["two"]
    older = given_back(conversation, taken.state)
    assert [message.channel for message in older.turn.outbound] == ["main"]
    assert [each.frame.flow for each in older.state.sessions] == ["score"]


def test_a_name_gives_back_that_one_only() -> None:
    conversation = talk(BACK)
    conversation.request(flow="hold")
    conversation.request(flow="hold", channel="two")
    oldest = conversation.state.sessions[0].id
    taken = given_back(conversation, conversation.state, oldest)
    assert [message.channel for message in taken.turn.outbound] == ["main"]
    assert said(given_back(conversation, taken.state, oldest)) == []


def test_where_no_person_has_any_nothing_happens() -> None:
    conversation = talk(BACK, SCORE)
    conversation.request(flow="score")
    taken = given_back(conversation, conversation.state)
    assert said(taken) == []
    assert taken.state.sessions == conversation.state.sessions
    assert [record.kind for record in taken.turn.records] == ["stale"]
