"""S18: everything that leaves bears one signature of its number's list; another never leaves."""

import pytest

from convo.core.business import Channel
from convo.core.parts import parts_of
from tests.steps.conversation import OURS, Conversation, business

FRONT = Channel(
    name="main",
    provider="console",
    address=OURS,
    signature="【美发沙龙】",
    signatures=("【美发会员】",),
)
END = Channel(name="two", provider="console", address=OURS, signature="【美发沙龙】", sign_at="end")
SALON = business(channels={"main": FRONT, "two": END})

HELLO = """
flow: hello
start: {words: [hello]}
steps:
  a: {say: "%s", go: end}
"""


def said(text: str, channel: str = "main") -> list[str]:
    talk = Conversation(HELLO % text, at=SALON)
    answers = talk.text("hello", channel)
    assert [message.parts for message in talk.sent] == [parts_of(each).count for each in answers]
    if not answers:
        rule = talk.recorded("refused")[-1]["rule"]
        return [f"<{rule}>"]
    return answers


@pytest.mark.parametrize(
    ("text", "front", "end"),
    [
        ("您好", "【美发沙龙】您好", "您好【美发沙龙】"),
        ("【美发沙龙】您好", "【美发沙龙】您好", "您好【美发沙龙】"),
        ("您好【美发沙龙】", "【美发沙龙】您好", "您好【美发沙龙】"),
        ("请看【价目】吧", "【美发沙龙】请看【价目】吧", "请看【价目】吧【美发沙龙】"),
        ("【别的店】您好", "<signature-unlisted>", "<signature-unlisted>"),
        ("您好【别的店】", "<signature-unlisted>", "<signature-unlisted>"),
        ("【美发沙龙】【别的店】您好", "<signature-unlisted>", "<signature-unlisted>"),
        ("【美发沙龙】【美发沙龙】您好", "<signature-twice>", "<signature-twice>"),
        ("【美发沙龙】您好【美发沙龙】", "<signature-twice>", "<signature-twice>"),
        ("【美发会员】您好", "【美发会员】您好", "<signature-unlisted>"),
        ("【美发会员】【美发沙龙】您好", "<signature-twice>", "<signature-unlisted>"),
    ],
)
def test_a_text_bears_one_listed_signature_where_its_provider_wants_it_or_does_not_leave(
    text: str, front: str, end: str
) -> None:
    assert said(text) == [front]
    assert said(text, "two") == [end]


def test_what_convo_says_by_itself_is_signed_too() -> None:
    talk = Conversation(HELLO % "您好", at=SALON)
    for text in ("HELP", "STOP", "START", "???"):
        answers = talk.text(text)
        assert len(answers) == 1
        assert answers[0].startswith("【美发沙龙】")
        assert answers[0].count("【") == 1
