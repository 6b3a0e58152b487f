"""ask: a question whose answer has a type."""

import pytest

from tests.steps.conversation import Conversation

FLOW = """
flow: visit
start: {words: [book]}
answers: {when: datetime}
steps:
  day:
    ask: {en: "When?", zh: 什么时间？}
    expect: datetime
    save: when
    must:
      - {that: answer > now, else: "That is past, {{ answer }} is gone."}
    give_up: lost
    silent:
      - {after: 10m, say: "Still there?"}
      - {after: 20m, again: true}
      - {after: 1h, go: asleep}
  done:
    say: "{{ when }}, good."
  over: {end: booked}
  lost: {end: lost}
  asleep: {end: asleep}
"""


#: A booking's number.
REF = "{pattern: {match: '[A-Z]{2}[0-9]{6}', example: AB123456}}"


def one(expect: str, more: str = "") -> str:
    return f"""
flow: one
start: {{words: [go]}}
steps:
  q:
    ask: Well?
    expect: {expect}
    save: got
    {more}
    silent: [{{after: 1h, go: end}}]
  said: {{say: "Got {{{{ got }}}}."}}
  stay: {{wait: 1h}}
  over: {{end: done}}
"""


def test_an_understood_answer_is_kept_and_the_flow_goes_on() -> None:
    talk = Conversation(FLOW)
    assert talk.text("book") == ["When?"]
    assert talk.step == "day"
    assert talk.text("tomorrow 3pm") == ["Tue 24 Nov, 3:00 pm, good."]
    assert talk.step is None
    assert talk.recorded("ended")[-1]["outcome"] == "booked"


def test_the_question_is_asked_in_the_language_of_the_contact() -> None:
    talk = Conversation(FLOW.replace("[book]", "[book, 预约]"))
    assert talk.text("预约") == ["什么时间？"]
    assert talk.text("明天下午三点") == ["11月24日周二 下午3:00, good."]


def test_half_a_date_and_time_asks_for_the_other_half() -> None:
    talk = Conversation(FLOW)
    talk.text("book")
    assert talk.text("tomorrow") == ['At what time? For example "3pm".']
    assert talk.text("3") == ["Tue 24 Nov, 3:00 pm, good."]
    talk.text("book")
    assert talk.text("3pm") == ['On which day? For example "Friday".']
    assert talk.text("friday") == ["Fri 27 Nov, 3:00 pm, good."]


def test_an_unclear_answer_is_asked_again_and_the_third_gives_up() -> None:
    talk = Conversation(FLOW)
    talk.text("book")
    unclear = ['Sorry, I did not get the day and time. Try "Friday 3pm".']
    assert talk.text("blue") == unclear
    assert talk.text("green") == unclear
    assert talk.text("red") == []
    assert talk.recorded("ended")[-1]["outcome"] == "lost"
    assert [facts["tries"] for facts in talk.recorded("unclear")] == [1, 2, 3]


def test_an_answer_that_breaks_a_condition_is_refused_and_not_kept() -> None:
    talk = Conversation(FLOW)
    talk.text("book")
    assert talk.text("today 8am") == ["That is past, Mon 23 Nov, 8:00 am is gone."]
    assert talk.step == "day"
    assert "when" not in talk.answers
    assert talk.text("today 5pm") == ["Mon 23 Nov, 5:00 pm, good."]


def test_silence_nudges_asks_again_and_lets_go() -> None:
    talk = Conversation(FLOW)
    talk.text("book")
    assert talk.due_in("silent") == [10, 20, 60]
    assert talk.wait("10m") == ["Still there?"]
    assert talk.wait("10m") == ["When?"]
    assert talk.wait("40m") == []
    assert talk.step is None
    assert talk.recorded("ended")[-1]["outcome"] == "asleep"
    assert not talk.timers


def test_a_reply_counts_the_silence_anew() -> None:
    talk = Conversation(FLOW)
    talk.text("book")
    talk.wait("9m")
    talk.text("blue")
    assert talk.due_in("silent") == [10, 20, 60]


def test_a_stale_timer_changes_nothing() -> None:
    talk = Conversation(FLOW)
    talk.text("book")
    name, (generation, _) = next(iter(talk.timers.items()))
    talk.text("blue")
    before = talk.state
    talk.fire(name, generation)
    assert talk.state == before
    assert talk.recorded("stale")


def test_without_give_up_a_question_gives_up_where_silence_leads() -> None:
    talk = Conversation(one("number"))
    talk.text("go")
    for _ in range(3):
        talk.text("never")
    assert talk.step is None


def test_the_flow_s_own_expiry_lets_go_of_every_question() -> None:
    talk = Conversation(
        """
flow: one
start: {words: [go]}
expires: {after: 2h, go: gone}
steps:
  q: {ask: "Well?"}
  r: {ask: "And?"}
  gone: {end: gone}
"""
    )
    talk.text("go")
    talk.wait("1h")
    assert talk.text("fine") == ["And?"]
    talk.wait("1h 59m")
    assert talk.step == "r"
    talk.wait("1m")
    assert talk.recorded("ended")[-1]["outcome"] == "gone"


def test_a_name_may_be_declared_as_it_is_expected() -> None:
    talk = Conversation(one("name").replace("steps:", "answers: {got: name}\nsteps:"))
    talk.text("go")
    assert talk.text("小梅") == ["Got 小梅."]
    assert talk.answers["got"] == "小梅"


@pytest.mark.parametrize(
    ("expect", "text", "kept", "said"),
    [
        ("text", " The sofa ", "The sofa", "Got The sofa."),
        ("name", "Anna", "Anna", "Got Anna."),
        ("number", "seven", 7, "Got 7."),
        ("number", "3.5", 3.5, "Got 3.5."),
        ("{number: {min: 0, max: 10, whole: true}}", "10/10", 10, "Got 10."),
        ("date", "tomorrow", "2026-11-24", "Got Tue 24 Nov."),
        ("time", "half past 3", "15:30:00", "Got 3:30 pm."),
        ("datetime", "fri 3pm", "2026-11-27T15:00:00+08:00[Asia/Shanghai]", None),
        ("yes_no", "yep", True, "Got yes."),
        ("yes_no", "不用了", False, "Got no."),
        ("phone", "138 0013 8000", "+8613800138000", "Got +8613800138000."),
        ("email", "it is anna@example.com.", "anna@example.com", "Got anna@example.com."),
        ("email", "anna at example dot com", "anna@example.com", "Got anna@example.com."),
        (REF, "ref ab123456, thanks", "ab123456", "Got ab123456."),
        ("{pattern: {match: '#?(?P<n>[0-9]+)', example: '#12'}}", "#77", "77", "Got 77."),
        ("[red, blue]", "2", "blue", "Got blue."),
        ("[red, blue]", "Red please", "red", "Got red."),
    ],
)
def test_every_type_is_understood_kept_and_shown(
    expect: str, text: str, kept: object, said: str | None
) -> None:
    talk = Conversation(one(expect))
    talk.text("go")
    told = talk.text(text)
    assert talk.step == "stay"
    got = talk.answers["got"]
    assert (float(got) if isinstance(kept, float) else got) == kept
    assert said is None or told == [said]


@pytest.mark.parametrize(
    ("expect", "text", "said"),
    [
        ("number", "many", 'Please reply with a number, for example "2".'),
        ("{number: {min: 0, max: 10}}", "11", "Please reply with a number from 0 to 10."),
        ("{number: {min: 1}}", "0", "Please reply with a number of 1 or more."),
        ("{number: {max: 2.5}}", "3", "Please reply with a number of 2.5 or less."),
        ("{number: {whole: true}}", "1.5", "Please reply with a whole number."),
        ("date", "blue", 'Sorry, I did not get the day. Try "Friday" or "5 Dec".'),
        ("time", "blue", 'Sorry, I did not get the time. Try "3pm".'),
        ("yes_no", "perhaps", "Please reply YES or NO."),
        ("email", "anna", 'Please reply with an email address, for example "anna@example.com".'),
        (
            "phone",
            "12",
            "Please reply with a phone number, with its country code if it is not local.",
        ),
        (REF, "I lost it", 'Please reply in this form, for example "AB123456".'),
        (
            "[red, blue]",
            "green",
            "Sorry, I did not understand. Please reply with one of the words asked for.",
        ),
        ("text", "   ", "Sorry, I did not get that. Please write it in words."),
    ],
)
def test_every_type_has_a_default_for_what_it_does_not_understand(
    expect: str, text: str, said: str
) -> None:
    talk = Conversation(one(expect))
    talk.text("go")
    assert talk.text(text) == [said]


def asked_back() -> Conversation:
    talk = Conversation(one("email"))
    talk.text("go")
    assert talk.text("it's anna@gmial.com") == ["Did you mean anna@gmail.com? Reply YES."]
    return talk


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        ("yes", "anna@gmail.com"),
        ("好的", "anna@gmail.com"),
        ("anna@gmial.com", "anna@gmial.com"),
        ("anna@example.com", "anna@example.com"),
        ("No, anna@example.com", "anna@example.com"),
    ],
)
def test_a_slip_of_an_address_is_asked_back_and_never_mended_by_itself(
    reply: str, kept: str
) -> None:
    talk = asked_back()
    assert talk.text(reply) == [f"Got {kept}."]


def test_a_no_to_it_asks_for_the_address_again() -> None:
    talk = asked_back()
    unclear = ['Please reply with an email address, for example "anna@example.com".']
    assert talk.text("no") == unclear
    assert talk.text("yes") == unclear
    assert talk.text("anna@gmial.com") == ["Did you mean anna@gmail.com? Reply YES."]
    assert talk.text("anna@hotmial.com") == ["Did you mean anna@hotmail.com? Reply YES."]
    assert talk.text("y") == ["Got anna@hotmail.com."]


def test_an_author_s_own_unclear_text_is_said_instead() -> None:
    talk = Conversation(one("number", "unclear: {en: A number please., zh: 请回复数字。}"))
    talk.text("go")
    assert talk.text("blue") == ["A number please."]


def test_a_time_is_read_in_the_business_s_zone_or_in_the_contact_s() -> None:
    from convo.core.numbers import PhoneNumber

    seattle = PhoneNumber("+12065550100")
    ours = Conversation(one("datetime"), contact=seattle)
    ours.text("go")
    ours.text("25 nov 3pm")
    assert ours.answers["got"] == "2026-11-25T15:00:00+08:00[Asia/Shanghai]"
    theirs = Conversation(one("datetime", "zone: contact"), contact=seattle)
    theirs.text("go")
    assert theirs.text("25 nov 3pm") == ["Got Wed 25 Nov, 3:00 pm."]
    assert theirs.answers["got"] == "2026-11-25T15:00:00-08:00[America/Los_Angeles]"
