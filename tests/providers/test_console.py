"""The terminal: what is typed comes in as JSON, what is sent goes to a callable."""

import json

import pytest

from convo.core.events import Inbound, Report
from convo.core.numbers import PhoneNumber
from convo.core.turns import Outbound
from convo.errors import SendUncertain, WebhookRejected
from convo.ports import Sent
from convo.providers import console
from convo.providers.console import Console, Deliver, Options
from convo.providers.http import HttpClient
from tests.fakes.outbound import channel, message
from tests.fakes.webhooks import asked


async def nowhere(_: Outbound) -> None:
    """A phone that nobody reads."""


def adapter(deliver: Deliver = nowhere) -> Console:
    return console.connect(
        channel("console"),
        Options(),
        HttpClient(),
        country="US",
        clock=lambda: 0,
        deliver=deliver,
    )


def typed(**fields: object) -> bytes:
    return json.dumps(fields).encode()


def test_what_is_typed_becomes_an_event() -> None:
    request = asked("/in/main/t", typed(**{"from": "202 555 0101", "text": "预约", "id": "7"}))
    parsed = adapter().receive(request)
    [arrival] = parsed.arrivals
    assert arrival.event == Inbound(
        channel="main", contact=PhoneNumber("+12025550101"), text="预约", provider_id="7"
    )
    assert arrival.dedupe == "in:main:7"
    assert parsed.answer.status == 200


def test_pictures_come_by_their_links_and_need_no_text() -> None:
    links = "https://a.example/1.jpg https://a.example/2.jpg"
    body = typed(**{"from": "+12025550101", "text": "", "media": links})
    [arrival] = adapter().receive(asked("/in/main/t", body)).arrivals
    assert isinstance(arrival.event, Inbound)
    assert arrival.event.media == ("https://a.example/1.jpg", "https://a.example/2.jpg")


def test_without_an_id_every_text_is_new() -> None:
    request = asked("/in/main/t", typed(**{"from": "+12025550101", "text": "1"}))
    assert adapter().receive(request).arrivals[0].dedupe == ""


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"[]",
        b"\xff",
        typed(text="1"),
        typed(**{"from": "+12025550101"}),
        typed(**{"from": 7, "text": "1"}),
        typed(**{"from": "384387", "text": "1"}),
        typed(**{"from": "SALON", "text": "1"}),
    ],
)
def test_nonsense_is_refused(body: bytes) -> None:
    with pytest.raises(WebhookRejected):
        adapter().receive(asked("/in/main/t", body))


@pytest.mark.anyio
async def test_a_message_goes_to_the_callable_and_is_sent() -> None:
    phone: list[str] = []

    async def deliver(out: Outbound) -> None:
        phone.append(out.text)

    out = message("Hello ☺")
    assert await adapter(deliver).send(out, "") == Sent(provider_ids=(out.id,), parts=out.parts)
    assert phone == ["Hello ☺"]


@pytest.mark.anyio
async def test_what_the_callable_says_of_a_failure_is_the_outcome() -> None:
    async def deliver(_: Outbound) -> None:
        raise SendUncertain("the line went dead")

    with pytest.raises(SendUncertain):
        await adapter(deliver).send(message(), "")


@pytest.mark.anyio
async def test_without_a_callable_it_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    await console.printed(message("Hello ☺"))
    assert capsys.readouterr().out == "Hello ☺\n"


def test_a_report_tells_how_far_a_message_got_and_the_url_needs_a_token() -> None:
    body = json.dumps({"status": "undelivered", "code": "unreachable"}).encode()
    [arrival] = adapter().report(asked("/dlr/main/x", body), "o").arrivals
    assert arrival.event == Report(
        channel="main", outbound="o", status="undelivered", code="unreachable"
    )
    assert adapter().unsigned is True


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"status": "happy"}'])
def test_a_report_that_says_nothing_is_refused(body: bytes) -> None:
    with pytest.raises(WebhookRejected):
        adapter().report(asked("/dlr/main/x", body), "o")
