"""What begins a conversation: requests, start words, the fallback; and who is answered how."""

import pytest

from convo.core.events import Answered, Due, HandedBack, Inbound
from convo.core.turns import FromInbox
from convo.routing.router import apology, take_turn
from tests.routing.talks import BOOK, MENU, SCORE, talk, with_fallback
from tests.steps.conversation import ANNA, START, Conversation, business

# --- requests -------------------------------------------------------------------------------------


def test_a_request_waits_until_the_question_is_answered() -> None:
    conversation = talk()
    conversation.text("book")
    assert conversation.request(event="bought") == []
    assert conversation.steps == ["book.menu"]
    conversation.text("1")
    conversation.text("tomorrow 3pm")
    # No question is open now, although an errand is out.
    assert conversation.steps == ["book.put", "score.ask"]


def test_a_flow_that_cannot_begin_holds_up_nobody_when_its_turn_comes() -> None:
    alert = (
        "flow: alert\nstart: {events: [broken]}\nanswers: {what: text}\n"
        'steps:\n  a: {say: "{{ what }} broke.", go: end}\n'
    )
    conversation = talk(BOOK, SCORE, alert)
    conversation.text("survey")
    conversation.request(event="broken")
    conversation.request(event="visit.wanted")
    assert conversation.text("7") == ["Thanks for 7.", "What?\n1 Haircut\n2 Colour"]
    assert conversation.state.asked == ()
    (ignored,) = conversation.recorded("ignored")
    assert (ignored["flow"], ignored["error"]) == ("alert", "RenderError")


def test_a_request_may_replace_the_open_question() -> None:
    conversation = talk(BOOK, SCORE.replace("steps:", "busy: replace\nsteps:", 1))
    conversation.text("book")
    assert conversation.request(event="bought") == ["0 to 10?"]
    assert conversation.steps == ["score.ask"]
    assert conversation.recorded("ended")[-1]["outcome"] == "replaced"


def test_a_request_brings_the_answers_that_the_flow_keeps() -> None:
    conversation = talk()
    conversation.request(event="visit.wanted", what="cut", price=12)
    assert conversation.answers == {"what": "cut"}


@pytest.mark.parametrize("asked", [{"flow": "nothing"}, {"event": "nothing"}])
def test_a_request_for_nothing_we_know_is_recorded_and_ignored(asked: dict[str, str]) -> None:
    conversation = talk()
    assert conversation.request(**asked) == []
    assert conversation.recorded("ignored")[-1]["why"] == "no such flow"


# --- level 4: start words -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "试驾",
        "我要试驾",
        "回复试驾",
        "試駕",
        "test drive",
        "ＴＥＳＴ　ＤＲＩＶＥ",
        "a test drive please",
    ],
)
def test_a_start_word_is_found_whole_or_in_a_sentence(text: str) -> None:
    conversation = talk()
    conversation.text(text)
    assert conversation.steps == ["score.ask"]


def test_a_sentence_with_two_start_words_starts_neither() -> None:
    conversation = talk()
    conversation.text("book a test drive")
    assert conversation.steps == []


def test_a_whole_start_word_starts_beside_an_open_question_that_does_not_take_it() -> None:
    conversation = talk()
    conversation.text("book")
    assert conversation.text("survey") == ["0 to 10?"]
    assert conversation.steps == ["book.menu", "score.ask"]


def test_starting_a_flow_anew_ends_its_own_open_question() -> None:
    conversation = talk()
    conversation.text("book")
    conversation.text("1")
    conversation.text("book")
    assert conversation.steps == ["book.menu"]
    assert conversation.recorded("ended")[-1]["outcome"] == "restarted"


def test_a_keyword_handler_is_asked_and_answers_in_the_contact_s_language() -> None:
    conversation = talk()
    assert conversation.text("订单：1001") == []
    errand = conversation.errands[0]
    assert (errand.kind, errand.name) == ("keyword", "order")
    assert errand.arguments == {"text": "订单：1001", "rest": "1001"}
    said = conversation.answer_errand({"texts": {"en": "Order 1001.", "zh": "订单1001。"}})
    assert said == ["订单1001。"]


@pytest.mark.parametrize(
    ("value", "failure", "said"),
    [
        ({"texts": {"": "Plain."}}, "", ["Plain."]),
        ({"texts": {}}, "", []),
        ({"texts": {"fr": "Bonjour."}}, "", ["Bonjour."]),
        (None, "ValueError", ["Sorry, something went wrong on our side. We will look into it."]),
    ],
)
def test_whatever_a_handler_answers_is_said_or_apologised_for(
    value: object, failure: str, said: list[str]
) -> None:
    conversation = talk()
    conversation.text("order")
    assert conversation.answer_errand(value, failure) == said


def test_a_keyword_s_answer_after_stop_is_not_said() -> None:
    conversation = talk()
    conversation.text("order 1")
    conversation.text("STOP")
    assert conversation.answer_errand({"texts": {"": "Here."}}) == []


def test_the_words_to_try_begin_with_one_of_each_language() -> None:
    assert list(talk().playbook.words_to_try())[:5] == ["book", "预约", "survey", "试驾", "order"]
    assert "test drive" in talk().playbook.words_to_try()[5:]


# --- level 5: the fallback ------------------------------------------------------------------------


def test_what_nothing_understands_gets_the_channel_s_text() -> None:
    conversation = talk(at=with_fallback({"": "Text MENU."}))
    assert conversation.text("blah blah") == ["Text MENU."]


def test_the_fallback_may_be_a_flow() -> None:
    assert talk(BOOK, MENU, at=with_fallback({"": "menu"})).text("blah blah") == ["The menu."]


def test_the_fallback_is_said_in_their_language() -> None:
    at = with_fallback({"en": "Text MENU.", "zh": "请发送菜单。"})
    assert talk(at=at).text("blah blah") == ["Text MENU."]
    assert talk(at=at).text("什么呀") == ["请发送菜单。"]


def test_a_fallback_that_lacks_their_language_leaves_it_to_the_default() -> None:
    (told,) = talk(at=with_fallback({"en": "Text MENU."})).text("什么呀")
    assert told.startswith("抱歉，没有看懂您的意思。")


def test_without_a_fallback_there_is_a_default_in_their_language() -> None:
    assert talk().text("blah blah") == ["Sorry, I did not understand. Reply HELP for help."]
    assert talk().text("什么呀") == ["抱歉，没有看懂您的意思。需要帮助请回复“帮助”。"]


# --- languages, order and limits ------------------------------------------------------------------


def test_the_language_is_that_of_the_word_that_started_the_flow() -> None:
    conversation = talk()
    conversation.text("book")
    assert conversation.state.language == "en"
    assert conversation.text("预约")[0].startswith("需要什么？")
    assert conversation.state.language == "zh"
    assert conversation.text("1") == ["When?"]


def test_at_most_eight_conversations_are_open_at_once() -> None:
    wait = "flow: w\nstart: {words: [later]}\nsteps:\n  a: {wait: 2h}\n  b: {say: Now., go: end}\n"
    conversation = talk(wait)
    for _ in range(9):
        conversation.text("later")
    assert len(conversation.steps) == 8
    assert conversation.recorded("ended")[-1]["outcome"] == "crowded out"
    assert len(conversation.timers) == 8


def test_an_answer_or_a_return_that_nobody_awaits_is_recorded_as_stale() -> None:
    conversation = talk()
    for event in (
        Answered(id="a", at=START, contact=ANNA, errand="none", kind="action", channel="main"),
        HandedBack(id="b", at=START, contact=ANNA, session="none"),
    ):
        taken = take_turn(conversation.state, event, FromInbox(entry=1), 1, conversation.playbook)
        assert [record.kind for record in taken.turn.records] == ["stale"]
        assert taken.turn.outbound == ()


def test_an_apology_is_for_texts_only_and_not_for_who_has_left() -> None:
    conversation = talk()
    text = Inbound(id="a", at=START, channel="main", contact=ANNA, text="预约")
    said = apology(conversation.state, text, conversation.playbook)
    assert said is not None
    assert said.text == "抱歉，系统出了点问题，我们会尽快处理。"
    timer = Due(id="b", at=START, contact=ANNA, name="x", generation=0)
    assert apology(conversation.state, timer, conversation.playbook) is None
    conversation.text("STOP")
    assert apology(conversation.state, text, conversation.playbook) is None


def test_no_text_and_no_number_is_in_the_repr_of_a_turn() -> None:
    conversation = talk()
    event = conversation.state
    conversation.text("book")
    inbound = Inbound(id="a", at=START, channel="main", contact=ANNA, text="a secret haircut")
    taken = take_turn(event, inbound, FromInbox(entry=1), 1, conversation.playbook)
    shown = repr(taken.turn) + repr(inbound)
    assert "secret" not in shown
    assert ANNA.e164 not in shown


# --- the language of the first text ---------------------------------------------------------------

ONE_WORD = BOOK.replace("[en, zh]", "[es, en]").replace("[book, 预约]", "[book]")
ONE_WORD = ONE_WORD.replace('{en: "What?", zh: 需要什么？}', "{es: ¿Qué?, en: What?}")
ONE_WORD = ONE_WORD.replace("zh: 剪发", "es: Corte").replace("zh: 染发", "es: Tinte")


@pytest.mark.parametrize(
    ("words", "text", "language"),
    [
        ("[book]", "BOOK", None),
        ("[book, reservar]", "BOOK", "en"),
        ("[book, reservar]", "reservar", "es"),
        ("[book]", "quiero una cita para mañana por favor, book", "es"),
    ],
)
def test_a_start_word_tells_a_language_only_where_there_was_a_choice(
    words: str, text: str, language: str | None
) -> None:
    spanish = business(languages=("es", "en"))
    conversation = Conversation(ONE_WORD.replace("[book]", words), at=spanish)
    conversation.text(text)
    assert conversation.state.language == language
