"""Twilio: signatures against the vendor's own, webhooks, sends and look-ups."""

import asyncio
import warnings
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from twilio.http.response import Response as Answered
    from twilio.request_validator import RequestValidator
    from twilio.rest import Client

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
from convo.ports import RawRequest, Sent
from convo.ports.doubts import LookedUp
from convo.providers import twilio
from convo.providers.http import HttpClient
from convo.providers.twilio import Options, Twilio
from convo.providers.wire import pairs
from tests.fakes.http_server import Mode
from tests.fakes.outbound import CONTACT, OURS, channel, message
from tests.fakes.twilio import ACCOUNT, LOGIN, PATH, TOKEN, FakeTwilio, error
from tests.fakes.webhooks import asked, form

CALLBACK = "https://sms.example.org/dlr/main/0123-abcd"
SID = "SM00000000000000000000000000000001"
TEXT = {"MessageSid": SID, "From": CONTACT, "To": OURS, "Body": "Oui, ça va ☺ + 1", "NumMedia": "0"}


def adapter(http: HttpClient | None = None, *, at: str | None = OURS, **more: Any) -> Twilio:
    options = {"account": ACCOUNT, "token": TOKEN} | more
    return twilio.connect(
        channel("twilio", at=at),
        Options.model_validate(options),
        http or HttpClient(),
        country="US",
        clock=lambda: 0,
    )


def signed(fields: Mapping[str, str], *, path: str = "/in/main", token: str = TOKEN) -> RawRequest:
    """A form as Twilio posts it, signed by Twilio's own code."""
    request = asked(path)
    proof = RequestValidator(token).compute_signature(request.url, dict(fields))
    return asked(path, form(fields), headers=form_headers(proof))


def form_headers(proof: str) -> dict[str, str]:
    return {
        "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
        "x-twilio-signature": proof,
    }


def only_event(request: RawRequest, **options: Any) -> Any:
    [arrival] = adapter(**options).receive(request).arrivals
    return arrival.event


# --- signatures ----------------------------------------------------------------------------------


FIELDS = st.dictionaries(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=12),
    st.text(st.characters(codec="utf-8"), max_size=20),
    max_size=6,
)


@given(FIELDS)
def test_whatever_the_vendor_signs_is_taken(more: dict[str, str]) -> None:
    event = only_event(signed(more | TEXT))
    assert event.text == TEXT["Body"]


@given(st.data())
def test_one_changed_byte_of_the_body_or_signature_is_refused(data: st.DataObject) -> None:
    request = signed(TEXT)
    proof = request.headers["x-twilio-signature"]
    where = data.draw(st.integers(0, len(request.body) + len(proof) - 1))
    flip = data.draw(st.integers(1, 255))
    body, changed = bytearray(request.body), bytearray(proof.encode())
    if where < len(body):
        body[where] ^= flip
    else:
        changed[where - len(body)] ^= flip
    forged = asked("/in/main", bytes(body), headers=form_headers(changed.decode("latin-1")))
    if pairs(forged.body) == pairs(request.body) and changed.decode("latin-1") == proof:
        return  # the same fields in another spelling: %2b for %2B, a space as %20
    with pytest.raises(BadSignature):
        adapter().receive(forged)


@pytest.mark.parametrize(
    "path", ["/in/other", "/in/main?a=1", "http://sms.example.org/in/main", "/in/main/"]
)
def test_a_signature_for_another_url_is_refused(path: str) -> None:
    request = signed(TEXT)
    with pytest.raises(BadSignature):
        adapter().receive(asked(path, request.body, headers=request.headers))


def test_no_signature_and_an_empty_one_are_refused() -> None:
    for headers in ({}, form_headers("")):
        with pytest.raises(BadSignature):
            adapter().receive(asked("/in/main", form(TEXT), headers=headers))


def test_while_a_token_is_replaced_both_sign() -> None:
    request = signed(TEXT, token="old")
    assert only_event(request, previous_tokens=("older", "old")).provider_id == SID
    with pytest.raises(BadSignature):
        adapter().receive(request)


def test_the_settings_header_cannot_weaken_a_shared_key() -> None:
    request = signed(TEXT, token="shared")  # SHA-1
    headers = dict(request.headers)
    headers["x-twilio-webhooks-signature-settings"] = "key=k1,algorithm=HMAC_SHA1"
    with pytest.raises(BadSignature):
        adapter(shared_keys={"k1": "shared"}).receive(
            asked("/in/main", request.body, headers=headers)
        )


@pytest.mark.parametrize(
    "spelt", ["https://sms.example.org:443/in/main", "https://sms.example.org/in/main"]
)
def test_a_default_port_may_be_spelt_out(spelt: str) -> None:
    proof = RequestValidator(TOKEN).compute_signature(spelt, TEXT)
    for configured in ("https://sms.example.org/in/main", "https://sms.example.org:443/in/main"):
        request = asked(configured, form(TEXT), headers=form_headers(proof))
        assert only_event(request).provider_id == SID


def test_a_get_is_signed_by_its_url() -> None:
    path = "/in/main?" + form(TEXT).decode()
    proof = RequestValidator(TOKEN).compute_signature(asked(path).url, {})
    headers = {"x-twilio-signature": proof}
    assert only_event(asked(path, method="GET", headers=headers)).text == TEXT["Body"]
    with pytest.raises(BadSignature):
        adapter().receive(asked(path + "1", method="GET", headers=headers))


@given(st.binary(max_size=200))
def test_forms_are_read_as_the_standard_library_reads_them(body: bytes) -> None:
    text = body.decode("utf-8", "replace")
    assert pairs(body) == parse_qsl(text, keep_blank_values=True, max_num_fields=None)


# --- texts ---------------------------------------------------------------------------------------


def test_a_text_becomes_an_event_with_its_own_dedupe_key() -> None:
    request = signed(TEXT)
    parsed = adapter().receive(request)
    [arrival] = parsed.arrivals
    assert arrival.event == Inbound(
        channel="main", contact=PhoneNumber(CONTACT), text="Oui, ça va ☺ + 1", provider_id=SID
    )
    assert arrival.dedupe == f"in:main:{SID}"
    assert arrival.raw == request.body
    assert parsed.answer.content_type == "text/xml"
    assert parsed.answer.body.endswith(b"<Response/>")


def test_pictures_come_with_their_addresses_and_without_a_text() -> None:
    fields = {k: v for k, v in TEXT.items() if k != "Body"}
    fields |= {"NumMedia": "2", "MediaUrl0": "https://a/0", "MediaUrl1": "https://a/1"}
    event = only_event(signed(fields))
    assert (event.text, event.media) == ("", ("https://a/0", "https://a/1"))


@pytest.mark.parametrize(("said", "law"), [("STOP", "stop"), ("START", "start"), ("HELP", "help")])
def test_twilios_word_on_opting_out_is_the_law_word(said: str, law: str) -> None:
    assert only_event(signed(TEXT | {"OptOutType": said})).law == law


@pytest.mark.parametrize("origin", ["384387", "SALON", "whatsapp:+12025550101", "+1"])
def test_who_cannot_be_answered_is_passed_over_with_a_reason(origin: str) -> None:
    parsed = adapter().receive(signed(TEXT | {"From": origin}))
    assert parsed.arrivals == ()
    [reason] = parsed.ignored
    assert origin not in reason


def test_a_request_that_is_no_text_is_nonsense() -> None:
    with pytest.raises(WebhookRejected) as told:
        adapter().receive(signed({"CallSid": "CA1", "From": CONTACT}))
    assert told.value.status == 400


# --- reports -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("word", "status"), twilio.STATUSES.items())
def test_every_status_has_its_rank(word: str, status: str) -> None:
    fields = {"MessageSid": SID, "MessageStatus": word, "To": CONTACT, "From": OURS}
    request = signed(fields, path="/dlr/main/x")
    [arrival] = adapter().report(request, "our-id").arrivals
    event = arrival.event
    assert isinstance(event, Report)
    assert (event.channel, event.outbound, event.provider_id) == ("main", "our-id", SID)
    assert (event.status, event.code) == (status, "")


def test_reports_of_one_message_differ_by_status_and_code() -> None:
    keys = {
        adapter().report(signed(fields, path="/dlr/main/x"), "o").arrivals[0].dedupe
        for fields in (
            {"MessageSid": SID, "MessageStatus": "sent"},
            {"MessageSid": SID, "MessageStatus": "undelivered"},
            {"MessageSid": SID, "MessageStatus": "undelivered", "ErrorCode": "30003"},
        )
    }
    assert len(keys) == 3


def test_an_opt_out_that_a_report_brings_is_an_event_of_its_own() -> None:
    fields = {
        "MessageSid": SID,
        "MessageStatus": "failed",
        "ErrorCode": "21610",
        "To": CONTACT,
        "From": OURS,
    }
    report, gone = adapter().report(signed(fields, path="/dlr/main/x"), "o").arrivals
    assert isinstance(report.event, Report)
    assert report.event.code == "21610"
    assert isinstance(gone.event, OptedOutElsewhere)
    assert gone.event.contact == PhoneNumber(CONTACT)
    assert gone.dedupe != report.dedupe


def test_a_report_without_a_known_status_is_passed_over() -> None:
    for more in ({}, {"MessageStatus": "teleported"}):
        parsed = adapter().report(signed({"MessageSid": SID} | more, path="/dlr/main/x"), "o")
        assert parsed.arrivals == ()
        assert len(parsed.ignored) == 1


def test_a_forged_report_is_refused() -> None:
    request = signed({"MessageSid": SID, "MessageStatus": "sent"}, path="/dlr/main/x")
    with pytest.raises(BadSignature):
        adapter(token="another").report(request, "o")


def test_a_report_sent_to_the_inbound_url_is_a_report_all_the_same() -> None:
    event = only_event(signed({"MessageSid": SID, "MessageStatus": "sent", "To": CONTACT}))
    assert event == Report(channel="main", provider_id=SID, status="sent")


# --- sending -------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_message_is_sent_with_the_method_login_and_fields_of_the_api() -> None:
    async with FakeTwilio() as fake:
        http = HttpClient()
        sent = await adapter(http, base_url=fake.url).send(message("Ça + & = ☺\n2"), CALLBACK)
        await http.close()
    [request] = fake.asked
    assert (request.method, request.target) == ("POST", PATH)
    assert request.headers["authorization"] == LOGIN
    assert dict(parse_qsl(request.body.decode(), strict_parsing=True)) == {
        "To": CONTACT,
        "From": OURS,
        "Body": "Ça + & = ☺\n2",
        "StatusCallback": CALLBACK,
    }
    assert sent == Sent(provider_ids=(fake.messages[0]["sid"],), parts=1)


MEDIA = ("https://salon.example/a b.jpg?x=1&y=2", "https://salon.example/é.jpg")


class _Requests:
    """What the vendor's SDK would have posted: the form fields of its one request."""

    def __init__(self) -> None:
        self.fields: list[tuple[str, str]] = []

    def request(self, method: str, uri: str, **sent: Any) -> Any:
        assert (method, uri) == ("POST", f"https://api.twilio.com{PATH}")
        # The fake has let ours in by the same two.
        assert sent["auth"] == (ACCOUNT, TOKEN)
        self.fields = parse_qsl(urlencode(sent["data"], doseq=True), strict_parsing=True)
        return Answered(201, '{"sid": "SM1"}')


@pytest.mark.anyio
async def test_pictures_go_as_the_vendor_s_own_code_sends_them() -> None:
    async with FakeTwilio() as fake:
        http = HttpClient()
        await adapter(http, base_url=fake.url).send(message("Look:", media=MEDIA), CALLBACK)
        await http.close()
    theirs: Any = _Requests()
    Client(ACCOUNT, TOKEN, http_client=theirs).messages.create(
        to=CONTACT, from_=OURS, body="Look:", media_url=list(MEDIA), status_callback=CALLBACK
    )
    [request] = fake.asked
    assert sorted(parse_qsl(request.body.decode(), strict_parsing=True)) == sorted(theirs.fields)
    assert [value for name, value in theirs.fields if name == "MediaUrl"] == [*MEDIA]


@pytest.mark.anyio
async def test_a_messaging_service_sends_without_an_address_and_an_api_key_logs_in() -> None:
    async with FakeTwilio() as fake:
        http = HttpClient()
        options = {"messaging_service": "MG1", "api_key": "SK1", "api_secret": "s3"}
        sender = adapter(http, at=None, base_url=fake.url, **options)
        with pytest.raises(ConfigError):  # the fake knows the account's login only
            await sender.send(message(), CALLBACK)
        await http.close()
    [request] = fake.asked
    assert request.headers["authorization"] == "Basic " + b64encode(b"SK1:s3").decode()
    assert b"MessagingServiceSid=MG1" in request.body
    assert b"From=" not in request.body


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        ((400, 21610, {}), OptedOut),
        ((400, 21211, {}), Invalid),
        ((400, 21606, {}), ConfigError),
        ((401, 20003, {}), ConfigError),
        ((403, 99999, {}), ConfigError),
        ((400, 99999, {}), Refused),
        ((429, 20429, {"Retry-After": "7"}), RateLimited),
        ((400, 21611, {}), RateLimited),
        ((400, 30017, {}), Unavailable),
        ((408, 0, {}), SendUncertain),
        ((500, 20500, {}), SendUncertain),
        ((503, 20503, {"Retry-After": "1"}), SendUncertain),
        ((302, 0, {"Location": "http://127.0.0.1:1/"}), ConfigError),
    ],
)
async def test_every_refusal_has_its_outcome(
    refusal: tuple[int, int, dict[str, str]], kind: type[SendError]
) -> None:
    async with FakeTwilio() as fake:
        fake.refusal = error(*refusal)
        http = HttpClient()
        with pytest.raises(SendError) as told:
            await adapter(http, base_url=fake.url).send(message(), CALLBACK)
        await http.close()
    assert type(told.value) is kind
    assert told.value.code == str(refusal[1] or refusal[0])
    assert CONTACT not in str(told.value)
    if isinstance(told.value, RateLimited):
        assert told.value.retry_after == (7.0 if refusal[2] else None)


@pytest.mark.anyio
@pytest.mark.parametrize("mode", ["broken", "reset", "half", "slow_body", "delay"])
async def test_a_send_that_twilio_took_without_an_answer_is_uncertain(mode: Mode) -> None:
    async with FakeTwilio() as fake:
        fake.mode = mode
        http = HttpClient(read=0.2)
        with pytest.raises(SendUncertain):
            await adapter(http, base_url=fake.url).send(message(), CALLBACK)
        await http.close()
    assert len(fake.messages) == 1


@pytest.mark.anyio
async def test_a_twilio_that_cannot_be_reached_has_surely_not_sent() -> None:
    http = HttpClient()
    async with FakeTwilio() as fake:
        url = fake.url
    with pytest.raises(Unavailable):
        await adapter(http, base_url=url).send(message(), CALLBACK)


@pytest.mark.anyio
async def test_an_answer_without_a_sid_is_sent_all_the_same() -> None:
    async with FakeTwilio() as fake:
        fake.refusal = error(201, 0)
        http = HttpClient()
        assert await adapter(http, base_url=fake.url).send(message(), CALLBACK) == Sent()
        await http.close()


# --- looking up ----------------------------------------------------------------------------------

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
SINCE = int(NOW.timestamp() * 1000)


async def looked_up(fake: FakeTwilio, **more: Any) -> LookedUp:
    http = HttpClient()
    found = await adapter(http, base_url=fake.url, **more).look_up(message(), SINCE)
    await http.close()
    return found


@pytest.mark.anyio
async def test_those_of_the_same_words_to_the_same_number_may_be_ours() -> None:
    async with FakeTwilio() as fake:
        text = message().text
        fake.keep("another text", at=NOW, to=CONTACT, origin=OURS)
        fake.keep(text, at=NOW - timedelta(hours=1), to=CONTACT, origin=OURS)
        fake.keep(text, at=NOW, to="+12025550199", origin=OURS)
        fake.keep(text, at=NOW, to=CONTACT, origin="+12025550198")
        one = fake.keep(text, at=NOW, to=CONTACT, origin=OURS)
        two = fake.keep(text, at=NOW + timedelta(seconds=2), to=CONTACT, origin=OURS)
        found = await looked_up(fake)
    assert found.found == "alike"
    assert sorted(found.provider_ids) == sorted((one, two))


@pytest.mark.anyio
async def test_a_message_that_is_not_there_was_not_sent() -> None:
    async with FakeTwilio() as fake:
        assert await looked_up(fake) == LookedUp(found="not_sent")


@pytest.mark.anyio
async def test_every_page_of_the_list_is_read() -> None:
    async with FakeTwilio(page_size=2) as fake:
        for n in range(5):
            fake.keep(f"text {n}", at=NOW, to=CONTACT, origin=OURS)
        ours = fake.keep(message().text, at=NOW, to=CONTACT, origin=OURS)
        found = await looked_up(fake)
        assert len(fake.asked) == 3
        fake.messages *= 10
        assert await looked_up(fake) == LookedUp(found="unknown"), "too long to be sure"
    assert found == LookedUp(found="alike", provider_ids=(ours,))


@pytest.mark.anyio
async def test_a_service_is_not_asked_by_a_sender_that_it_chooses_later() -> None:
    async with FakeTwilio() as fake:
        ours = fake.keep(message().text, at=NOW, to=CONTACT, origin="")
        found = await looked_up(fake, messaging_service="MG1")
    assert found == LookedUp(found="alike", provider_ids=(ours,))


@pytest.mark.anyio
@pytest.mark.parametrize("mode", ["broken", "reset"])
async def test_a_look_up_that_fails_leaves_it_unknown(mode: Mode) -> None:
    async with FakeTwilio() as fake:
        fake.mode = mode
        assert await looked_up(fake) == LookedUp(found="unknown")


# --- settings ------------------------------------------------------------------------------------


def test_secrets_are_in_no_repr() -> None:
    options = Options.model_validate({"account": ACCOUNT, "token": TOKEN})
    assert TOKEN not in repr(options) + str(options)
    assert TOKEN not in repr(adapter())


def test_an_empty_token_is_refused_at_the_start() -> None:
    with pytest.raises(ValidationError):
        Options.model_validate({"account": ACCOUNT, "token": ""})


def test_a_channel_without_any_sender_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsError, match=r"channels\.main: give it an address"):
        adapter(at=None)
    with pytest.raises(SettingsError, match="api_secret"):
        adapter(api_key="SK1")


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Options.model_fields.values())


@pytest.mark.anyio
async def test_closing_an_adapter_leaves_the_client_to_others() -> None:
    async with FakeTwilio() as fake:
        http = HttpClient()
        await asyncio.gather(adapter(http).close(), adapter(http).close())
        await adapter(http, base_url=fake.url).send(message(), CALLBACK)
        await http.close()
