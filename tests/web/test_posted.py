"""What own systems post: understood as the flow declares it, or all complaints at once."""

import json
from dataclasses import replace
from typing import Any, get_args

import pytest

from convo.core.business import Place
from convo.core.events import HandedBack, Requested
from convo.core.numbers import PhoneNumber
from convo.engine.schema import AnswerKind
from convo.routing import posted_values
from convo.routing.playbook import Playbook
from convo.steps.expect import kept_as
from convo.web.posted import KEY_AT_MOST, Nonsense, Posted, read_handback, read_request
from tests.steps.conversation import ANNA, OURS, business, loaded

VISIT = """
flow: visit
start: {events: [visit.made]}
answers:
  what: text
  price: number
  kind: option
  day: date
  hour: time
  when: datetime
  sure: yes_no
  phone: phone
  mail: email
  branch: place
  extras: options
steps:
  a: {choose: "Which?", options: {cut: Haircut, dye: Colour}, save: kind}
  b: {choose: "With?", options: {tea: Tea, oil: Oil, mask: Mask}, many: true, save: extras}
  c: {say: "{{ when }}", go: end}
"""
BARE = "flow: bare\nstart: {events: [pinged]}\nsteps:\n  a: {say: Hello., go: end}\n"
MANY: Playbook = loaded(VISIT, BARE).playbook
ONE: Playbook = loaded(
    VISIT,
    BARE,
    at=business(
        channels={"main": business().channels["main"]},
        places={"branches": {"xuhui": Place(labels={"en": "Xuhui"})}},
    ),
).playbook
ASKED = {"event": "visit.made", "to": ANNA.e164, "key": "k1"}


def read(playbook: Playbook = ONE, **changes: Any) -> Posted:
    fields = {name: value for name, value in {**ASKED, **changes}.items() if value is not ...}
    return read_request(json.dumps(fields).encode(), playbook)


def complaints(playbook: Playbook = ONE, **changes: Any) -> str:
    with pytest.raises(Nonsense) as refused:
        read(playbook, **changes)
    assert ANNA.e164 not in str(refused.value)
    return "\n".join(refused.value.complaints)


def answers(**given: Any) -> Any:
    event = read(answers=given).arrival.event
    assert isinstance(event, Requested)
    return event.answers


HEARS = """
flow: hears
start: {events: [cart.left]}
event: {order: text, total: number, at: {optional: datetime}}
anytime: {paid: {events: [order.paid], brings: [order], go: a}}
steps:
  a: {say: Thanks., go: end}
"""
EVENTS = loaded(HEARS, at=business(channels={"main": business().channels["main"]})).playbook


def unfit(**asked: Any) -> str:
    with pytest.raises(Nonsense) as refused:
        read(EVENTS, **asked)
    assert refused.value.unfit
    return "\n".join(refused.value.complaints)


# --- what an event brings ------------------------------------------------------------------------


def test_an_event_brings_its_values_as_they_are_declared() -> None:
    given = {"order": "A1", "total": "12.5", "at": "2026-11-24T15:00"}
    event = read(EVENTS, event="cart.left", answers=given).arrival.event
    assert isinstance(event, Requested)
    assert event.answers["order"] == "A1"
    assert event.answers["total"] == "12.5"
    assert event.answers["at"].startswith("2026-11-24T15:00:00+08:00")


def test_an_event_that_lacks_a_value_is_refused_with_what_is_missing() -> None:
    told = unfit(event="cart.left", answers={"order": "A1"})
    assert told == (
        'answers.total: it is missing, and flow "hears" needs it: a number, like 12 or 2.5.'
    )
    assert "answers.order" in unfit(event="cart.left", answers={"order": None, "total": 3})


def test_an_event_with_a_value_of_the_wrong_kind_is_refused() -> None:
    told = unfit(event="cart.left", answers={"order": "A1", "total": "much"})
    assert told == "answers.total: it must be a number, like 12 or 2.5."


def test_an_event_that_is_only_heard_brings_what_its_entry_says() -> None:
    event = read(EVENTS, event="order.paid", answers={"order": "A1"}).arrival.event
    assert isinstance(event, Requested)
    assert event.answers == {"order": "A1"}
    assert "answers.order" in unfit(event="order.paid")


def test_a_value_that_nobody_declares_is_refused() -> None:
    told = complaints(EVENTS, event="order.paid", answers={"order": "A1", "totl": 3})
    assert told.startswith('answers.totl: no flow that hears "order.paid" knows it.')
    assert "total" in told


# --- what is asked for ---------------------------------------------------------------------------


def test_an_event_is_for_one_number_on_the_only_channel() -> None:
    posted = read(answers={"what": "Haircut"})
    assert posted.arrival.event == Requested(
        contact=ANNA, channel="main", event="visit.made", answers={"what": "Haircut"}, key="k1"
    )
    assert (posted.channel, posted.arrival.dedupe) == ("main", "request:k1")


def test_a_flow_may_be_asked_for_by_its_name() -> None:
    event = read(event=..., flow="bare").arrival.event
    assert event == Requested(contact=ANNA, channel="main", flow="bare", key="k1")


def test_a_number_is_read_as_in_the_country_of_the_business() -> None:
    event = read(to="138 0013 8000").arrival.event
    assert isinstance(event, Requested)
    assert event.contact == ANNA


def test_where_there_are_several_channels_one_is_named() -> None:
    assert read(MANY, channel="two").channel == "two"
    assert complaints(MANY) == "channel: there are several. One of: main, two."
    deaf = replace(MANY.business.channels["two"], hears=False)
    channels = {**MANY.business.channels, "two": deaf}
    one = replace(MANY, business=replace(MANY.business, channels=channels))
    assert read(one).channel == "main"
    assert complaints(MANY, channel="tow") == (
        'channel: there is no channel "tow". Did you mean "two"?'
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"event": "visit.mad"}, 'no flow listens to "visit.mad". Did you mean "visit.made"?'),
        ({"event": "bear"}, 'no flow listens to "bear". Did you mean "flow": "bare"?'),
        ({"event": ..., "flow": "vist"}, 'there is no flow "vist". Did you mean "visit"?'),
        ({"flow": "visit"}, "not both and not neither"),
        ({"event": ...}, "not both and not neither"),
        ({"event": 5}, "event: it must be a text that is not empty."),
        ({"to": ...}, "to: it is missing."),
        ({"to": 86}, "to: it must be a text"),
        ({"to": "Anna"}, "to: This has letters"),
        ({"to": "+44791"}, "to: The number is too short"),
        ({"to": "+12005550100123"}, "to: The number is too long"),
        ({"to": "+449091234567"}, "to: This is a premium rate number"),
        ({"to": OURS.e164}, "to: this is a number of your own"),
        ({"channel": "mian"}, 'Did you mean "main"?'),
        ({"key": ...}, "key: it is missing."),
        ({"key": ""}, "key: it must be a text that is not empty."),
        ({"key": "a\nb"}, f"key: it has at most {KEY_AT_MOST} characters"),
        ({"key": "k" * (KEY_AT_MOST + 1)}, f"key: it has at most {KEY_AT_MOST} characters"),
        ({"answer": {}}, 'answer: nothing here is called so. Did you mean "answers"?'),
        ({"answers": [1]}, "answers: it must be an object"),
        ({"answers": []}, "answers: it must be an object"),
    ],
)
def test_what_cannot_be_meant_is_told(changes: dict[str, Any], said: str) -> None:
    assert said in complaints(**changes)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    told = complaints(to="Anna", channel="x", key=..., answers={"whn": 1, "sure": "yes"})
    assert [line.partition(":")[0] for line in told.splitlines()] == [
        "to",
        "channel",
        "key",
        "answers.whn",
        "answers.sure",
    ]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 60_000, b'{"to": "\\ud800"}', b"NaN"])
def test_what_is_no_json_is_told(body: bytes) -> None:
    for reader in (read_request, read_handback):
        with pytest.raises(Nonsense, match="no JSON"):
            reader(body, ONE)


def test_what_is_no_object_is_told() -> None:
    with pytest.raises(Nonsense, match="must be an object"):
        read_request(b"[]", ONE)


# --- answers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("what", "剪发", "剪发"),
        ("price", 12, 12),
        ("price", 12.5, 12.5),
        ("price", "-12.50", "-12.50"),
        ("kind", "cut", "cut"),
        ("day", "2026-11-24", "2026-11-24"),
        ("hour", "15:00", "15:00:00"),
        ("when", "2026-11-24T15:00", "2026-11-24T15:00:00+08:00[Asia/Shanghai]"),
        ("when", "2026-11-24 15:00", "2026-11-24T15:00:00+08:00[Asia/Shanghai]"),
        ("when", "2026-11-24T07:00:00Z", "2026-11-24T15:00:00+08:00[Asia/Shanghai]"),
        ("when", "2026-11-24T09:00+02:00", "2026-11-24T15:00:00+08:00[Asia/Shanghai]"),
        ("sure", False, False),
        ("phone", "138 0013 8000", "+8613800138000"),
        ("mail", "anna@salon.example", "anna@salon.example"),
        ("branch", "xuhui", "xuhui"),
        ("extras", ["mask", "tea", "mask"], ["tea", "mask"]),
        ("extras", [], []),
    ],
)
def test_an_answer_is_kept_as_its_kind(name: str, given: Any, kept: Any) -> None:
    assert answers(**{name: given}) == {name: kept}


def test_an_answer_that_is_null_is_not_there() -> None:
    assert answers(what=None) == {}


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("what", 5, "it must be a text"),
        ("what", "a\0b", "it must be a text"),
        ("what", "x" * 1_601, "it has 1601 characters; an answer has at most 1600."),
        ("price", "twelve", "it must be a number"),
        ("price", True, "it must be a number"),
        ("price", "1e999999", "it must be a number"),
        ("price", 10**400, "it must be a number"),
        ("price", [12], "it must be a number"),
        ("kind", "cutt", 'there is no option "cutt". Did you mean "cut"?'),
        ("branch", "xuhi", 'there is no place "xuhi". Did you mean "xuhui"?'),
        ("branch", 7, "it must be the id of a place of convo.toml"),
        ("extras", ["tee"], 'there is no option "tee". Did you mean "tea"?'),
        ("extras", "tea", "it must be a list of the ids of options"),
        ("extras", [1], "it must be a list of the ids of options"),
        ("kind", 1, "it must be the id of an option"),
        ("day", "24.11.2026", "it must be a date in ISO 8601"),
        ("day", 20261124, "it must be a date in ISO 8601"),
        ("day", "0001-01-01", "it must be a date in ISO 8601"),
        ("hour", "3pm", "it must be a time of day"),
        ("hour", "15:00+08:00", "it must be a time of day"),
        ("when", "2026-11-24", "it must be a date and time in ISO 8601"),
        ("when", "tomorrow 3pm", "it must be a date and time in ISO 8601"),
        ("when", "0001-01-01T00:00+14:00", "it must be a date and time in ISO 8601"),
        ("when", "9999-12-31T23:59Z", "it must be a date and time in ISO 8601"),
        ("when", {"kind": "datetime"}, "it must be a date and time in ISO 8601"),
        ("sure", "yes", "it must be true or false"),
        ("sure", 1, "it must be true or false"),
        ("phone", "Anna", "This has letters"),
        ("mail", "anna", "it must be an email address"),
        ("wen", "x", 'flow "visit" keeps no such answer. Did you mean "when"?'),
    ],
)
def test_an_answer_that_is_none_of_its_kind_is_told(name: str, given: Any, said: str) -> None:
    assert f"answers.{name}: {said}" in complaints(answers={name: given})


def test_a_flow_that_keeps_nothing_is_told_so() -> None:
    assert complaints(event="pinged", answers={"x": 1}) == (
        'answers.x: flow "bare" keeps no such answer. It keeps none.'
    )


def test_every_kind_that_a_flow_may_declare_can_be_posted() -> None:
    assert set(vars(posted_values)["_KINDS"]) == set(map(kept_as, get_args(AnswerKind)))


# --- giving back ---------------------------------------------------------------------------------


def test_a_handback_names_a_number_only() -> None:
    posted = read_handback(b'{"to": "+8613800138000"}', MANY)
    assert posted.arrival.event == HandedBack(contact=ANNA, session="")
    assert posted.arrival.dedupe == ""


def test_a_handback_with_a_key_is_done_once() -> None:
    posted = read_handback(b'{"to": "+12025550123", "key": "7"}', MANY)
    assert posted.arrival.event == HandedBack(contact=PhoneNumber("+12025550123"), session="")
    assert posted.arrival.dedupe == "handback:7"


@pytest.mark.parametrize("body", [b"{}", b'{"to": "x"}', b'{"to": "+8613800138000", "keys": 1}'])
def test_a_handback_that_makes_no_sense_is_told(body: bytes) -> None:
    with pytest.raises(Nonsense):
        read_handback(body, MANY)
