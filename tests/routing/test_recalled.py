"""A recall ends the conversations that it means, with everything that they were still to say."""

import pytest

from tests.steps.conversation import Conversation, business, quiet

OFFER = """
flow: offer
start: {words: [offer], events: [spring], once: 30d}
busy: wait
steps:
  first:
    say: A bag for half the price.
    later: [{after: 2d, go: last}]
  ask: {ask: "Do you want it?", silent: [{after: 1h, say: "Still there?"}, {after: 1d, go: end}]}
  thanks: {say: "Thanks.", go: end}
  last: {say: "The last day!", go: end}
"""
VISIT = """
flow: visit
start: {words: [visit]}
busy: wait
steps:
  ask: {ask: "When?"}
  thanks: {say: "Thanks.", go: end}
"""
NIGHT = 13 * 3_600_000


def talk(**more: object) -> Conversation:
    return Conversation(OFFER, VISIT, **more)  # pyright: ignore[reportArgumentType]


def test_the_conversation_ends_and_says_no_more() -> None:
    contact = talk()
    assert contact.request(event="spring") == ["A bag for half the price.", "Do you want it?"]
    assert contact.due_later() == [2 * 24 * 60]
    assert contact.recall(flow="offer") == []
    assert contact.steps == []
    assert [each["outcome"] for each in contact.recorded("ended")] == ["recalled"]
    assert contact.due_later() == []
    assert contact.wait("5d") == []


def test_another_conversation_goes_on() -> None:
    contact = talk()
    contact.text("visit")
    contact.recall(flow="offer")
    assert contact.steps == ["visit.ask"]
    assert contact.text("tomorrow") == ["Thanks."]


@pytest.mark.parametrize(
    ("meant", "ends"),
    [
        ({"request": "spring/*"}, True),
        ({"request": "spring/7"}, True),
        ({"request": "spring/8"}, False),
        ({"flow": "offer", "request": "autumn/*"}, False),
        ({"version": "none such"}, False),
    ],
)
def test_all_that_it_names_must_fit(meant: dict[str, str], ends: bool) -> None:
    contact = talk()
    contact.request(event="spring", key="spring/7")
    contact.recall(**meant)
    assert contact.steps == ([] if ends else ["offer.ask"])


def test_what_was_put_off_to_the_morning_is_dropped() -> None:
    contact = talk(at=business(quiet=quiet("service", 9, 20)))
    contact.now += NIGHT
    contact.request(event="spring")
    assert len(contact.state.postponed) == 2
    contact.recall(flow="offer")
    assert contact.state.postponed == ()
    assert contact.wait("3d") == []


def test_the_last_words_of_one_that_has_ended_are_dropped_too() -> None:
    only = "flow: offer\nstart: {events: [spring]}\nsteps:\n  a: {say: A bag., go: end}\n"
    contact = Conversation(only, at=business(quiet=quiet("service", 9, 20)))
    contact.now += NIGHT
    contact.request(event="spring")
    assert contact.steps == []
    contact.recall(flow="offer")
    assert contact.wait("3d") == []


def test_one_that_waits_for_a_question_to_close_does_not_begin() -> None:
    contact = talk()
    contact.text("visit")
    contact.request(event="spring")
    contact.recall(flow="offer")
    assert contact.text("tomorrow") == ["Thanks."]


def test_who_has_not_had_it_may_be_asked_once_more() -> None:
    contact = talk()
    contact.request(event="spring")
    assert contact.request(event="spring") == []
    contact.recall(flow="offer")
    assert contact.request(event="spring") == ["A bag for half the price.", "Do you want it?"]
