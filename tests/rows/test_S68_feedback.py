"""S68: a survey keeps what was answered, resumes after days, goes back, and is exported by row."""

from convo.core.record_codec import Recorded
from convo.core.records import Record
from convo.ledger.answers import finished, going_on
from tests.end_to_end.serving import ROOT
from tests.steps.conversation import Conversation

FLOW = (ROOT / "flows" / "feedback.yaml").read_text("utf-8")


def exported(conversation: Conversation) -> list[tuple[str, str, dict[str, object]]]:
    """Version, outcome and answers of every row of the contact."""
    records = tuple(Record(kind=kind, facts=facts) for kind, facts in conversation.records)
    told = Recorded(at=0, contact=conversation.state.number.e164, event="e", records=records)
    rows = [*finished("feedback", [told]), *going_on("feedback", [conversation.state])]
    return [(row.version, row.outcome, dict(row.answers)) for row in rows]


def test_one_row_a_respondent_with_the_version_it_was_answered_in() -> None:
    conversation = Conversation(FLOW)
    version = conversation.playbook.newest["feedback"]
    conversation.text("feedback")
    conversation.text("Mei")
    assert exported(conversation) == [(version, "", {"stylist": "mei"})]
    conversation.wait("6d")
    conversation.text("2")
    conversation.wait("6d")
    conversation.text("back")
    assert exported(conversation) == [(version, "", {"stylist": "mei", "score": 2})]
    conversation.text("3")
    conversation.text("Too loud.")
    kept = {"stylist": "mei", "score": 3, "reason": "Too loud."}
    assert exported(conversation) == [(version, "answered", kept)]


def test_who_stops_half_way_is_a_row_too() -> None:
    conversation = Conversation(FLOW)
    conversation.text("feedback")
    conversation.text("1")
    conversation.wait("8d")
    version = conversation.playbook.newest["feedback"]
    assert exported(conversation) == [(version, "lapsed", {"stylist": "mei"})]
