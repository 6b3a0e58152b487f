"""Tencent: its own SDK as the oracle, replies without ids, look-ups that cannot say no."""

import json
from dataclasses import replace
from typing import Any, cast

import pytest
from tencentcloud.common import credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111 import models
from tencentcloud.sms.v20210111.sms_client import SmsClient

from convo.core.events import Inbound
from convo.core.turns import Outbound
from convo.errors import ConfigError, Invalid, RateLimited, WebhookRejected
from convo.fakes import Asked
from convo.fakes.tencent import SDK_APP_ID, SECRET_ID, SECRET_KEY, SIGN_NAME, status
from convo.providers.tencent import Tencent
from tests.fakes.outbound import message
from tests.fakes.webhooks import asked
from tests.providers.test_every_provider import NOW, line, standing

WANG = "+8613800138000"


def text(said: str) -> Outbound:
    return message(f"【{SIGN_NAME}】{said}", to=WANG)


# --- the vendor's own client ---------------------------------------------------------------------


def vendor(url: str) -> SmsClient:
    host = HttpProfile(endpoint=url.removeprefix("http://"), protocol="http")
    key = credential.Credential(SECRET_ID, SECRET_KEY)
    return SmsClient(key, "ap-guangzhou", ClientProfile(httpProfile=host))


CLIENTS_OWN = ("x-tc-requestclient", "x-tc-traceid", "x-tc-language")
"""Which client it is, a number for its own logs, and the language of what it is told."""


def judged_part(request: Asked) -> dict[str, Any]:
    """What a request says."""
    head, _, _ = request.headers["authorization"].partition("Signature=")
    return {
        "line": (request.method, request.target),
        "by": head,
        "kind": request.headers["content-type"],
        "headers": {
            name: value
            for name, value in request.headers.items()
            if name.startswith("x-tc-") and name not in ("x-tc-timestamp", *CLIENTS_OWN)
        },
        "body": json.loads(request.body),
    }


@pytest.mark.anyio
async def test_a_text_is_sent_as_the_vendors_own_client_sends_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The fake takes its request as well, so it judges as the company does."""
    monkeypatch.setattr("time.time", lambda: NOW)
    async with standing("tencent") as (stands, server):
        sent = await stands.provider.send(text("您的剪发已约在周五。"), "", 1e9)
        request = models.SendSmsRequest()
        request.from_json_string(server.asked[0].body.decode())
        answer = await _in_a_thread(lambda: vendor(server.url).SendSms(request))
        ours, theirs = server.asked
    assert answer.SendStatusSet[0].Code == "Ok"
    assert judged_part(ours) == judged_part(theirs)
    assert [each.text for each in stands.fake.taken] == ["您的剪发已约在周五。"] * 2
    assert sent.provider_ids == (stands.fake.taken[0].id,)


@pytest.mark.anyio
async def test_what_was_sent_is_asked_for_as_the_vendors_own_client_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("time.time", lambda: NOW)
    async with standing("tencent") as (stands, server):
        await cast(Tencent, stands.provider).look_up(text("好的。"), NOW * 1_000)
        request = models.PullSmsSendStatusByPhoneNumberRequest()
        request.from_json_string(server.asked[0].body.decode())
        client = vendor(server.url)
        await _in_a_thread(lambda: client.PullSmsSendStatusByPhoneNumber(request))
        ours, theirs = server.asked
    assert judged_part(ours) == judged_part(theirs)


async def _in_a_thread(call: Any) -> Any:
    from anyio.to_thread import run_sync

    return await run_sync(call)


# --- sending -------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_values_go_in_the_order_of_their_gaps() -> None:
    async with standing("tencent") as (stands, server):
        await stands.provider.send(text("您的剪发已约在周五。"), "", 1e9)
        await stands.provider.send(text("好的。"), "", 1e9)
        first, second = (json.loads(each.body) for each in server.asked)
    assert first == {
        "PhoneNumberSet": [WANG],
        "SmsSdkAppId": SDK_APP_ID,
        "SignName": SIGN_NAME,
        "TemplateId": "1111",
        "TemplateParamSet": ["剪发", "周五"],
        "SessionContext": text("").id,
    }
    assert "TemplateParamSet" not in second


@pytest.mark.anyio
async def test_a_text_that_no_template_covers_any_more_never_leaves() -> None:
    stands = line("tencent")
    provider = cast(Tencent, stands.provider)
    provider._channel = replace(provider._channel, templates=())
    with pytest.raises(Invalid, match="no approved template"):
        await provider.send(text("好的。"), "")


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("code", "seconds"), [("PhoneNumberThirtySecondLimit", 30), ("PhoneNumberOneHourLimit", 3_600)]
)
async def test_a_number_that_had_enough_for_now_holds_up_nobody_else(
    code: str, seconds: float
) -> None:
    async with standing("tencent") as (stands, _):
        stands.fake.refusal = status(f"LimitExceeded.{code}")
        with pytest.raises(RateLimited) as told:
            await stands.provider.send(text("好的。"), "", 1e9)
    assert (told.value.retry_after, told.value.contact_only) == (seconds, True)


@pytest.mark.anyio
async def test_a_clock_that_is_off_is_told() -> None:
    async with standing("tencent") as (stands, _):
        provider = cast(Tencent, stands.provider)
        provider._clock = lambda: (NOW + 301) * 1_000
        with pytest.raises(ConfigError):
            await provider.send(text("好的。"), "")


# --- what is posted ------------------------------------------------------------------------------

REPLY = {
    "extend": "01",
    "mobile": "13800138000",
    "nationcode": "86",
    "sign": SIGN_NAME,
    "text": "1",
    "time": 1457336869,
}


def read(said: object, **options: Any) -> list[Any]:
    stands = line("tencent")
    provider = cast(Tencent, stands.provider)
    provider._options = provider._options.model_copy(update=options)
    body = json.dumps(said, ensure_ascii=False).encode()
    return list(provider.receive(asked("/in/main", body)).arrivals)


def test_a_reply_is_told_from_another_by_all_that_it_says() -> None:
    keys = [
        read(REPLY | changed)[0].dedupe
        for changed in ({}, {"time": "1457336869"}, {"time": 1457336870}, {"text": "2"})
    ]
    assert keys[0] == keys[1]  # a number or a word
    assert len(set(keys)) == 3


def test_the_country_stands_beside_the_number() -> None:
    (arrival,) = read(REPLY | {"nationcode": "44", "mobile": "7700900123"})
    assert isinstance(arrival.event, Inbound)
    assert arrival.event.contact.e164 == "+447700900123"


def test_a_reply_to_another_extension_is_another_channels() -> None:
    assert len(read(REPLY, extend_code="01")) == 1
    assert read(REPLY, extend_code="02") == []


def test_reports_come_several_at_once_and_a_broken_one_spoils_none() -> None:
    good = {"report_status": "SUCCESS", "sid": "a", "mobile": "1", "nationcode": "86"}
    assert len(read([good, 7, {"sid": "b"}, good | {"sid": "c"}])) == 2


@pytest.mark.parametrize("body", [b"", b"7", b'"x"', b"\xff", b"null"])
def test_what_is_neither_is_nonsense(body: bytes) -> None:
    with pytest.raises(WebhookRejected):
        line("tencent").provider.receive(asked("/in/main", body))
