"""MessageBird: its SDK verifies and sends as we expect; odd spellings, short codes, reports."""

import json
import warnings
from dataclasses import replace
from typing import Any, cast

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from messagebird import Client
    from messagebird.request_validator import RequestValidator

from convo.core.events import Inbound, Report
from convo.errors import BadSignature, SettingsError
from convo.fakes import Answer, Said, Taken, Webhook
from convo.fakes.messagebird import KEY, SIGNING_KEY, FakeMessageBird
from convo.ports import RawRequest
from convo.providers import messagebird
from convo.providers.http import HttpClient
from convo.providers.messagebird import MessageBird, Options
from tests.fakes.http_server import FakeServer
from tests.fakes.outbound import CONTACT, OURS, channel, message
from tests.providers.oracle import caught, ours
from tests.providers.test_every_provider import NOW, raw, standing

CALLBACK = "https://sms.example.org/dlr/main/0123-abcd"
NEW = "another-signing-key-0123456789abcdef"
URL = "https://sms.example.org/in/main"
MEDIA = ("https://salon.example/a%20b.jpg?x=1&y=2", "https://salon.example/b.jpg")
TAKEN = Taken(id="B1", to=CONTACT, origin=OURS, text="", callback=CALLBACK, reference="77")


def adapter(http: HttpClient | None = None, *, at: str | None = OURS, **more: Any) -> MessageBird:
    return messagebird.connect(
        channel("messagebird", at=at),
        Options.model_validate({"access_key": KEY, "signing_key": SIGNING_KEY} | more),
        http or HttpClient(),
        country="US",
        clock=lambda: NOW * 1_000,
    )


def posted(*fields: tuple[str, str]) -> RawRequest:
    return raw(FakeMessageBird(lambda: NOW).posted(fields, URL))


def test_the_sdk_takes_what_the_fake_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    import jwt

    # The SDK asks the machine's clock, and the fake's stands still.
    decode = jwt.decode
    later = {"verify_nbf": False, "verify_exp": False}
    monkeypatch.setattr(
        jwt, "decode", lambda **said: decode(**{**said, "options": said["options"] | later})
    )
    fake = FakeMessageBird(lambda: NOW)
    said = Said(sender=CONTACT, to=OURS, text="ça", id="7")
    for webhook in (fake.inbound(said, URL), fake.report(TAKEN, "sent")):
        token = webhook.headers["messagebird-signature-jwt"]
        told = RequestValidator(SIGNING_KEY).validate_signature(token, webhook.url, webhook.body)
        assert told["iss"] == "MessageBird"


@pytest.mark.anyio
@pytest.mark.parametrize("media", [(), MEDIA])
async def test_a_message_is_sent_as_the_sdk_sends_it(
    media: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = message("Ça & = ☺\n2", media=media)
    async with standing("messagebird") as (stands, server):
        await stands.provider.send(out, CALLBACK, float("inf"))
    sent = caught(monkeypatch, {"id": "1"}, status=201)
    client = Client(KEY)
    if media:
        client.mms_create(OURS[1:], [CONTACT[1:]], out.text, [*media], reference=out.id)
    else:
        more = {"reference": out.id, "datacoding": "auto", "reportUrl": CALLBACK}
        client.message_create(OURS[1:], [CONTACT[1:]], out.text, more)
    (theirs,) = sent
    # The SDK writes one text of several numbers, and what is not there as null.
    fields = {name: value for name, value in theirs.fields.items() if value is not None}
    assert fields.pop("recipients").split(",") == [CONTACT[1:]]
    (asked,) = server.asked
    mine = ours(asked)
    assert mine.fields.pop("recipients") == [CONTACT[1:]]
    assert mine.fields == fields
    assert (mine.method, mine.path, mine.authorization, mine.kind) == (
        theirs.method,
        theirs.path,
        theirs.authorization,
        theirs.kind,
    )


def test_names_in_other_spellings_and_an_id_that_comes_twice() -> None:
    request = posted(
        ("ID", "7"), ("id", "8"), ("Originator", CONTACT[1:]), ("Body", "hi"), ("mediaURLs", "a")
    )
    (arrival,) = adapter().receive(request).arrivals
    assert isinstance(arrival.event, Inbound)
    event = arrival.event
    assert (event.provider_id, event.text, event.media) == ("7", "hi", ("a",))


def test_a_short_code_has_other_names() -> None:
    fields = [("mid", "7"), ("shortcode", "12345"), ("originator", CONTACT[1:]), ("message", "hi")]
    (arrival,) = adapter().receive(posted(*fields)).arrivals
    assert isinstance(arrival.event, Inbound)
    assert (arrival.event.provider_id, arrival.event.text) == ("7", "hi")


def test_who_tries_the_url_is_told_ok() -> None:
    parsed = adapter().receive(raw(FakeMessageBird(lambda: NOW).signed(Webhook(url=URL))))
    assert (parsed.arrivals, parsed.answer.body) == ((), b"OK")


def test_a_report_at_the_inbound_url_finds_its_message_by_our_reference() -> None:
    request = raw(FakeMessageBird(lambda: NOW).report(TAKEN, "delivered", url=URL))
    (arrival,) = adapter().receive(request).arrivals
    assert arrival.event == Report(
        channel="main", outbound="77", provider_id="B1", status="delivered"
    )


def test_reports_may_be_unsigned_if_the_operator_says_so_and_texts_never() -> None:
    signed = raw(FakeMessageBird(lambda: NOW).report(TAKEN, "delivered"))
    bare = RawRequest(method="GET", url=signed.url, query=signed.query, headers={}, body=b"")
    trusting = adapter(reports_signed=False)
    assert trusting.report(bare, "o").arrivals
    with pytest.raises(BadSignature):
        adapter().report(bare, "o")
    with pytest.raises(BadSignature):
        trusting.receive(bare)


def test_while_a_key_is_replaced_both_sign() -> None:
    request = posted(("id", "7"), ("originator", CONTACT[1:]), ("body", "hi"))
    assert adapter(signing_key=NEW, previous_signing_keys=(SIGNING_KEY,)).receive(request)
    with pytest.raises(BadSignature):
        adapter(signing_key=NEW).receive(request)


@pytest.mark.anyio
async def test_messages_are_listed_as_the_sdk_lists_them(monkeypatch: pytest.MonkeyPatch) -> None:
    async with standing("messagebird", more={"lists_texts": True}) as (stands, server):
        provider = cast(MessageBird, stands.provider)
        assert not await provider.inbound_since(NOW * 1_000)
        assert not await provider.reports_between(NOW * 1_000, NOW * 1_000 + 999)
    sent = caught(monkeypatch, {"items": [], "totalCount": 0})
    Client(KEY).message_list(limit=20, offset=0)
    (theirs,) = sent
    for asked in server.asked:
        mine = ours(asked)
        assert (mine.method, mine.path, mine.authorization) == (
            theirs.method,
            theirs.path,
            theirs.authorization,
        )
        # The SDK has no filter for directions and times: those are of MessageBird's page.
        assert set(mine.query) >= set(theirs.query)
    assert set(ours(server.asked[1]).query) >= {
        ("direction", "mt"),
        ("originator", OURS[1:]),
        ("from", "2026-11-22T10:00:00+00:00"),
        ("until", "2026-11-22T10:00:00+00:00"),
    }


@pytest.mark.anyio
async def test_texts_are_listed_only_if_the_operator_says_so() -> None:
    async with standing("messagebird") as (stands, server):
        cast(FakeMessageBird, stands.fake).keep_text(
            Said(sender=CONTACT, to=OURS, text="hi", id="7"), NOW
        )
        assert not await cast(MessageBird, stands.provider).inbound_since(0)
        assert not server.asked


@pytest.mark.anyio
async def test_what_another_system_sent_or_was_sent_is_none_of_ours() -> None:
    async with standing("messagebird", more={"lists_texts": True}) as (stands, _):
        provider, fake = cast(MessageBird, stands.provider), cast(FakeMessageBird, stands.fake)
        fake.keep(TAKEN, "delivered", at=NOW)
        fake.keep(replace(TAKEN, id="B2", reference=""), "delivered", at=NOW)
        fake.keep(replace(TAKEN, id="B3", origin="Salon"), "delivered", at=NOW)
        fake.keep_text(Said(sender=CONTACT, to="+12025550177", text="hi", id="7"), NOW)
        (arrival,) = await provider.reports_between(0, NOW * 1_000)
        assert arrival.event == Report(
            channel="main", outbound="77", provider_id="B1", status="delivered"
        )
        assert not await provider.inbound_since(0)


@pytest.mark.anyio
async def test_filters_that_are_not_heeded_bring_no_text_to_another_number() -> None:
    entry = {"direction": "mo", "originator": CONTACT[1:], "body": "hi"}
    numbers = {"1": int(OURS[1:]), "2": 12025550177, "3": int(OURS[1:])}
    entries = [
        {**entry, "id": id, "recipients": {"items": [{"recipient": number}]}}
        for id, number in numbers.items()
    ]
    entries[2]["direction"] = "mt"
    answer = Answer(body=json.dumps({"items": entries, "totalCount": 3}).encode())
    async with FakeServer(lambda _: answer) as server:
        http = HttpClient()
        reader = adapter(http, lists_texts=True, base_url=server.url)
        (arrival,) = await reader.inbound_since(0)
        await http.close()
    assert isinstance(arrival.event, Inbound)
    assert arrival.event.provider_id == "1"


def test_a_channel_without_an_address_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsError, match=r"channels\.main"):
        adapter(at=None)


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Options.model_fields.values())
