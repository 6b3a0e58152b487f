"""Telnyx: its own SDK reads and sends as we do; groups, pools of numbers and repeated sends."""

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
import telnyx as vendor
from pydantic import ValidationError

from convo.core.events import Inbound, Report
from convo.errors import BadSignature, SendUncertain, SettingsError, WebhookRejected
from convo.fakes import Said
from convo.fakes.telnyx import KEY, FakeTelnyx
from convo.ports import RawRequest
from convo.providers import telnyx
from convo.providers.http import HttpClient
from convo.providers.telnyx import Options, Telnyx
from tests.fakes.http_server import FakeServer
from tests.fakes.outbound import CONTACT, OURS, channel, message
from tests.providers.oracle import Request, ours, request
from tests.providers.test_every_provider import raw

CALLBACK = "https://sms.example.org/dlr/main/0123-abcd"
URL = "https://sms.example.org/in/main"
MEDIA = ("https://salon.example/a%20b.jpg?x=1&y=2", "https://salon.example/b.jpg")
NOW = 1_795_341_600


def adapter(
    fake: FakeTelnyx, http: HttpClient | None = None, *, at: str | None = OURS, **more: Any
) -> Telnyx:
    options = {"api_key": KEY, "public_key": fake.public_key} | more
    return telnyx.connect(
        channel("telnyx", at=at),
        Options.model_validate(options),
        http or HttpClient(),
        country="US",
        clock=lambda: NOW * 1_000,
    )


def company() -> FakeTelnyx:
    return FakeTelnyx(lambda: NOW)


SAID = Said(sender=CONTACT, to=OURS, text="Oui ☺", id="84cca175", media=MEDIA)


# --- beside the vendor's SDK ---------------------------------------------------------------------


def test_the_sdk_takes_what_the_fake_signs_and_reads_what_we_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake = company()
    webhook = fake.inbound(SAID, URL)
    monkeypatch.setattr("time.time", lambda: NOW)
    client = vendor.Telnyx(api_key=KEY, public_key=fake.public_key)
    theirs: Any = client.webhooks.unwrap(webhook.body.decode(), headers=webhook.headers)
    (arrival,) = adapter(fake).receive(raw(webhook)).arrivals
    event = arrival.event
    assert isinstance(event, Inbound)
    payload = theirs.data.payload
    assert theirs.data.event_type == "message.received"
    assert payload.from_.phone_number == event.contact.e164
    assert (payload.id, payload.text) == (event.provider_id, event.text)
    assert tuple(each.url for each in payload.media) == event.media


def sent_by_sdk(fake: FakeTelnyx, **fields: Any) -> tuple[Request, str]:
    """What the SDK asks for the same message, and the key it is sent under."""
    asked: list[httpx.Request] = []

    def take(made: httpx.Request) -> httpx.Response:
        asked.append(made)
        return httpx.Response(200, json={"data": {"id": "1"}})

    with httpx.Client(transport=httpx.MockTransport(take)) as transport:
        client = vendor.Telnyx(api_key=KEY, public_key=fake.public_key, http_client=transport)
        client.messages.send(**fields)
    (made,) = asked
    key = made.headers["idempotency-key"]
    return request(made.method, str(made.url), made.headers, made.content), key


@pytest.mark.anyio
@pytest.mark.parametrize("media", [(), MEDIA])
async def test_a_message_is_sent_as_the_sdk_sends_it(media: tuple[str, ...]) -> None:
    fake, http, out = company(), HttpClient(), message("Ça + & = ☺\n2", media=media)
    async with FakeServer(fake.answer) as server:
        await adapter(fake, http, base_url=server.url).send(out, CALLBACK)
        await http.close()
    (asked,) = server.asked
    fields: dict[str, Any] = {"media_urls": [*media]} if media else {}
    theirs, key = sent_by_sdk(
        fake,
        to=CONTACT,
        from_=OURS,
        text=out.text,
        webhook_url=CALLBACK,
        idempotency_key=out.id,
        **fields,
    )
    assert ours(asked) == theirs
    assert asked.headers["idempotency-key"] == key == out.id


@pytest.mark.anyio
async def test_lost_webhooks_are_asked_for_as_the_sdk_asks_page_by_page() -> None:
    fake, http = company(), HttpClient()
    for n in range(21):
        fake.lose(fake.inbound(replace(SAID, id=f"{n}"), URL), NOW - n)
    async with FakeServer(fake.answer) as server:
        line = adapter(fake, http, base_url=server.url)
        assert line.lists
        assert len(await line.inbound_since((NOW - 60) * 1_000)) == 21
        assert not await line.reports_between((NOW - 60) * 1_000, NOW * 1_000)
        await http.close()
    since, until = "2026-11-22T09:59:00.000Z", "2026-11-22T10:00:00.000Z"
    asked: list[httpx.Request] = []

    def take(made: httpx.Request) -> httpx.Response:
        asked.append(made)
        number = len(asked)
        data = [{"id": "1"}] if number < 3 else []
        meta = {"page_number": number, "total_pages": 2}
        return httpx.Response(200, json={"data": data, "meta": meta})

    with httpx.Client(transport=httpx.MockTransport(take)) as transport:
        client = vendor.Telnyx(api_key=KEY, public_key=fake.public_key, http_client=transport)
        failed: Any = {"status": {"eq": "failed"}, "event_type": "message.received"}
        wanted: Any = {**failed, "finished_at": {"gte": since}}
        listed = client.webhook_deliveries.list(filter=wanted, page_number=1, page_size=20)
        assert len([*listed]) == 2
        wanted = {
            **failed,
            "event_type": "message.sent,message.finalized",
            "finished_at": {"gte": since, "lte": until},
        }
        client.webhook_deliveries.list(filter=wanted, page_number=1, page_size=20)
    theirs = [request(made.method, str(made.url), made.headers, made.content) for made in asked]
    assert [ours(each) for each in server.asked] == theirs


@pytest.mark.anyio
async def test_a_lost_webhook_of_another_number_or_profile_is_none_of_ours() -> None:
    fake, http = company(), HttpClient()
    theirs = replace(SAID, id="2", to="+12025550177")
    pooled = json.loads(fake.inbound(theirs, URL).body)["data"]["payload"]
    fake.lose(fake.inbound(SAID, URL), NOW)
    fake.lose(fake.event("message.received", pooled | {"messaging_profile_id": "p1"}, URL), NOW)
    async with FakeServer(fake.answer) as server:
        line = adapter(fake, http, base_url=server.url)
        (mine,) = await line.inbound_since(0)
        pool = adapter(fake, http, at=None, messaging_profile="p1", base_url=server.url)
        (of_pool,) = await pool.inbound_since(0)
        await http.close()
    assert isinstance(mine.event, Inbound)
    assert isinstance(of_pool.event, Inbound)
    assert (mine.event.provider_id, of_pool.event.provider_id) == (SAID.id, "2")


def test_a_channel_that_is_told_so_leaves_the_list_alone() -> None:
    assert not adapter(company(), lists=False).lists


# --- what comes in -------------------------------------------------------------------------------


def event(fake: FakeTelnyx, kind: str, payload: Any) -> RawRequest:
    return raw(fake.event(kind, payload, URL))


@pytest.mark.parametrize("more", [{"to": [{"phone_number": OURS}] * 2}, {"cc": [{}]}])
def test_a_message_to_a_group_is_passed_over(more: dict[str, Any]) -> None:
    fake = company()
    payload = json.loads(fake.inbound(SAID, URL).body)["data"]["payload"] | more
    parsed = adapter(fake).receive(event(fake, "message.received", payload))
    assert (parsed.arrivals, parsed.ignored) == ((), ("it is a message to a group",))


def test_other_events_are_passed_over_and_texts_without_an_id_are_nonsense() -> None:
    fake = company()
    parsed = adapter(fake).receive(event(fake, "10dlc.campaign.update", {"id": "1"}))
    assert (parsed.arrivals, len(parsed.ignored)) == ((), 1)
    for payload in ({"from": {"phone_number": CONTACT}}, {"id": "1"}):
        with pytest.raises(WebhookRejected) as told:
            adapter(fake).receive(event(fake, "message.received", payload))
        assert told.value.status == 400


def test_a_get_is_refused_for_its_query_is_not_signed() -> None:
    fake = company()
    signed = raw(fake.inbound(SAID, URL))
    request = RawRequest(method="GET", url=URL, query=b"", headers=signed.headers, body=signed.body)
    with pytest.raises(BadSignature):
        adapter(fake).receive(request)


def test_while_a_key_is_replaced_both_sign() -> None:
    old, new = company(), company()
    request = raw(old.inbound(SAID, URL))
    assert adapter(new, previous_public_keys=(old.public_key,)).receive(request).arrivals
    with pytest.raises(BadSignature):
        adapter(new).receive(request)


def test_a_report_sent_to_the_inbound_url_is_a_report_all_the_same() -> None:
    fake = company()
    payload = {"id": "m1", "to": [{"phone_number": CONTACT, "status": "delivered"}]}
    (arrival,) = adapter(fake).receive(event(fake, "message.finalized", payload)).arrivals
    assert arrival.event == Report(channel="main", provider_id="m1", status="delivered")


# --- what goes out -------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_profile_sends_without_an_address() -> None:
    fake, http = company(), HttpClient()
    async with FakeServer(fake.answer) as server:
        pool = adapter(fake, http, at=None, base_url=server.url, messaging_profile="p-1")
        sent = await pool.send(message(), "")
        await http.close()
    assert sent.parts == 1
    assert json.loads(server.asked[0].body) == {
        "to": CONTACT,
        "messaging_profile_id": "p-1",
        "text": message().text,
    }


@pytest.mark.anyio
async def test_a_lost_answer_and_a_repetition_make_one_message() -> None:
    fake, http = company(), HttpClient()
    async with FakeServer(fake.answer) as server:
        ours = adapter(fake, http, base_url=server.url)
        server.mode = "reset"
        with pytest.raises(SendUncertain):
            await ours.send(message(), CALLBACK)
        server.mode = "ok"
        sent = await ours.send(message(), CALLBACK)
        await http.close()
    assert [taken.id for taken in fake.taken] == [*sent.provider_ids]


def test_who_does_not_trust_the_key_is_not_repeated() -> None:
    assert adapter(company()).idempotent
    assert not adapter(company(), idempotent=False).idempotent


# --- settings ------------------------------------------------------------------------------------


def test_a_channel_without_any_sender_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsError, match=r"channels\.main: give it an address"):
        adapter(company(), at=None)


@pytest.mark.parametrize("key", ["", "KEY0123", "AAAA", "not base64 at all"])
def test_what_is_no_public_key_is_refused_at_the_start(key: str) -> None:
    with pytest.raises(ValidationError, match="no public key"):
        Options.model_validate({"api_key": KEY, "public_key": key})


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Options.model_fields.values())
