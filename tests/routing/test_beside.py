"""`later:` - what a step puts off beside its conversation, and everything that can become of it."""

from dataclasses import replace

import pytest

from convo.core.numbers import PhoneNumber
from convo.errors import FlowErrors
from convo.routing.beside import PERSON_SPEAKS_MS
from convo.routing.desk import MAX_SESSIONS
from convo.routing.playbook import missing_versions
from convo.steps.attributes import MAX_BESIDE
from tests.steps.conversation import START, Conversation, business, loaded, quiet

FLOW = """
flow: visit
start: {words: [visit]}
answers: {when: datetime, ok: yes_no}
anytime:
  off: {events: [visit.cancelled], go: called_off}
steps:
  day: {ask: "When?", expect: datetime, save: when, silent: [{after: 2d, go: end}]}
  booked:
    say: Booked for {{ when }}.
    later:
      - {at: 24h before when, go: remind}
      - {after: 10d, go: how_was_it}
  done: {end: booked}
  remind: {confirm: "{{ when }} still fine?", yes: end, no: day, silent: [{after: 12h, go: end}]}
  how_was_it: {say: How was it?, go: end}
  called_off: {say: Called off., go: end}
"""


def booked(when: str = "27 Nov 3pm") -> Conversation:
    talk = Conversation(FLOW)
    talk.text("visit")
    assert len(talk.text(when)) == 1
    return talk


def test_it_begins_when_due_though_its_conversation_is_over() -> None:
    talk = booked()
    assert talk.steps == []
    assert [put.n for put in talk.state.beside] == [0, 1]
    assert talk.wait("3d 4h") == []
    assert talk.wait("1h") == ["Fri 27 Nov, 3:00 pm still fine?"]
    assert talk.step == "remind"
    assert [facts["step"] for facts in talk.recorded("begun")] == ["booked"]
    assert talk.text("yes") == []
    assert talk.wait("7d") == ["How was it?"]
    assert talk.state.beside == ()
    assert talk.timers == {}


def test_the_conversation_goes_on_meanwhile_and_has_the_word() -> None:
    flow = FLOW.replace(
        "  done: {end: booked}",
        '  done: {choose: "Which?", options: {red: Red, blue: Blue}, '
        "silent: [{after: 9d, go: end}]}",
    )
    talk = Conversation(flow.replace("  remind:", "  rest: {end: all}\n  remind:"))
    talk.text("visit")
    assert talk.text("27 Nov 3pm")[-1] == "Which?\n1 Red\n2 Blue"
    assert talk.steps == ["visit.done"]
    assert talk.wait("3d 5h") == ["Fri 27 Nov, 3:00 pm still fine?"]
    assert talk.steps == ["visit.done", "visit.remind"]
    talk.text("yes")
    assert talk.steps == ["visit.done"]


def test_coming_to_the_step_again_moves_it() -> None:
    talk = booked()
    flow = FLOW.replace(
        "  done: {end: booked}",
        "  done: {confirm: Right?, yes: end, no: day, silent: [{after: 9d, go: end}]}",
    )
    talk = Conversation(flow)
    talk.text("visit")
    talk.text("27 Nov 3pm")
    first = talk.state.beside
    talk.text("no")
    talk.text("29 Nov 3pm")
    assert [put.id for put in talk.state.beside] == [put.id for put in first]
    assert talk.wait("4d") == []
    assert talk.wait("1d 6h") == ["Sun 29 Nov, 3:00 pm still fine?"]


def test_a_moment_that_is_past_is_left_out_and_takes_an_older_one_along() -> None:
    talk = booked("tomorrow 9am")
    assert [put.n for put in talk.state.beside] == [1]
    assert talk.recorded("ignored")[-1]["why"] == "its time is past"


def test_the_moment_is_by_the_contact_s_clock() -> None:
    flow = FLOW.replace("at: 24h before when", 'at: "2026-11-25 12:00"')
    talk = Conversation(flow, contact=PhoneNumber("+12125550123"))
    talk.text("visit")
    talk.text("27 Nov 3pm")
    # From nine in the evening of the 22nd until noon of the 25th in New York.
    assert sorted(talk.due_later()) == [63 * 60, 240 * 60]


def test_stop_drops_it() -> None:
    talk = booked()
    talk.text("STOP")
    assert talk.state.beside == ()
    assert talk.wait("30d") == []


def test_an_event_that_the_flow_listens_to_drops_it_and_is_answered_once() -> None:
    talk = booked()
    assert talk.request(event="visit.cancelled") == ["Called off."]
    assert talk.state.beside == ()
    assert [facts["kind"] for facts in talk.recorded("dropped")] == ["later", "later"]
    assert talk.wait("30d") == []


def test_where_the_conversation_hears_the_event_itself_it_is_answered_by_that() -> None:
    flow = FLOW.replace("  done: {end: booked}", "  done: {wait: 20d}\n  over: {end: booked}")
    talk = Conversation(flow)
    talk.text("visit")
    talk.text("27 Nov 3pm")
    assert talk.request(event="visit.cancelled") == ["Called off."]
    assert (talk.steps, talk.state.beside) == ([], ())


def test_many_of_them_crowd_out_no_conversation() -> None:
    talk = Conversation(FLOW)
    for _ in range(MAX_SESSIONS + 1):
        talk.text("visit")
        talk.text("27 Nov 3pm")
        talk.wait("1h")
    assert len(talk.state.beside) == 2 * (MAX_SESSIONS + 1)
    talk.text("visit")
    assert talk.steps == ["visit.day"]
    assert not [facts for facts in talk.recorded("ended") if facts["outcome"] == "crowded out"]


def test_no_more_are_put_off_than_a_record_can_bear() -> None:
    talk = Conversation(FLOW)
    for _ in range(MAX_BESIDE):
        talk.text("visit")
        talk.text("27 Nov 3pm")
        talk.wait("30m")
    assert len(talk.state.beside) == MAX_BESIDE


def test_while_a_person_has_the_conversation_it_waits() -> None:
    person = (
        "flow: desk\nstart: {words: [desk]}\nsteps:\n  p: {handoff: us, within: 100d, go: end}\n"
    )
    talk = Conversation(FLOW, person)
    talk.text("visit")
    talk.text("27 Nov 3pm")
    talk.wait("3d 4h")
    talk.text("desk")
    assert talk.wait("2h") == []
    assert talk.recorded("put_off")
    talk.hand_back()
    assert talk.wait(f"{PERSON_SPEAKS_MS // 60_000}m") == ["Fri 27 Nov, 3:00 pm still fine?"]


def test_it_speaks_first_so_quiet_hours_hold_it_back() -> None:
    talk = Conversation(FLOW, at=business(quiet=quiet("service", 16, 20)))
    talk.text("visit")
    talk.text("27 Nov 3pm")
    assert talk.wait("3d 5h") == []
    assert talk.wait("1h") == ["Fri 27 Nov, 3:00 pm still fine?"]


def test_a_timer_that_was_overtaken_is_stale() -> None:
    talk = booked()
    (name, (generation, _)), *_ = talk.timers.items()
    talk.fire(name, generation + 1)
    talk.fire("later/nothing", 1)
    assert len(talk.recorded("stale")) == 2
    assert len(talk.state.beside) == 2


def test_it_needs_the_version_that_it_was_put_off_in() -> None:
    talk = booked()
    none = replace(talk.playbook, versions={})
    assert missing_versions(talk.state, none) == {talk.playbook.newest["visit"]}
    talk.playbook = none
    assert talk.wait("3d 5h") == []
    assert talk.recorded("dropped")[-1]["why"] == "version lost"


def test_who_begins_anew_takes_along_what_was_put_off() -> None:
    flow = FLOW.replace(
        "  day: {ask", "  first: {say: Hello., later: [{after: 1h, go: how_was_it}]}\n  day: {ask"
    )
    talk = Conversation(flow)
    talk.text("visit")
    talk.wait("30m")
    talk.text("visit")
    assert len(talk.state.beside) == 1
    assert talk.wait("45m") == []
    assert talk.wait("15m") == ["How was it?"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("[{go: remind}]", "Say when: `after: 2 days`"),
        ("[{after: 1h, at: when, go: remind}]", "and not both"),
        ("[{after: 1h}]", 'lacks "go"'),
        ("[{after: 1h, go: remnd}]", 'There is no step "remnd".'),
        ("[{after: soon, go: remind}]", "is not a length of time"),
        (f"[{', '.join(['{after: 1h, go: remind}'] * 6)}]", "has more than 5 entries"),
    ],
)
def test_what_an_author_may_get_wrong_is_told(written: str, told: str) -> None:
    flow = FLOW.replace(
        "  how_was_it: {say",
        f"  x: {{say: X., later: {written}, go: how_was_it}}\n  how_was_it: {{say",
    )
    with pytest.raises(FlowErrors) as problems:
        loaded(flow)
    assert told in str(problems.value)


def test_start_is_a_monday_so_that_the_dates_above_are_as_they_are() -> None:
    assert START == 1_795_399_200_000
