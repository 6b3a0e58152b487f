"""Infobip: its own SDK beside ours, several results in a request, refusals within good answers."""

import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio.to_thread
import infobip_api_client as vendor
import pytest
from infobip_api_client.api.sms_api import SmsApi

from convo.core.events import Inbound, Report
from convo.errors import BadAddress, SendUncertain, SettingsError, WebhookRejected
from convo.fakes import Answer, Said, Taken
from convo.fakes.infobip import KEY, FakeInfobip
from convo.ports import Parsed
from convo.providers import infobip
from convo.providers.http import HttpClient
from convo.providers.infobip import REMEMBERED, Infobip, Options
from convo.providers.wire import sender, with_plus
from convo.wiring.probes import PROBES
from tests.fakes.http_server import FakeServer
from tests.fakes.outbound import CONTACT, OURS, channel, message
from tests.fakes.webhooks import asked
from tests.providers.oracle import ours
from tests.providers.test_every_provider import raw

CALLBACK = "https://sms.example.org/dlr/main/0123-abcd"
URL = "https://sms.example.org/in/main/token"
NOW = 1_795_341_600
SAID = Said(sender=CONTACT, to=OURS, text="QUIZ Oui ☺", id="0191e180-7d60-7000")
TAKEN = Taken(id=message().id, to=CONTACT, origin=OURS, text="Hello", callback=CALLBACK)


def adapter(
    http: HttpClient | None = None, *, at: str | None = OURS, url: str = "http://127.0.0.1:9"
) -> Infobip:
    return infobip.connect(
        channel("infobip", at=at),
        Options.model_validate(FakeInfobip().settings(url)),
        http or HttpClient(),
        country="US",
        clock=lambda: NOW * 1_000,
    )


def read(*results: Any, outbound: str = "") -> Parsed:
    request = raw(FakeInfobip().pushed(results, URL))
    return adapter().report(request, outbound) if outbound else adapter().receive(request)


# --- beside the company's own SDK ----------------------------------------------------------------


@pytest.mark.anyio
async def test_a_message_is_sent_and_looked_for_as_the_sdk_does() -> None:
    fake, http, out = FakeInfobip(), HttpClient(), message("Ça + & = ☺\n2")
    async with FakeServer(fake.answer) as server:
        line = adapter(http, url=server.url)
        sent = await line.send(out, CALLBACK)
        found = await line.look_up(out, NOW * 1_000)
        settings = vendor.Configuration(host=server.url, api_key=KEY)
        theirs = SmsApi(vendor.ApiClient(settings))
        model = vendor.SmsMessage(
            sender=OURS[1:],
            destinations=[vendor.SmsDestination(to=CONTACT[1:], messageId=out.id)],
            content=vendor.SmsMessageContent(vendor.SmsTextContent(text=out.text)),
            webhooks=vendor.SmsWebhooks(
                delivery=vendor.SmsMessageDeliveryReporting(url=CALLBACK),
                contentType="application/json",
            ),
        )
        wanted = vendor.SmsRequest(messages=[model])
        made = await anyio.to_thread.run_sync(theirs.send_sms_messages, wanted)
        logs = await anyio.to_thread.run_sync(
            lambda: theirs.get_outbound_sms_message_logs(message_id=[out.id])
        )
        await http.close()
    posted, got, their_post, their_get = map(ours, server.asked)
    assert posted == their_post
    assert (got.path, got.query, got.authorization) == (
        their_get.path,
        their_get.query,
        their_get.authorization,
    )
    assert made.messages
    assert sent.provider_ids == found.provider_ids == (made.messages[0].message_id,)
    assert logs.results


@pytest.mark.anyio
async def test_the_log_is_asked_for_as_the_sdk_does_and_no_further_back_than_it_reaches() -> None:
    fake, http = FakeInfobip(), HttpClient()
    until = datetime.fromtimestamp(NOW, UTC)
    async with FakeServer(fake.answer) as server:
        assert not await adapter(http, url=server.url).reports_between(0, NOW * 1_000)
        settings = vendor.Configuration(host=server.url, api_key=KEY)
        settings.datetime_format = "%Y-%m-%dT%H:%M:%S.000%z"
        theirs = SmsApi(vendor.ApiClient(settings))
        logs = await anyio.to_thread.run_sync(
            lambda: theirs.get_outbound_sms_message_logs(
                sender=OURS[1:],
                sent_since=until - timedelta(hours=48),
                sent_until=until,
                limit=1_000,
                use_cursor=True,
            )
        )
        await http.close()
    assert logs.results == []
    got, their_get = map(ours, server.asked)
    # The SDK spells what is true as Python does.
    query = [(name, value.lower() if value == "True" else value) for name, value in their_get.query]
    assert (got.path, got.query, got.authorization) == (
        their_get.path,
        query,
        their_get.authorization,
    )


@pytest.mark.anyio
async def test_what_somebody_else_sent_is_no_report_of_ours() -> None:
    fake, http = FakeInfobip(), HttpClient()
    entries = [
        {"messageId": "1", "sender": "Salon", "status": {"groupName": "DELIVERED"}},
        {"messageId": "2", "sender": OURS[1:], "status": {"groupName": "DELIVERED"}},
    ]
    answer = Answer(body=json.dumps({"results": entries, "cursor": {}}).encode())
    async with FakeServer(lambda _: answer) as server:
        (arrival,) = await adapter(http, url=server.url).reports_between(0, NOW * 1_000)
        await http.close()
    assert isinstance(arrival.event, Report)
    assert (arrival.event.provider_id, fake.kept) == ("2", [])


def test_the_sdk_reads_of_a_webhook_what_we_read() -> None:
    webhook = FakeInfobip().inbound(SAID, URL)
    theirs: Any = vendor.SmsInboundMessageResult.from_json(webhook.body.decode())
    (one,) = theirs.results
    (arrival,) = adapter().receive(raw(webhook)).arrivals
    assert isinstance(arrival.event, Inbound)
    assert (one.message_id, one.text) == (arrival.event.provider_id, arrival.event.text)
    assert f"+{one.var_from}" == arrival.event.contact.e164

    report = FakeInfobip().report(TAKEN, "DELIVERED_TO_HANDSET")
    told: Any = vendor.SmsDeliveryResult.from_json(report.body.decode())
    (arrival,) = adapter().report(raw(report), "").arrivals
    assert isinstance(arrival.event, Report)
    assert told.results[0].message_id == arrival.event.provider_id
    assert told.results[0].status.group_name == arrival.event.status.upper()


# --- what comes in -------------------------------------------------------------------------------


def test_the_whole_text_is_read_and_not_what_is_behind_its_keyword() -> None:
    (arrival,) = read(FakeInfobip().text(SAID)).arrivals
    assert isinstance(arrival.event, Inbound)
    assert arrival.event.text == "QUIZ Oui ☺"


def test_the_words_of_a_picture_message_are_its_text() -> None:
    said = Said(sender=CONTACT, to=OURS, text="Look", id="1", media=("https://i.example/a.jpg",))
    (arrival,) = read(FakeInfobip().text(said)).arrivals
    assert isinstance(arrival.event, Inbound)
    assert (arrival.event.text, arrival.event.media) == ("Look", said.media)


def test_texts_and_reports_of_one_request_are_told_apart_each_by_its_own_id() -> None:
    fake = FakeInfobip()
    other = Taken(id="another", to=CONTACT, origin=OURS, text="Hello")
    parsed = read(
        fake.told(TAKEN, "DELIVERED_TO_OPERATOR"),
        fake.told(TAKEN, "DELIVERED_TO_HANDSET"),
        fake.told(other, "REJECTED_NETWORK", "EC_UNKNOWN"),
        fake.text(SAID),
        outbound=TAKEN.id,
    )
    reports = [each.event for each in parsed.arrivals if isinstance(each.event, Report)]
    assert [(each.outbound, each.status) for each in reports] == [
        (TAKEN.id, "sent"),
        (TAKEN.id, "delivered"),
        ("another", "failed"),
    ]
    assert isinstance(parsed.arrivals[-1].event, Inbound)
    assert len({each.dedupe for each in parsed.arrivals}) == 4


def test_an_error_may_say_that_they_are_opted_out_too() -> None:
    line = infobip.connect(
        channel("infobip"),
        Options.model_validate({"api_key": KEY, "opted_out": ["EC_STOPPED"]}),
        HttpClient(),
        country="US",
        clock=lambda: 0,
    )
    for code, arrivals in (("EC_STOPPED", 2), ("EC_OTHER", 1)):
        request = raw(FakeInfobip().report(TAKEN, "REJECTED_NETWORK", code))
        assert len(line.report(request, TAKEN.id).arrivals) == arrivals


def test_an_empty_list_is_no_error_and_no_list_is_one() -> None:
    assert read() == Parsed(arrivals=(), answer=infobip.ANSWER)
    for body in (b"{}", b"[]", b'{"results": {}}'):
        with pytest.raises(WebhookRejected):
            adapter().receive(asked(URL, body))


def test_the_doctors_webhook_is_let_in_and_brings_nothing() -> None:
    probe = PROBES["infobip"](Options.model_validate({"api_key": KEY}), URL)
    assert adapter().receive(asked(URL, probe.body)) == read()


def test_numbers_without_a_plus_are_whole_numbers_and_short_codes_stay_so() -> None:
    assert sender(with_plus("385916242494"), "US").e164 == "+385916242494"
    with pytest.raises(BadAddress, match="short code"):
        sender(with_plus("384387"), "US")


# --- what goes out -------------------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize("body", [b"{}", b'{"messages": []}', b'{"messages": [{}]}', b"oops"])
async def test_a_good_answer_without_a_status_may_be_a_refusal(body: bytes) -> None:
    http = HttpClient()
    async with FakeServer(lambda _: Answer(status=200, body=body)) as server:
        with pytest.raises(SendUncertain):
            await adapter(http, url=server.url).send(message(), CALLBACK, math.inf)
        await http.close()


@pytest.mark.anyio
async def test_what_is_older_than_the_log_is_not_known_to_be_unsent() -> None:
    http = HttpClient()
    async with FakeServer(FakeInfobip().answer) as server:
        line = adapter(http, url=server.url)
        for since, found in ((NOW * 1_000, "not_sent"), (NOW * 1_000 - REMEMBERED, "unknown")):
            assert (await line.look_up(message(), since)).found == found
        server.answer = lambda _: Answer(status=200, body=b"[]")
        assert (await line.look_up(message(), NOW * 1_000)).found == "unknown"
        await http.close()


@pytest.mark.anyio
async def test_a_sender_name_stays_as_it_is_and_letters_are_replaced_where_wanted() -> None:
    http = HttpClient()
    async with FakeServer(FakeInfobip().answer) as server:
        settings = {**FakeInfobip().settings(server.url), "transliteration": "TURKISH"}
        line = infobip.connect(
            channel("infobip", at="SALON"),
            Options.model_validate(settings),
            http,
            country="US",
            clock=lambda: 0,
        )
        await line.send(message("ş"), "")
        await http.close()
    (said,) = json.loads(server.asked[0].body)["messages"]
    assert said == {
        "sender": "SALON",
        "destinations": [{"to": CONTACT[1:], "messageId": message().id}],
        "content": {"text": "ş", "transliteration": "TURKISH"},
    }


# --- settings ------------------------------------------------------------------------------------


def test_a_channel_without_an_address_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsError, match=r"channels\.main: Infobip needs an address"):
        adapter(at=None)


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Options.model_fields.values())
