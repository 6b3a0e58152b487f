"""AWS: signed as its SDK signs, whose envelopes are opened, certificates fetched, subscriptions."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from convo.core.events import Inbound, Report
from convo.errors import BadSignature, SendError, SettingsError, Unavailable
from convo.fakes import Said, Taken, Webhook
from convo.fakes.aws_sns import (
    CERTIFICATE_URL,
    KEY_ID,
    REGION,
    SECRET,
    SET,
    TOPIC,
    FakeAwsSns,
    identity,
)
from convo.ports import Parsed
from convo.providers import aws_messages, aws_sns
from convo.providers.aws_envelopes import MAX_CERTIFICATE_BYTES, MAX_CERTIFICATES
from convo.providers.aws_signing import Signer
from convo.providers.aws_sns import SERVICE, TARGET, AwsSns, Options
from convo.providers.http import HttpClient, Response
from tests.fakes.http_server import FakeServer
from tests.fakes.outbound import CONTACT, OURS, channel, message
from tests.providers.test_every_provider import raw

URL = "https://sms.example.org/in/main"
NOW = 1_795_341_600
SAID = Said(sender=CONTACT, to=OURS, text="Oui, ça va ☺", id="cae173d2-66b9-564c")
ASK = f"https://sns.{REGION}.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}"


def company() -> FakeAwsSns:
    return FakeAwsSns(lambda: NOW)


def adapter(
    http: HttpClient | None = None,
    *,
    at: str | None = OURS,
    url: str = "",
    now: float = NOW,
    **more: Any,
) -> AwsSns:
    return aws_sns.connect(
        channel("aws_sns", at=at),
        Options.model_validate({**company().settings(url), **more}),
        http or HttpClient(),
        country="US",
        clock=lambda: int(now * 1_000),
    )


LONG = identity()[1].encode() + b"\n" * MAX_CERTIFICATE_BYTES


class Amazon(HttpClient):
    """Answers every GET, and remembers what was asked for."""

    def __init__(self, status: int = 200, body: bytes = identity()[1].encode()) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.status, self.body = status, body

    async def get(self, url: str, **_: Any) -> Response:
        self.asked.append(url)
        return Response(status=self.status, headers={}, body=self.body)


# --- what goes out -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("session", "proof"),
    [
        ("", "d483447f4487f9c1e57a28e7c1f0d3e47cc8330f3dfd5c640e3eb22ed08f3d21"),
        ("SESSION", "cf9335898970707dd71f64be98e4ea7e3482281c68e6f5177bd6dac03a346ff1"),
    ],
)
def test_a_request_is_signed_as_botocore_signs_it(session: str, proof: str) -> None:
    """By its SigV4Auth, 1.44.8. It is no dependency of the tests: it holds dateutil back."""
    signer = Signer(key_id=KEY_ID, secret=SECRET, session=session, region=REGION, service=SERVICE)
    headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": TARGET}
    body = '{"MessageBody":"Ça va ☺"}'.encode()
    url = f"https://sms-voice.{REGION}.amazonaws.com/"
    signed = signer.headers(url, body, headers, NOW * 1_000)
    assert signed["X-Amz-Date"] == "20261122T100000Z"
    assert signed["Authorization"].endswith(f"Signature={proof}")
    assert ("X-Amz-Security-Token" in signed) == bool(session)


@pytest.mark.anyio
async def test_a_message_is_sent_whole_and_proven() -> None:
    fake, http, out = company(), HttpClient(), message("Ça + & = ☺\n2")
    async with FakeServer(fake.answer) as server:
        sent = await adapter(http, url=server.url).send(out, "")
        await http.close()
    (asked,) = server.asked
    assert json.loads(asked.body) == {
        "DestinationPhoneNumber": CONTACT,
        "MessageBody": out.text,
        "OriginationIdentity": OURS,
        "MessageType": "TRANSACTIONAL",
        "ConfigurationSetName": SET,
        "Context": {"convo": out.id},
    }
    assert [taken.id for taken in fake.taken] == [*sent.provider_ids]


@pytest.mark.anyio
@pytest.mark.parametrize("more", [{"secret_access_key": "another"}, {"access_key_id": "AKIA"}])
async def test_another_key_is_not_let_in(more: dict[str, Any]) -> None:
    http = HttpClient()
    async with FakeServer(company().answer) as server:
        with pytest.raises(SendError, match="InvalidSignatureException"):
            await adapter(http, url=server.url, **more).send(message(), "")
        await http.close()


# --- whose envelopes are opened ------------------------------------------------------------------


def read(webhook: Webhook, **more: Any) -> Parsed:
    return adapter(**more).receive(raw(webhook))


def test_a_bit_of_what_is_signed_changed_is_refused() -> None:
    envelope = json.loads(company().published({"inboundMessageId": "1"}, URL, Subject="S").body)
    covered = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type", "Signature")
    for name in covered:
        for place in range(0, len(envelope[name]), 3):
            value = envelope[name]
            changed = f"{value[:place]}{chr(ord(value[place]) ^ 1)}{value[place + 1 :]}"
            body = json.dumps(envelope | {name: changed}).encode()
            with pytest.raises(BadSignature):
                read(Webhook(url=URL, body=body))


@pytest.mark.parametrize("more", [{}, {"Subject": None}, {"Subject": "Texts"}])
def test_a_subject_may_be_there_or_not(more: dict[str, Any]) -> None:
    text = {"inboundMessageId": "1", "originationNumber": CONTACT, "messageBody": "Hi"}
    assert read(company().published(text, URL, **more)).arrivals


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"TopicArn": f"{TOPIC}2"}, "not among `topics`"),
        ({"Type": "Something"}, "of no known type"),
        ({"SignatureVersion": "1"}, "SHA-1"),
        ({"SigningCertURL": CERTIFICATE_URL.replace("https", "http")}, "not Amazon's"),
        ({"SigningCertURL": CERTIFICATE_URL.replace(".com", ".com.evil.example")}, "not Amazon's"),
        ({"SigningCertURL": CERTIFICATE_URL.replace("sns.", "x@sns.")}, "not Amazon's"),
        ({"SigningCertURL": CERTIFICATE_URL.replace("us-east-1", "eu-west-1")}, "not Amazon's"),
        ({"SigningCertURL": CERTIFICATE_URL.replace(".pem", ".txt")}, "not Amazon's"),
        ({"SigningCertURL": "https://[sns"}, "not Amazon's"),
        ({"SigningCertURL": ""}, "not Amazon's"),
    ],
)
def test_what_is_signed_well_and_is_not_ours_is_refused(more: dict[str, str], why: str) -> None:
    with pytest.raises(BadSignature, match=why):
        read(company().published({"inboundMessageId": "1"}, URL, **more))


def test_a_bare_message_without_an_envelope_is_refused() -> None:
    body = json.dumps({"inboundMessageId": "1", "originationNumber": CONTACT}).encode()
    with pytest.raises(BadSignature, match="raw message delivery"):
        read(Webhook(url=URL, body=body))


def test_sha_1_is_taken_where_the_settings_allow_it() -> None:
    webhook = company().published({}, URL, SignatureVersion="1")
    assert read(webhook, allow_sha1=True).answer == aws_messages.ANSWER


# --- certificates and subscriptions --------------------------------------------------------------


@pytest.mark.anyio
async def test_a_certificate_is_fetched_once_and_then_what_it_signs_is_read() -> None:
    http, request = Amazon(), raw(company().inbound(SAID, URL))
    line = adapter(http, certificates=())
    with pytest.raises(BadSignature):
        line.receive(request)
    for _ in range(2):
        await line.fetch(request)
        assert line.receive(request).arrivals
    assert http.asked == [CERTIFICATE_URL]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("status", "body"),
    [(404, b""), (302, b""), (200, b"oops"), (200, LONG)],
)
async def test_without_a_certificate_amazon_is_asked_to_come_again(
    status: int, body: bytes
) -> None:
    line = adapter(Amazon(status, body), certificates=())
    with pytest.raises(Unavailable):
        await line.fetch(raw(company().inbound(SAID, URL)))


@pytest.mark.anyio
async def test_nothing_is_fetched_for_topics_and_hosts_that_are_not_ours() -> None:
    http = Amazon()
    for more in ({"TopicArn": f"{TOPIC}2"}, {"SigningCertURL": "https://evil.example/a.pem"}):
        line = adapter(http, certificates=())
        with pytest.raises(BadSignature):
            await line.fetch(raw(company().published({}, URL, **more)))
    assert http.asked == []


@pytest.mark.anyio
async def test_old_certificates_make_room_for_new_ones() -> None:
    http = Amazon()
    line = adapter(http, certificates=())
    names = [*range(MAX_CERTIFICATES + 1), 0]
    for name in names:
        url = CERTIFICATE_URL.replace("0123", str(name))
        await line.fetch(raw(company().published({}, URL, SigningCertURL=url)))
    assert len(http.asked) == len(names)


@pytest.mark.anyio
async def test_a_topic_of_ours_is_told_yes_and_brings_nothing() -> None:
    http, request = Amazon(), raw(company().asking(URL))
    await adapter(http).fetch(request)
    assert http.asked == [f"{ASK}&Token=2336412f37"]
    assert adapter().receive(request).arrivals == ()
    await adapter(http, confirm_subscriptions=False).fetch(request)
    assert len(http.asked) == 1


@pytest.mark.anyio
async def test_that_a_topic_leaves_is_heard_and_not_answered() -> None:
    http, request = Amazon(), raw(company().asking(URL, "UnsubscribeConfirmation"))
    await adapter(http).fetch(request)
    assert http.asked == []
    assert adapter().receive(request).arrivals == ()


@pytest.mark.anyio
@pytest.mark.parametrize(
    "url",
    [
        ASK.replace("https", "http"),
        ASK.replace("sns.us-east-1.amazonaws.com", "169.254.169.254"),
        ASK.replace("us-east-1.", "eu-west-1."),
        ASK.replace("ConfirmSubscription", "DeleteTopic"),
        f"{ASK}2",
    ],
)
async def test_no_address_but_amazons_own_is_called_to_confirm(url: str) -> None:
    http = Amazon()
    with pytest.raises(BadSignature):
        await adapter(http).fetch(raw(company().asking(URL, SubscribeURL=url)))
    assert http.asked == []


@pytest.mark.anyio
async def test_a_confirmation_that_fails_is_asked_for_again() -> None:
    with pytest.raises(Unavailable):
        await adapter(Amazon(500)).fetch(raw(company().asking(URL)))


# --- what comes in -------------------------------------------------------------------------------


def test_a_text_to_another_number_of_the_topic_is_passed_over_and_a_pool_hears_all() -> None:
    said = Said(sender=CONTACT, to="+12025550199", text="Hi", id="1")
    parsed = read(company().inbound(said, URL))
    assert (parsed.arrivals, parsed.ignored) == ((), ("it came to another number",))
    (arrival,) = read(company().inbound(said, URL), at=None, origination="pool-1").arrivals
    assert isinstance(arrival.event, Inbound)


def test_an_event_finds_its_message_by_its_context_and_says_why_it_failed() -> None:
    context = json.dumps({"convo": message().id})
    taken = Taken(id="862a8790", to=CONTACT, origin=OURS, text="Hello", reference=context)
    (arrival,) = read(company().report(taken, "CARRIER_BLOCKED", "CARRIER_BLOCKED", URL)).arrivals
    assert arrival.event == Report(
        channel="main",
        outbound=message().id,
        provider_id="862a8790",
        status="failed",
        code="CARRIER_BLOCKED",
    )


@pytest.mark.parametrize(
    "said",
    [
        {"eventType": "TEXT_SENT", "eventVersion": "2.0", "messageId": "1"},
        {"eventType": "RCS_SENT", "eventVersion": "1.0", "messageId": "1"},
        {"eventType": "TEXT_SENT", "eventVersion": "1.0"},
        {"AlarmName": "somebody else's"},
        ["no object"],
    ],
)
def test_events_that_nobody_knows_are_answered_and_passed_over(said: Any) -> None:
    parsed = read(company().published(said, URL))
    assert (parsed.arrivals, len(parsed.ignored)) == ((), 1)
    assert parsed.answer == aws_messages.ANSWER


# --- settings ------------------------------------------------------------------------------------


def test_what_cannot_work_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsError, match="give it an address, or an origination"):
        adapter(at=None)
    with pytest.raises(SettingsError, match="no certificate in PEM"):
        adapter(certificates=("oops",))
    with pytest.raises(ValidationError, match="no ARN of a topic"):
        adapter(topics=("texts",))


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Options.model_fields.values())
