"""Several questions open at once: numbers kept apart, one asked back about, none dropped."""

import pytest

from tests.routing.several import COMING, FRIDAY, SURVEY, VISIT, open_at_once, two_tables
from tests.routing.talks import BOOK, HOLD, MENU, SCORE, talk
from tests.steps.conversation import Conversation, business, quiet

BESIDE = SCORE.replace("steps:", "busy: beside\nsteps:", 1)
WHICH_TABLE = [
    "Which one do you mean?\n1 Your table for 4\n2 Your table for 9\nReply with the number."
]

# --- numbers --------------------------------------------------------------------------------------


def test_numbers_of_open_lists_are_kept_apart_also_when_they_are_asked_again() -> None:
    conversation = talk(BOOK, VISIT.replace("1d, go: end", "1h, again: true"))
    assert conversation.request(event="visit.made", when=FRIDAY) == [
        "Your visit is on Fri 27 Nov, 3:00 pm. Please reply:\n1 Confirm\n2 Change"
    ]
    assert conversation.text("book") == ["What?\n3 Haircut\n4 Colour"]
    assert conversation.wait("1h")[-1].endswith("1 Confirm\n2 Change")
    assert conversation.text("4") == ["When?"]


def test_a_number_reaches_the_list_that_shows_it_whichever_was_asked_last() -> None:
    for number, said in (
        ("2", "When suits you?"),
        ("3", "Thanks, see you on Mon 30 Nov, 10:00 am!"),
    ):
        assert open_at_once().text(number) == [said]
    assert open_at_once().text("7") == ["From 0 to 10, would you recommend us?"]


@pytest.mark.parametrize("first", ["3", "３", "③", "三", "3.", "三号", "option 3"])
def test_a_number_on_is_understood_in_every_spelling(first: str) -> None:
    conversation = talk(BOOK, VISIT)
    conversation.request(event="visit.made", when=FRIDAY)
    conversation.text("book")
    assert conversation.text(first) == ["When?"]
    assert conversation.answers["what"] == "cut"


def test_the_first_is_the_first_of_its_list_and_the_last_the_last() -> None:
    for said, option in (
        ("the first one", "cut"),
        ("第一个", "cut"),
        ("2nd", "dye"),
        ("last", "dye"),
    ):
        conversation = talk(BOOK, VISIT)
        conversation.request(event="visit.made", when=FRIDAY)
        conversation.text("book")  # in hand, numbered 3 and 4
        conversation.text(said)
        assert conversation.answers["what"] == option


def test_a_number_that_nobody_shows_is_nobody_s() -> None:
    conversation = open_at_once()
    assert conversation.text("8") == ["Please reply with one of the numbers."]
    assert len(conversation.steps) == 3


def test_an_author_s_own_number_stays_unless_another_question_uses_it() -> None:
    own = (
        "flow: own\nstart: {words: [own]}\nsteps:\n  a:\n    choose: Which?\n"
        "    options: {x: {en: X, number: 2}, y: {en: Y, number: 9}, z: Z}\n"
        "    silent: [{after: 1h, go: end}]\n    go: end\n"
    )
    conversation = talk(own, VISIT)
    assert conversation.text("own") == ["Which?\n2 X\n9 Y\n3 Z"]
    other = talk(own, VISIT)
    other.request(event="visit.made", when=FRIDAY)
    assert other.text("own") == ["Which?\n3 X\n9 Y\n4 Z"]
    assert other.text("9") == []
    assert other.steps == ["visit.offer"]


def test_a_list_that_names_its_numbers_by_hand_keeps_them_and_is_asked_about() -> None:
    by_hand = BOOK.replace('en: "What?"', 'en: "What? Reply 1 or 2."').replace(
        "start:", "called: your haircut\nstart:"
    )
    conversation = talk(by_hand, VISIT.replace("busy: beside", "busy: wait"))
    conversation.request(event="visit.made", when=FRIDAY)
    assert conversation.text("book") == ["What? Reply 1 or 2.\n1 Haircut\n2 Colour"]
    conversation.text("HELP")
    # In hand: it answered their own text.
    assert conversation.text("2") == ["When?"]


def test_a_question_for_a_number_up_to_ten_leaves_the_numbers_up_to_ten_alone() -> None:
    conversation = Conversation(SURVEY, VISIT)
    conversation.request(event="visit.over")
    conversation.text("1")
    assert conversation.request(event="visit.made", when=FRIDAY)[0].endswith(
        "11 Confirm\n12 Change"
    )
    assert conversation.text("7") == ["Why is that?"]


def test_with_nothing_else_open_a_list_has_its_own_numbers() -> None:
    conversation = open_at_once()
    for text in ("1", "3", "5", "10", "It was fine."):
        conversation.text(text)
    assert conversation.steps == []
    assert conversation.request(event="visit.over")[0].endswith("1 Good\n2 So-so\n3 Bad")


# --- the question in hand -------------------------------------------------------------------------


def test_the_question_that_answered_their_own_text_comes_first() -> None:
    conversation = talk(BOOK, BESIDE)
    conversation.request(event="bought")
    conversation.text("book")
    assert conversation.text("2") == ["When?"]
    assert conversation.steps == ["score.ask", "book.day"]


def test_what_we_ask_since_lets_go_of_it() -> None:
    conversation = talk(BOOK, BESIDE)
    conversation.text("book")
    conversation.request(event="bought")
    assert conversation.text("2") == [
        "Which one do you mean?\n3 What?\n4 0 to 10?\nReply with the number."
    ]
    assert conversation.text("3") == ["When?"]


def test_a_nudge_of_its_own_does_not() -> None:
    conversation = talk(BOOK, BESIDE)
    conversation.request(event="bought")
    conversation.text("book")
    assert conversation.wait("10m") == ["Still there?"]
    assert conversation.text("2") == ["When?"]


def test_help_does_not_and_a_text_that_leads_elsewhere_does() -> None:
    conversation = talk(BOOK, BESIDE, MENU)
    conversation.request(event="bought")
    conversation.text("book")
    conversation.text("HELP")
    assert conversation.state.sessions[-1].in_hand
    conversation.text("menu")
    assert conversation.text("2")[0].startswith("Which one do you mean?")


def test_a_number_that_an_older_list_shows_is_asked_about_also_with_a_score_in_hand() -> None:
    conversation = open_at_once()
    conversation.text("5")  # the survey's first question; now "from 0 to 10" is in hand
    assert conversation.text("3")[0].startswith("Which one do you mean?")
    assert conversation.text("11") == ["Thanks, see you on Mon 30 Nov, 10:00 am!"]
    # The visit has let go of the survey, and 8 is shown by nobody.
    assert conversation.text("8") == ["Why is that?"]


def test_a_number_that_is_shown_is_no_answer_in_words() -> None:
    conversation = open_at_once()
    for text in ("5", "8"):
        conversation.text(text)
    assert conversation.steps[-1] == "survey.why"
    assert conversation.text("1") == ["Thanks, see you on Fri 27 Nov, 3:00 pm!"]
    assert conversation.text("Your staff were kind.") == ["Thank you for your 8."]


def test_also_where_it_is_a_word_of_another_language_of_the_business() -> None:
    conversation = Conversation(VISIT, SURVEY, at=business(languages=("es", "en")))
    conversation.request(event="visit.made", when=FRIDAY)
    conversation.request(event="visit.over")
    for text in ("5", "8"):
        conversation.text(text)
    assert conversation.steps[-1] == "survey.why"
    assert conversation.text("uno") == ["Thanks, see you on vie, 27 nov, 15:00!"]


def test_an_unclear_reply_counts_for_the_question_in_hand() -> None:
    conversation = talk(BOOK, BESIDE)
    conversation.request(event="bought")
    conversation.text("book")
    conversation.request(event="bought")
    assert conversation.text("what ever") == ['Please reply with a number, for example "2".']
    assert [session.frame.tries for session in conversation.state.sessions] == [0, 0, 1]
    other = talk(BOOK, BESIDE)
    other.text("book")
    assert other.text("blue") == ["Please reply with one of the numbers."]


# --- which one do you mean? -----------------------------------------------------------------------


def test_a_reply_that_two_understand_is_kept_and_delivered_to_the_one_they_name() -> None:
    conversation = two_tables()
    assert conversation.text("no") == WHICH_TABLE
    assert conversation.steps == ["coming.ask", "coming.ask"]
    assert conversation.text("2") == ["Your table for 9 is free again."]
    assert conversation.steps == ["coming.ask"]
    assert conversation.text("yes") == ["See you, all 4 of you!"]
    assert conversation.state.asked_back == ()
    assert conversation.recorded("unplaced") == []


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("8", "Fri"),
        ("the first", "Fri"),
        ("the Friday one", "Fri"),
        ("Fri", "Fri"),
        ("27 Nov", "Fri"),
        ("your visit on Mon 30 Nov, 10:00 am", "Mon"),
        ("Monday please", "Mon"),
        ("last one", "Mon"),
        ("9.", "Mon"),
    ],
)
def test_the_clarifying_question_is_answered_as_people_answer(answer: str, kept: str) -> None:
    conversation = open_at_once()
    assert conversation.text("coming") == [
        "Which one do you mean?\n8 Your visit on Fri 27 Nov, 3:00 pm\n"
        "9 Your visit on Mon 30 Nov, 10:00 am\nReply with the number."
    ]
    (said,) = conversation.text(answer)
    assert said.startswith(f"Thanks, see you on {kept}")


@pytest.mark.parametrize(
    ("answer", "kept"),
    [("9", "30日"), ("周一那个", "30日"), ("星期五的", "27日"), ("第二个", "30日")],
)
def test_it_is_asked_and_answered_in_chinese(answer: str, kept: str) -> None:
    conversation = open_at_once()
    conversation.state = conversation.state.__class__(
        **{
            **{name: getattr(conversation.state, name) for name in conversation.state.__slots__},
            "language": "zh",
        }
    )
    (asked,) = conversation.text("确认")
    assert asked.startswith("请问您指的是哪一项？\n8 您11月27日周五 下午3:00的预约\n9 ")
    (said,) = conversation.text(answer)
    assert kept in said


def test_two_of_one_name_are_told_apart_by_their_own_words_and_a_long_one_is_clipped() -> None:
    same = VISIT.replace(
        'called: {en: "your visit on {{ when }}", zh: "您{{ when }}的预约"}', "called: your visit"
    )
    conversation = Conversation(same, SURVEY)
    conversation.request(event="visit.made", when=FRIDAY)
    conversation.request(event="visit.made", when="2026-11-30T10:00:00+08:00")
    assert conversation.text("confirm") == [
        "Which one do you mean?\n5 Your visit is on Fri 27 Nov, 3:00 pm....\n"
        "6 Your visit is on Mon 30 Nov, 10:00 am...\nReply with the number."
    ]


def test_a_name_that_cannot_be_said_yet_gives_way_to_the_question_s_words() -> None:
    conversation = Conversation(
        COMING.replace("answers: {people: number}", "answers: {people: number, x: text}").replace(
            "for {{ people }}\nbusy", "of {{ x }}\nbusy"
        )
    )
    for people in (4, 9):
        conversation.request(event="table.booked", people=people)
    assert conversation.text("yes") == [
        "Which one do you mean?\n1 Table for 4: are you coming? YES or NO\n"
        "2 Table for 9: are you coming? YES or NO\nReply with the number."
    ]


def test_something_else_leaves_the_reply_unplaced_and_says_so_once() -> None:
    conversation = two_tables()
    conversation.text("yes")
    assert conversation.text("what do you mean") == [
        'We could not tell what "yes" was for, so nothing has changed. Please reply again.',
        "Please reply YES or NO.",
    ]
    (unplaced,) = conversation.recorded("unplaced")
    assert (unplaced["text"], unplaced["why"]) == ("yes", "something else was said")
    assert conversation.steps == ["coming.ask", "coming.ask"]
    assert conversation.wait("2h") == []


def test_silence_does_so_too_in_half_an_hour() -> None:
    conversation = two_tables()
    conversation.text("yes")
    assert conversation.wait("29m") == []
    assert conversation.wait("1m") == [
        'We could not tell what "yes" was for, so nothing has changed. Please reply again.'
    ]
    (unplaced,) = conversation.recorded("unplaced")
    assert unplaced["text"] == "yes"
    assert conversation.steps == ["coming.ask", "coming.ask"]
    assert conversation.wait("2h") == []
    assert conversation.text("yes") == WHICH_TABLE


def test_the_same_reply_once_more_is_only_asked_about_once_more() -> None:
    conversation = two_tables()
    conversation.text("yes")
    assert conversation.text("Yes!") == WHICH_TABLE
    assert conversation.text("1") == ["See you, all 4 of you!"]


def test_a_question_that_has_closed_meanwhile_gets_nothing_and_the_contact_is_told() -> None:
    conversation = two_tables()
    conversation.wait("23h 50m")
    conversation.text("yes")
    conversation.wait("11m")
    assert conversation.steps == []
    (said,) = conversation.text("1")
    assert said.startswith('We could not tell what "yes" was for')
    assert conversation.recorded("unplaced")[0]["why"] == "the question is not open any more"


def test_stop_forgets_what_we_asked_back() -> None:
    conversation = two_tables()
    conversation.text("yes")
    assert len(conversation.text("STOP")) == 1
    assert conversation.state.asked_back == ()
    assert not conversation.timers


def test_help_and_anytime_words_pass_while_we_ask_back() -> None:
    conversation = two_tables()
    conversation.text("yes")
    assert conversation.text("HELP")[0].startswith("Salon Mei")
    assert conversation.text("2") == ["See you, all 9 of you!"]


def test_it_is_asked_on_the_channel_of_the_reply_only() -> None:
    conversation = two_tables()
    conversation.text("yes")
    assert conversation.text("1", channel="two") != ["See you, all 4 of you!"]
    assert conversation.text("1") == ["See you, all 4 of you!"]


# --- busy -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("flow", [VISIT, COMING])
def test_wait_asks_when_the_open_question_is_answered(flow: str) -> None:
    conversation = talk(BOOK, flow.replace("busy: beside", "busy: wait"))
    conversation.text("book")
    event = "visit.made" if flow is VISIT else "table.booked"
    assert conversation.request(event=event, when=FRIDAY, people=4) == []
    conversation.text("1")
    said = conversation.text("tomorrow 3pm")
    assert len(said) == 1
    assert conversation.state.sessions[-1].in_hand


@pytest.mark.parametrize("flow", [VISIT, COMING])
def test_replace_ends_what_was_asked_and_its_numbers_are_free(flow: str) -> None:
    conversation = talk(BOOK, flow.replace("busy: beside", "busy: replace"))
    conversation.text("book")
    event = "visit.made" if flow is VISIT else "table.booked"
    (said,) = conversation.request(event=event, when=FRIDAY, people=4)
    assert "3" not in said.replace("3:00 pm", "")
    assert len(conversation.steps) == 1
    assert conversation.recorded("ended")[-1]["outcome"] == "replaced"


def test_beside_asks_at_once_and_each_answer_finds_its_own() -> None:
    conversation = talk(BOOK, VISIT, COMING)
    conversation.text("book")
    assert conversation.request(event="visit.made", when=FRIDAY)[0].endswith("3 Confirm\n4 Change")
    conversation.request(event="table.booked", people=4)
    assert conversation.text("yes") == ["See you, all 4 of you!"]
    assert conversation.text("3") == ["Thanks, see you on Fri 27 Nov, 3:00 pm!"]
    assert conversation.text("1") == ["When?"]


def test_a_person_hears_what_is_written_while_other_questions_are_open() -> None:
    conversation = talk(HOLD, VISIT)
    conversation.request(event="visit.made", when=FRIDAY)
    conversation.text("human")
    assert conversation.text("1") == []
    assert conversation.recorded("held")


# --- what waits for the morning -------------------------------------------------------------------


def in_the_night(*flows: str) -> Conversation:
    conversation = Conversation(*flows, at=business(quiet=quiet("service", 9, 20)))
    conversation.now += 13 * 3_600_000
    return conversation


def test_a_question_that_nobody_has_read_yet_is_not_answered() -> None:
    conversation = in_the_night(COMING, BOOK)
    assert conversation.request(event="table.booked", people=4) == []
    assert conversation.text("yes") == ["Sorry, I did not understand. Reply HELP for help."]
    assert conversation.steps == ["coming.ask"]
    assert conversation.wait("10h") == ["Table for 4: are you coming? YES or NO"]
    assert conversation.text("yes") == ["See you, all 4 of you!"]


def test_nor_does_it_let_go_of_the_dialog_that_they_are_in() -> None:
    theirs = COMING.replace("flow: coming", "flow: theirs").replace("for {{ people }}", "tonight")
    theirs = theirs.replace("events: [table.booked]", "words: [table]")
    conversation = in_the_night(COMING, theirs.replace("all {{ people }} of you", "tonight"))
    conversation.text("table")
    conversation.request(event="table.booked", people=4)
    assert conversation.text("yes") == ["See you, tonight!"]
    assert conversation.steps == ["coming.ask"]


def test_a_question_that_was_read_is_answered_while_its_nudge_waits_for_the_morning() -> None:
    conversation = in_the_night(
        COMING.replace("after: 1d, go: end", "after: 1h, again: true"), BOOK
    )
    conversation.now -= 4 * 3_600_000
    conversation.request(event="table.booked", people=4)
    assert conversation.wait("4h") == []
    assert conversation.state.postponed
    assert conversation.text("yes") == ["See you, all 4 of you!"]
