"""Vonage: its SDK signs and sends as we expect; parts, refusals inside a 200, applications."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import pytest
import vonage_http_client as vendor
import vonage_jwt
import vonage_messages
import vonage_sms as vendor_sms
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import ValidationError
from vonage_messages.models import MmsContent, MmsContentItemImage, MmsImage, MmsResource, Sms

from convo.core.business import Channel
from convo.core.events import Inbound, Report
from convo.core.numbers import PhoneNumber
from convo.errors import ConfigError, Invalid, RateLimited, SendUncertain, SettingsError
from convo.fakes import Answer, Said, Taken
from convo.fakes.vonage import (
    KEY,
    SECRET,
    SIGNATURE_SECRET,
    FakeVonage,
    FakeVonageSms,
    digits,
    parts,
)
from convo.providers import vonage
from convo.providers.http import HttpClient
from convo.providers.vonage import Options
from convo.providers.vonage_messages import VonageMessages
from convo.providers.vonage_sms import VonageSms
from tests.fakes.http_server import FakeServer
from tests.fakes.outbound import CONTACT, OURS, channel, message
from tests.fakes.webhooks import asked, form
from tests.providers.oracle import caught, ours
from tests.providers.test_every_provider import NOW, line, raw, standing

CALLBACK = "https://sms.example.org/dlr/main/0123-abcd"
URL = "https://sms.example.org/in/main"
MEDIA = ("https://salon.example/a%20b.jpg?x=1&y=2", "https://salon.example/b.jpg")
TEXT = "Ça + & = ☺\n2"
SAID = Said(sender=CONTACT, to=OURS, text="a&b=c", id="0A0000000123ABCD1")
TAKEN = Taken(id="11", to=CONTACT, origin=OURS, text="Hello", callback=CALLBACK, reference="77")
PAIR: dict[str, Any] = {"api_key": KEY, "api_secret": SECRET}


def connected(
    to: Channel | None = None, http: HttpClient | None = None, **options: Any
) -> VonageMessages | VonageSms:
    return vonage.connect(
        to or channel("vonage"),
        Options.model_validate(PAIR | options),
        http or HttpClient(),
        country="US",
        clock=lambda: NOW * 1_000,
    )


# --- beside the vendor's SDK ---------------------------------------------------------------------


def test_the_sdk_takes_the_token_that_the_fake_makes() -> None:
    webhook = FakeVonage(lambda: NOW).inbound(SAID, URL)
    token = webhook.headers["authorization"].removeprefix("Bearer ")
    assert vonage_jwt.verify_signature(token, SIGNATURE_SECRET)
    assert not vonage_jwt.verify_signature(token, "another-signature-secret-of-32-bytes")


def test_the_sdk_takes_the_signature_that_the_fake_makes() -> None:
    fields = dict(parse_qsl(FakeVonageSms(lambda: NOW).inbound(SAID, URL).body.decode()))
    account = vendor.Auth(api_key=KEY, signature_secret=SIGNATURE_SECRET, signature_method="sha256")
    assert account.check_signature(dict(fields))
    assert not account.check_signature(fields | {"text": "another"})


@pytest.mark.anyio
@pytest.mark.parametrize("media", [(), MEDIA[:1], MEDIA])
async def test_a_message_is_sent_as_the_sdk_sends_it(
    media: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = message(TEXT, media=media)
    async with standing("vonage") as (stands, server):
        await stands.provider.send(out, CALLBACK, float("inf"))
    pictures = [{"url": url} for url in media]
    more = {
        "to": digits(CONTACT),
        "from_": digits(OURS),
        "client_ref": out.id,
        "webhook_url": CALLBACK,
        "webhook_version": "v1",
    }
    theirs: Any
    match pictures:
        case []:
            theirs = Sms.model_validate(more | {"text": TEXT})
        case [one]:
            theirs = MmsImage.model_validate(more | {"image": MmsResource(**one, caption=TEXT)})
        case [one, *rest]:
            first = MmsContentItemImage.model_validate(one | {"caption": TEXT})
            others = [MmsContentItemImage.model_validate(each) for each in rest]
            theirs = MmsContent.model_validate(more | {"content": [first, *others]})
    sent = caught(monkeypatch, {"message_uuid": "1"}, status=202)
    client = vendor.HttpClient(vendor.Auth(api_key=KEY, api_secret=SECRET))
    vonage_messages.Messages(client).send(theirs)
    assert [ours(each) for each in server.asked] == sent


@pytest.mark.anyio
@pytest.mark.parametrize(("text", "kind"), [(TEXT, "unicode"), ("See you at 10:30 é", "text")])
async def test_a_text_is_sent_by_the_older_api_as_the_sdk_sends_it(
    text: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = message(text)
    async with standing("vonage_sms") as (stands, server):
        await stands.provider.send(out, CALLBACK, float("inf"))
    answer = {"message-count": "1", "messages": [{"status": "0", "to": "1", "message-id": "2"}]}
    answer["messages"][0] |= dict.fromkeys(("remaining-balance", "message-price", "network"), "1")  # pyright: ignore
    sent = caught(monkeypatch, answer)
    client = vendor.HttpClient(vendor.Auth(api_key=KEY, api_secret=SECRET))
    sms = vendor_sms.SmsMessage.model_validate(
        {
            "to": digits(CONTACT),
            "from_": digits(OURS),
            "text": text,
            "type": kind,
            "client_ref": out.id,
            "status_report_req": True,
            "callback": CALLBACK,
        }
    )
    vendor_sms.Sms(client).send(sms)
    (theirs,) = sent
    # requests writes Python's True, and the API's own description says 1 or true.
    spelt = [(n, "1" if (n, v) == ("status-report-req", "True") else v) for n, v in theirs.fields]
    (request,) = server.asked
    assert ours(request) == replace(theirs, fields=spelt)


@pytest.mark.anyio
async def test_an_application_sends_with_a_token_of_its_own() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    import jwt

    async with FakeServer(lambda _: Answer(status=202, body=b'{"message_uuid": "1"}')) as server:
        http = HttpClient()
        application = connected(
            http=http,
            api_secret="",
            application="app-1",
            private_key=pem,
            signature_secret=SIGNATURE_SECRET,
            base_url=server.url,
        )
        await application.send(message(), "")
        await http.close()
    token = server.asked[0].headers["authorization"].removeprefix("Bearer ")
    said = jwt.decode(token, key.public_key(), algorithms=["RS256"], options={"verify_exp": False})
    assert (said["application_id"], said["iat"], said["exp"] - said["iat"]) == ("app-1", NOW, 900)
    broken = connected(
        application="a", private_key="no PEM", signature_secret="x" * 32, api_secret=""
    )
    with pytest.raises(ConfigError, match="private_key is none"):
        await broken.send(message(), "")


# --- the SMS API ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["query", "form", "json"])
def test_texts_come_by_query_form_and_json(kind: str) -> None:
    fields = {"msisdn": digits(CONTACT), "to": digits(OURS), "messageId": "7", "text": "a&b é"}
    request = {
        "query": asked(f"/in/main?{form(fields).decode()}", method="GET"),
        "form": asked("/in/main", form(fields)),
        "json": asked(
            "/in/main",
            json.dumps(fields | {"price": 1}).encode(),
            headers={"content-type": "application/json"},
        ),
    }[kind]
    (arrival,) = connected(api="sms").receive(request).arrivals
    assert arrival.event == Inbound(
        channel="main", contact=PhoneNumber(CONTACT), text="a&b é", provider_id="7"
    )


def test_the_dashboard_s_look_at_the_url_and_bytes_are_passed_over() -> None:
    open_door = connected(api="sms")
    for query in ("", f"msisdn={digits(CONTACT)}&messageId=7&type=binary&data=00&udh=01"):
        parsed = open_door.receive(asked(f"/in/main/token?{query}", method="GET"))
        assert (parsed.arrivals, len(parsed.ignored)) == ((), 1)


def test_without_a_secret_it_is_unsigned_and_with_one_a_missing_signature_is_refused() -> None:
    assert connected(api="sms").unsigned
    assert not connected(api="sms", signature_secret=SIGNATURE_SECRET).unsigned


def test_parts_that_the_carrier_did_not_number_are_texts() -> None:
    for more in ({"concat": "true"}, {"concat-part": "3", "concat-total": "2", "concat-ref": "1"}):
        fields = {"msisdn": digits(CONTACT), "messageId": "7", "text": "a"} | more
        (arrival,) = connected(api="sms").receive(asked("/in/main", form(fields))).arrivals
        assert isinstance(arrival.event, Inbound)
        assert arrival.event.part is None


@pytest.mark.anyio
async def test_a_callback_that_is_too_long_is_left_to_the_dashboard() -> None:
    async with standing("vonage_sms") as (stands, _):
        await stands.provider.send(message(), CALLBACK + "x" * 60, float("inf"))
        (taken,) = stands.fake.taken
        assert (taken.callback, taken.reference) == ("", message().id)


@pytest.mark.parametrize("api", ["vonage", "vonage_sms"])
def test_a_report_at_the_inbound_url_finds_its_message_by_our_reference(api: str) -> None:
    stands = line(api)
    request = raw(stands.fake.report(TAKEN, "delivered", url=URL))
    (arrival,) = stands.provider.receive(request).arrivals
    assert arrival.event == Report(
        channel="main", outbound="77", provider_id="11", status="delivered"
    )


@pytest.mark.anyio
async def test_some_parts_taken_and_some_not_is_uncertain() -> None:
    mixed = {"messages": [{"status": "0", "message-id": "1"}, {"status": "9"}]}
    async with standing("vonage_sms") as (stands, _):
        for said in (mixed, {"messages": []}, {}):
            stands.fake.refusal = Answer(body=json.dumps(said).encode())
            with pytest.raises(SendUncertain):
                await stands.provider.send(message(), CALLBACK, float("inf"))


@pytest.mark.anyio
async def test_throttling_inside_a_200_says_how_long() -> None:
    async with standing("vonage_sms") as (stands, _):
        text = "Throughput Rate Exceeded - please wait [ 250 ] and retry"
        stands.fake.refusal = parts("1", text)
        with pytest.raises(RateLimited) as told:
            await stands.provider.send(message(), CALLBACK, float("inf"))
        assert (told.value.retry_after, told.value.code) == (0.25, "1")


@pytest.mark.anyio
async def test_a_text_is_refused_by_the_fake_as_by_the_company() -> None:
    async with standing("vonage_sms") as (stands, _):
        with pytest.raises(Invalid):
            await stands.provider.send(message("a" * 3201), CALLBACK, float("inf"))


# --- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({}, "signature_secret is missing"),
        ({"api_secret": ""}, "api_secret is missing"),
        ({"application": "a"}, "need each other"),
        ({"api": "sms", "api_secret": "", "application": "a", "private_key": "k"}, "no applicat"),
    ],
)
def test_settings_that_cannot_send_or_verify_are_refused(
    options: dict[str, Any], what: str
) -> None:
    with pytest.raises(ValidationError, match=what):
        Options.model_validate(PAIR | options)


def test_a_channel_without_an_address_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsError, match=r"channels\.main"):
        connected(channel("vonage", at=None), api="sms")


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Options.model_fields.values())
