"""Answers that come after their question has closed: recognised, said so once, nothing changed."""

import pytest

from tests.routing.several import COMING, FRIDAY, SURVEY, VISIT
from tests.routing.talks import BOOK, SCORE, talk
from tests.steps.conversation import Conversation


def closed(flow: str = VISIT, event: str = "visit.made") -> Conversation:
    """A question that nobody answered for a day, and three more days have passed."""
    conversation = Conversation(flow, BOOK)
    conversation.request(event=event, when=FRIDAY, people=4)
    conversation.wait("4d")
    assert conversation.steps == []
    return conversation


def test_a_late_answer_is_recognised_and_said_so_once() -> None:
    conversation = closed()
    assert conversation.text("confirm") == [
        'Our question "your visit on Fri 27 Nov, 3:00 pm" closed on Tue 24 Nov.'
    ]
    (late,) = conversation.recorded("late")
    assert (late["flow"], late["step"], late["text"]) == ("visit", "offer", "confirm")
    assert conversation.steps == []
    # Once: the next one is answered as any other text.
    assert conversation.text("confirm") == ["Sorry, I did not understand. Reply HELP for help."]


@pytest.mark.parametrize(
    ("flow", "event", "answer"),
    [
        (VISIT, "visit.made", "1"),
        (VISIT, "visit.made", "the second"),
        (VISIT, "visit.made", "改期"),
        (COMING, "table.booked", "Yes!"),
        (SURVEY, "visit.over", "so-so"),
        (SCORE, "bought", "9"),
    ],
)
def test_it_is_recognised_in_every_way_of_answering(flow: str, event: str, answer: str) -> None:
    conversation = closed(flow, event)
    (told,) = conversation.text(answer)
    assert told.startswith("Our question") or told.startswith("我们的问题")


def test_the_start_word_is_named_where_there_is_one_and_in_their_language() -> None:
    assert closed(SURVEY, "visit.over").text("Good") == [
        'Our question "our survey" closed on Tue 24 Nov. To start again, text SURVEY.'
    ]
    conversation = closed(SCORE.replace("[survey, test drive, 试驾]", "[survey, 试驾]"), "bought")
    conversation.text("你好")
    assert conversation.text("9") == [
        "我们的问题“0 to 10?”已于11月24日周二结束。如需重新开始，请回复“试驾”。"
    ]


def test_on_the_same_day_the_hour_is_told() -> None:
    conversation = Conversation(COMING.replace("after: 1d", "after: 1h"), BOOK)
    conversation.request(event="table.booked", people=4)
    conversation.wait("3h")
    assert conversation.text("yes") == ['Our question "your table for 4" closed at 11:00 am.']


@pytest.mark.parametrize(
    "change",
    [
        (
            "silent: [{after: 1d, go: end}]",
            "silent: [{after: 2d, say: Hm}]\n    tries: 1\n    give_up: end",
        ),
        ("busy: beside\n", "busy: beside\nexpires: {after: 6h, go: end}\n"),
    ],
)
def test_a_question_closes_by_giving_up_and_by_expiring_too(change: tuple[str, str]) -> None:
    conversation = Conversation(VISIT.replace(*change, 1), BOOK)
    conversation.request(event="visit.made", when=FRIDAY)
    conversation.text("what ever")
    conversation.wait("7h")
    (told,) = conversation.text("confirm")
    assert "closed at" in told


def test_a_replaced_question_is_remembered_and_one_that_was_answered_is_not() -> None:
    conversation = talk(BOOK, COMING.replace("busy: beside", "busy: replace"))
    conversation.text("book")
    conversation.request(event="table.booked", people=4)
    assert conversation.text("haircut") == [
        'Our question "What?" closed at 10:00 am. To start again, text BOOK.'
    ]
    conversation.text("yes")
    assert conversation.text("yes") == ["Sorry, I did not understand. Reply HELP for help."]


def test_what_an_open_question_or_a_start_word_takes_is_theirs() -> None:
    conversation = closed()
    assert conversation.text("book")[0].startswith("What?")
    assert conversation.text("1") == ["When?"]
    # In the middle of a dialog an unclear reply is unclear.
    assert conversation.text("confirm")[0].startswith("Sorry, I did not get the day and time")


def test_with_a_question_of_ours_open_a_late_answer_is_no_unclear_reply_to_it() -> None:
    conversation = closed()
    conversation.request(event="visit.wanted")
    assert conversation.text("confirm")[0].startswith("Our question")
    assert conversation.state.sessions[0].frame.tries == 0


def test_two_weeks_later_it_is_a_text_as_any_other() -> None:
    conversation = closed()
    conversation.wait("12d")
    assert conversation.text("confirm") == ["Sorry, I did not understand. Reply HELP for help."]


def test_a_question_that_takes_any_words_recognises_nothing() -> None:
    conversation = Conversation(SURVEY, BOOK)
    conversation.request(event="visit.over")
    for text in ("1", "8"):
        conversation.text(text)
    conversation.wait("2d")
    assert conversation.text("The tea was cold.") == [
        "Sorry, I did not understand. Reply HELP for help."
    ]


def test_five_are_remembered_and_stop_forgets_them() -> None:
    conversation = Conversation(COMING, BOOK)
    for people in range(2, 10):
        conversation.request(event="table.booked", people=people)
        conversation.wait("2d")
    # The same question each time is one, the newest; others would push each other out.
    assert [each.name for each in conversation.state.closed] == ["your table for 9"]
    conversation.text("STOP")
    assert conversation.state.closed == ()


def test_a_question_of_another_channel_recognises_nothing() -> None:
    conversation = closed()
    assert conversation.text("confirm", channel="two") == [
        "Sorry, I did not understand. Reply HELP for help."
    ]


def test_a_flow_that_has_changed_meanwhile_recognises_by_what_it_is_now() -> None:
    conversation = closed()
    newer = Conversation(
        VISIT.replace("Please reply:", "Reply:").replace("Confirm,", "Agree,"), BOOK
    )
    conversation.playbook = newer.playbook
    assert conversation.text("confirm") == ["Sorry, I did not understand. Reply HELP for help."]
    (told,) = conversation.text("agree")
    assert told.startswith("Our question")
    gone = closed()
    gone.playbook = Conversation(BOOK).playbook
    assert gone.text("confirm") == ["Sorry, I did not understand. Reply HELP for help."]
