"""do: an action, Python of the business's own."""

from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from convo.core.events import SOLD_OUT
from convo.errors import FlowErrors
from convo.language.values import unpacked
from tests.steps.conversation import ANNA, Conversation, loaded

FLOW = """
flow: book
start: {words: [book]}
answers: {service: option, when: datetime, visit: text}
steps:
  menu:
    choose: What?
    options: {cut: {en: Haircut, zh: 剪发}}
    save: service
    silent: [{after: 1h, go: end}]
  day: {ask: "When?", expect: datetime, save: when, silent: [{after: 1h, go: end}]}
  book:
    do: calendar.book
    with: {service: service, at: when, day: when | date, hour: when | time, two: 1 + 1}
    save: visit
    within: 20s
    say: One moment.
    failed: sorry
  booked:
    confirm: "Visit {{ visit }}. Keep it?"
    no: day
    silent: [{after: 1h, go: end}]
  over: {end: booked}
  sorry: {say: Sorry., go: end}
"""


def at_the_action() -> Conversation:
    talk = Conversation(FLOW)
    talk.text("book")
    talk.text("1")
    talk.text("tomorrow 3pm")
    return talk


def test_an_action_is_asked_for_with_native_values() -> None:
    talk = at_the_action()
    assert talk.said == ["One moment."]
    errand = talk.errands[0]
    assert (errand.kind, errand.name, errand.within) == ("action", "calendar.book", 20_000)
    assert unpacked(errand.arguments) == {
        "service": "cut",
        "at": datetime(2026, 11, 24, 15, tzinfo=ZoneInfo("Asia/Shanghai")),
        "day": date(2026, 11, 24),
        "hour": time(15),
        "two": 2,
    }


def test_what_comes_back_is_kept_and_the_flow_goes_on() -> None:
    talk = at_the_action()
    assert talk.answer_errand("A17") == ["Visit A17. Keep it?"]
    assert talk.answers["visit"] == "A17"


def test_a_failure_takes_the_failed_way() -> None:
    talk = at_the_action()
    assert talk.answer_errand(failure="full") == ["Sorry."]
    assert talk.recorded("answered")[-1]["failure"] == "full"


def test_no_answer_in_time_takes_the_failed_way_and_a_late_one_changes_nothing() -> None:
    talk = at_the_action()
    errand = talk.errands[0]
    assert talk.wait("34s") == []
    assert talk.wait("1s") == ["Sorry."]
    assert talk.answer(errand, "A17") == []
    assert talk.recorded("stale")


def test_the_same_answer_twice_is_taken_once() -> None:
    talk = at_the_action()
    errand = talk.errands[0]
    talk.answer(errand, "A17")
    assert talk.answer(errand, "B18") == []
    assert talk.answers["visit"] == "A17"


def test_coming_to_it_a_second_time_has_the_same_key_so_that_it_is_a_move() -> None:
    talk = at_the_action()
    first = talk.errands[0]
    talk.answer_errand("A17")
    talk.text("no")
    talk.text("friday 3pm")
    second = talk.errands[0]
    assert second.key == first.key
    assert second.id != first.id


def test_texts_wait_with_the_session_until_the_answer_is_here() -> None:
    talk = at_the_action()
    assert talk.text("yes") == []
    assert talk.recorded("held")
    assert talk.answer_errand("A17") == ["Visit A17. Keep it?"]
    assert talk.recorded("ended")[-1]["outcome"] == "booked"


PLACE = """
flow: vote
start: {words: [vote]}
answers: {place: number}
steps:
  count:
    do: reserve
    with: {poll: "'lunch'", dish: "'rice'", limit: 50}
    save: place
    failed: full
  counted: {say: "You are number {{ place }}.", go: end}
  full: {say: Full., go: end}
"""


def test_a_place_is_the_contact_s_whatever_the_session() -> None:
    talk = Conversation(PLACE)
    talk.text("vote")
    first = talk.errands[0]
    assert (first.kind, first.name, first.arguments) == ("reserve", "lunch/rice", {"limit": 50})
    assert talk.answer_errand(7) == ["You are number 7."]
    talk.text("vote")
    assert talk.errands[0].key == first.key
    assert ANNA.e164 not in first.key


def test_no_place_left_takes_the_failed_way() -> None:
    talk = Conversation(PLACE)
    talk.text("vote")
    assert talk.answer_errand(None) == ["Full."]


GIVEN = """
flow: gift
start: {words: [gift]}
answers: {code: text}
steps:
  get:
    do: code
    with: {pool: "'spring'"}
    save: code
    failed: none
  given: {say: "Your code: {{ code }}", go: end}
  none: {say: All given., go: end}
"""


def test_a_code_is_the_contact_s_whatever_the_session() -> None:
    talk = Conversation(GIVEN)
    talk.text("gift")
    first = talk.errands[0]
    assert (first.kind, first.name, first.arguments) == ("code", "spring", {})
    assert talk.answer_errand("MEI-1") == ["Your code: MEI-1"]
    talk.text("gift")
    assert talk.errands[0].key == first.key
    assert ANNA.e164 not in first.key
    assert talk.answer_errand(failure=SOLD_OUT) == ["All given."]


@pytest.mark.parametrize("given", ["{}", "{pol: \"'spring'\"}", "{pool: pool, more: 1}"])
def test_a_code_is_given_its_pool_and_nothing_else(given: str) -> None:
    with pytest.raises(FlowErrors, match="`do: code` is given its pool"):
        loaded(GIVEN.replace("{pool: \"'spring'\"}", given))


def test_calling_code_in_a_text_gets_the_step_as_advice() -> None:
    with pytest.raises(FlowErrors, match="Get one with a step `do: code`"):
        loaded(GIVEN.replace("{{ code }}", "{{ code('spring') }}"))


def test_every_native_value_comes_back_as_it_went() -> None:
    from convo.language.values import packed

    values = {
        "at": datetime(2026, 11, 24, 15, tzinfo=ZoneInfo("Asia/Shanghai")),
        "price": Decimal("9.50"),
        "name": "2026-11-24",
        "list": ["a", 1],
        "nothing": None,
        "yes": True,
    }
    assert unpacked(packed(values)) == values
