"""Huawei Cloud: its own SDK as the oracle, gaps in their order, reports part by part."""

import json
import re
import time
from dataclasses import replace
from typing import Any, cast
from urllib.parse import parse_qsl

import pytest
from anyio.to_thread import run_sync
from huaweicloudsdksmsapi.v1 import (
    BatchSendSmsRequest,
    BatchSendSmsRequestBody,
    SMSApiClient,
)
from huaweicloudsdksmsapi.v1.smsapi_credentials import SMSApiCredentials
from pydantic import ValidationError

from convo.core.events import STATUS_RANK, Inbound, Report
from convo.core.turns import Outbound
from convo.errors import ConfigError, Invalid, Refused, SettingsError
from convo.fakes import Approvals, Asked
from convo.fakes.huawei import APP_KEY, APP_SECRET, NUMBER, SIGN_NAME, FakeHuawei, of_number
from convo.ports import Parsed
from convo.providers import huawei
from convo.providers.http import HttpClient
from convo.providers.huawei import Huawei, Options
from convo.wiring.probes import PROBES
from tests.fakes.outbound import message
from tests.fakes.webhooks import asked, form
from tests.providers.sheets.huawei import channel_of
from tests.providers.test_every_provider import CALLBACK, NOW, URL, line, standing

WANG = "+8613800138000"
BOOKED = "8ff55eac1d0b478ab3c06c3c6a492301"


def text(said: str, to: str = WANG) -> Outbound:
    return message(f"【{SIGN_NAME}】{said}", to=to)


def fields_of(request: Asked) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=True))


# --- the vendor's own client ---------------------------------------------------------------------


def vendor(url: str) -> SMSApiClient:
    key = SMSApiCredentials(APP_KEY, APP_SECRET)
    built = SMSApiClient.new_builder().with_credentials(key).with_endpoint(url).build()
    return cast(SMSApiClient, built)


def judged_part(request: Asked) -> dict[str, Any]:
    """What a request says, without what differs from one try to the next."""
    head, _, signed = request.headers["authorization"].partition("SignedHeaders=")
    headers = {name: v for name, v in request.headers.items() if name.startswith("x-sdk-")}
    assert re.fullmatch(r"\d{8}T\d{6}Z", headers.pop("x-sdk-date"))
    return {
        "line": (request.method, request.target),
        "headers": headers | {"content-type": request.headers["content-type"]},
        "by": head,
        # The vendor's client signs its own name as well.
        "signed": [name for name in signed.split(",")[0].split(";") if name != "user-agent"],
        "body": request.body,
    }


@pytest.mark.anyio
@pytest.mark.parametrize("said", ["您的剪发 & 染已约在12月4日 15:00~16:00。", "好的。"])
async def test_a_text_is_sent_as_the_vendors_own_client_sends_it(said: str) -> None:
    """The fake takes its request as well, so it judges as the company does."""
    async with standing("huawei") as (stands, server):
        # The vendor's client asks for the time itself.
        cast(Huawei, stands.provider)._clock = lambda: int(time.time() * 1_000)
        stands.fake._now = time.time
        await stands.provider.send(text(said), CALLBACK, 1e9)
        told = fields_of(server.asked[0])
        request = BatchSendSmsRequest(
            body=BatchSendSmsRequestBody(
                _from=NUMBER,
                to=WANG,
                template_id=told["templateId"],
                template_paras=told.get("templateParas"),
                status_callback=CALLBACK,
                extend=text(said).id,
                signature=SIGN_NAME,
            )
        )
        client = vendor(server.url)
        answer: Any = await run_sync(lambda: client.batch_send_sms(request))
        ours, theirs = server.asked
    assert (answer.code, answer.result[0].status) == ("000000", "000000")
    assert judged_part(ours) == judged_part(theirs)
    assert [each.text for each in stands.fake.taken] == [said, said]
    assert stands.fake.taken[1] == replace(stands.fake.taken[0], id=answer.result[0].sms_msg_id)


# --- sending -------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_send_says_all_that_the_company_needs() -> None:
    async with standing("huawei") as (stands, server):
        sent = await stands.provider.send(text("您的剪发已约在周五。"), CALLBACK, 1e9)
        await stands.provider.send(text("好的。"), CALLBACK, 1e9)
        first, second = map(fields_of, server.asked)
    assert first == {
        "from": NUMBER,
        "to": WANG,
        "templateId": BOOKED,
        "templateParas": '["剪发", "周五"]',
        "statusCallback": CALLBACK,
        "extend": text("").id,
        "signature": SIGN_NAME,
    }
    assert "templateParas" not in second  # of a text without gaps
    assert (sent.provider_ids, sent.parts) == ((stands.fake.taken[0].id,), 1)


@pytest.mark.anyio
async def test_values_go_in_the_order_in_which_gaps_stand_and_not_by_their_numbers() -> None:
    """Huawei fills gaps one by one and reads no number, so one that stands twice has two values."""
    async with standing("huawei") as (stands, server):
        provider = cast(Huawei, stands.provider)
        wording = {"t": "${2}，${1}见，${2}！"}
        stands.fake.approved = Approvals(signatures=(SIGN_NAME,), templates=wording)
        approved = Options.model_validate(stands.fake.settings(server.url)).approved
        provider._channel = replace(provider._channel, templates=approved)
        await provider.send(text("王先生，周五见，王先生！"), "", 1e9)
        (request,) = server.asked
    assert json.loads(fields_of(request)["templateParas"]) == ["王先生", "周五", "王先生"]
    assert stands.fake.taken[0].text == "王先生，周五见，王先生！"


@pytest.mark.anyio
async def test_each_signature_is_sent_from_its_own_number() -> None:
    async with standing("huawei") as (stands, server):
        provider = cast(Huawei, stands.provider)
        told = {**FakeHuawei().settings(server.url), "numbers": {"【分店】": "10690001"}}
        options = Options.model_validate(told)
        signed = replace(channel_of("huawei", options), signatures=("【分店】",))
        two = huawei.connect(
            signed, options, provider._http, country="CN", clock=lambda: NOW * 1_000
        )
        await two.send(text("好的。"), "", 1e9)
        with pytest.raises(ConfigError):  # the pretended company knows one number alone
            await two.send(message("【分店】好的。", to=WANG), "", 1e9)
        asked_for = [fields_of(each) for each in server.asked]
    assert [(each["from"], each["signature"]) for each in asked_for] == [
        (NUMBER, SIGN_NAME),
        ("10690001", "分店"),
    ]


def test_a_number_for_a_signature_that_the_channel_has_not_is_refused() -> None:
    told = {**FakeHuawei().settings("http://127.0.0.1:9"), "numbers": {"分店": "10690001"}}
    options = Options.model_validate(told)
    channel = channel_of("huawei", options)
    with pytest.raises(SettingsError, match=r'numbers: "分店" is none'):
        huawei.connect(channel, options, HttpClient(), country="CN", clock=lambda: 0)


@pytest.mark.anyio
@pytest.mark.parametrize("number", ["+447700900123", "+85251234567", "+861065123"])
async def test_who_is_not_of_the_mainland_is_refused_before_anything_leaves(number: str) -> None:
    with pytest.raises(Invalid, match="no number of mainland China"):
        await line("huawei").provider.send(text("好的。", to=number), "", 1e9)


@pytest.mark.anyio
async def test_a_number_that_was_refused_is_told_though_the_whole_was_taken() -> None:
    async with standing("huawei") as (stands, _):
        stands.fake.refusal = of_number("E200033")
        with pytest.raises(Refused, match="E200033") as told:
            await stands.provider.send(text("好的。"), "", 1e9)
    assert told.value.code == "E200033"


@pytest.mark.anyio
@pytest.mark.parametrize("changed", [{"app_secret": "another"}, {"app_key": "another"}])
async def test_the_fake_refuses_another_key(changed: dict[str, str]) -> None:
    async with standing("huawei") as (stands, server):
        options = Options.model_validate({**stands.fake.settings(server.url), **changed})
        provider = cast(Huawei, stands.provider)
        provider._options = options
        with pytest.raises(ConfigError):
            await provider.send(text("好的。"), "", 1e9)
    assert stands.fake.taken == []


@pytest.mark.anyio
async def test_a_clock_that_is_off_is_told() -> None:
    async with standing("huawei") as (stands, _):
        cast(Huawei, stands.provider)._clock = lambda: (NOW + 901) * 1_000
        with pytest.raises(ConfigError, match="E000110"):
            await stands.provider.send(text("好的。"), "", 1e9)


# --- what is posted ------------------------------------------------------------------------------

REPLY = {
    "from": WANG,
    "to": "201804131431201234",
    "body": "TD",
    "smsMsgId": "9692b5be-c427-4525-8e73-cf4a6ac5b3f7",
}
REPORT = {
    "sequence": "1",
    "total": "1",
    "updateTime": "2018-10-31T08:43:41Z",
    "source": "2",
    "smsMsgId": "2ea20735-f856-4376-afbf-570bd70a46ee_11840135",
    "status": "DELIVRD",
}


def read(said: dict[str, str], outbound: str = "") -> Parsed:
    return line("huawei").provider.report(asked("/in/main", form(said)), outbound)


def reported(said: dict[str, str], outbound: str = "") -> Report:
    (arrival,) = read(said, outbound).arrivals
    return cast(Report, arrival.event)


@pytest.mark.parametrize("plus", [b"%2B", b"+", b""])
def test_the_plus_of_a_number_may_be_lost_on_the_way(plus: bytes) -> None:
    body = b"from=" + plus + b"8613800138000&to=1069&body=%E5%A5%BD&smsMsgId=7"
    (arrival,) = line("huawei").provider.receive(asked("/in/main", body)).arrivals
    event = cast(Inbound, arrival.event)
    assert (event.contact.e164, event.text) == (WANG, "好")


def test_a_reply_without_an_id_is_passed_over() -> None:
    parsed = read({name: value for name, value in REPLY.items() if name != "smsMsgId"})
    assert (parsed.arrivals, len(parsed.ignored)) == ((), 1)


def test_a_report_names_our_message_itself_or_its_url_does() -> None:
    assert reported(REPORT | {"extend": "our-1", "to": WANG}, "another").outbound == "our-1"
    assert reported(REPORT, "our-1").outbound == "our-1"
    assert reported(REPORT).provider_id == REPORT["smsMsgId"]


@pytest.mark.parametrize("order", [("1", "2"), ("2", "1")])
def test_a_long_text_is_there_when_its_last_part_is(order: tuple[str, str]) -> None:
    """Whichever part's report comes first."""
    parts = [read(REPORT | {"total": "2", "sequence": part}).arrivals[0] for part in order]
    said = {part: cast(Report, each.event).status for part, each in zip(order, parts, strict=True)}
    assert said == {"1": "sent", "2": "delivered"}
    assert len({each.dedupe for each in parts}) == 2
    assert STATUS_RANK["sent"] < STATUS_RANK["delivered"]


def test_one_part_that_is_lost_is_told() -> None:
    lost = reported(REPORT | {"total": "2", "sequence": "1", "status": "EXPIRED"})
    assert (lost.status, lost.code) == ("undelivered", "EXPIRED")


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("E200027", "failed"),
        ("MK:0056", "undelivered"),
        ("SGIP:216", "undelivered"),
        ("164", "undelivered"),
    ],
)
def test_a_code_in_place_of_a_word_is_a_failure(word: str, status: str) -> None:
    told = reported(REPORT | {"status": word})
    assert (told.status, told.code) == (status, word)


def test_a_fate_that_nobody_knows_is_passed_over() -> None:
    parsed = read(REPORT | {"status": "UNKNOWN"})
    assert (parsed.arrivals, len(parsed.ignored)) == ((), 1)
    assert parsed.answer == huawei.ANSWER


def test_the_probe_of_doctor_is_passed_over() -> None:
    options = Options.model_validate(FakeHuawei().settings("http://127.0.0.1:9"))
    probe = PROBES["huawei"](options, URL)
    parsed = line("huawei").provider.receive(asked("/in/main", probe.body))
    assert (parsed.arrivals, len(parsed.ignored)) == ((), 1)


# --- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("wording", ["您的{1}已约好", "您的${TEXT}已约好", "您的#code#已约好"])
def test_a_gap_is_a_number_in_braces_behind_a_dollar(wording: str) -> None:
    told = {**FakeHuawei().settings("http://127.0.0.1:9"), "templates": {"t": wording}}
    with pytest.raises(ValidationError, match=r"these look like \$\{1\}"):
        Options.model_validate(told)
