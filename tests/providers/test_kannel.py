"""Kannel, as captured from Debian's 1.4.5: raw bytes in, sendsms out, reports by bits."""

import re
from typing import Any
from urllib.parse import quote_plus, unquote_to_bytes

import pytest

from convo.core.events import Inbound, Report
from convo.core.numbers import PhoneNumber
from convo.errors import (
    ConfigError,
    Invalid,
    RateLimited,
    SendError,
    SendUncertain,
    SettingsError,
    Unavailable,
    WebhookRejected,
)
from convo.ports import HttpAnswer, RawRequest, Sent
from convo.providers import kannel
from convo.providers.http import HttpClient
from convo.providers.kannel import Kannel, Options
from convo.providers.wire import raw_pairs
from tests.fakes.http_server import Answer, Asked, FakeServer, Mode
from tests.fakes.outbound import CONTACT, OURS, channel, message
from tests.fakes.webhooks import asked

CALLBACK = "https://sms.example.org/dlr/main/0123-abcd"
SMS = "e5b4dbd7-7edd-4622-83be-d6c4ae737ba3"
PASSWORD = "correct horse"


def adapter(http: HttpClient | None = None, *, at: str | None = OURS, **more: Any) -> Kannel:
    options = {
        "sendsms_url": "http://127.0.0.1:13013/cgi-bin/sendsms",
        "username": "convo",
        "password": PASSWORD,
    }
    return kannel.connect(
        channel("kannel", at=at),
        Options.model_validate(options | more),
        http or HttpClient(),
        country="KE",
        clock=lambda: 0,
    )


def came(query: str) -> RawRequest:
    return asked(f"/in/main/token?{query}", method="GET")


def text_of(request: RawRequest, **options: Any) -> str:
    [arrival] = adapter(**options).receive(request).arrivals
    assert isinstance(arrival.event, Inbound)
    return arrival.event.text


# --- texts ---------------------------------------------------------------------------------------


def test_a_captured_request_becomes_an_event() -> None:
    request = came(
        "from=%2B254711000001&to=2020&text=hi&bin=hi&coding=0&charset=UTF-8&ts=1795320508"
        f"&t=2026-11-22+04:08:28&id={SMS}&smsc=FAKE&udh=&meta="
    )
    parsed = adapter().receive(request)
    [arrival] = parsed.arrivals
    assert arrival.event == Inbound(
        channel="main", contact=PhoneNumber("+254711000001"), text="hi", provider_id=SMS
    )
    assert arrival.dedupe == f"in:main:{SMS}"
    assert arrival.raw == request.query
    assert parsed.answer == HttpAnswer(status=200, body=b""), "whatever it said would be texted"


def test_utf16_in_a_query_is_read_from_its_bytes() -> None:
    text = "%00g%00+%00%E9%26%3A%00+%00O%00u%00i"
    request = came(f"id={SMS}&from=%2B254711000001&text={text}&coding=2&charset=UTF-16BE")
    assert text_of(request) == "g é☺ Oui"


def test_a_text_of_coding_2_without_a_charset_is_utf16() -> None:
    text = quote_plus("退订".encode("utf-16-be"))
    assert text_of(came(f"id={SMS}&from=%2B254711000001&text={text}&coding=2")) == "退订"


def test_bytes_that_are_no_utf8_are_kept_as_well_as_can_be() -> None:
    assert text_of(came(f"id={SMS}&from=%2B254711000001&text=a%FFb&charset=UTF-8")) == "a\ufffdb"


def test_a_charset_nobody_knows_is_read_as_utf8() -> None:
    query = f"id={SMS}&from=%2B254711000001&text=%C3%A9&charset=unicode_escape"
    assert text_of(came(query)) == "é"


def test_an_empty_text_is_a_text() -> None:
    assert text_of(came(f"id={SMS}&from=%2B254711000001&text=&coding=0")) == ""


def test_parameters_may_have_other_names() -> None:
    names = {"id": "sms", "sender": "who", "text": "message"}
    assert text_of(came(f"sms={SMS}&who=%2B254711000001&message=hi"), names=names) == "hi"


def test_a_national_sender_is_read_in_the_channels_country() -> None:
    [arrival] = adapter().receive(came(f"id={SMS}&from=0711000001&text=hi")).arrivals
    assert isinstance(arrival.event, Inbound)
    assert arrival.event.contact == PhoneNumber("+254711000001")


def test_a_post_url_has_the_text_in_its_body() -> None:
    headers = {
        "content-type": 'text/plain; charset="UTF-16BE"',
        "x-kannel-from": "+254711000001",
        "x-kannel-to": "2020",
        "x-kannel-time": "2026-11-22 04:08:28",
        "x-kannel-coding": "2",
    }
    request = asked(f"/in/main/token?id={SMS}", "退订 & ok".encode("utf-16-be"), headers=headers)
    assert text_of(request) == "退订 & ok"
    [arrival] = adapter().receive(request).arrivals
    assert arrival.dedupe == f"in:main:{SMS}"
    assert arrival.raw == request.body


def test_binary_texts_are_passed_over() -> None:
    by_get = came(f"id={SMS}&from=%2B254711000001&text=%00%01&coding=1")
    headers = {"content-type": "application/octet-stream", "x-kannel-from": "+254711000001"}
    for request in (by_get, asked(f"/in/main/t?id={SMS}", b"\0\1", headers=headers)):
        parsed = adapter().receive(request)
        assert (parsed.arrivals, len(parsed.ignored)) == ((), 1)


@pytest.mark.parametrize("origin", ["2020", "Safaricom", "%2B1"])
def test_who_cannot_be_answered_is_passed_over(origin: str) -> None:
    parsed = adapter().receive(came(f"id={SMS}&from={origin}&text=hi"))
    assert (parsed.arrivals, len(parsed.ignored)) == ((), 1)


@pytest.mark.parametrize("query", ["", "text=hi", "from=%2B254711000001", "sender=1&msg=2"])
def test_a_request_without_sender_or_text_is_nonsense(query: str) -> None:
    with pytest.raises(WebhookRejected):
        adapter().receive(came(query))


def test_without_an_id_the_time_tells_a_repeated_request_from_a_repeated_text() -> None:
    def key(more: str) -> str:
        request = came(f"from=%2B254711000001&text=1{more}")
        return adapter().receive(request).arrivals[0].dedupe

    assert key("&ts=1795320508") == key("&ts=1795320508") != key("&ts=1795320509")
    assert key("") == ""


# --- reports -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("status=4&smsc=&reply=", "queued", ""),
        ("status=8&smsc=107185&reply=ACK%2F", "sent", ""),
        (
            "status=1&smsc=107185&reply=id%3A1A2B1+sub%3A001+dlvrd%3A001+submit+date%3A2611220408"
            "+done+date%3A2611220409+stat%3ADELIVRD+err%3A000+text%3AHello",
            "delivered",
            "DELIVRD 000",
        ),
        (
            "status=2&smsc=1&reply=stat%3AUNDELIV+err%3A099+text%3Aerr%3A1",
            "undelivered",
            "UNDELIV 099",
        ),
        (
            "status=16&smsc=&reply=NACK%2F0x0000000b%2FInvalid+Destination+Address",
            "failed",
            "NACK/0x0000000b/Invalid Destination Address",
        ),
    ],
)
def test_every_bit_has_its_status_and_nothing_of_the_text_is_kept(
    query: str, status: str, code: str
) -> None:
    request = asked(f"/dlr/main/x?{query}", method="GET")
    [arrival] = adapter().report(request, "our-id").arrivals
    report = arrival.event
    assert isinstance(report, Report)
    assert (report.outbound, report.status, report.code) == ("our-id", status, code)


def test_reports_of_one_message_have_keys_of_their_own() -> None:
    keys = [
        adapter().report(asked(f"/dlr/main/x?status={bit}", method="GET"), "o").arrivals[0].dedupe
        for bit in (8, 1, 1)
    ]
    assert keys[0] != keys[1] == keys[2]


@pytest.mark.parametrize("bit", ["0", "", "3", "x"])
def test_an_unknown_bit_is_answered_and_passed_over(bit: str) -> None:
    parsed = adapter().report(asked(f"/dlr/main/x?status={bit}", method="GET"), "o")
    assert (parsed.arrivals, len(parsed.ignored)) == ((), 1)
    assert parsed.answer.body == b""


# --- sending -------------------------------------------------------------------------------------


async def sent_fields(text: str, **options: Any) -> dict[str, bytes]:
    async with smsbox() as server:
        http = HttpClient()
        url = f"{server.url}/cgi-bin/sendsms"
        sent = await adapter(http, sendsms_url=url, **options).send(message(text), CALLBACK)
        await http.close()
    assert sent == Sent()
    [request] = server.asked
    assert request.method == "GET"
    path, _, query = request.target.partition("?")
    assert path == "/cgi-bin/sendsms"
    return {name.decode(): value for name, value in raw_pairs(query.encode())}


def smsbox(
    status: int = 202, said: bytes = b"0: Accepted for delivery", **headers: str
) -> FakeServer:
    def answer(_: Asked) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Answer(status=status, body=said, headers=named)

    return FakeServer(answer)


@pytest.mark.anyio
async def test_a_gsm_text_is_sent_in_coding_0_with_login_sender_and_dlr_url() -> None:
    fields = await sent_fields("Ça & + 1 €", dlr_mask=31, smsc="carrier")
    assert fields.pop("dlr-url").decode() == f"{CALLBACK}?status=%d&smsc=%F&reply=%A"
    assert fields == {
        "username": b"convo",
        "password": PASSWORD.encode(),
        "from": OURS.encode(),
        "smsc": b"carrier",
        "to": CONTACT.encode(),
        "text": "Ça & + 1 €".encode(),
        "coding": b"0",
        "charset": b"UTF-8",
        "dlr-mask": b"31",
    }


@pytest.mark.anyio
async def test_a_text_outside_gsm_is_sent_in_coding_2() -> None:
    fields = await sent_fields("café ☺")
    assert fields["text"].decode() == "café ☺"
    assert (fields["coding"], fields["charset"]) == (b"2", b"UTF-8")


@pytest.mark.anyio
async def test_a_kannel_without_iconv_gets_utf16() -> None:
    fields = await sent_fields("退订 ☺", ucs2_mode="utf16be")
    assert fields["text"].decode("utf-16-be") == "退订 ☺"
    assert fields["coding"] == b"2"
    assert "charset" not in fields


@pytest.mark.anyio
async def test_without_a_mask_no_reports_are_asked_for() -> None:
    fields = await sent_fields("hi", dlr_mask=0)
    assert not {"dlr-mask", "dlr-url"} & fields.keys()


def test_a_callback_with_a_query_or_escapes_stays_itself() -> None:
    url = adapter()._url(message("hi"), "https://x/dlr?a=%20b")
    [report] = re.findall(r"dlr-url=([^&]*)", url)
    assert unquote_to_bytes(report).startswith(b"https://x/dlr?a=%%20b&status=%d")


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (400, b"Missing receiver number, rejected", Invalid),
        (403, b"Authorization failed for sendsms", ConfigError),
        (404, b"", ConfigError),
        (302, b"", ConfigError),
        (429, b"", RateLimited),
        (500, b"", SendUncertain),
        (503, b"Temporal failure, try again later.", Unavailable),
    ],
)
async def test_every_refusal_has_its_outcome(
    status: int, said: bytes, kind: type[SendError]
) -> None:
    async with smsbox(status, said) as server:
        http = HttpClient()
        with pytest.raises(SendError) as told:
            await adapter(http, sendsms_url=f"{server.url}/x").send(message(), CALLBACK)
        await http.close()
    assert type(told.value) is kind
    for secret in (PASSWORD, quote_plus(PASSWORD), CONTACT, CONTACT[1:]):
        assert secret not in str(told.value)


@pytest.mark.anyio
@pytest.mark.parametrize("status", [429, 503])
async def test_a_kannel_that_says_for_how_long_asks_us_to_slow_down(status: int) -> None:
    async with smsbox(status, b"", Retry_After="9") as server:
        http = HttpClient()
        with pytest.raises(RateLimited) as told:
            await adapter(http, sendsms_url=f"{server.url}/x").send(message(), CALLBACK)
        await http.close()
    assert (told.value.code, told.value.retry_after) == (str(status), 9)


@pytest.mark.anyio
async def test_a_text_queued_for_later_is_sent() -> None:
    async with smsbox(202, b"3: Queued for later delivery") as server:
        http = HttpClient()
        assert await adapter(http, sendsms_url=f"{server.url}/x").send(message(), "") == Sent()
        await http.close()


@pytest.mark.anyio
@pytest.mark.parametrize("mode", ["reset", "half", "delay", "broken"])
async def test_a_send_that_got_no_answer_is_uncertain(mode: Mode) -> None:
    async with smsbox() as server:
        server.mode = mode
        http = HttpClient(read=0.2)
        with pytest.raises(SendUncertain) as told:
            await adapter(http, sendsms_url=f"{server.url}/x").send(message(), CALLBACK)
        await http.close()
    assert quote_plus(PASSWORD) not in str(told.value)


@pytest.mark.anyio
async def test_a_kannel_that_is_away_has_surely_not_sent() -> None:
    async with smsbox() as server:
        url = server.url
    with pytest.raises(Unavailable) as told:
        await adapter(sendsms_url=url).send(message(), CALLBACK)
    assert quote_plus(PASSWORD) not in str(told.value)


# --- settings ------------------------------------------------------------------------------------


def test_the_password_is_in_no_repr() -> None:
    options = Options(sendsms_url="http://k/s", username="u", password="correct horse")  # pyright: ignore[reportArgumentType]
    assert "horse" not in repr(options) + str(options) + repr(adapter())


def test_a_channel_without_an_address_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsError, match=r"channels\.main"):
        adapter(at=None)


def test_it_is_unsigned_so_its_url_needs_a_token() -> None:
    assert adapter().unsigned is True


def test_every_setting_says_what_it_is() -> None:
    for model in (Options, kannel.Names):
        assert all(field.description for field in model.model_fields.values())
