"""Whose text is it? Law words, anytime words, open questions, and texts that wait."""

import pytest

from convo.core.business import Channel
from convo.core.events import OptedOutElsewhere
from convo.core.numbers import PhoneNumber
from convo.core.turns import FromInbox
from convo.routing.router import take_turn
from tests.routing.talks import BOOK, HOLD, MENU, SCORE, talk
from tests.steps.conversation import ANNA, OURS, business

# --- level 1: law words ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    [
        "STOP",
        "stop",
        "Stop.",
        " ＳＴＯＰ ",
        "退订",
        "退訂",
        "退订。",
        "T",
        "TD",
        "ＴＤ",
        "cancel",
        "unsubscribe",
    ],
)
def test_a_law_word_is_never_an_answer(word: str) -> None:
    conversation = talk()
    conversation.text("book")
    conversation.text("1")
    assert len(conversation.text(word)) == 1
    assert conversation.steps == []
    assert conversation.state.stopped


def test_stop_is_confirmed_once_and_then_nothing_is_said() -> None:
    conversation = talk()
    conversation.text("book")
    assert conversation.text("stop") == [
        "Salon Mei: you will get no more texts from us. Reply START to undo."
    ]
    assert conversation.text("stop") == []
    assert conversation.text("book") == []
    assert conversation.request(event="bought") == []
    assert conversation.wait("30d") == []
    assert not conversation.timers


@pytest.mark.parametrize("where", ["question", "errand", "wait", "person", "nothing"])
def test_stop_ends_every_state(where: str) -> None:
    wait = "flow: w\nstart: {words: [later]}\nsteps:\n  a: {wait: 2h}\n  b: {say: Now., go: end}\n"
    conversation = talk(BOOK, HOLD, wait)
    steps = {
        "question": ["book"],
        "errand": ["book", "1", "tomorrow 3pm"],
        "wait": ["later"],
        "person": ["human"],
        "nothing": [],
    }
    for text in steps[where]:
        conversation.text(text)
    assert len(conversation.text("STOP")) == 1
    assert conversation.steps == []
    assert conversation.wait("10d") == []
    for errand in conversation.errands:
        assert conversation.answer(errand, "A1") == []


def test_where_the_provider_confirms_we_do_not() -> None:
    channel = Channel(name="main", provider="x", address=OURS, optout_reply="provider")
    conversation = talk(at=business(channels={"main": channel}))
    conversation.text("book")
    assert conversation.text("STOP") == []
    assert conversation.steps == []
    assert conversation.text("START") == []
    assert not conversation.state.stopped


def test_start_opens_the_conversation_again_and_resumes_nothing() -> None:
    conversation = talk()
    conversation.text("book")
    conversation.text("STOP")
    assert conversation.text("START") == [
        "Salon Mei: welcome back, you will get our texts again. Reply STOP to end."
    ]
    assert conversation.steps == []
    assert conversation.text("book")[0].startswith("What?")
    assert conversation.text("START") == [
        "Salon Mei: you already get our texts. Reply STOP to end."
    ]
    assert conversation.steps == ["book.menu"]


def test_yes_rejoins_only_who_has_left() -> None:
    conversation = talk()
    conversation.text("STOP")
    assert conversation.text("yes")[0].startswith("Salon Mei: welcome back")
    confirm = (
        "flow: c\nstart: {words: [go]}\nsteps:\n"
        '  a: {confirm: "Sure?", no: end, silent: [{after: 1h, go: end}]}\n'
        "  b: {say: Good., go: end}\n"
    )
    other = talk(confirm)
    other.text("go")
    assert other.text("YES") == ["Good."]


def test_help_is_answered_and_the_question_stays_open() -> None:
    conversation = talk()
    conversation.text("book")
    assert conversation.text("HELP")[0].startswith("Salon Mei: reply STOP")
    assert conversation.text("帮助") == ["Salon Mei：如不想再收到短信，请回复“退订”。"]
    assert conversation.steps == ["book.menu"]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("+12025550147", "Salon Mei: reply STOP to end these texts. Msg & data rates may apply."),
        ("+14165550147", "Salon Mei: reply STOP to end these texts. Msg & data rates may apply."),
        ("+447400123456", "Salon Mei: reply STOP to end these texts."),
    ],
)
def test_what_a_text_costs_is_told_where_carriers_want_it(number: str, said: str) -> None:
    assert talk(contact=PhoneNumber(number)).text("HELP") == [said]


def test_law_words_go_by_the_contact_s_country() -> None:
    abroad = talk(contact=PhoneNumber("+447400123456"))
    abroad.text("book")
    abroad.text("T")
    assert not abroad.state.stopped


def test_a_law_word_inside_a_sentence_is_none() -> None:
    conversation = talk()
    conversation.text("we have got to stop this terrible thing")
    assert not conversation.state.stopped


def test_an_opt_out_at_the_provider_ends_everything_without_a_word() -> None:
    conversation = talk()
    conversation.text("book")
    event = OptedOutElsewhere(
        id="x", at=conversation.now, contact=ANNA, channel="main", source="twilio"
    )
    taken = take_turn(conversation.state, event, FromInbox(entry=9), 9, conversation.playbook)
    assert taken.turn.outbound == ()
    assert taken.turn.silence
    assert taken.state.sessions == ()


# --- level 2: anytime words -----------------------------------------------------------------------


def test_an_anytime_word_of_the_flow_is_understood_at_every_question() -> None:
    conversation = talk()
    conversation.text("book")
    conversation.text("2")
    assert conversation.text("Again!")[0].startswith("What?")
    assert conversation.step == "menu"


def test_an_anytime_word_of_the_project_starts_its_flow_beside() -> None:
    conversation = talk(BOOK, MENU)
    conversation.text("book")
    assert conversation.text("菜单") == ["The menu."]
    assert conversation.text("2") == ["When?"]


def test_a_newer_question_s_answer_is_not_an_older_conversation_s_anytime_word() -> None:
    older = (
        "flow: older\nstart: {words: [older]}\nanytime: {red: {words: [red], go: b}}\n"
        "steps:\n  a: {wait: 1d}\n  b: {say: Jumped., go: end}\n"
    )
    newer = (
        "flow: newer\nstart: {words: [newer]}\nsteps:\n"
        '  a: {ask: "Colour?", expect: [red, blue], silent: [{after: 1h, go: end}]}\n'
        "  b: {say: Taken., go: end}\n"
    )
    conversation = talk(older, newer)
    conversation.text("older")
    conversation.text("newer")
    assert conversation.text("red") == ["Taken."]
    assert conversation.text("red") == ["Jumped."]


def test_anytime_words_pass_while_an_errand_is_out() -> None:
    conversation = talk()
    for text in ("book", "1", "tomorrow 3pm"):
        conversation.text(text)
    assert conversation.text("again")[0].startswith("What?")
    assert conversation.answer_errand("A1") == []
    assert conversation.recorded("stale")


# --- level 3: the open question -------------------------------------------------------------------


def test_an_older_question_takes_what_only_it_understands() -> None:
    conversation = talk(BOOK, SCORE.replace("steps:", "busy: beside\nsteps:", 1))
    conversation.text("book")
    conversation.request(event="bought")
    assert conversation.text("haircut") == ["When?"]
    assert conversation.steps == ["book.day", "score.ask"]


def test_what_nobody_understands_is_the_newest_question_s_to_refuse() -> None:
    conversation = talk(BOOK, SCORE.replace("steps:", "busy: beside\nsteps:", 1))
    conversation.text("book")
    conversation.request(event="bought")
    assert conversation.text("blue") == ['Please reply with a number, for example "2".']


def test_an_answer_to_an_open_question_is_never_a_start_word() -> None:
    name = (
        'flow: name\nstart: {words: [go]}\nsteps:\n  a: {ask: "Name?", silent: '
        "[{after: 1h, go: end}]}\n  b: {say: Thanks., go: end}\n"
    )
    conversation = talk(name, BOOK)
    conversation.text("go")
    assert conversation.text("book") == ["Thanks."]


def test_a_question_is_answered_on_its_own_channel_only() -> None:
    conversation = talk()
    conversation.text("book")
    conversation.text("1", channel="two")
    assert conversation.steps == ["book.menu"]
    assert conversation.text("1") == ["When?"]


def test_stop_counts_on_every_channel() -> None:
    conversation = talk()
    conversation.text("book")
    conversation.text("STOP", channel="two")
    assert conversation.steps == []
    assert conversation.text("book") == []


# --- texts that wait ------------------------------------------------------------------------------


def test_texts_wait_for_the_errand_in_their_order() -> None:
    conversation = talk()
    for text in ("book", "1", "tomorrow 3pm"):
        conversation.text(text)
    assert conversation.text("survey") == []
    assert conversation.text("9") == []
    assert len(conversation.state.sessions[0].held) == 2
    assert conversation.answer_errand("A1") == ["Booked.", "0 to 10?", "Thanks for 9."]
    assert conversation.steps == []


def test_texts_that_waited_are_taken_after_a_failure_too() -> None:
    conversation = talk()
    for text in ("book", "1", "tomorrow 3pm", "survey"):
        conversation.text(text)
    assert conversation.wait("1m") == ["Sorry.", "0 to 10?"]
    assert conversation.steps == ["score.ask"]
    assert conversation.sent[-1].purpose == "reply"


def test_an_anytime_word_overtakes_the_texts_that_waited() -> None:
    conversation = talk()
    for text in ("book", "1", "tomorrow 3pm", "hello", "again"):
        conversation.text(text)
    assert conversation.steps == ["book.menu"]
    assert conversation.state.sessions[0].held == ()
    assert conversation.recorded("ignored")[-1]["why"] == "overtaken by an anytime word"


def test_a_law_word_in_latin_letters_is_answered_in_the_contacts_own_language() -> None:
    salon = talk()
    salon.text("预约")
    salon.text("退订")
    assert not salon.text("START")[0].isascii()
