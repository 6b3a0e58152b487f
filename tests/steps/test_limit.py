"""limit: the first so many, or until a deadline."""

import pytest

from convo.core.events import ALL_TAKEN
from convo.core.numbers import PhoneNumber
from convo.errors import FlowErrors
from tests.steps.conversation import Conversation, loaded

FLOW = """
flow: spring
start: {words: [spring]}
answers: {place: number}
steps:
  places:
    limit: {first: 50, of: spring_offer, until: "2026-11-23 18:00"}
    save: place
    else: waiting
  got: {say: "You are number {{ place }}.", go: end}
  waiting: {say: You are on the waiting list., go: end}
"""
NEW_YORK = PhoneNumber("+12125550123")


def test_a_place_is_asked_for_under_its_own_name_and_the_contact_s_key() -> None:
    talk = Conversation(FLOW)
    talk.text("spring")
    first = talk.errands[0]
    assert (first.kind, first.name, first.arguments) == ("reserve", "spring_offer", {"limit": 50})
    assert talk.answer_errand(7) == ["You are number 7."]
    talk.text("spring")
    assert talk.errands[0].key == first.key != ""
    assert talk.state.number.e164 not in first.key


def test_when_all_are_taken_it_goes_the_other_way_and_says_why_in_the_records() -> None:
    talk = Conversation(FLOW)
    talk.text("spring")
    assert talk.answer_errand(failure=ALL_TAKEN) == ["You are on the waiting list."]
    assert talk.recorded("full")[-1]["why"] == ALL_TAKEN


def test_when_nobody_can_say_it_goes_as_if_it_were_full_unless_told_otherwise() -> None:
    talk = Conversation(FLOW)
    talk.text("spring")
    assert talk.answer_errand(failure="store away") == ["You are on the waiting list."]
    assert not talk.recorded("full")
    sorry = FLOW.replace("else: waiting", "else: waiting\n    failed: sorry")
    talk = Conversation(f"{sorry}  sorry: {{say: Try again., go: end}}\n")
    talk.text("spring")
    assert talk.answer_errand(failure="store away") == ["Try again."]


def test_after_the_deadline_nothing_is_asked_for() -> None:
    talk = Conversation(FLOW)
    talk.wait("8h")
    assert talk.text("spring") == []
    talk.answer_errand(1)
    talk.wait("1s")
    assert talk.text("spring") == ["You are on the waiting list."]
    assert not talk.errands
    assert talk.recorded("full")[-1]["why"] == "too late"


def test_the_deadline_is_by_the_contact_s_clock() -> None:
    talk = Conversation(FLOW, contact=NEW_YORK)
    talk.wait("20h")  # 6 in the morning in Shanghai, 5 in the afternoon the day before in New York
    assert talk.text("spring") == []
    assert len(talk.errands) == 1
    talk.answer_errand(1)
    talk.wait("1h 1s")
    assert talk.text("spring") == ["You are on the waiting list."]


def test_a_deadline_alone_is_decided_at_once_and_a_clock_time_is_today_s() -> None:
    flow = FLOW.replace('first: 50, of: spring_offer, until: "2026-11-23 18:00"', 'until: "11:00"')
    flow = flow.replace("    save: place\n", "").replace(" number {{ place }}", " in time")
    talk = Conversation(flow)
    assert talk.text("spring") == ["You are in time."]
    talk.wait("61m")
    assert talk.text("spring") == ["You are on the waiting list."]
    talk.wait("23h")
    assert talk.text("spring") == ["You are in time."]


def test_a_deadline_may_be_an_answer() -> None:
    flow = FLOW.replace('until: "2026-11-23 18:00"', "until: closes")
    flow = flow.replace("place: number}", "place: number, closes: time}").replace(
        "steps:\n", "steps:\n  closing: {set: {closes: \"'09:30'\"}}\n"
    )
    assert Conversation(flow).text("spring") == ["You are on the waiting list."]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{of: x}", "Say how many (`first: 50`)"),
        ("{of: x, until: '18:00'}", "`of` names places that are counted"),
        ("{first: 0}", '"first" must be 1 or more.'),
        ("{first: many}", '"first" must be a whole number.'),
        ("{first: 5, until: 2h}", "counts from now and is never past"),
        ("{first: 5, until: 8:00}", ""),
        ("{frist: 5}", '"limit" knows no "frist".'),
    ],
)
def test_what_an_author_may_get_wrong_is_told(written: str, told: str) -> None:
    flow = FLOW.replace('{first: 50, of: spring_offer, until: "2026-11-23 18:00"}', written)
    if not told:
        assert loaded(flow)
        return
    with pytest.raises(FlowErrors) as problems:
        loaded(flow)
    assert told in str(problems.value)


def test_only_counted_places_have_a_number_to_save() -> None:
    with pytest.raises(FlowErrors, match="goes with `first`"):
        loaded(FLOW.replace("first: 50, of: spring_offer, ", ""))
