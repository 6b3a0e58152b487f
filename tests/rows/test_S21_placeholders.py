"""S21: no text shows braces or an empty place, and a preview is what is sent."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from convo.core.contacts import ContactState
from convo.core.numbers import PhoneNumber
from convo.errors import FlowErrors
from convo.language.showing import shown_bare
from convo.routing.previewing import previewed
from convo.verification import verify
from tests.steps.conversation import START, Conversation, business, loaded, quiet

HELLO = """
flow: hello
start: {events: [visit.due]}
event: {service: text, stylist: {optional: text}}
languages: [en, zh]
steps:
  a:
    say:
      en: "Hello{% if contact.city %} to {{ contact.city }}{% endif %}! {{ event.service }} with
        {{ event.stylist | default('us') }}?"
      zh: "{{ contact.city | default('您好') }}，{{ event.service }}？"
    go: end
"""
CITIES = ["Rome", None, "北京", "{{ now }}", "{% if %}"]


def contacts() -> list[ContactState]:
    return [
        ContactState(
            number=PhoneNumber(f"+86138001380{n:02d}"),
            fields={} if city is None else {"city": city},
            language="zh" if n % 2 else "en",
        )
        for n, city in enumerate(CITIES * 4)
    ]


@pytest.mark.parametrize("values", [{"service": "Cut"}, {"service": "Cut", "stylist": "Mei"}])
def test_what_a_preview_shows_of_twenty_contacts_is_what_they_are_sent(
    values: Mapping[str, str],
) -> None:
    for state in contacts():
        conversation = Conversation(HELLO, contact=state.number)
        conversation.state = state
        shown = previewed(
            state, conversation.playbook, flow="hello", channel="main", values=values, at=START
        )
        assert conversation.state == state
        sent = tuple(conversation.request(event="visit.due", **values))
        assert shown.texts == sent
        assert len(sent) == 1
        assert "Hello to !" not in sent[0]
        assert "None" not in sent[0]


def test_what_a_contact_wrote_into_braces_is_said_as_it_was_written() -> None:
    (brace,) = [state for state in contacts()[:5] if state.fields.get("city") == "{{ now }}"]
    conversation = Conversation(HELLO, contact=brace.number)
    conversation.state = replace(brace, language="en")
    (said,) = conversation.request(event="visit.due", service="Cut")
    assert said.startswith("Hello to {{ now }}!")


def test_a_preview_tells_why_nothing_would_leave() -> None:
    salon = business(quiet=quiet("service", opens=12, closes=22))
    conversation = Conversation(HELLO, at=salon)
    shown = previewed(
        conversation.state,
        conversation.playbook,
        flow="hello",
        channel="main",
        values={"service": "Cut"},
        at=START,
    )
    assert (shown.texts, len(shown.why)) == ((), 1)


@pytest.mark.parametrize(
    ("bare", "names"),
    [
        ("Dear {{ contact.city }},", ["contact.city"]),
        ("{{ contact['city'] | upper }}", ["contact.city"]),
        ("{{ contact.city | default('you') }}", []),
        ("{% if contact.city %}in {{ contact.city }}{% endif %}", []),
        ("{% if contact.fan %}in {{ contact.city }}{% endif %}", ["contact.city"]),
        ("{{ contact.city if contact.city else 'you' }}", []),
        ("{{ size + 1 }} and {{ name }}", ["size", "name"]),
        ("Braces: { and }", []),
    ],
)
def test_a_name_is_bare_without_a_default_and_outside_of_its_if(
    bare: str, names: list[str]
) -> None:
    assert [use.name for use in shown_bare(bare)] == names


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{% if contact.city %} to {{ contact.city }}{% endif %}", " {{ contact.city }}", "city"),
        ("{{ event.stylist | default('us') }}", "{{ event.stylist }}", "event.stylist"),
        ("events: [visit.due]", "events: [visit.due], words: [hi]", "event.service"),
    ],
)
def test_a_text_that_may_show_nothing_is_an_error_with_the_way_to_it(
    old: str, new: str, told: str
) -> None:
    verify(loaded(HELLO))
    with pytest.raises(FlowErrors) as wrong:
        verify(loaded(HELLO.replace(old, new)))
    said = str(wrong.value)
    assert f'{told}" may be empty here' in said
    assert "It is on the way a." in said
