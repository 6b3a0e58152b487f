"""Aliyun: its own client as the oracle, replies and reports, sends by template, look-ups."""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast
from urllib.parse import parse_qsl

import pytest
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_dysmsapi20170525.models import QuerySendDetailsRequest, SendSmsRequest
from alibabacloud_tea_openapi.utils_models import Config
from pydantic import ValidationError

from convo.core.events import Inbound, Report
from convo.core.numbers import PhoneNumber
from convo.core.turns import Outbound
from convo.errors import ConfigError, Invalid, RateLimited, SettingsError, WebhookRejected
from convo.fakes import Asked, Taken
from convo.fakes.aliyun import KEY_ID, SECRET, SIGN_NAME, FakeAliyun, said
from convo.providers import aliyun
from convo.providers.aliyun import Aliyun, Options
from convo.providers.http import HttpClient
from tests.fakes.http_server import FakeServer
from tests.fakes.outbound import message
from tests.fakes.webhooks import asked
from tests.providers.sheets.aliyun import channel_of

pytestmark = pytest.mark.anyio

WANG = PhoneNumber("+8613800138000")
NOON = 1_795_320_000_000  # 2026-11-22, noon in Beijing


def adapter(
    http: HttpClient | None = None, *, at: int = NOON, url: str = "http://127.0.0.1:9", **more: Any
) -> Aliyun:
    options = Options.model_validate({**FakeAliyun().settings(url), **more})
    channel = channel_of("aliyun", options)
    return aliyun.connect(channel, options, http or HttpClient(), country="CN", clock=lambda: at)


@asynccontextmanager
async def standing(**more: Any) -> AsyncGenerator[tuple[Aliyun, FakeAliyun, FakeServer]]:
    """The adapter with its company at work on this machine."""
    fake = FakeAliyun()
    async with FakeServer(fake.answer) as server:
        http = HttpClient()
        yield adapter(http, url=server.url, **more), fake, server
        await http.close()


def text(said: str, to: str = WANG.e164) -> Outbound:
    return message(f"【{SIGN_NAME}】{said}", to=to)


def pairs_of(request: Asked) -> dict[str, str]:
    return dict(parse_qsl(request.target.partition("?")[2], strict_parsing=True))


# --- the vendor's own client ---------------------------------------------------------------------


def vendor(port: int) -> Client:
    return Client(
        Config(
            access_key_id=KEY_ID,
            access_key_secret=SECRET,
            endpoint=f"127.0.0.1:{port}",
            protocol="http",
        )
    )


CLIENTS_OWN = "x-acs-credentials-provider"
"""Tells the vendor how its client came by the key."""


def signed_part(request: Asked) -> Mapping[str, Any]:
    """What a request says, without what differs from one try to the next."""
    head, _, signed = request.headers["authorization"].partition("SignedHeaders=")
    changing = {"x-acs-date", "x-acs-signature-nonce", CLIENTS_OWN}
    return {
        "line": (request.method, request.target.partition("?")[0]),
        "query": pairs_of(request),
        "headers": {
            name: value
            for name, value in request.headers.items()
            if name.startswith("x-acs-") and name not in changing
        },
        "body": request.body,
        "by": head,
        # ACS3 asks for these; the vendor's client signs headers of its own as well.
        "signed": [
            name
            for name in signed.split(",")[0].split(";")
            if (name == "host" or name.startswith("x-acs-")) and name != CLIENTS_OWN
        ],
    }


async def test_a_text_is_sent_as_the_vendors_own_client_sends_it() -> None:
    """The fake takes its request as well, so it judges as the company does."""
    whole = "剪发已约在12月4日 15:00~16:00。"
    async with standing(extend_code="01") as (provider, fake, server):
        await provider.send(text(whole), "")
        asked_for = pairs_of(server.asked[0])
        request = SendSmsRequest(
            out_id=text(whole).id,
            phone_numbers="13800138000",
            sign_name=SIGN_NAME,
            sms_up_extend_code="01",
            template_code="SMS_1003",
            template_param=asked_for["TemplateParam"],
        )
        answer = await vendor(server.port).send_sms_async(request)
        ours, theirs = server.asked
    assert answer.body.code == "OK"
    assert [each.text for each in fake.taken] == [whole, whole]
    assert signed_part(ours) == signed_part(theirs)
    given = json.loads(asked_for["TemplateParam"])
    assert given == {"service": "剪发", "day": "12月4日 15:00~16:00"}


async def test_what_was_sent_is_asked_for_as_the_vendors_own_client_asks() -> None:
    async with standing() as (provider, _, server):
        await provider.look_up(text("好的。"), NOON)
        request = QuerySendDetailsRequest(
            current_page=1, page_size=50, phone_number="13800138000", send_date="20261122"
        )
        answer = await vendor(server.port).query_send_details_async(request)
        ours, theirs = server.asked
    assert answer.body.code == "OK"
    assert signed_part(ours) == signed_part(theirs)


async def test_the_fake_refuses_a_wrong_secret() -> None:
    async with standing(access_key_secret="another") as (provider, fake, _):
        with pytest.raises(ConfigError):
            await provider.send(text("好的。"), "")
        assert fake.taken == []


# --- sending -------------------------------------------------------------------------------------


async def test_a_text_leaves_as_the_template_that_says_most_of_it() -> None:
    texts = ("好的。", "已预约周五。", "剪发已约在周五。", "随便")
    async with standing() as (provider, fake, server):
        for each in texts:
            await provider.send(text(each), "")
        asked_for = [pairs_of(each) for each in server.asked]
    codes = [each["TemplateCode"] for each in asked_for]
    assert codes == ["SMS_1002", "SMS_1001", "SMS_1003", "SMS_1000"]
    assert asked_for[0] == {
        "OutId": text("好的。").id,
        "PhoneNumbers": "13800138000",
        "SignName": SIGN_NAME,
        "TemplateCode": "SMS_1002",
    }
    assert tuple(each.text for each in fake.taken) == texts


@pytest.mark.parametrize(
    ("said", "to"), [("您好", WANG.e164), ("好的。", "+85251234567"), ("好的。", "+12025550101")]
)
async def test_what_cannot_be_sent_never_leaves(said: str, to: str) -> None:
    async with standing(templates={"SMS_1002": "好的。"}) as (provider, _, server):
        with pytest.raises(Invalid):
            await provider.send(text(said, to), "")
        assert server.asked == []


@pytest.mark.parametrize(
    ("told", "seconds"), [("触发分钟级流控Permits:1", 60), ("触发小时级流控Permits:5", 3_600)]
)
async def test_a_number_that_had_enough_for_now_is_told_from_an_account_that_had(
    told: str, seconds: float
) -> None:
    async with standing() as (provider, fake, _):
        fake.refusal = said("isv.BUSINESS_LIMIT_CONTROL", told)
        with pytest.raises(RateLimited) as one:
            await provider.send(text("好的。"), "")
        fake.refusal = said("Throttling.User", status=400)
        with pytest.raises(RateLimited) as everybody:
            await provider.send(text("好的。"), "")
    assert (one.value.retry_after, one.value.contact_only) == (seconds, True)
    assert not everybody.value.contact_only


# --- look-ups ------------------------------------------------------------------------------------


async def test_a_message_in_doubt_is_found_by_our_id_among_many() -> None:
    out = text("好的。")
    ours = Taken(id="1", to=WANG.e164, origin=SIGN_NAME, text="好的。", reference=out.id)
    others = [replace(ours, reference=f"other{n}") for n in range(120)]
    async with standing() as (provider, fake, _):
        for listed, found in (
            (others, "not_sent"),
            ([ours, *others], "sent"),
            ([*others, ours], "sent"),  # on the third page
        ):
            fake.taken = listed
            assert (await provider.look_up(out, NOON)).found == found


async def test_a_list_without_end_or_that_cannot_be_read_proves_nothing() -> None:
    out = text("好的。")
    other = Taken(id="1", to=WANG.e164, origin=SIGN_NAME, text="好的。", reference="other")
    async with standing() as (provider, fake, _):
        fake.taken = [other] * 1_100
        assert (await provider.look_up(out, NOON)).found == "unknown"
    async with standing(access_key_secret="another") as (provider, _, _):
        assert (await provider.look_up(out, NOON)).found == "unknown"


async def test_a_look_up_behind_midnight_asks_for_both_days() -> None:
    async with standing(at=NOON + 13 * 3_600_000) as (provider, _, server):
        await provider.look_up(text("好的。"), NOON)
        days = [pairs_of(each)["SendDate"] for each in server.asked]
    assert days == ["20261122", "20261123"]


# --- replies and reports -------------------------------------------------------------------------

REPLY = {
    "phone_number": "13800138000",
    "content": "1",
    "send_time": "2026-11-22 12:00:00",
    "dest_code": "123401",
    "sequence_id": "1234567890",
    "sign_name": SIGN_NAME,
}
REPORT = {
    "phone_number": "13800138000",
    "send_time": "2026-11-22 12:00:00",
    "report_time": "2026-11-22 12:00:03",
    "success": True,
    "err_code": "DELIVERED",
    "err_msg": "用户接收成功",
    "sms_size": "1",
    "biz_id": "900^0",
    "out_id": "our-1",
}


def received(*items: object, **more: Any):
    return adapter(**more).receive(asked("/in/main", json.dumps(items).encode()))


def test_whatever_is_broken_in_a_push_spoils_nothing_else() -> None:
    second = REPLY | {"sequence_id": 42, "content": "好的"}
    parsed = received(REPLY, {"content": "?"}, 7, REPLY | {"phone_number": "1"}, second)
    events = [cast(Inbound, arrival.event) for arrival in parsed.arrivals]
    assert [(event.contact, event.text) for event in events] == [(WANG, "1"), (WANG, "好的")]
    assert [arrival.dedupe for arrival in parsed.arrivals] == ["in:main:1234567890", "in:main:42"]
    assert len(parsed.ignored) == 3
    assert not any("13800138000" in reason for reason in parsed.ignored)
    assert json.loads(parsed.answer.body) == {"code": 0, "msg": "接收成功"}
    assert parsed.answer.content_type.startswith("application/json")


def test_an_id_is_the_same_as_a_number_and_as_a_text() -> None:
    one, other = received(REPLY, REPLY | {"sequence_id": 1234567890}).arrivals
    assert one.dedupe == other.dedupe


def test_a_reply_to_another_extension_is_another_channels() -> None:
    assert len(received(REPLY, extend_code="01").arrivals) == 1
    assert received(REPLY, extend_code="02").arrivals == ()


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({}, "delivered", ""),
        ({"success": "true"}, "delivered", ""),
        ({"success": False, "err_code": "MK:0012"}, "undelivered", "MK:0012"),
        ({"success": "false", "err_code": "EXPIRED"}, "undelivered", "EXPIRED"),
    ],
)
def test_a_report_names_our_message_itself(
    changes: Mapping[str, Any], status: str, code: str
) -> None:
    (arrival,) = received({**REPORT, **changes}).arrivals
    assert arrival.event == Report(
        channel="main",
        outbound="our-1",
        provider_id="900^0",
        status=cast(Any, status),
        code=code,
    )


def test_reports_of_one_message_differ_by_what_they_say() -> None:
    found = received(REPORT, REPORT, REPORT | {"success": False}, REPORT | {"out_id": "our-2"})
    keys = [arrival.dedupe for arrival in found.arrivals]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


def test_a_report_that_names_no_message_is_passed_over() -> None:
    nameless = {name: value for name, value in REPORT.items() if name not in ("out_id", "biz_id")}
    assert received(nameless).arrivals == ()
    assert len(received(REPORT | {"out_id": None}).arrivals) == 1  # by its own id


@pytest.mark.parametrize("body", [b"", b"7", b'"x"', b"\xff", b"null"])
def test_what_is_no_list_is_nonsense(body: bytes) -> None:
    with pytest.raises(WebhookRejected):
        adapter().receive(asked("/in/main", body))


# --- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("signature", ["", "Salon: ", "【】", "【沙龙】x"])
def test_a_channel_needs_a_signature_that_was_approved(signature: str) -> None:
    options = Options.model_validate(FakeAliyun().settings("http://127.0.0.1:9"))
    signed = replace(channel_of("aliyun", options), signature=signature)
    with pytest.raises(SettingsError, match="signature"):
        aliyun.connect(signed, options, HttpClient(), country="CN", clock=lambda: 0)


@pytest.mark.parametrize(
    ("wording", "told"),
    [
        ("【美发沙龙】好的。", "without its signature"),
        (" 好的。", "without spaces"),
        ("", "needs an id and a text"),
        ("您的{1}已约好", "is no gap of this company"),
        ("验证码#code#", "is no gap of this company"),
        ("${a}${b}好", "stand side by side"),
    ],
)
def test_a_template_that_cannot_be_one_is_refused(wording: str, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        adapter(templates={"SMS_1": wording})
