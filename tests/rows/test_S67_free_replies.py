"""S67: free replies and complaints land with staff, with what was written before them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from convo.core.record_codec import Recorded
from convo.core.records import Record
from convo.ledger.notes import notes_in
from convo.ledger.unanswered import Unanswered, unanswered_in
from tests.routing.talks import BOOK, with_fallback
from tests.steps.conversation import ANNA, Conversation

FRONT_DESK = (Path(__file__).parents[2] / "flows" / "front_desk.yaml").read_text("utf-8")
HOLDING = ["Thank you, we have read this. Somebody will answer you here."]


class Inbox:
    """A salon whose fallback is a person, and the records that its staff read."""

    def __init__(self) -> None:
        self.talk = Conversation(FRONT_DESK, BOOK, at=with_fallback({"": "front_desk"}))
        self.turns: list[Recorded] = []

    def text(self, text: str) -> list[str]:
        return self._told(lambda: self.talk.text(text))

    def back(self) -> list[str]:
        return self._told(self.talk.hand_back)

    def _told(self, act: Callable[[], list[str]]) -> list[str]:
        before = len(self.talk.records)
        said = act()
        records = tuple(Record(kind=k, facts=f) for k, f in self.talk.records[before:])
        turn = Recorded(at=self.talk.now, contact=ANNA.e164, event="e", records=records)
        self.turns.append(turn)
        self.talk.wait("1m")
        return said

    @property
    def waiting(self) -> list[Unanswered]:
        return list(unanswered_in(self.turns))


@pytest.mark.parametrize(
    "text", ["my hair turned green", "I want to complain!", "Not happy.", "我要投诉", "太差"]
)
def test_a_free_reply_lands_with_staff_and_is_answered_once(text: str) -> None:
    inbox = Inbox()
    assert len(inbox.text(text)) == 1
    assert inbox.text("is anybody there?") == []
    assert inbox.text("book") == []
    newest, between, oldest = inbox.waiting
    assert (oldest.text, oldest.why, oldest.flow, oldest.step) == (
        text,
        "a person was asked for",
        "front_desk",
        "noted",
    )
    assert between.text == "is anybody there?"
    assert (newest.text, newest.why) == ("book", "a person has the conversation")
    assert newest.before == (text, "is anybody there?")
    assert newest.contact == ANNA.masked
    assert [note.text for note in notes_in(inbox.turns)] == [text]


def test_what_came_before_is_told_with_it() -> None:
    inbox = Inbox()
    inbox.text("book")
    inbox.text("1")
    inbox.talk.wait("3d")
    assert inbox.text("it looks awful") == HOLDING
    (waiting,) = inbox.waiting
    assert waiting.before == ("book", "1")


def test_given_back_it_waits_no_more_and_the_bot_speaks_again() -> None:
    inbox = Inbox()
    assert inbox.text("my hair turned green") == HOLDING
    inbox.text("hello")
    inbox.back()
    assert inbox.waiting == []
    assert inbox.text("book")[0].startswith("What?")
    # A new thread is answered once, too.
    inbox.text("1")
    inbox.talk.wait("3d")
    assert inbox.text("and now it is blue") == HOLDING
    assert [each.text for each in inbox.waiting] == ["and now it is blue"]


def test_with_a_text_for_a_fallback_it_is_listed_all_the_same() -> None:
    inbox = Inbox()
    inbox.talk = Conversation(BOOK, at=with_fallback({"": "Text BOOK."}))
    assert inbox.text("my hair turned green") == ["Text BOOK."]
    (waiting,) = inbox.waiting
    assert (waiting.why, waiting.channel, waiting.flow) == ("nothing understood it", "main", "")
