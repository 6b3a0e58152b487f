"""E-mail, handed to a real mail server on this machine, and how it may not take it."""

import asyncio
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from convo.core.business import Channel
from convo.core.numbers import PhoneNumber
from convo.core.turns import Outbound
from convo.errors import Invalid, NotSent, SendError, SendUncertain, Unavailable, WebhookRejected
from convo.ports import RawRequest
from convo.providers import smtp
from convo.providers.http import HttpClient
from convo.providers.smtp import Options, Smtp, connect

pytestmark = pytest.mark.anyio

NOON = 1_764_000_000_000


class Post:
    """The mail server's own part: keeps what comes, and answers as it is told."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, list[str], EmailMessage]] = []
        self.at_rcpt = "250 OK"
        self.at_data = "250 OK"
        self.hangs_up = False

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.at_rcpt

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        letter = message_from_bytes(cast(bytes, envelope.content), policy=policy.SMTP)
        if self.hangs_up:
            cast(asyncio.Transport, server.transport).abort()
        elif self.at_data.startswith("250"):
            assert isinstance(letter, EmailMessage)
            self.letters.append((envelope.mail_from or "", envelope.rcpt_tos, letter))
        return self.at_data


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def port(post: Post) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    controller = Controller(post, hostname="127.0.0.1", port=number)
    controller.start()
    yield number
    controller.stop()


def mail(port: int, **more: Any) -> Smtp:
    channel = Channel(name="mail", provider="smtp", address=None, reach="email", hears=False)
    written: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender": "青叶 Green Leaf <hello@greenleaf.example>",
        "subject": "News of Green Leaf",
    }
    options = Options.model_validate({**written, **more})
    return connect(channel, options, HttpClient(), country="CN", clock=lambda: NOON)


def message(text: str, to: str = "anna@home.example") -> Outbound:
    return Outbound(
        id="0123456789abcdef",
        contact=PhoneNumber("+8613800138000"),
        channel="mail",
        text=text,
        kind="service",
        purpose="first",
        lane="bulk",
        parts=1,
        to=to,
        due=0,
    )


async def test_the_first_line_is_the_subject_and_the_rest_the_letter(post: Post, port: int) -> None:
    sent = await mail(port).send(message("您的品茶会\n周六下午三点。\n.\n见!"), "")
    ((sender, to, letter),) = post.letters
    assert (sender, to) == ("hello@greenleaf.example", ["anna@home.example"])
    assert letter["Subject"] == "您的品茶会"
    assert letter["From"] == "青叶 Green Leaf <hello@greenleaf.example>"
    assert letter["To"] == "anna@home.example"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"] == sent.provider_ids[0]
    assert type(sent.provider_ids[0]) is str  # a header is not what a store keeps
    assert letter["Message-ID"] == "<0123456789abcdef@greenleaf.example>"
    assert letter.get_content().split() == ["周六下午三点。", ".", "见!"]


async def test_one_line_has_the_subject_of_the_channel(post: Post, port: int) -> None:
    await mail(port).send(message("See you on Saturday."), "")
    letter = post.letters[0][2]
    assert letter["Subject"] == "News of Green Leaf"
    assert letter.get_content().strip() == "See you on Saturday."


@pytest.mark.parametrize(
    "to", ["", "anna", "a b@home.example", "anna@home.example\r\nBcc: all@home.example", "a@b@c"]
)
async def test_what_is_no_address_gets_no_mail(post: Post, port: int, to: str) -> None:
    with pytest.raises(Invalid, match="no e-mail address"):
        await mail(port).send(message("Hello", to), "")
    assert post.letters == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [("550 no such person", Invalid), ("451 greylisted, come later", NotSent)],
)
@pytest.mark.parametrize("at", ["at_rcpt", "at_data"])
async def test_what_the_server_says_decides(
    post: Post, port: int, at: str, answer: str, error: type[SendError]
) -> None:
    setattr(post, at, answer)
    with pytest.raises(error) as raised:
        await mail(port).send(message("Hello"), "")
    assert raised.value.code == answer[:3]
    assert post.letters == []


async def test_a_server_that_hangs_up_behind_the_letter_may_have_it(post: Post, port: int) -> None:
    post.hangs_up = True
    with pytest.raises(SendUncertain):
        await mail(port).send(message("Hello"), "")


async def test_a_server_that_is_away_has_nothing(port: int) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        away = free.getsockname()[1]
    with pytest.raises(Unavailable):
        await mail(away).send(message("Hello"), "")


async def test_without_the_tls_that_was_asked_for_nothing_is_said(post: Post, port: int) -> None:
    with pytest.raises(Unavailable):
        await mail(port, security="starttls").send(message("Hello"), "")
    assert post.letters == []


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"username": "us"}, "go together"),
        ({"username": "us", "password": "secret"}, "in the clear"),
        ({"sender": "Green Leaf"}, "write it like"),
        ({"sender": "a@b.example\nBcc: c@d.example"}, "write it like"),
        ({"subject": "One\nTwo"}, "subject"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(more: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        mail(25, **more)


def test_nothing_comes_in() -> None:
    request = RawRequest(method="POST", url="", query=b"", headers={}, body=b"x")
    with pytest.raises(WebhookRejected):
        mail(25).receive(request)
    with pytest.raises(WebhookRejected):
        mail(25).report(request, "m1")
    assert smtp.SECONDS < 30
