"""Bandwidth: its own SDK beside ours, events in lists, our own texts come back, a look-up."""

import json
import math
from dataclasses import replace
from typing import Any

import anyio.to_thread
import bandwidth as vendor
import pytest
from bandwidth.api.messages_api import MessagesApi

from convo.core.events import Inbound, Report
from convo.errors import BadSignature, SendUncertain, SettingsError, WebhookRejected
from convo.fakes import Answer, Said, Taken
from convo.fakes.bandwidth import ACCOUNT, APPLICATION, PASSWORD, USER, FakeBandwidth
from convo.ports import Parsed
from convo.providers import bandwidth
from convo.providers.bandwidth import LISTED, SKEW, Bandwidth, Options
from convo.providers.http import HttpClient
from convo.wiring.probes import PROBES
from tests.fakes.http_server import FakeServer
from tests.fakes.outbound import CONTACT, OURS, channel, message
from tests.fakes.webhooks import asked
from tests.providers.oracle import ours
from tests.providers.test_every_provider import raw

URL = "https://sms.example.org/in/main"
NOW = 1_795_341_600
MEDIA = ("https://salon.example/a%20b.jpg?x=1&y=2",)
SAID = Said(sender=CONTACT, to=OURS, text="Oui ☺", id="14762070468292kw2fuqty55yp2b2")
TAKEN = Taken(id="11", to=CONTACT, origin=OURS, text="Hello", reference=message().id)


def company() -> FakeBandwidth:
    return FakeBandwidth(lambda: NOW)


def adapter(
    http: HttpClient | None = None,
    *,
    at: str | None = OURS,
    url: str = "http://127.0.0.1:9",
    **more: Any,
) -> Bandwidth:
    return bandwidth.connect(
        channel("bandwidth", at=at),
        Options.model_validate({**company().settings(url), **more}),
        http or HttpClient(),
        country="US",
        clock=lambda: NOW * 1_000,
    )


def read(*events: Any) -> Parsed:
    return adapter().receive(raw(company().events(events, URL)))


# --- beside the company's own SDK ----------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize("media", [(), MEDIA])
async def test_a_message_is_sent_and_looked_for_as_the_sdk_does(media: tuple[str, ...]) -> None:
    fake, http, out = company(), HttpClient(), message("Ça + & = ☺\n2", media=media)
    async with FakeServer(fake.answer) as server:
        line = adapter(http, url=server.url)
        sent = await line.send(out, "")
        found = await line.look_up(out, NOW * 1_000)
        settings = vendor.Configuration(
            host=f"{server.url}/api/v2",
            username=USER,
            password=PASSWORD,
            ignore_operation_servers=True,
        )
        theirs = MessagesApi(vendor.ApiClient(settings))
        fields: dict[str, Any] = {"media": [*media]} if media else {}
        wanted = vendor.MessageRequest.model_validate(
            {
                "applicationId": APPLICATION,
                "to": [CONTACT],
                "from": OURS,
                "text": out.text,
                "tag": out.id,
                **fields,
            }
        )
        made = await anyio.to_thread.run_sync(theirs.create_message, ACCOUNT, wanted)
        page = await anyio.to_thread.run_sync(
            lambda: theirs.list_messages(
                ACCOUNT,
                source_tn=OURS,
                destination_tn=CONTACT,
                message_direction=vendor.ListMessageDirectionEnum.OUTBOUND,
                from_date_time="2026-11-22T09:59:30.000Z",
                limit=LISTED,
            )
        )
        await http.close()
    posted, got, their_post, their_get = map(ours, server.asked)
    assert posted == their_post
    assert (got.path, got.query, got.authorization) == (
        their_get.path,
        their_get.query,
        their_get.authorization,
    )
    assert found.provider_ids == sent.provider_ids == (fake.taken[0].id,)
    assert made.id == fake.taken[1].id
    assert page.messages
    assert len(page.messages) == 2
    assert sent.parts == made.segment_count


@pytest.mark.anyio
async def test_messages_are_listed_as_the_sdk_lists_them_and_the_next_page_by_its_token() -> None:
    fake, http = company(), HttpClient()
    for n in range(LISTED + 1):
        fake.keep(replace(TAKEN, id=f"{n}"), "message-delivered", at=NOW)
    async with FakeServer(fake.answer) as server:
        first, last = (NOW - 60) * 1_000, NOW * 1_000 + 7
        found = await adapter(http, url=server.url).reports_between(first, last)
        settings = vendor.Configuration(
            host=f"{server.url}/api/v2",
            username=USER,
            password=PASSWORD,
            ignore_operation_servers=True,
        )
        theirs = MessagesApi(vendor.ApiClient(settings))

        def listed(token: str | None) -> Any:
            return theirs.list_messages(
                ACCOUNT,
                source_tn=OURS,
                message_direction=vendor.ListMessageDirectionEnum.OUTBOUND,
                from_date_time="2026-11-22T09:59:00.000Z",
                to_date_time="2026-11-22T10:00:00.007Z",
                limit=LISTED,
                page_token=token,
            )

        page = await anyio.to_thread.run_sync(listed, None)
        rest = await anyio.to_thread.run_sync(listed, page.page_info.next_page_token)
        await http.close()
    assert len(found) == len(page.messages) + len(rest.messages) == LISTED + 1
    mine, other_page, their_get, their_other = map(ours, server.asked)
    for got, wanted in ((mine, their_get), (other_page, their_other)):
        assert (got.path, got.query, got.authorization) == (
            wanted.path,
            wanted.query,
            wanted.authorization,
        )


@pytest.mark.anyio
async def test_a_status_that_no_callback_tells_is_no_report() -> None:
    fake, http = company(), HttpClient()
    fake.keep(replace(TAKEN, id="1"), "message-queued", at=NOW)
    fake.keep(replace(TAKEN, id="2", origin="+12025550177"), "message-sent", at=NOW)
    fake.keep(replace(TAKEN, id="3"), "message-failed", "9902", at=NOW)
    async with FakeServer(fake.answer) as server:
        (arrival,) = await adapter(http, url=server.url).reports_between(0, NOW * 1_000)
        await http.close()
    assert arrival.event == Report(channel="main", provider_id="3", status="sent", code="9902")


def test_the_sdk_reads_of_the_callbacks_what_we_read() -> None:
    webhook = company().inbound(SAID, URL)
    theirs: Any = vendor.InboundCallback.from_dict(json.loads(webhook.body)[0])
    (arrival,) = adapter().receive(raw(webhook)).arrivals
    event = arrival.event
    assert isinstance(event, Inbound)
    assert (theirs.message.id, theirs.message.text) == (event.provider_id, event.text)
    assert theirs.message.var_from == event.contact.e164

    told = company().told(TAKEN, "message-failed", "4701")
    failed: Any = vendor.StatusCallback.from_dict(dict(told))
    (arrival,) = read(told).arrivals
    assert arrival.event == Report(
        channel="main",
        outbound=failed.message.tag,
        provider_id=failed.message.id,
        status="failed",
        code=str(failed.error_code),
    )


# --- what comes in -------------------------------------------------------------------------------


def test_texts_and_reports_of_one_request_are_told_apart() -> None:
    fake = company()
    parsed = read(fake.told(TAKEN, "message-delivered"), fake.text(SAID))
    report, text = (each.event for each in parsed.arrivals)
    assert report == Report(
        channel="main", outbound=message().id, provider_id="11", status="delivered"
    )
    assert isinstance(text, Inbound)


def changed(event: Any, **message: Any) -> Any:
    return {**event, "message": {**event["message"], **message}}


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"direction": "out"}, "it is a text of ours, come back"),
        ({"to": [OURS, "+12025550199"]}, "it is a message to a group"),
    ],
)
def test_our_own_texts_and_those_of_groups_are_passed_over(more: dict[str, Any], why: str) -> None:
    parsed = read(changed(company().text(SAID), **more))
    assert (parsed.arrivals, parsed.ignored) == ((), (why,))


@pytest.mark.parametrize("code", ["9902", "9999"])
def test_a_receipt_that_never_came_is_no_failure(code: str) -> None:
    (arrival,) = read(company().told(TAKEN, "message-failed", code)).arrivals
    assert isinstance(arrival.event, Report)
    assert (arrival.event.status, arrival.event.code) == ("sent", code)


def test_how_a_picture_message_is_laid_out_is_no_picture() -> None:
    urls = ["https://messaging.bandwidth.com/0.smil", *MEDIA]
    (arrival,) = read(changed(company().text(SAID), media=urls)).arrivals
    assert isinstance(arrival.event, Inbound)
    assert arrival.event.media == MEDIA


def test_no_list_is_nonsense_and_an_empty_one_brings_nothing() -> None:
    assert read() == Parsed(arrivals=(), answer=bandwidth.ANSWER)
    with pytest.raises(WebhookRejected) as told:
        adapter().receive(raw(company().signed(URL, b'{"type": "message-received"}')))
    assert told.value.status == 400


def test_without_a_password_the_address_must_hold_a_secret() -> None:
    alone = adapter(callback_username="", callback_password="")
    assert alone.unsigned
    assert not adapter().unsigned
    request = raw(company().inbound(SAID, URL))
    assert alone.receive(asked(URL, request.body)).arrivals


def test_while_the_password_is_replaced_both_are_let_in() -> None:
    request = raw(company().inbound(SAID, URL))
    old = company().settings("")["callback_password"]
    replaced = adapter(callback_password="new", previous_callback_passwords=(old,))
    assert replaced.receive(request).arrivals
    with pytest.raises(BadSignature):
        adapter(callback_password="new").receive(request)


def test_the_doctors_callback_is_let_in_and_brings_nothing() -> None:
    probe = PROBES["bandwidth"](Options.model_validate(company().settings("")), URL)
    headers = {name.lower(): value for name, value in probe.headers.items()}
    assert adapter().receive(asked(URL, probe.body, headers=headers)) == read()


# --- what goes out -------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_what_went_before_or_to_others_is_not_found() -> None:
    fake, http = company(), HttpClient()
    async with FakeServer(fake.answer) as server:
        line = adapter(http, url=server.url)
        await line.send(message(to="+12025550199"), "")
        assert (await line.look_up(message(), NOW * 1_000)).found == "not_sent"
        await line.send(message(), "")
        later = NOW * 1_000 + SKEW + 1
        assert (await line.look_up(message(), later)).found == "not_sent"
        assert (await line.look_up(message(), later - 1)).found == "alike"
        await http.close()


@pytest.mark.anyio
async def test_a_list_that_cannot_be_read_or_goes_on_proves_nothing() -> None:
    http = HttpClient()
    full = json.dumps({"messages": [{"messageId": "1"}] * LISTED}).encode()
    async with FakeServer(company().answer) as server:
        line = adapter(http, url=server.url)
        for answer in (Answer(body=b"[]"), Answer(status=400), Answer(body=full)):
            server.answer = lambda _, answer=answer: answer
            assert (await line.look_up(message(), NOW * 1_000)).found == "unknown"
        await http.close()


@pytest.mark.anyio
async def test_a_good_answer_without_an_id_is_a_doubt() -> None:
    http = HttpClient()
    async with FakeServer(lambda _: Answer(status=202, body=b"{}")) as server:
        with pytest.raises(SendUncertain):
            await adapter(http, url=server.url).send(message(), "", math.inf)
        await http.close()


def test_who_does_not_trust_the_list_is_not_looked_up() -> None:
    assert adapter().looks_up
    assert not adapter(looks_up=False).looks_up


# --- settings ------------------------------------------------------------------------------------


def test_a_channel_without_an_address_or_half_a_login_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsError, match=r"channels\.main: Bandwidth needs an address"):
        adapter(at=None)
    for half in ("callback_username", "callback_password"):
        more: dict[str, Any] = {half: ""}
        with pytest.raises(SettingsError, match="go together"):
            adapter(**more)


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Options.model_fields.values())
