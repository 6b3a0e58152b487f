"""Notes for staff: the newest first, and no whole number in them."""

from convo.core.record_codec import Recorded
from convo.core.records import Record
from convo.ledger.notes import notes_in
from tests.steps.conversation import ANNA, START, Conversation

FLOW = """
flow: {name}
start: {{words: [{name}]}}
steps:
  one: {{say: One., note: first}}
  two: {{end: done, note: second}}
"""


def test_notes_are_told_newest_first_with_where_they_were_made() -> None:
    talk = Conversation(FLOW.format(name="lead"), FLOW.format(name="job"))
    told: list[Recorded] = []
    for n, word in enumerate(("lead", "job")):
        talk.records.clear()
        talk.text(word)
        records = tuple(Record(kind=kind, facts=facts) for kind, facts in talk.records)
        told.append(Recorded(at=START + n, contact=ANNA.e164, event="e", records=records))
    notes = notes_in(told)
    assert [(note.flow, note.step, note.text) for note in notes] == [
        ("job", "two", "second"),
        ("job", "one", "first"),
        ("lead", "two", "second"),
        ("lead", "one", "first"),
    ]
    assert {note.contact for note in notes} == {ANNA.masked}
    assert [note.at for note in notes_in(told, "lead")] == [START, START]
