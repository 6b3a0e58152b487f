"""Every conversation of a send is in exactly one standing."""

from collections.abc import Sequence

import pytest

from convo.core.record_codec import Recorded
from convo.core.records import Record
from convo.ledger.outcomes import STANDINGS, boards, talks_of
from tests.steps.conversation import ANNA, START, Conversation, business, quiet

ALERT = """
flow: alert
class: service
start: {events: [alert.raised], words: [alert]}
steps:
  ask:
    confirm: Are you safe?
    yes: safe
    no: helped
    silent: [{after: 5m, again: true}, {after: 30m, go: unreached}]
  safe: {end: safe, say: Good.}
  helped: {end: needs help}
  unreached: {end: unreached}
"""


def told(talk: Conversation, *more: Record) -> Sequence[Recorded]:
    """What the store would tell of this conversation."""
    records = (*(Record(kind=kind, facts=facts) for kind, facts in talk.records), *more)
    return [Recorded(at=START, contact=ANNA.e164, event="e", records=records)]


def standing(talk: Conversation, *more: Record) -> str:
    (found,) = talks_of("alert", told(talk, *more))
    return found.standing


def asked() -> Conversation:
    talk = Conversation(ALERT)
    assert talk.request(event="alert.raised") == ["Are you safe?"]
    return talk


def test_who_has_not_replied_is_open_until_it_ends_and_silent_then() -> None:
    talk = asked()
    assert standing(talk) == "open"
    talk.wait("5m")
    assert standing(talk) == "open"
    talk.wait("25m")
    assert standing(talk) == "silent"


@pytest.mark.parametrize("reply", ["yes", "NO"])
def test_any_answer_to_the_question_acknowledges_it(reply: str) -> None:
    talk = asked()
    talk.text(reply)
    assert standing(talk) == "acknowledged"


def test_a_reply_that_is_no_answer_is_another_reply_until_an_answer_comes() -> None:
    talk = asked()
    talk.text("who is this")
    assert standing(talk) == "other"
    talk.text("yes")
    assert standing(talk) == "acknowledged"


def test_what_reached_nobody_is_undelivered_but_a_second_try_that_arrives_counts() -> None:
    talk = asked()
    lost = Record(kind="status", facts={"message": talk.sent[0].id, "status": "undelivered"})
    assert standing(talk, lost) == "undelivered"
    talk.wait("5m")
    again = Record(kind="unsent", facts={"message": talk.sent[1].id, "why": "x", "again": True})
    assert standing(talk, lost, again) == "open"
    never = Record(kind="unsent", facts={"message": talk.sent[1].id, "why": "x", "again": False})
    assert standing(talk, lost, never) == "undelivered"
    arrived = Record(kind="status", facts={"message": talk.sent[1].id, "status": "delivered"})
    assert standing(talk, lost, arrived) == "open"


def test_what_the_gate_refused_is_undelivered_and_what_waits_for_the_morning_is_open() -> None:
    marketing = ALERT.replace("class: service", "class: marketing\nprogramme: offers")
    talk = Conversation(marketing)
    talk.request(event="alert.raised")
    assert standing(talk) == "undelivered"
    night = Conversation(ALERT, at=business(quiet=quiet("service", 13, 20)))
    night.request(event="alert.raised")
    assert standing(night) == "open"
    night.wait("3h")
    assert night.said == ["Are you safe?"]
    assert standing(night) == "open"
    night.text("yes")
    assert standing(night) == "acknowledged"


def test_boards_count_every_conversation_once_by_what_began_it() -> None:
    records: list[Recorded] = []
    for reply in ("yes", "no", "hm", "", ""):
        talk = asked()
        if reply:
            talk.text(reply)
        else:
            talk.wait("30m")
        records += told(talk)
    by_word = Conversation(ALERT)
    by_word.text("alert")
    records += told(by_word)
    # Two conversations of two test talks have the same ids, so each is read by itself.
    talks = [talk for each in records for talk in talks_of("alert", [each])]
    found = boards(talks)
    assert list(found) == ["request alert.raised", "start word"]
    board = found["request alert.raised"]
    assert board.standings == {
        "acknowledged": 2,
        "other": 1,
        "undelivered": 0,
        "silent": 2,
        "open": 0,
    }
    assert list(board.standings) == list(STANDINGS)
    assert board.outcomes == {"unreached": 2, "safe": 1, "needs help": 1}
    assert found["start word"].standings["open"] == 1


def test_older_conversations_and_other_flows_are_left_out() -> None:
    talk = asked()
    assert talks_of("alert", told(talk), START) != []
    assert talks_of("alert", told(talk), START + 1) == []
    assert talks_of("other", told(talk)) == []
