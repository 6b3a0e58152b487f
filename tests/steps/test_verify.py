"""verify: a one-time code is texted, kept nowhere, and has to come back in time."""

import pytest

from convo.core.one_time_codes import code_of, marks, revealed
from convo.core.turns import Outbound
from convo.errors import FlowErrors
from convo.verification import verify
from tests.steps.conversation import Conversation, loaded

FLOW = """
flow: sign_in
class: otp
languages: [en]
start: {events: [code.wanted]}
steps:
  prove:
    verify: "{{ pin }} is your code. Tell it to nobody."
    give_up: no_entry
  welcome: {say: Welcome!}
  done: {end: proved}
  no_entry: {say: "No entry.", go: end}
"""
TEXT = f"{marks(6)} is your code. Tell it to nobody."


def asked() -> Conversation:
    talk = Conversation(FLOW)
    assert talk.request(event="code.wanted") == [TEXT]
    return talk


def told(message: Outbound) -> str:
    """The code that the contact reads."""
    text = revealed(message, b"").text
    assert text == f"{text[:6]} is your code. Tell it to nobody."
    return text[:6]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_the_code_that_was_texted_opens_the_door() -> None:
    talk = asked()
    assert talk.text(told(talk.sent[0])) == ["Welcome!"]
    assert talk.recorded("ended")[0]["outcome"] == "proved"


@pytest.mark.parametrize(
    "written", ["{0}{1}{2} {3}{4}{5}", "{0}{1}{2}-{3}{4}{5}", " {0}{1}{2}{3}{4}{5}. "]
)
def test_people_write_codes_in_groups(written: str) -> None:
    talk = asked()
    assert talk.text(written.format(*told(talk.sent[0]))) == ["Welcome!"]


def test_full_width_digits_are_digits() -> None:
    talk = asked()
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in told(talk.sent[0]))
    assert talk.text(wide) == ["Welcome!"]


def test_three_wrong_codes_end_it_and_the_right_one_is_too_late_then() -> None:
    talk = asked()
    code = told(talk.sent[0])
    sorry = ["That code is not right. Please send it again."]
    assert talk.text(wrong(code)) == sorry
    assert talk.text("what?") == sorry
    assert talk.text(wrong(code)) == ["No entry."]
    assert "Welcome!" not in talk.text(code)


def test_a_code_is_good_for_ten_minutes_whatever_is_tried_meanwhile() -> None:
    talk = asked()
    code = told(talk.sent[0])
    talk.wait("9m")
    talk.text(wrong(code))
    assert talk.wait("1m") == ["No entry."]
    assert "Welcome!" not in talk.text(code)


def test_a_number_gets_five_codes_an_hour() -> None:
    talk = Conversation(FLOW)
    for _ in range(5):
        assert talk.request(event="code.wanted") == [TEXT]
        talk.wait("11m")
    assert talk.request(event="code.wanted") == ["No entry."]
    assert talk.recorded("refused")[-1]["rule"] == "codes-hour"
    talk.wait("6m")  # the first of them is an hour old by now
    assert talk.request(event="code.wanted") == [TEXT]


def test_codes_differ_by_message_and_by_secret() -> None:
    codes = {code_of(b"secret", f"message {n}", 6) for n in range(200)}
    assert len(codes) > 190
    assert code_of(b"secret", "m", 6) != code_of(b"other", "m", 6)
    assert all(len(code) == 6 and code.isdigit() for code in codes)


def test_what_is_replied_is_written_down_without_its_digits() -> None:
    talk = asked()
    code = told(talk.sent[0])
    talk.text(code)
    assert talk.recorded("inbound")[0]["text"] == "******"
    assert code not in str(talk.records)


def test_another_class_gets_no_digits_and_the_check_says_so() -> None:
    with pytest.raises(FlowErrors, match="class otp only"):
        verify(loaded(FLOW.replace("class: otp\n", "")))
    verify(loaded(FLOW))


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ("{{ pin }} is your code.", "Here is your code.", "must tell the code"),
        ("    give_up: no_entry\n", "", "without the right code"),
        ("give_up: no_entry", "give_up: no_entry\n    digits: 3", "digits"),
    ],
)
def test_a_step_that_could_not_work_is_refused(written: str, instead: str, told: str) -> None:
    with pytest.raises(FlowErrors, match=told):
        loaded(FLOW.replace(written, instead))
