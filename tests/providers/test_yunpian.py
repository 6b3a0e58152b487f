"""Yunpian: requests of its own SDK as the oracle, the sign of replies, look-ups by words or id."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast
from urllib.parse import parse_qsl, quote_plus, urlencode

import pytest

from convo.core.events import Inbound, Report
from convo.core.turns import Outbound
from convo.errors import BadSignature, Invalid, RateLimited, SendUncertain, WebhookRejected
from convo.fakes import Approvals, Asked
from convo.fakes.yunpian import APIKEY, SIGN_NAME, FakeYunpian, refused, signed
from convo.ports import Parsed
from convo.providers.yunpian import MOST_PAGES, PAGE, Options, Yunpian
from convo.wiring.probes import PROBES
from tests.fakes.outbound import message
from tests.fakes.webhooks import asked, form
from tests.providers.test_every_provider import CALLBACK, NOW, URL, line, raw, standing

WANG, WANG_THERE = "+8613800138000", "13800138000"
ELSEWHERE = "+447700900123"


def text(said: str, to: str = WANG) -> Outbound:
    return message(f"【{SIGN_NAME}】{said}", to=to)


def with_options(provider: Any, **changed: Any) -> Yunpian:
    """The same adapter with other settings."""
    mine = cast(Yunpian, provider)
    mine._options = mine._options.model_copy(update=changed)
    return mine


# --- the vendor's own client ---------------------------------------------------------------------

#: What yunpian-python-sdk 1.0.0 sends, caught at its `requests`: it brings a package `tests` of
#: its own, so it cannot be installed beside ours. The fields that were given to it are in
#: `test_..._as_the_vendors_own_client` below.
CLIENTS_OWN_SEND = (
    "mobile=13800138000&text=%E3%80%90%E4%BA%91%E7%89%87%E7%BD%91%E3%80%91%E6%82%A8%E7%9A%84"
    "%E5%89%AA%E5%8F%91+%26+%E6%9F%93%E5%B7%B2%E7%BA%A6%E5%9C%A812%E6%9C%884%E6%97%A5+15%3A00"
    "~16%3A00%E3%80%82&extend=01&uid=0123456789abcdef&callback_url=https%3A%2F%2Fsms.example.org"
    "%2Fdlr%2Fmain%2F0123-abcd&apikey=9b11127a9701975c734b8aee81ee3526"
)
CLIENTS_OWN_LIST = (
    "mobile=13800138000&start_time=2026-11-22+17%3A59%3A00&end_time=2026-11-22+18%3A01%3A00"
    "&page_num=1&page_size=100&apikey=9b11127a9701975c734b8aee81ee3526"
)
KIND = "application/x-www-form-urlencoded;charset=utf-8"


def pairs_of(body: str) -> list[str]:
    """Escaped as they are: only their order is nobody's business."""
    return sorted(body.split("&"))


@pytest.mark.anyio
async def test_a_text_is_sent_as_the_vendors_own_client_sends_it() -> None:
    async with standing("yunpian") as (stands, server):
        provider = with_options(stands.provider, extend_code="01", uid=True)
        out = replace(text("您的剪发 & 染已约在12月4日 15:00~16:00。"), id="0123456789abcdef")
        sent = await provider.send(out, CALLBACK, 1e9)
        (request,) = server.asked
    assert (request.method, request.target) == ("POST", "/v2/sms/single_send.json")
    assert request.headers["content-type"] == KIND
    assert pairs_of(request.body.decode()) == pairs_of(CLIENTS_OWN_SEND)
    assert (sent.provider_ids, sent.parts) == ((stands.fake.taken[0].id,), 1)


@pytest.mark.anyio
async def test_what_was_sent_is_asked_for_as_the_vendors_own_client_asks() -> None:
    async with standing("yunpian") as (stands, server):
        await cast(Yunpian, stands.provider).look_up(text("好的。"), NOW * 1_000)
        (request,) = server.asked
    assert (request.method, request.target) == ("POST", "/v2/sms/get_record.json")
    assert request.headers["content-type"] == KIND
    assert pairs_of(request.body.decode()) == pairs_of(CLIENTS_OWN_LIST)


# --- sending -------------------------------------------------------------------------------------


def fields_of(request: Asked) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=True))


@pytest.mark.anyio
async def test_what_yunpian_must_open_first_is_only_sent_when_it_is_said_to_be_open() -> None:
    async with standing("yunpian") as (stands, server):
        await stands.provider.send(text("好的。"), CALLBACK, 1e9)
        (request,) = server.asked
    assert fields_of(request) == {
        "apikey": APIKEY,
        "mobile": WANG_THERE,
        "text": f"【{SIGN_NAME}】好的。",
        "callback_url": CALLBACK,
    }


@pytest.mark.anyio
async def test_the_signature_stands_in_front_wherever_the_channel_has_it() -> None:
    async with standing("yunpian") as (stands, _):
        provider = cast(Yunpian, stands.provider)
        provider._channel = replace(provider._channel, sign_at="end")
        await provider.send(message(f"好的。【{SIGN_NAME}】", to=WANG), CALLBACK, 1e9)
    assert [(each.origin, each.text) for each in stands.fake.taken] == [(SIGN_NAME, "好的。")]


@pytest.mark.anyio
async def test_a_number_of_another_country_is_written_whole() -> None:
    async with standing("yunpian") as (stands, server):
        provider = cast(Yunpian, stands.provider)
        await provider.send(text("好的。", ELSEWHERE), CALLBACK, 1e9)
        found = await provider.look_up(text("好的。", ELSEWHERE), NOW * 1_000)
        sent, listed = map(fields_of, server.asked)
    assert (sent["mobile"], stands.fake.taken[0].to) == (ELSEWHERE, ELSEWHERE)
    assert (listed["type"], found.found) == ("global", "alike")


@pytest.mark.anyio
async def test_a_text_that_the_company_matches_to_no_template_failed_alone() -> None:
    """A value that a gap does not take must not stop everybody else."""
    async with standing("yunpian") as (stands, _):
        stands.fake.approved = Approvals(signatures=(SIGN_NAME,), templates={"3": "好的。"})
        with pytest.raises(Invalid) as told:
            await stands.provider.send(text("您的剪发已约在周五。"), CALLBACK, 1e9)
    assert told.value.code == "5"


@pytest.mark.anyio
async def test_the_same_words_again_wait_half_a_minute_and_hold_up_nobody_else() -> None:
    async with standing("yunpian") as (stands, _):
        await stands.provider.send(text("好的。"), CALLBACK, 1e9)
        with pytest.raises(RateLimited) as told:
            await stands.provider.send(text("好的。"), CALLBACK, 1e9)
        assert (told.value.retry_after, told.value.contact_only) == (30, True)
        stands.fake._now = lambda: NOW + 30
        await stands.provider.send(text("好的。"), CALLBACK, 1e9)
    assert len(stands.fake.taken) == 2


# --- doubts --------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_message_in_doubt_is_found_by_its_words_or_by_our_id_where_it_bears_it() -> None:
    async with standing("yunpian") as (stands, _):
        by_words, first = cast(Yunpian, stands.provider), text("好的。")
        second = replace(first, id="another")
        await by_words.send(first, CALLBACK, 1e9)
        found = await by_words.look_up(second, NOW * 1_000)
        assert (found.found, found.provider_ids) == ("alike", (stands.fake.taken[0].id,))
        assert (
            await by_words.look_up(text("您的剪发已约在周五。"), NOW * 1_000)
        ).found == "unknown"
        by_id = with_options(by_words, uid=True)
        stands.fake._now = lambda: NOW + 30
        await by_id.send(first, CALLBACK, 1e9)
        found = await by_id.look_up(first, NOW * 1_000)
        assert (found.found, found.provider_ids) == ("sent", (stands.fake.taken[1].id,))
        assert (await by_id.look_up(second, NOW * 1_000)).found == "unknown"


@pytest.mark.anyio
async def test_what_was_sent_long_before_is_no_answer_to_a_doubt() -> None:
    async with standing("yunpian") as (stands, _):
        stands.fake._now = lambda: NOW - 61
        await stands.provider.send(text("好的。"), CALLBACK, 1e9)
        provider = cast(Yunpian, stands.provider)
        assert (await provider.look_up(text("好的。"), NOW * 1_000)).found == "unknown"
        assert (await provider.look_up(text("好的。"), (NOW - 1) * 1_000)).found == "alike"


@pytest.mark.anyio
async def test_a_report_that_was_pushed_is_known_in_the_list_which_is_of_all_signatures() -> None:
    async with standing("yunpian") as (stands, server):
        provider, fake = cast(Yunpian, stands.provider), cast(FakeYunpian, stands.fake)
        taken = replace(stands.taken, origin=SIGN_NAME)
        fake.keep(taken, "FAIL", "DB:0103", at=NOW)
        fake.keep(replace(taken, id="12", origin="别家"), "SUCCESS", at=NOW)
        fake.keep(replace(taken, id="13"), "UNKNOWN", at=NOW)
        (arrival,) = await provider.reports_between((NOW - 60) * 1_000, NOW * 1_000)
        pushed = fake.report(taken, "FAIL", "DB:0103")
        # The push names our message by its address, which the list knows nothing of.
        (told,) = provider.report(raw(pushed), "our-1").arrivals
        assert arrival.dedupe == told.dedupe
        fields = fields_of(server.asked[0])
    # The fields of look-ups but the number; times are Beijing's, and `all` is of both lists.
    assert fields == {
        "apikey": APIKEY,
        "start_time": "2026-11-22 17:59:00",
        "end_time": "2026-11-22 18:00:00",
        "page_num": "1",
        "page_size": "100",
        "type": "all",
    }


@pytest.mark.anyio
async def test_a_long_list_is_read_page_by_page_but_not_for_ever() -> None:
    async with standing("yunpian") as (stands, server):
        provider = cast(Yunpian, stands.provider)
        await provider.send(text("好的。"), CALLBACK, 1e9)
        (taken,) = stands.fake.taken
        other = replace(taken, text="别的。")
        stands.fake.taken = [other] * PAGE + [taken]
        stands.fake._taken_at = [NOW] * len(stands.fake.taken)
        assert (await provider.look_up(text("好的。"), NOW * 1_000)).found == "alike"
        assert [fields_of(each)["page_num"] for each in server.asked[1:]] == ["1", "2"]
        stands.fake.taken = [taken] * (PAGE * MOST_PAGES)
        stands.fake._taken_at = [NOW] * len(stands.fake.taken)
        assert (await provider.look_up(text("好的。"), NOW * 1_000)).found == "unknown"


@pytest.mark.anyio
@pytest.mark.parametrize("code", [-50, -51, -53])
async def test_a_company_that_does_not_know_itself_leaves_a_doubt(code: int) -> None:
    async with standing("yunpian") as (stands, _):
        stands.fake.refusal = refused(code)
        with pytest.raises(SendUncertain):
            await stands.provider.send(text("好的。"), CALLBACK, 1e9)


# --- what is posted ------------------------------------------------------------------------------

#: The vendor's own example, with its apikey 0000.
REPLY = {
    "base_extend": "8888",
    "extend": "01",
    "id": "2a70c6bb4f2845da816ea1bfe5732747",
    "mobile": "15205201314",
    "reply_time": "2014-03-17 22:55:21",
    "text": "收到了，谢谢！",
}
REPORT = {
    "error_detail": "接收成功",
    "sid": 9527,
    "uid": None,
    "user_receive_time": "2014-03-17 22:55:21",
    "error_msg": "",
    "mobile": "15205201314",
    "report_status": "SUCCESS",
}


def adapter(**more: Any) -> Yunpian:
    provider = with_options(line("yunpian").provider, **more)
    provider._keys = [APIKEY, *more.get("previous", ())]
    return provider


def replied(said: object, **more: Any) -> Parsed:
    return adapter(**more).receive(asked("/in/main", form({"sms_reply": json.dumps(said)})))


def reported(*items: object, outbound: str = "") -> list[Report]:
    request = asked("/dlr/main/x", form({"sms_status": json.dumps(items)}))
    parsed = line("yunpian").provider.report(request, outbound)
    return [cast(Report, arrival.event) for arrival in parsed.arrivals]


def test_whatever_of_a_reply_is_changed_its_sign_does_not_fit() -> None:
    whole = signed(REPLY)
    assert len(replied(whole).arrivals) == 1
    for name, value in whole.items():
        with pytest.raises(BadSignature):
            replied({**whole, name: f"{value}x"})
        with pytest.raises(BadSignature):
            replied({key: each for key, each in whole.items() if key != name})


def test_a_key_that_is_being_replaced_still_signs() -> None:
    theirs = {**REPLY, "_sign": "393d079e0a00912335adfe46f4a2e10f"}
    with pytest.raises(BadSignature):
        replied(theirs)
    assert len(replied(theirs, previous=("0000",)).arrivals) == 1


def test_a_sign_is_only_asked_for_where_the_channel_says_so() -> None:
    assert len(replied(REPLY, checks_sign=False).arrivals) == 1


@pytest.mark.parametrize("null", ["", "null"])
def test_nobody_has_told_how_a_null_is_signed_so_both_ways_are_right(null: str) -> None:
    whole = {**signed({**REPLY, "extend": null}), "extend": None}
    assert len(replied(whole).arrivals) == 1


@pytest.mark.parametrize("said", ["谢谢 100%25 & %41+1", "a b", "+", "%"])
def test_a_field_that_was_escaped_twice_is_read_twice_and_no_other(said: str) -> None:
    once = json.dumps(signed(REPLY | {"text": said}), ensure_ascii=False)
    for field in (once, quote_plus(once)):
        body = urlencode({"sms_reply": field}).encode()
        (arrival,) = adapter().receive(asked("/in/main", body)).arrivals
        assert cast(Inbound, arrival.event).text == said


def test_a_reply_to_another_extension_is_another_channels() -> None:
    assert len(replied(signed(REPLY), extend_code="01").arrivals) == 1
    assert len(replied(signed(REPLY), extend_code="888801").arrivals) == 1
    assert replied(signed(REPLY), extend_code="02").arrivals == ()


def test_a_report_names_our_message_by_its_uid_or_alone_by_its_url() -> None:
    (by_uid,) = reported(REPORT | {"uid": "our-1"}, outbound="another")
    (by_url,) = reported(REPORT, outbound="our-1")
    assert (by_uid.outbound, by_url.outbound, by_url.provider_id) == ("our-1", "our-1", "9527")
    several = reported(REPORT, REPORT | {"sid": 9528}, outbound="our-1")
    assert [(each.outbound, each.provider_id) for each in several] == [("", "9527"), ("", "9528")]


def test_reports_come_several_at_once_and_a_broken_one_spoils_none() -> None:
    lost = REPORT | {"sid": 3_310_228_064_123, "report_status": "FAIL", "error_msg": "DB:0103"}
    first, second = reported(REPORT, 7, {"sid": 1}, lost)
    assert first.status == "delivered"
    assert (second.provider_id, second.status) == ("3310228064123", "undelivered")
    assert second.code == "DB:0103"


@pytest.mark.parametrize(
    "fields", [{}, {"sms_reply": ""}, {"sms_reply": "7"}, {"sms_status": "%%%"}, {"other": "{}"}]
)
def test_what_is_neither_is_nonsense(fields: Mapping[str, str]) -> None:
    with pytest.raises(WebhookRejected):
        line("yunpian").provider.receive(asked("/in/main", form(fields)))


def test_the_probe_of_doctor_brings_nothing_and_is_let_in() -> None:
    options = Options.model_validate(FakeYunpian().settings("http://127.0.0.1:9"))
    probe = PROBES["yunpian"](options, URL)
    parsed = line("yunpian").provider.receive(asked("/in/main", probe.body))
    assert (parsed.arrivals, parsed.ignored) == ((), ())


def test_a_report_of_the_fake_bears_our_id_only_where_the_message_did() -> None:
    stands = line("yunpian")
    bears = replace(stands.taken, reference="our-1")
    for taken, ours in ((stands.taken, ""), (bears, "our-1")):
        request = raw(stands.fake.report(taken, "SUCCESS"))
        (arrival,) = stands.provider.receive(request).arrivals
        assert cast(Report, arrival.event).outbound == ours
