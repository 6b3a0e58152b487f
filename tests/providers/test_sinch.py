"""Sinch: its SDK verifies and sends as we expect; summaries, pictures that failed, look-ups."""

import json
import warnings
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from sinch import SinchClient
    from sinch.domains.sms.sinch_events.v1.sms_sinch_event import SmsSinchEvent

from convo.core.events import Inbound, Report
from convo.errors import BadSignature, SettingsError, Unavailable, WebhookRejected
from convo.fakes import Answer, Said, Taken
from convo.fakes.sinch import PLAN, SECRET, TOKEN, FakeSinch
from convo.ports import RawRequest
from convo.providers import sinch
from convo.providers.http import HttpClient
from convo.providers.sinch import Options, Sinch
from tests.fakes.http_server import FakeServer
from tests.fakes.outbound import CONTACT, OURS, channel, message
from tests.providers.oracle import caught, ours
from tests.providers.test_every_provider import NOW, raw, standing

CALLBACK = "https://sms.example.org/dlr/main/0123-abcd"
URL = "https://sms.example.org/in/main"
SAID = Said(sender=CONTACT, to=OURS, text="ça & ☺", id="01XXXXX")
TAKEN = Taken(id="B1", to=CONTACT, origin=OURS, text="", callback=CALLBACK, reference="77")


def adapter(*, at: str | None = OURS, http: HttpClient | None = None, **more: Any) -> Sinch:
    options = {"service_plan": PLAN, "api_token": TOKEN, "webhook_secret": SECRET}
    return sinch.connect(
        channel("sinch", at=at),
        Options.model_validate(options | more),
        http or HttpClient(),
        country="US",
        clock=lambda: NOW * 1_000,
    )


def event(event: Any) -> RawRequest:
    return raw(FakeSinch(lambda: NOW).event(event, URL))


# --- beside the vendor's SDK ---------------------------------------------------------------------


def test_the_sdk_takes_and_reads_what_the_fake_signs() -> None:
    fake = FakeSinch(lambda: NOW)
    for webhook in (fake.inbound(SAID, URL), fake.report(TAKEN, "Delivered")):
        sdk = SmsSinchEvent(SECRET)
        assert sdk.validate_authentication_header(webhook.headers, webhook.body)
        assert not SmsSinchEvent("another").validate_authentication_header(
            webhook.headers, webhook.body
        )
    theirs: Any = SmsSinchEvent(SECRET).parse_event(fake.inbound(SAID, URL).body)
    assert (theirs.id, theirs.body, theirs.from_) == (SAID.id, SAID.text, CONTACT[1:])


@pytest.mark.anyio
async def test_a_message_is_sent_as_the_sdk_sends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    out = message("Ça & = ☺\n2")
    async with standing("sinch") as (stands, server):
        await stands.provider.send(out, CALLBACK, float("inf"))
        answer = json.loads(stands.fake.answer(server.asked[0]).body)
    sent = caught(monkeypatch, answer, status=201)
    client: Any = SinchClient(service_plan_id=PLAN, sms_api_token=TOKEN, sms_region="us")
    client.sms.batches.send_sms(
        to=[CONTACT[1:]],
        from_=OURS[1:],
        body=out.text,
        delivery_report="per_recipient",
        client_reference=out.id,
        callback_url=CALLBACK,
    )
    assert [ours(each) for each in server.asked] == sent


# --- what comes in -------------------------------------------------------------------------------


def test_a_picture_that_failed_is_left_out() -> None:
    pictures = [{"status": "Failed", "code": 1}, {"url": "https://a/1", "status": "Uploaded"}]
    body = {"subject": "s", "message": "two", "media": pictures}
    came = event({"id": "7", "type": "mo_media", "from": CONTACT[1:], "body": body})
    (arrival,) = adapter().receive(came).arrivals
    assert isinstance(arrival.event, Inbound)
    assert (arrival.event.text, arrival.event.media) == ("two", ("https://a/1",))


def test_bytes_and_summaries_of_several_are_passed_over() -> None:
    several = [{"status": "Delivered", "count": 1}, {"status": "Failed", "count": 1}]
    for told in (
        {"id": "7", "type": "mo_binary", "from": "1", "body": "AAA=", "udh": "00"},
        {"type": "delivery_report_sms", "batch_id": "B1", "statuses": several},
    ):
        parsed = adapter().receive(event(told))
        assert (parsed.arrivals, len(parsed.ignored)) == ((), 1)


@pytest.mark.parametrize("word", ["Delivered", "DELIVERED"])
def test_a_report_at_the_inbound_url_finds_its_message_by_our_reference(word: str) -> None:
    request = raw(FakeSinch(lambda: NOW).report(TAKEN, word, url=URL))
    (arrival,) = adapter().receive(request).arrivals
    assert arrival.event == Report(
        channel="main", outbound="77", provider_id="B1", status="delivered"
    )


def test_a_summary_of_one_is_a_report() -> None:
    one = [{"status": "Aborted", "code": 407, "count": 1}]
    told = {"type": "delivery_report_sms", "batch_id": "B1", "statuses": one}
    (arrival,) = adapter().report(event(told), "o").arrivals
    assert arrival.event == Report(
        channel="main", outbound="o", provider_id="B1", status="failed", code="407"
    )


@pytest.mark.parametrize("told", [{"type": "mo_text"}, {"type": "mo_text", "id": "1"}, {}, []])
def test_what_has_no_id_or_sender_is_nonsense(told: Any) -> None:
    with pytest.raises(WebhookRejected) as raised:
        adapter().receive(event(told))
    assert raised.value.status == 400


def test_another_algorithm_is_refused_and_none_is_named_by_nobody() -> None:
    request = raw(FakeSinch(lambda: NOW).inbound(SAID, URL))
    name = "x-sinch-webhook-signature-algorithm"
    weaker = replace(request, headers={**request.headers, name: "HmacSHA1"})
    with pytest.raises(BadSignature):
        adapter().receive(weaker)


def test_without_a_secret_it_is_unsigned() -> None:
    assert adapter(webhook_secret="").unsigned
    assert adapter(webhook_secret="").receive(event({"type": "x"})).ignored


# --- doubts --------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_two_batches_of_one_reference_are_no_reason_for_a_third() -> None:
    async with standing("sinch") as (stands, _):
        provider = cast(Sinch, stands.provider)
        for _ in range(2):
            await provider.send(message(), CALLBACK)
        found = await provider.look_up(message(), NOW * 1_000)
        assert (found.found, len(found.provider_ids)) == ("sent", 2)


def test_a_channel_without_an_address_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsError, match=r"channels\.main"):
        adapter(at=None)


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Options.model_fields.values())


# --- lists ---------------------------------------------------------------------------------------

AT = "2026-11-22T10:{:02}:00.000Z"


def text(minute: int, **more: Any) -> dict[str, Any]:
    """A text that came so many minutes past ten."""
    told = {"id": f"in-{minute}", "type": "mo_text", "from": CONTACT[1:], "to": OURS[1:]}
    return {**told, "body": f"no. {minute}", "received_at": AT.format(minute), **more}


@pytest.mark.anyio
async def test_lists_are_asked_for_as_the_sdk_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    since = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    until = since + timedelta(hours=1)
    first, last = (int(each.timestamp() * 1_000) for each in (since, until))
    async with standing("sinch") as (stands, server):
        provider = cast(Sinch, stands.provider)
        assert provider.lists
        assert [*await provider.inbound_since(first)] == []
        assert [*await provider.reports_between(first, last)] == []
    sent = caught(monkeypatch, {"count": 0, "page": 0, "page_size": 0})
    client: Any = SinchClient(service_plan_id=PLAN, sms_api_token=TOKEN, sms_region="us")
    client.sms.inbounds.list(to=[OURS[1:]], start_date=since, page=0, page_size=100)
    client.sms.delivery_reports.list(start_date=since, end_date=until, page=0, page_size=100)
    # A GET of the SDK says what kind its body is of, and has none.
    assert [ours(each) for each in server.asked] == [replace(each, kind="") for each in sent]


@pytest.mark.anyio
async def test_all_pages_are_read_and_bring_what_the_webhooks_would_have() -> None:
    async with standing("sinch") as (stands, server):
        provider, fake = cast(Sinch, stands.provider), cast(FakeSinch, stands.fake)
        elsewhere, short = text(58, to="12025550199"), text(59, **{"from": "12345"})
        binary = text(57, type="mo_binary", body="AAA=", udh="00")
        fake.kept["inbounds"] = [*(text(minute) for minute in range(45)), elsewhere, short, binary]
        since = datetime(2026, 11, 22, 10, 5, tzinfo=UTC)
        found = await provider.inbound_since(int(since.timestamp() * 1_000))
        assert [cast(Inbound, each.event).text for each in found] == [
            f"no. {minute}" for minute in range(5, 45)
        ]
        (posted,) = adapter().receive(event(text(5))).arrivals
        assert (found[0].event, found[0].dedupe) == (posted.event, posted.dedupe)
        assert len(server.asked) == 2


@pytest.mark.anyio
async def test_listed_reports_are_those_of_our_own_messages() -> None:
    async with standing("sinch") as (stands, _):
        provider, fake = cast(Sinch, stands.provider), cast(FakeSinch, stands.fake)
        ours_, another = (
            json.loads(fake.report(replace(TAKEN, reference=reference), "Delivered").body)
            for reference in ("77", "")
        )
        fake.kept["delivery_reports"] = [another, ours_, {**ours_, "batch_id": ""}]
        (arrival,) = await provider.reports_between(0, (NOW + 60) * 1_000)
        (posted,) = adapter().receive(event(ours_)).arrivals
        assert (arrival.event, arrival.dedupe) == (posted.event, posted.dedupe)


@pytest.mark.anyio
@pytest.mark.parametrize("answer", [Answer(status=500), Answer(body=b"[]"), Answer(body=b"{}")])
async def test_a_list_that_is_not_whole_is_an_error_and_no_empty_list(answer: Answer) -> None:
    http = HttpClient()
    async with FakeServer(lambda _: answer) as server:
        provider = adapter(http=http, base_url=server.url)
        with pytest.raises(Unavailable):
            await provider.inbound_since(0)
        await http.close()


def test_a_senders_name_has_nothing_to_list() -> None:
    assert not adapter(at="Salon").lists
