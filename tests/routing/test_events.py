"""Events that open conversations hear: the way is taken, and what was to come is not said."""

from dataclasses import replace

import pytest

from convo.errors import FlowErrors
from tests.routing.talks import BOOK, SCORE, talk
from tests.steps.conversation import Conversation, business, loaded, quiet

CART = """
flow: cart
start: {events: [cart.left]}
event: {order: text, total: {optional: number}}
busy: beside
anytime:
  paid: {events: [order.paid], same: order, go: thanks}
  dearer: {events: [cart.grew], brings: [total], go: told}
steps:
  later: {wait: 1h}
  remind: {say: "Order {{ event.order }} is still waiting."}
  hold: {wait: 1d}
  help: {ask: "Shall we help?", expect: yes_no, silent: [{after: 1d, go: end}]}
  bye: {say: Bye., go: end}
  told: {say: "Now {{ event.total }} for {{ event.order }}.", go: later}
  thanks: {say: "Thank you for {{ event.order }}.", go: end}
"""


def cart(**more: object) -> Conversation:
    conversation = talk(CART, BOOK, SCORE, **more)
    conversation.request(event="cart.left", order="A1")
    return conversation


def test_an_event_brings_values_that_texts_know_later() -> None:
    conversation = cart()
    assert conversation.wait("1h") == ["Order A1 is still waiting."]


def test_an_event_is_heard_in_a_wait_and_nothing_is_left_of_it() -> None:
    conversation = cart()
    assert conversation.request(event="order.paid", order="A1") == ["Thank you for A1."]
    assert (conversation.steps, conversation.timers) == ([], {})
    assert conversation.wait("3d") == []


def test_an_event_is_heard_at_a_question() -> None:
    conversation = cart()
    conversation.wait("2d")
    assert conversation.step == "help"
    assert conversation.request(event="order.paid", order="A1") == ["Thank you for A1."]


def test_an_event_of_another_order_changes_nothing() -> None:
    conversation = cart()
    conversation.request(event="cart.left", order="B2")
    assert conversation.request(event="order.paid", order="B2") == ["Thank you for B2."]
    assert conversation.wait("1h") == ["Order A1 is still waiting."]


def test_what_the_newest_event_brings_stands_over_the_older() -> None:
    conversation = cart()
    assert conversation.request(event="cart.grew", total=30) == ["Now 30 for A1."]
    assert conversation.request(event="cart.grew", total=35, order="A9") == ["Now 35 for A9."]


def test_an_event_drops_the_reminder_that_waits_for_the_morning() -> None:
    salon = business(quiet=quiet("service", opens=12, closes=22))
    conversation = cart(at=salon)
    assert conversation.wait("1h") == []  # it is said at eleven, and waits until twelve
    (postponed,) = conversation.state.postponed
    assert postponed.say.text == "Order A1 is still waiting."
    conversation.request(event="order.paid", order="B2")
    assert conversation.state.postponed == (postponed,)
    conversation.request(event="order.paid", order="A1")
    # Only the thanks are said when the hours begin.
    assert conversation.wait("3h") == ["Thank you for A1."]
    assert conversation.recorded("dropped") == [{"event": "order.paid", "kind": "service"}]


def test_an_event_drops_the_last_text_of_a_conversation_that_is_over() -> None:
    flow = CART.replace("remind: {say: ", "remind: {go: end, say: ").replace("hold", "spare")
    salon = business(quiet=quiet("service", opens=12, closes=22))
    conversation = Conversation(_only_reminding(flow), at=salon)
    conversation.request(event="cart.left", order="A1")
    conversation.wait("1h")
    assert conversation.steps == []
    conversation.request(event="order.paid", order="A1")
    assert conversation.state.postponed == ()
    assert conversation.wait("3h") == []


def _only_reminding(flow: str) -> str:
    """Without the steps that nothing leads to any more."""
    return "\n".join(
        line for line in flow.splitlines() if not line.startswith(("  spare", "  help", "  bye"))
    )


def test_an_event_ends_an_errand_and_the_texts_that_waited_are_read() -> None:
    flow = """
flow: put
start: {words: [put]}
anytime: {off: {events: [shop.closed], go: closed}}
steps:
  a: {do: calendar.book, failed: closed}
  b: {say: Booked., go: end}
  closed: {ask: "Closed. Call you back?", expect: yes_no, silent: [{after: 1d, go: end}]}
  c: {say: We call., go: end}
"""
    conversation = talk(flow)
    conversation.text("put")
    conversation.text("yes")  # waits with the errand
    assert conversation.request(event="shop.closed") == ["Closed. Call you back?", "We call."]
    assert conversation.answer_errand("ok") == []
    assert conversation.recorded("stale") != []


def test_every_open_conversation_that_listens_hears_it() -> None:
    conversation = cart()
    conversation.request(event="cart.left", order="A1")
    assert conversation.request(event="order.paid", order="A1") == ["Thank you for A1."] * 2


def test_a_flow_below_hears_an_event_that_the_one_on_top_does_not() -> None:
    outer = """
flow: outer
start: {words: [outer]}
event: {order: {optional: text}}
anytime: {paid: {events: [order.paid], brings: [], go: thanks}}
steps:
  a: {run: inner, go: end}
  thanks: {say: "Thanks{% if event.order %} for {{ event.order }}{% endif %}.", go: end}
"""
    inner = """
flow: inner
steps:
  q: {ask: "Well?", expect: text, silent: [{after: 1d, go: end}]}
  r: {say: Fine., go: end}
"""
    conversation = talk(outer, inner)
    assert conversation.text("outer") == ["Well?"]
    assert conversation.request(event="order.paid") == ["Thanks."]
    assert (conversation.steps, conversation.timers) == ([], {})
    ended = [(each["flow"], each["outcome"]) for each in conversation.recorded("ended")]
    assert ended == [("inner", "left"), ("outer", "ended")]


def test_an_event_that_starts_a_flow_is_heard_by_the_open_ones_first() -> None:
    flow = """
flow: move
start: {events: [class.set]}
event: {when: datetime}
anytime: {moved: {events: [class.set], go: moved}}
busy: beside
steps:
  a: {say: "Class on {{ event.when }}."}
  b: {wait: {until: 1h before event.when}}
  c: {say: Soon., go: end}
  moved: {say: Moved., go: b}
"""
    conversation = talk(flow)
    conversation.request(event="class.set", when="2026-11-24T10:00")
    assert conversation.request(event="class.set", when="2026-11-25T10:00") == [
        "Moved.",
        "Class on Wed 25 Nov, 10:00 am.",
    ]
    # Both wait for the new day.
    assert conversation.wait("1d") == []
    assert conversation.wait("1d") == ["Soon.", "Soon."]


def test_an_event_that_nobody_hears_is_recorded() -> None:
    conversation = talk(CART, BOOK)
    conversation.request(event="order.paid", order="A1")
    why = conversation.recorded("ignored")[-1]["why"]
    assert why == "no open conversation listens to it"


def test_an_event_past_the_door_that_lacks_a_value_starts_nothing() -> None:
    conversation = talk(CART, BOOK)
    assert conversation.request(event="cart.left") == []
    assert conversation.recorded("ignored")[-1]["lacks"] == ["order"]


def test_a_flow_that_waits_to_begin_is_dropped_by_the_event_it_would_hear() -> None:
    conversation = talk(CART.replace("busy: beside", "busy: wait"), BOOK)
    conversation.text("book")
    conversation.request(event="cart.left", order="A1")
    assert len(conversation.state.asked) == 1
    conversation.request(event="order.paid", order="A1")
    assert conversation.state.asked == ()


def test_a_contact_who_said_stop_hears_nothing_of_events() -> None:
    conversation = cart()
    conversation.text("STOP")
    assert conversation.request(event="order.paid", order="A1") == []


# --- what is written ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("same: order", "same: ordre", '`event` of this flow has no value "ordre".'),
        ("brings: [total]", "brings: [tottal]", '`event` of this flow has no value "tottal".'),
        ("events: [cart.grew]", "events: [order.paid]", 'is heard by "paid" and by "dearer"'),
        ("go: told}", "go: tolt}", 'There is no step "tolt".'),
        ("order: text,", "order: words,", '"words" is not known here.'),
        ("optional: number", "maybe: number", 'knows no "maybe"'),
    ],
)
def test_a_mistake_in_what_a_flow_hears_is_told_with_its_place(
    old: str, new: str, what: str
) -> None:
    with pytest.raises(FlowErrors) as wrong:
        loaded(CART.replace(old, new))
    told = [str(problem) for problem in wrong.value.problems]
    assert any(what in problem and "cart.yaml:" in problem for problem in told), told


def test_one_event_cannot_start_two_flows() -> None:
    other = CART.replace("flow: cart", "flow: other")
    with pytest.raises(FlowErrors, match=r'"cart.left" starts flow cart too'):
        loaded(CART, other)


def test_a_record_without_events_is_read_as_before() -> None:
    conversation = cart()
    (session,) = conversation.state.sessions
    assert session.frame.brought == {"order": "A1"}
    assert replace(session.frame, brought={}).brought == {}
