"""The language and the zone of a contact: from what they write, what they say, or their number."""

import pytest

from convo.core.numbers import PhoneNumber
from convo.policy.numbering import is_zone, language_of_country
from tests.steps.conversation import Conversation, business, quiet

HELLO = """
flow: hello
languages: [en, zh]
start: {words: [hello], events: [greet]}
answers: {which: option}
steps:
  hi: {say: {en: Hello!, zh: 你好！}}
  over: {end: greeted}
"""
CHOICE = """
flow: choice
languages: [en, zh]
start: {words: [language]}
answers: {which: option}
steps:
  which:
    choose: {en: Which language?, zh: 哪种语言？}
    options:
      en: {en: English, zh: 英文}
      zh: {en: Chinese, zh: 中文}
    save: which
    silent: [{after: 1h, go: end}]
  kept:
    set: {contact.language: which}
    say: {en: "We speak {{ contact.language }} now.", zh: "现在说{{ contact.language }}。"}
  over: {end: kept}
"""
MOVED = """
flow: moved
class: marketing
programme: survey
start: {events: [moved, offer]}
answers: {zone: text}
steps:
  given: {consent: {give: survey}}
  to: {set: {contact.zone: zone}}
  offer: {say: An offer.}
  over: {end: told}
"""
CHINESE = PhoneNumber("+8613800138000")
LONDON = PhoneNumber("+447911123456")
ABROAD = business(country="GB", zone="Europe/London")


def test_abroad_a_contact_is_spoken_to_in_the_language_of_their_country() -> None:
    assert Conversation(HELLO, at=ABROAD, contact=CHINESE).request(event="greet") == ["你好！"]
    assert Conversation(HELLO, at=ABROAD, contact=LONDON).request(event="greet") == ["Hello!"]
    german = PhoneNumber("+4915123456789")
    assert Conversation(HELLO, at=ABROAD, contact=german).request(event="greet") == ["Hello!"]


def test_what_they_write_is_better_known_than_their_country() -> None:
    talk = Conversation(HELLO, at=ABROAD, contact=CHINESE)
    talk.request(event="greet")
    assert talk.state.language is None
    assert talk.text("hello") == ["Hello!"]
    assert talk.state.language == "en"


def test_a_flow_keeps_the_language_that_they_choose() -> None:
    talk = Conversation(CHOICE)
    talk.text("language")
    assert talk.text("2") == ["现在说zh。"]
    assert talk.state.language == "zh"


def test_a_flow_keeps_the_zone_that_they_live_in_and_quiet_hours_go_by_it() -> None:
    talk = Conversation(MOVED, at=business(quiet=quiet("marketing", 9, 20)))
    assert talk.request(event="offer", zone="Asia/Shanghai") != []
    # Ten in the morning in Shanghai is the night before in New York.
    assert talk.request(event="moved", zone="America/New_York") == []
    assert talk.recorded("postponed")
    assert talk.state.zone == "America/New_York"


@pytest.mark.parametrize("nonsense", ["Mars/Olympus", "", "../etc/passwd"])
def test_what_is_no_zone_is_not_taken(nonsense: str) -> None:
    talk = Conversation(MOVED)
    talk.request(event="moved", zone=nonsense)
    assert talk.state.zone is None
    assert talk.recorded("ignored")[0]["why"] == "this is no zone"
    assert not is_zone(nonsense)


def test_first_and_last_seen_are_kept() -> None:
    talk = Conversation(HELLO)
    talk.text("hello")
    first = talk.now
    talk.wait("3d")
    talk.text("hello")
    assert (talk.state.first_seen, talk.state.last_seen) == (first, talk.now)


@pytest.mark.parametrize(
    ("country", "language"),
    [("CN", "zh"), ("BR", "pt"), ("AT", "de"), ("TW", "zh-TW"), ("XX", ""), (None, "")],
)
def test_a_country_has_the_language_that_most_people_there_are_used_to(
    country: str | None, language: str
) -> None:
    assert language_of_country(country) == language
