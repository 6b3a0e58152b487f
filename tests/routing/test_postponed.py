"""Texts that the gate puts off until the morning."""

from tests.steps.conversation import Conversation, business, quiet

NIGHT = 13 * 3_600_000
"""From ten in the morning to eleven at night, in ms."""

VISIT = """
flow: visit
start: {words: [go], events: [made]}
steps:
  hello: {say: "Two things."}
  ask:
    ask: "When?"
    silent: [{after: 10m, say: "Still there?"}, {after: 9h, again: true}, {after: 1d, go: gone}]
  thanks: {say: "Thanks.", go: end}
  gone: {end: gone, say: "We will ask another day."}
"""


def at_night(flow: str = VISIT) -> Conversation:
    talk = Conversation(flow, at=business(quiet=quiet("service", 9, 20)))
    talk.now += NIGHT
    return talk


def test_what_we_start_at_night_is_said_in_the_morning_in_its_order() -> None:
    talk = at_night()
    assert talk.request(event="made") == []
    assert talk.wait("9h 59m") == []
    assert talk.wait("2m") == ["Two things.", "When?"]
    assert talk.step == "ask"


def test_silence_is_counted_from_the_morning() -> None:
    talk = at_night()
    talk.request(event="made")
    assert talk.wait("10h 9m") == ["Two things.", "When?"]
    assert talk.wait("2m") == ["Still there?"]


def test_an_answer_at_night_is_answered_at_once() -> None:
    talk = at_night()
    assert talk.text("go") == ["Two things.", "When?"]


def test_a_question_asked_again_in_the_night_waits_and_goes_when_it_is_answered() -> None:
    talk = at_night()
    talk.text("go")
    assert talk.wait("20m") == []
    assert talk.state.postponed
    assert talk.text("tomorrow") == ["Thanks."]
    assert talk.wait("12h") == []
    assert talk.state.postponed == ()


def test_a_nudge_is_not_sent_when_its_conversation_has_ended() -> None:
    talk = at_night(VISIT.replace("1d, go: gone", "5h, go: gone").replace("10m, say", "4h, say"))
    talk.text("go")
    # The last word is said all the same.
    assert talk.wait("12h") == ["We will ask another day."]


def test_a_stop_drops_what_waits() -> None:
    talk = at_night()
    talk.request(event="made")
    assert len(talk.text("STOP")) == 1
    assert talk.wait("12h") == []


def test_a_released_text_asks_the_gate_again() -> None:
    consent = """
flow: visit
class: marketing
programme: survey
start: {words: [join], events: [made]}
steps:
  yes: {consent: {give: survey}}
  hello: {wait: 1h}
  offer: {say: "An offer.", go: end}
"""
    leave = """
flow: leave
start: {words: [leave]}
steps:
  out: {consent: {withdraw: survey}, go: end}
"""
    talk = Conversation(consent, leave, at=business(quiet=quiet("marketing", 9, 20)))
    talk.now += NIGHT
    talk.text("join")
    assert talk.wait("2h") == []
    assert talk.state.postponed
    talk.text("leave")
    assert talk.wait("12h") == []
    assert talk.recorded("refused")[-1]["rule"] == "no-consent"
