"""say: sends a text and goes on."""

from dataclasses import replace

import pytest

from convo.core.business import Channel
from convo.errors import FlowErrors
from tests.steps.conversation import OURS, Conversation, business


def talk(say: str, **changes: object) -> Conversation:
    flow = (
        "flow: x\nlanguages: [en, zh]\nstart: {words: [go, 你好]}\n"
        f"steps:\n  a:\n    say: {say}\n    go: end\n"
    )
    return Conversation(flow, at=business(**changes))


def test_it_says_its_text_and_goes_on() -> None:
    assert talk("Hello.").text("go") == ["Hello."]


def test_it_speaks_the_language_of_the_contact() -> None:
    both = "{en: Hello., zh: 您好。}"
    assert talk(both).text("go") == ["Hello."]
    assert talk(both).text("你好") == ["您好。"]


def test_a_list_is_several_messages_in_their_order() -> None:
    conversation = talk("[One., Two.]")
    assert conversation.text("go") == ["One.", "Two."]
    assert len({message.id for message in conversation.sent}) == 2


def test_one_of_several_wordings_is_chosen_and_stays_chosen() -> None:
    wordings = "{any: [Hi., Hello., Hey.]}"
    assert talk(wordings).text("go") == talk(wordings).text("go")
    assert talk(wordings).text("go")[0] in {"Hi.", "Hello.", "Hey."}


def test_a_message_is_signed_and_its_parts_are_counted() -> None:
    channel = Channel(name="main", provider="console", address=OURS, signature="【美发沙龙】")
    conversation = talk("您好。", channels={"main": channel})
    assert conversation.text("go") == ["【美发沙龙】您好。"]
    assert conversation.sent[0].parts == 1


def test_a_text_that_comes_out_blank_is_not_sent() -> None:
    assert talk('"{% if contact.fan %}Dear fan{% endif %}"').text("go") == []


MAIL = "flow: x\nstart: {words: [go]}\nsteps:\n  a:\n    say: The menu.\n    via: mail\n"
ASKS = "  b:\n    ask: Which tea?\n    silent: [{after: 1h, go: end}]\n    go: end\n"


def mailing(field: dict[str, str]) -> Conversation:
    main = Channel(name="main", provider="console", address=OURS)
    mail = Channel(name="mail", provider="smtp", address=None, reach="city", hears=False)
    conversation = Conversation(MAIL + ASKS, at=business(channels={"main": main, "mail": mail}))
    conversation.state = replace(conversation.state, fields=field)
    return conversation


def test_a_step_may_go_by_another_channel_and_the_question_after_it_does_not() -> None:
    conversation = mailing({"city": "anna@home.example"})
    conversation.text("go")
    assert [(each.channel, each.to) for each in conversation.sent] == [
        ("mail", "anna@home.example"),
        ("main", ""),
    ]
    assert conversation.text("Longjing") == []


def test_who_has_no_address_there_gets_the_rest() -> None:
    conversation = mailing({})
    assert conversation.text("go") == ["Which tea?"]
    assert [facts["rule"] for kind, facts in conversation.records if kind == "refused"] == [
        "no-address"
    ]


def test_an_address_that_this_very_turn_has_set_is_known() -> None:
    main = Channel(name="main", provider="console", address=OURS)
    mail = Channel(name="mail", provider="smtp", address=None, reach="city", hears=False)
    flow = MAIL.replace(
        "steps:\n", "steps:\n  first:\n    set: {contact.city: \"'a@b.example'\"}\n"
    )
    conversation = Conversation(
        f"{flow}    go: end\n", at=business(channels={"main": main, "mail": mail})
    )
    assert conversation.text("go") == ["The menu."]
    assert conversation.sent[0].to == "a@b.example"


def test_a_question_stays_where_it_is_answered() -> None:
    with pytest.raises(FlowErrors, match="A question is asked on the channel of the conversation"):
        Conversation(f"{MAIL}{ASKS}".replace("    silent", "    via: mail\n    silent"))


def test_a_web_address_does_not_make_a_text_english() -> None:
    flow = (
        "flow: x\nclass: marketing\nprogramme: offers\nlanguages: [zh]\nstart: {words: [好]}\n"
        "steps:\n  a:\n    consent: {give: offers}\n"
        "  b: {say: 首单八折：greenleaf.example/first-order, go: end}\n"
    )
    assert Conversation(flow).text("好") == ["首单八折：greenleaf.example/first-order\n回T退订"]
