"""say: sends a text and goes on."""

from convo.core.business import Channel
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
