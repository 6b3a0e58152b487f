"""Answers are one row a conversation: finished, stopped half-way, or still going on."""

from convo.core.record_codec import Recorded
from convo.core.records import Record
from convo.ledger.answers import Row, finished, going_on
from tests.steps.conversation import ANNA, START, Conversation

SURVEY = """
flow: survey
start: {words: [survey]}
answers: {score: number, why: text}
steps:
  score: {ask: "0 to 10?", expect: number, save: score, silent: [{after: 1d, go: end}]}
  why: {ask: "Why?", save: why, silent: [{after: 1d, go: late}]}
  thanks: {say: Thank you!, go: end}
  late: {end: late}
"""
OUTER = """
flow: outer
start: {words: [outer]}
steps:
  inner: {run: survey}
  done: {end: all done}
"""


def rows(talk: Conversation, flow: str = "survey") -> list[Row]:
    """What `convo answers` would read of this conversation."""
    records = tuple(Record(kind=kind, facts=facts) for kind, facts in talk.records)
    told = Recorded(at=START, contact=ANNA.e164, event="e", records=records)
    return [*finished(flow, [told]), *going_on(flow, [talk.state])]


def test_a_finished_conversation_keeps_its_answers() -> None:
    talk = Conversation(SURVEY)
    for text in ("survey", "9", "So friendly"):
        talk.text(text)
    (row,) = rows(talk)
    assert row.answers == {"score": 9, "why": "So friendly"}
    assert (row.outcome, row.step) == ("ended", "")
    assert row.version == talk.playbook.newest["survey"]


def test_an_unfinished_one_shows_the_answers_so_far_and_where_it_stands() -> None:
    talk = Conversation(SURVEY)
    for text in ("survey", "9"):
        talk.text(text)
    (row,) = rows(talk)
    assert (row.answers, row.outcome, row.step) == ({"score": 9}, "", "why")


def test_one_that_silence_or_stop_has_ended_keeps_what_was_answered() -> None:
    silent = Conversation(SURVEY)
    for text in ("survey", "9"):
        silent.text(text)
    silent.wait("2d")
    stopped = Conversation(SURVEY)
    for text in ("survey", "3", "STOP"):
        stopped.text(text)
    assert [(row.answers, row.outcome) for row in rows(silent)] == [({"score": 9}, "late")]
    assert [(row.answers, row.outcome) for row in rows(stopped)] == [({"score": 3}, "stopped")]


def test_a_flow_that_was_run_by_another_has_its_own_row_also_when_all_is_stopped() -> None:
    talk = Conversation(OUTER, SURVEY)
    for text in ("outer", "7", "STOP"):
        talk.text(text)
    assert [row.answers for row in rows(talk)] == [{"score": 7}]
    assert [row.outcome for row in rows(talk, "outer")] == ["stopped"]
