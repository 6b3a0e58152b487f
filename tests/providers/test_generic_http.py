"""A gateway of one's own description: reading, credentials, templates and answers."""

import base64
import hashlib
import hmac
import json
import uuid
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from convo.core.events import Inbound, OptedOutElsewhere, Report
from convo.core.numbers import PhoneNumber
from convo.errors import (
    BadSignature,
    ConfigError,
    Invalid,
    OptedOut,
    RateLimited,
    Refused,
    SendError,
    SendUncertain,
    SettingsError,
    Unavailable,
    WebhookRejected,
)
from convo.ports import HttpAnswer, Parsed, RawRequest, Sent
from convo.ports.doubts import LookedUp
from convo.providers import generic_http
from convo.providers.generic_http import GenericHttp, Options
from convo.providers.generic_http import options as described
from convo.providers.generic_http.payload import moment, pointed
from convo.providers.generic_http.templates import filled
from convo.providers.http import HttpClient
from tests.fakes.http_server import Answer, FakeServer, Mode
from tests.fakes.outbound import CONTACT, OURS, channel, message
from tests.fakes.webhooks import asked, form

NOW = 1_795_341_600_000
CALLBACK = "https://sms.example.org/dlr/main/0123-abcd"
FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json; charset=utf-8"}
SEND = {"url": "https://gateway.example/send", "body": "to={{to}}&text={{text}}"}


def adapter(http: HttpClient | None = None, *, at: str | None = OURS, **more: Any) -> GenericHttp:
    return generic_http.connect(
        channel("generic_http", at=at),
        Options.model_validate({"send": SEND} | more),
        http or HttpClient(),
        country="US",
        clock=lambda: NOW,
    )


def posted(document: Any, headers: dict[str, str] | None = None) -> RawRequest:
    return asked("/in/main/t", json.dumps(document).encode(), headers=JSON | (headers or {}))


def only_text(parsed: Parsed) -> Inbound:
    [arrival] = parsed.arrivals
    assert isinstance(arrival.event, Inbound)
    return arrival.event


# --- texts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["from", "sender"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_form_or_query_becomes_an_event(name: str, method: str) -> None:
    fields = form({name: "+2349067554729", "text": "Join é ☺"})
    request = asked("/in/main/t", fields, headers=FORM)
    if method == "GET":
        request = asked(f"/in/main/t?{fields.decode()}", method="GET")
    event = only_text(adapter().receive(request))
    assert (event.contact, event.text) == (PhoneNumber("+2349067554729"), "Join é ☺")


def test_pointers_read_json_and_the_first_place_that_has_a_value_counts() -> None:
    incoming = {
        "id": ["/missing", "/message/id"],
        "from": "/message/from/number",
        "text": ["/message/body", "text"],
        "media": "/message/media",
    }
    document = {
        "message": {
            "id": 9007199254740993,
            "from": {"number": CONTACT},
            "media": ["https://a/0", "https://a/1"],
        },
        "text": "hi",
    }
    parsed = adapter(incoming=incoming).receive(posted(document))
    event = only_text(parsed)
    assert event.provider_id == "9007199254740993", "an id is text, not a float"
    assert (event.text, event.media) == ("hi", ("https://a/0", "https://a/1"))
    assert parsed.arrivals[0].dedupe == "in:main:9007199254740993"


def test_one_bad_item_of_several_does_not_spoil_the_others() -> None:
    incoming = {"items": "/messages", "id": "id"}
    good = [{"id": str(n), "from": CONTACT, "text": f"t{n}"} for n in range(2)]
    request = posted(
        {"messages": [good[0], {"id": "x"}, "?", {"from": "384387", "text": "x"}, good[1]]}
    )
    parsed = adapter(incoming=incoming).receive(request)
    assert [a.event.text for a in parsed.arrivals if isinstance(a.event, Inbound)] == ["t0", "t1"]
    assert len(parsed.ignored) == 3
    assert [a.raw for a in parsed.arrivals] == [request.body, b""]


@pytest.mark.parametrize(
    "request_",
    [
        asked("/in/main/t", b"{", headers=JSON),
        asked("/in/main/t", b"[" * 100_000, headers=JSON),
        asked("/in/main/t", b"\xff", headers=JSON),
        asked("/in/main/t", b"", headers=FORM),
        asked("/in/main/t", form({"from": CONTACT}), headers=FORM),
        asked("/in/main/t", form({"text": "x"}), headers=FORM),
        posted(7),
    ],
)
def test_nonsense_is_refused(request_: RawRequest) -> None:
    with pytest.raises(WebhookRejected):
        adapter().receive(request_)


def test_half_a_surrogate_pair_does_not_get_in() -> None:
    request = asked("/in/main/t", b'{"from": "+12025550101", "text": "a\\ud83d"}', headers=JSON)
    assert only_text(adapter().receive(request)).text == "a?"


def test_a_missing_list_is_refused() -> None:
    with pytest.raises(WebhookRejected):
        adapter(incoming={"items": "/messages"}).receive(posted({"message": []}))


def test_a_charset_is_fixed_or_named_by_a_field() -> None:
    gb = quote("退订".encode("gb18030"))
    body = f"from=%2B12025550101&text={gb}&cs=GBK".encode()
    for charset in ("gb18030", "field:cs"):
        request = asked("/in/main/t", body, headers=FORM)
        event = only_text(adapter(incoming={"charset": charset}).receive(request))
        assert event.text == "退订"


def test_the_answer_is_the_one_the_gateway_wants() -> None:
    wanted = {"status": 202, "content_type": "application/json", "body": '{"ok":1}'}
    request = asked("/in/main/t", form({"from": CONTACT, "text": "x"}), headers=FORM)
    assert adapter(incoming={"answer": wanted}).receive(request).answer == HttpAnswer(
        status=202, content_type="application/json", body=b'{"ok":1}'
    )


@pytest.mark.parametrize(
    ("text", "form_", "at"),
    [
        ("2026-11-22T10:00:00Z", "rfc3339", NOW),
        ("2026-11-22T18:00:00.123456789+08:00", "rfc3339", NOW + 123),
        ("1795341600", "unix", NOW),
        ("1795341600000", "unix_ms", NOW),
        ("22/11/2026 18:00", "%d/%m/%Y %H:%M", NOW),
        ("soon", "rfc3339", None),
        ("9" * 400, "unix", None),
    ],
)
def test_dates_are_read_by_their_formats(text: str, form_: str, at: int | None) -> None:
    assert moment(text, ["%H!", form_], "Asia/Shanghai") == at


def test_without_an_id_the_date_tells_a_repeated_request_from_a_repeated_text() -> None:
    def key(date: str) -> str:
        fields = {"from": CONTACT, "text": "1"} | ({"date": date} if date else {})
        request = asked("/in/main/t", form(fields), headers=FORM)
        return adapter(incoming={"date": "date"}).receive(request).arrivals[0].dedupe

    same, later = "2026-11-22T10:00:00Z", "2026-11-22T10:00:01Z"
    assert key(same) == key(same) != key(later)
    assert key("") == ""
    with pytest.raises(WebhookRejected, match="date_formats"):
        key("yesterday")


def test_an_opt_out_is_an_event_of_its_own() -> None:
    request = asked("/in/main/t", form({"from": CONTACT, "type": "unsub"}), headers=FORM)
    optout = {"field": "type", "values": ["unsub", "stop"]}
    [arrival] = adapter(optout=optout).receive(request).arrivals
    assert isinstance(arrival.event, OptedOutElsewhere)


@pytest.mark.parametrize(
    ("pointer", "found"),
    [("/a/1", "y"), ("/a/2", None), ("/a/-", None), ("/b~1c~0d", 7), ("/a/x", None), ("", {})],
)
def test_a_json_pointer_finds_what_the_standard_says(pointer: str, found: object) -> None:
    document = {"a": ["x", "y"], "b/c~d": 7} if pointer else {}
    assert pointed(document, pointer) == found


# --- credentials ---------------------------------------------------------------------------------

SECRET = "a long secret"


def signed_by(keys: list[str], **more: Any) -> dict[str, Any]:
    return {"hmac": {"header": "X-Signature", "secrets": keys} | more}


def proof(text: bytes, *, key: str = SECRET, algorithm: str = "sha256") -> bytes:
    return hmac.digest(key.encode(), text, algorithm)


BODY = form({"from": CONTACT, "text": "x"})


@pytest.mark.parametrize(
    ("auth", "path", "headers"),
    [
        ({"query_token": {"name": "k", "value": SECRET}}, "?k=a+long%20secret", {}),
        ({"header_token": {"name": "X-Key", "value": SECRET}}, "", {"x-key": SECRET}),
        (
            {"basic": {"username": "u", "password": SECRET}},
            "",
            {"authorization": "basic " + base64.b64encode(f"u:{SECRET}".encode()).decode()},
        ),
        (signed_by([SECRET]), "", {"x-signature": proof(BODY).hex().upper()}),
        (signed_by(["new", SECRET]), "", {"x-signature": proof(BODY).hex()}),
        (
            signed_by([SECRET], prefix="sha1=", algorithm="sha1", encoding="base64"),
            "",
            {"x-signature": "sha1=" + base64.b64encode(proof(BODY, algorithm="sha1")).decode()},
        ),
        (
            signed_by(
                [SECRET], string="{timestamp}.{raw_body}", timestamp_header="X-At", tolerance_s=300
            ),
            "",
            {
                "x-signature": proof(b"1795341500." + BODY).hex(),
                "x-at": "1795341500",
            },
        ),
        (
            signed_by([SECRET], string="{url}{raw_body}"),
            "",
            {"x-signature": proof(b"https://sms.example.org/in/main/t" + BODY).hex()},
        ),
    ],
)
def test_a_request_with_the_credentials_is_taken_and_without_refused(
    auth: dict[str, Any], path: str, headers: dict[str, str]
) -> None:
    gateway = adapter(auth=auth)
    assert gateway.unsigned is False
    request = asked(f"/in/main/t{path}", BODY, headers=FORM | headers)
    assert only_text(gateway.receive(request)).text == "x"
    wrong = {
        name: value[:-1] + ("0" if value[-1] != "0" else "1") for name, value in headers.items()
    }
    for bad in (
        asked(f"/in/main/t{path[:-1]}", BODY, headers=FORM | wrong),
        asked("/in/main/t", BODY, headers=FORM),
    ):
        for read in (gateway.receive, lambda request: gateway.report(request, "o")):
            with pytest.raises(BadSignature):
                read(bad)


@pytest.mark.parametrize("off", [-400, 400])
def test_an_old_signature_is_refused_however_good(off: int) -> None:
    stamp = str(NOW // 1000 + off)
    auth = signed_by([SECRET], string="{raw_body}{timestamp}", timestamp_header="X-At")
    headers = {"x-signature": proof(BODY + stamp.encode()).hex(), "x-at": stamp}
    with pytest.raises(BadSignature):
        adapter(auth=auth).receive(asked("/in/main/t", BODY, headers=FORM | headers))


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_one_changed_byte_is_refused(where: int, flip: int) -> None:
    body = bytearray(BODY)
    body[where] ^= flip
    headers = FORM | {"x-signature": hashlib.sha256(BODY).hexdigest()}
    headers["x-signature"] = proof(BODY).hex()
    with pytest.raises(BadSignature):
        adapter(auth=signed_by([SECRET])).receive(asked("/in/main/t", bytes(body), headers=headers))


def test_every_credential_that_is_configured_must_hold() -> None:
    auth = signed_by([SECRET]) | {"header_token": {"name": "X-Key", "value": SECRET}}
    headers = FORM | {"x-signature": proof(BODY).hex()}
    with pytest.raises(BadSignature):
        adapter(auth=auth).receive(asked("/in/main/t", BODY, headers=headers))


def test_without_credentials_its_url_needs_a_token() -> None:
    assert adapter().unsigned is True


# --- reports -------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["sent", "delivered", "failed"])
def test_a_report_to_the_callback_is_about_our_message(word: str) -> None:
    request = asked("/dlr/main/x", form({"status": word, "id": "g1", "err": "7"}), headers=FORM)
    [arrival] = adapter(reports={"code": "err"}).report(request, "our-id").arrivals
    report = arrival.event
    assert isinstance(report, Report)
    assert (report.outbound, report.provider_id, report.status, report.code) == (
        "our-id",
        "g1",
        word,
        "7",
    )


def test_a_code_of_a_report_may_say_that_they_have_opted_out_there() -> None:
    gateway = adapter(reports={"code": "err", "opted_out": ["9", "1240"], "to": "number"})
    failed = {"status": "failed", "id": "g1", "number": CONTACT}

    def told(**more: str) -> list[type]:
        request = asked("/dlr/main/x", form({**failed, **more}), headers=FORM)
        return [type(each.event) for each in gateway.report(request, "our-id").arrivals]

    assert told(err="9") == told(err="1240") == [Report, OptedOutElsewhere]
    assert told(err="7") == told(err="9", number="SALON") == told() == [Report]


def test_words_of_the_gateways_own_are_mapped_and_unknown_ones_passed_over() -> None:
    gateway = adapter(reports={"status": "/s", "map": {"DELIVRD": "delivered"}})
    [arrival] = gateway.report(posted({"s": "DELIVRD"}), "o").arrivals
    assert isinstance(arrival.event, Report)
    assert arrival.event.status == "delivered"
    parsed = gateway.report(posted({"s": "WHO KNOWS"}), "o")
    assert (parsed.arrivals, len(parsed.ignored)) == ((), 1)
    assert parsed.answer.status == 200


def test_reports_may_come_to_the_inbound_url_and_are_known_by_an_id() -> None:
    gateway = adapter(
        incoming={"items": "/events"}, reports={"at_inbound": True, "our_id": "ref", "id": "id"}
    )
    oid = message().id
    request = posted(
        {
            "events": [
                {"status": "sent", "ref": str(uuid.UUID(oid)), "id": "g1"},
                {"status": "sent"},
                {"from": CONTACT, "text": "hi", "status": "sent"},
            ]
        }
    )
    parsed = gateway.receive(request)
    report, text = (arrival.event for arrival in parsed.arrivals)
    assert isinstance(report, Report)
    assert (report.outbound, report.provider_id) == (oid, "g1")
    assert isinstance(text, Inbound)
    assert len(parsed.ignored) == 1


# --- sending -------------------------------------------------------------------------------------

HARD = 'a "b" {{from}} {{to}} & <c> \\ + %\n☺'


async def sent_request(text: str, send: dict[str, Any]) -> Any:
    async with FakeServer(lambda _: Answer()) as server:
        http = HttpClient()
        url = server.url + send.pop("path", "/send")
        await adapter(http, send={"url": url} | send).send(message(text), CALLBACK)
        await http.close()
    [request] = server.asked
    return request


@pytest.mark.anyio
@pytest.mark.parametrize("media", [(), ("https://a.example/{{text}}?x=1&y=2", "https://b.example")])
async def test_pictures_go_as_a_list_of_json_where_the_body_has_a_place_for_them(
    media: tuple[str, ...],
) -> None:
    body = '{"text": {{text}}, "media_urls": {{media}}}'
    async with FakeServer(lambda _: Answer()) as server:
        http = HttpClient()
        send = {"url": server.url, "body": body, "format": "json"}
        gateway = adapter(http, send=send)
        await gateway.send(message("Look", media=media), CALLBACK)
        await http.close()
    [request] = server.asked
    assert json.loads(request.body) == {"text": "Look", "media_urls": [*media]}
    assert Options.model_validate({"send": send}).carries_media
    assert not Options.model_validate({"send": SEND}).carries_media


@pytest.mark.anyio
async def test_json_values_are_quoted_and_never_read_again() -> None:
    body = '{"to": {{to}}, "text":{{ text }}, "ref": {{uuid}}, "dlr": {{callback}}}'
    request = await sent_request(HARD, {"body": body, "format": "json"})
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert json.loads(request.body) == {
        "to": CONTACT,
        "text": HARD,
        "ref": str(uuid.UUID(message().id)),
        "dlr": CALLBACK,
    }


@pytest.mark.anyio
async def test_form_values_are_escaped() -> None:
    body = "from={{from_no_plus}}&to={{to_no_plus}}&text={{text}}"
    request = await sent_request(HARD, {"body": body})
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert dict(parse_qsl(request.body.decode())) == {
        "from": OURS[1:],
        "to": CONTACT[1:],
        "text": HARD,
    }


@pytest.mark.anyio
async def test_values_in_the_url_are_escaped_and_a_get_has_no_body() -> None:
    send = {"path": "/{{channel}}?text={{text}}&id={{id}}", "method": "GET"}
    request = await sent_request(HARD, send)
    assert (request.method, request.body) == ("GET", b"")
    parts = urlsplit(request.target)
    assert parts.path == "/main"
    assert dict(parse_qsl(parts.query)) == {"text": HARD, "id": message().id}


@pytest.mark.anyio
async def test_xml_values_are_escaped() -> None:
    request = await sent_request(
        '<a> & "b"', {"body": "<sms to='{{to}}'>{{text}}</sms>", "format": "xml"}
    )
    assert request.body == b"<sms to='+12025550101'>&lt;a&gt; &amp; &quot;b&quot;</sms>"
    assert request.headers["content-type"] == "application/xml; charset=utf-8"


@pytest.mark.anyio
async def test_headers_carry_credentials_and_the_idempotency_key() -> None:
    send = {
        "body": "{{text}}",
        "format": "text",
        "method": "PUT",
        "charset": "gb18030",
        "headers": {"Authorization": "Bearer s3cret", "X-To": "{{to}}"},
        "idempotency_header": "Idempotency-Key",
    }
    request = await sent_request("退订", send)
    assert request.method == "PUT"
    assert request.body.decode("gb18030") == "退订"
    assert request.headers["authorization"] == "Bearer s3cret"
    assert request.headers["x-to"] == CONTACT
    assert request.headers["idempotency-key"] == str(uuid.UUID(message().id))


def test_only_a_gateway_that_takes_a_key_may_be_asked_twice() -> None:
    assert adapter().idempotent is False
    assert adapter(send=SEND | {"idempotency_header": "Idempotency-Key"}).idempotent is True


@pytest.mark.anyio
async def test_a_text_that_the_charset_does_not_have_is_invalid() -> None:
    with pytest.raises(Invalid):
        await adapter(send=SEND | {"charset": "iso-8859-1"}).send(message("☺"), "")


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_comes_out_of_a_template_as_it_went_in(text: str) -> None:
    values = {"text": text, "to": "+1"}
    assert json.loads(filled('{"t":{{text}}}', values, "json")) == {"t": text}
    assert parse_qsl(filled("t={{text}}", values, "form"), keep_blank_values=True) == [("t", text)]
    assert filled("{{text}}", values, "text") == text


# --- answers -------------------------------------------------------------------------------------


async def outcome(answer: Answer, **response: Any) -> Sent | SendError:
    async with FakeServer(lambda _: answer) as server:
        http = HttpClient()
        send = SEND | {"url": server.url}
        try:
            return await adapter(http, send=send, response=response).send(message(), CALLBACK)
        except SendError as error:
            return error
        finally:
            await http.close()


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("status", "response", "kind"),
    [
        (200, {}, Sent),
        (302, {}, ConfigError),
        (401, {}, ConfigError),
        (404, {}, Refused),
        (408, {}, SendUncertain),
        (429, {}, RateLimited),
        (500, {}, SendUncertain),
        (503, {}, SendUncertain),
        (503, {"ambiguous_5xx": False}, Unavailable),
        (503, {"temporary": {"status": [503]}}, Unavailable),
        (409, {"success": {"status": [409]}}, Sent),
        (200, {"success": {"pattern": "^OK"}}, Refused),
        (200, {"success": {"pattern": "^no"}}, Sent),
        (200, {"opted_out": {"pointer": "/code", "values": ["7"]}}, OptedOut),
        (200, {"permanent": [{"status": [400]}, {"pointer": "/code"}]}, Refused),
        (200, {"rate_limited": {"pointer": "/code", "values": ["7"]}}, RateLimited),
        (200, {"permanent": {"pointer": "/code", "values": ["8"]}}, Sent),
    ],
)
async def test_every_answer_has_its_outcome(
    status: int, response: dict[str, Any], kind: type[object]
) -> None:
    body = b"no" if "success" in response else b'{"code": 7}'
    told = await outcome(Answer(status=status, body=body), **response)
    assert type(told) is kind
    assert CONTACT not in str(told)


@pytest.mark.anyio
async def test_ids_codes_and_waits_are_found_where_the_settings_say() -> None:
    listed = Answer(body=b'{"ids": [1, 2]}')
    assert await outcome(listed, id="/ids") == Sent(provider_ids=("1", "2"))
    assert await outcome(Answer(headers={"X-Id": "a"}), id=["/ids", "header:X-Id"]) == Sent(
        provider_ids=("a",)
    )
    found = await outcome(Answer(body=b"OK id=5, id=6"), id=r"regex:id=(\d+)")
    assert found == Sent(provider_ids=("5", "6"))
    wait = Answer(status=429, body=b'{"wait": 3, "error": "slow"}', headers={"Retry-After": "9"})
    told = await outcome(wait, code="/error")
    assert isinstance(told, RateLimited)
    assert (told.code, told.retry_after) == ("slow", 9.0)
    busy = Answer(status=503, headers={"Retry-After": "9"})
    told = await outcome(busy, ambiguous_5xx=False)
    assert isinstance(told, RateLimited)
    assert told.retry_after == 9.0
    assert isinstance(await outcome(busy), SendUncertain)
    told = await outcome(wait, retry_after="/wait")
    assert isinstance(told, RateLimited)
    assert told.retry_after == 3.0


@pytest.mark.anyio
@pytest.mark.parametrize("mode", ["reset", "half", "delay", "slow_body"])
async def test_a_send_that_got_no_answer_is_uncertain(mode: Mode) -> None:
    async with FakeServer(lambda _: Answer()) as server:
        server.mode = mode
        http = HttpClient()
        send = SEND | {"url": server.url, "read_s": 0.2}
        with pytest.raises(SendUncertain):
            await adapter(http, send=send).send(message(), CALLBACK)
        await http.close()


@pytest.mark.anyio
async def test_a_gateway_that_is_away_has_surely_not_sent() -> None:
    async with FakeServer(lambda _: Answer()) as server:
        url = server.url
    with pytest.raises(Unavailable):
        await adapter(send=SEND | {"url": url}).send(message(), CALLBACK)


@pytest.mark.anyio
@pytest.mark.parametrize(("status", "found"), [(200, "sent"), (404, "not_sent"), (500, "unknown")])
async def test_a_message_in_doubt_is_looked_up_by_our_id(status: int, found: str) -> None:
    async with FakeServer(lambda _: Answer(status=status, body=b'{"id": 5}')) as server:
        lookup = {
            "url": server.url + "/messages/{{uuid}}",
            "sent": {"status": [200]},
            "not_sent": {"status": [404]},
            "id": "/id",
        }
        http = HttpClient()
        looked = await adapter(http, lookup=lookup).look_up(message(), 0)
        await http.close()
    assert looked.found == found
    assert looked.provider_ids == (("5",) if found == "sent" else ())
    assert server.asked[0].target == f"/messages/{uuid.UUID(message().id)}"


@pytest.mark.anyio
async def test_without_a_look_up_or_an_answer_it_stays_unknown() -> None:
    assert await adapter().look_up(message(), 0) == LookedUp(found="unknown")
    async with FakeServer(lambda _: Answer()) as server:
        url = server.url
    gateway = adapter(lookup={"url": url, "sent": {"status": [200]}})
    assert await gateway.look_up(message(), 0) == LookedUp(found="unknown")


# --- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [
        {"send": SEND | {"url": "https://{{to}}/send"}},
        {"send": SEND | {"url": "https://gateway{{to}}.example/"}},
        {"send": SEND | {"url": "file:///etc/passwd"}},
        {"send": SEND | {"body": "{{txt}}"}},
        {"send": SEND | {"body": "m={{media}}"}},
        {"send": SEND | {"url": "https://gateway.example/?m={{media}}"}},
        {"send": SEND | {"headers": {"X": "{{media}}"}}},
        {"send": SEND | {"method": "GET"}},
        {"send": SEND | {"headers": {"X": "a\r\nY: b"}}},
        {"send": SEND | {"headers": {"X": "{{text}}"}}},
        {"auth": signed_by([])},
        {"auth": signed_by([""])},
        {"auth": signed_by(["k"], string="{timestamp}{raw_body}")},
        {"auth": signed_by(["k"], string="{url}")},
        {"auth": signed_by(["k"], string="{body}{raw_body}")},
        {"auth": {"query_token": {"name": "k", "value": "short"}}},
        {"response": {"success": {}}},
        {"response": {"success": {"pattern": "("}}},
        {"response": {"success": {"values": ["a"], "status": [200]}}},
        {"response": {"id": "id"}},
        {"response": {"id": "regex:id"}},
        {"incoming": {"date_zone": "Mars/Olympus"}},
        {"incoming": {"text": ""}},
        {"incoming": {"txt": "text"}},
    ],
)
def test_settings_that_cannot_work_are_refused_at_the_start(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Options.model_validate({"send": SEND} | settings)


def test_a_request_that_names_the_sender_needs_an_address() -> None:
    assert adapter(at=None)
    with pytest.raises(SettingsError, match=r"channels\.main"):
        adapter(at=None, send=SEND | {"body": "from={{from}}"})


def test_secrets_are_in_no_repr() -> None:
    settings = Options.model_validate(
        {"send": SEND | {"headers": {"Authorization": SECRET}}, "auth": signed_by([SECRET])}
    )
    assert SECRET not in repr(settings) + str(settings)


def test_every_setting_says_what_it_is() -> None:
    models = [thing for thing in vars(described).values() if isinstance(thing, type)]
    tables = [m for m in models if m.__module__ == described.__name__]
    assert len(tables) > 10
    for table in tables:
        assert all(field.description for field in table.model_fields.values()), table
