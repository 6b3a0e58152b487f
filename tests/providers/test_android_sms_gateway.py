"""SMS Gateway for Android: its own client beside ours, its inbox sent again, its parts and SIMs."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import android_sms_gateway as vendor
import pytest

from convo.core.events import Inbound, Report
from convo.errors import BadSignature, SendUncertain, WebhookRejected
from convo.fakes import Asked, Said, Taken
from convo.fakes.android_sms_gateway import DEVICE, PASSWORD, USER, FakeAndroidSmsGateway
from convo.ports import RawRequest
from convo.providers import android_sms_gateway
from convo.providers.android_sms_gateway import AndroidSmsGateway, Options
from convo.providers.http import HttpClient
from convo.wiring.probes import PROBES
from tests.fakes.http_server import FakeServer
from tests.fakes.outbound import CONTACT, OURS, channel, message
from tests.providers.oracle import Request, ours, request
from tests.providers.test_every_provider import raw

URL = "https://sms.example.org/in/main"
NOW = 1_795_341_600
SAID = Said(sender=CONTACT, to=OURS, text="Oui ☺", id="1c8d0f2a")


def company() -> FakeAndroidSmsGateway:
    return FakeAndroidSmsGateway(lambda: NOW)


def adapter(
    fake: FakeAndroidSmsGateway, http: HttpClient | None = None, url: str = "", **more: Any
) -> AndroidSmsGateway:
    return android_sms_gateway.connect(
        channel("android_sms_gateway", at=None),
        Options.model_validate({**fake.settings(url or "http://127.0.0.1:9"), **more}),
        http or HttpClient(),
        country="US",
        clock=lambda: NOW * 1_000,
    )


# --- beside the project's own client -------------------------------------------------------------


class Caught:
    """The client's way out: keeps what it asks for, and lets the fake answer."""

    def __init__(self, fake: FakeAndroidSmsGateway) -> None:
        self.asked: list[Request] = []
        self._fake = fake

    def post(self, url: str, payload: Any, *, headers: dict[str, str]) -> Any:
        return self._ask("POST", url, headers, json.dumps(payload).encode())

    def get(self, url: str, *, headers: dict[str, str]) -> Any:
        return self._ask("GET", url, {"Authorization": headers["Authorization"]}, b"")

    def _ask(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Any:
        self.asked.append(request(method, url, headers, body))
        named = {name.lower(): value for name, value in headers.items()}
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        answer = self._fake.answer(Asked(method=method, target=target, headers=named, body=body))
        assert answer.status in (200, 201, 202)
        return json.loads(answer.body)


@pytest.mark.anyio
async def test_a_message_is_sent_and_asked_for_as_the_projects_own_client_does() -> None:
    fake, http, out = company(), HttpClient(), message("Ça + & = ☺\n2")
    async with FakeServer(fake.answer) as server:
        phone = adapter(fake, http, server.url, sim=2, device=DEVICE)
        await phone.send(out, "")
        assert (await phone.look_up(out, 0)).found == "sent"
        await http.close()
    theirs: Any = Caught(company())
    base = "http://127.0.0.1:1/3rdparty/v1"
    client = vendor.APIClient(USER, PASSWORD, base_url=base, http=theirs)
    text = vendor.domain.TextMessage(text=out.text)
    state = client.send(
        vendor.Message(
            id=out.id,
            phone_numbers=[CONTACT],
            text_message=text,
            sim_number=2,
            device_id=DEVICE,
        )
    )
    assert client.get_state(out.id) == state
    # It says two defaults aloud that we leave out.
    theirs.asked[0].fields.pop("priority")
    theirs.asked[0].fields.pop("isEncrypted")
    posted, got = map(ours, server.asked)
    assert posted == theirs.asked[0]
    assert (got.method, got.path, got.authorization) == (
        theirs.asked[1].method,
        theirs.asked[1].path,
        theirs.asked[1].authorization,
    )


@pytest.mark.anyio
async def test_messages_are_listed_as_the_projects_own_client_lists_them() -> None:
    fake, http = company(), HttpClient()
    taken = Taken(id="77", to=CONTACT, origin=OURS, text="")
    fake.keep(taken, "sms:failed", "RESULT_ERROR_NO_SERVICE", at=NOW)
    fake.keep(replace(taken, id="78"), "sms:pending", at=NOW)
    async with FakeServer(fake.answer) as server:
        phone = adapter(fake, http, server.url, device=DEVICE)
        (arrival,) = await phone.reports_between((NOW - 60) * 1_000, NOW * 1_000)
        await http.close()
    (posted,) = phone.receive(
        raw(fake.report(taken, "sms:failed", "RESULT_ERROR_NO_SERVICE"))
    ).arrivals
    assert (arrival.event, arrival.dedupe) == (posted.event, posted.dedupe)
    theirs: Any = Caught(company())
    base = "http://127.0.0.1:1/3rdparty/v1"
    until = datetime.fromtimestamp(NOW, UTC)
    client = vendor.APIClient(USER, PASSWORD, base_url=base, http=theirs)
    client.get_messages(
        query=vendor.domain.MessagesQueryFilter(
            from_=until - timedelta(seconds=60), to=until, device_id=DEVICE
        ),
        pagination=vendor.domain.QueryPagination(limit=100, offset=0),
    )
    got = ours(server.asked[0])
    (wanted,) = theirs.asked
    assert (got.method, got.path, got.query, got.authorization) == (
        wanted.method,
        wanted.path,
        wanted.query,
        wanted.authorization,
    )


def test_a_phone_without_such_a_list_is_not_asked_for_one() -> None:
    assert adapter(company()).lists
    assert not adapter(company(), lists=False).lists


# --- what comes in -------------------------------------------------------------------------------


def read(fake: FakeAndroidSmsGateway, event: str, payload: Any, **options: Any) -> Any:
    return adapter(fake, **options).receive(raw(fake.event(event, payload, URL)))


def test_an_inbox_that_is_sent_again_brings_nothing_new() -> None:
    """Its events have other ids then, and come in one; the texts are the same."""
    fake = company()
    single = adapter(fake).receive(raw(fake.inbound(SAID, URL)))
    batch = adapter(fake).receive(raw(fake.batch([fake.text(SAID)], URL)))
    assert [each.dedupe for each in single.arrivals] == [each.dedupe for each in batch.arrivals]


@pytest.mark.parametrize("more", [{"sender": "+12025550199"}, {"receivedAt": "2026-11-22T10:00Z"}])
def test_two_texts_whose_hash_is_the_same_are_two(more: dict[str, str]) -> None:
    fake = company()
    text = fake.text(SAID)
    one, other = (read(fake, "sms:received", each).arrivals[0] for each in (text, {**text, **more}))
    assert one.event.provider_id == other.event.provider_id
    assert one.dedupe != other.dedupe


def test_of_a_picture_message_the_words_are_read_and_the_bytes_told() -> None:
    fake = company()
    payload = {
        "messageId": "T1",
        "sender": CONTACT,
        "body": "Look",
        "attachments": [{"partId": 1, "contentType": "image/jpeg", "data": "AAAA"}],
    }
    parsed = read(fake, "mms:downloaded", payload)
    assert [each.event.text for each in parsed.arrivals] == ["Look"]
    assert len(parsed.ignored) == 1
    assert read(fake, "mms:received", {"messageId": "T1", "sender": CONTACT}).arrivals == ()


@pytest.mark.parametrize("more", [{"sim": 2}, {"device": "another"}])
def test_texts_to_another_sim_or_phone_are_passed_over(more: dict[str, Any]) -> None:
    fake = company()
    parsed = read(fake, "sms:received", fake.text(SAID), **more)
    assert (parsed.arrivals, len(parsed.ignored)) == ((), 1)
    same: dict[str, Any] = {"sim": 1, "device": DEVICE}
    assert read(fake, "sms:received", fake.text(SAID), **same).arrivals


def test_the_old_name_of_a_sender_is_read_too() -> None:
    fake = company()
    text = {name: value for name, value in fake.text(SAID).items() if name != "sender"}
    (arrival,) = read(fake, "sms:received", text).arrivals
    assert isinstance(arrival.event, Inbound)
    assert arrival.event.contact.e164 == CONTACT


def test_a_text_without_an_id_is_nonsense_and_unknown_events_are_passed_over() -> None:
    fake = company()
    for event in ("sms:received", "sms:delivered"):
        with pytest.raises(WebhookRejected) as told:
            read(fake, event, {"sender": CONTACT})
        assert told.value.status == 400
    for event in ("sms:data-received", "app:started"):
        parsed = read(fake, event, {})
        assert (parsed.arrivals, len(parsed.ignored)) == ((), 1)


def test_each_part_of_a_long_text_reports_and_it_counts_once() -> None:
    fake = company()
    payload = {"messageId": message().id, "deliveredAt": "2026-11-22T10:00:00.000Z"}
    one, other = (read(fake, "sms:delivered", payload).arrivals[0] for _ in range(2))
    assert one.dedupe == other.dedupe
    assert one.event == Report(
        channel="main", outbound=message().id, provider_id=message().id, status="delivered"
    )


def test_of_a_failures_reason_only_androids_own_word_is_kept() -> None:
    fake = company()
    reason = f"1: RESULT_ERROR_NO_SERVICE, sending to {CONTACT}"
    (arrival,) = read(fake, "sms:failed", {"messageId": "1", "reason": reason}).arrivals
    assert arrival.event.code == "RESULT_ERROR_NO_SERVICE"


def test_while_the_key_is_replaced_both_sign() -> None:
    fake = company()
    signed: RawRequest = raw(fake.inbound(SAID, URL))
    old = fake.settings("")["signing_key"]
    assert adapter(fake, signing_key="new", previous_signing_keys=(old,)).receive(signed).arrivals
    with pytest.raises(BadSignature):
        adapter(fake, signing_key="new").receive(signed)


def test_the_doctors_webhook_is_let_in_and_brings_nothing() -> None:
    options = Options.model_validate(company().settings(""))
    probe = PROBES["android_sms_gateway"](options, URL)
    made = android_sms_gateway.connect(
        channel("android_sms_gateway"),
        options,
        HttpClient(),
        country="US",
        clock=lambda: int(time.time() * 1_000),
    )
    headers = {name.lower(): value for name, value in probe.headers.items()}
    came = RawRequest(method="POST", url=URL, query=b"", headers=headers, body=probe.body)
    assert made.receive(came).arrivals == ()


# --- what goes out -------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_lost_answer_and_a_repetition_make_one_message() -> None:
    fake, http = company(), HttpClient()
    async with FakeServer(fake.answer) as server:
        phone = adapter(fake, http, server.url)
        server.mode = "reset"
        with pytest.raises(SendUncertain):
            await phone.send(message(), "")
        server.mode = "ok"
        sent = await phone.send(message(), "")
        await http.close()
    assert [taken.id for taken in fake.taken] == [*sent.provider_ids] == [message().id]


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Options.model_fields.values())
