"""Plivo: its SDK signs and sends as we expect; which header signs what; odd spellings."""

import json
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import plivo as vendor
    from plivo.utils import validate_signature, validate_v3_signature

from convo.core.events import Inbound, OptedOutElsewhere, Report
from convo.errors import BadSignature, Invalid, SettingsError, WebhookRejected
from convo.fakes import Answer, Said, Taken
from convo.fakes.plivo import AUTH_ID, MAIN_TOKEN, TOKEN, FakePlivo
from convo.ports import Sent
from convo.providers import plivo
from convo.providers.http import HttpClient
from convo.providers.plivo import Options, Plivo, proof_of, signed_v3
from convo.wiring.probes import PROBES
from tests.fakes.http_server import FakeServer
from tests.fakes.outbound import CONTACT, OURS, channel, message
from tests.fakes.webhooks import asked, form
from tests.providers.oracle import caught, ours
from tests.providers.test_every_provider import standing

CALLBACK = "https://sms.example.org/dlr/main/0123-abcd"
URL = "https://sms.example.org/in/main"
NONCE = "12345678901234567890"
MEDIA = ("https://salon.example/a%20b.jpg?x=1&y=2", "https://salon.example/b.jpg")
TEXT = {"MessageUUID": "7", "From": CONTACT[1:], "To": OURS[1:], "Text": "Oui, ça va ☺"}


def adapter(http: HttpClient | None = None, *, at: str | None = OURS, **more: Any) -> Plivo:
    return plivo.connect(
        channel("plivo", at=at),
        Options.model_validate({"auth_id": AUTH_ID, "auth_token": TOKEN} | more),
        http or HttpClient(),
        country="US",
        clock=lambda: 0,
    )


def headers(version: int, proof: str, ma: str = "") -> dict[str, str]:
    return {
        "content-type": "application/x-www-form-urlencoded",
        f"x-plivo-signature-{ma}v{version}": proof,
        f"x-plivo-signature-v{version}-nonce": NONCE,
    }


def by_v3(fields: dict[str, str], token: str = TOKEN, ma: str = "") -> Any:
    proof = proof_of(token, signed_v3("POST", URL, fields.items()), NONCE)
    return asked(URL, form(fields), headers=headers(3, proof, ma))


# --- beside the vendor's SDK ---------------------------------------------------------------------

WORDS = st.text(st.characters(codec="utf-8"), max_size=12)
NAMES = st.text(st.characters(min_codepoint=65, max_codepoint=90), min_size=1, max_size=8)


@given(st.dictionaries(NAMES, WORDS, max_size=5), st.sampled_from(("", "?k=v&a=1", "?a=")))
def test_whatever_we_would_sign_the_sdk_takes(fields: dict[str, str], query: str) -> None:
    proof = proof_of(TOKEN, signed_v3("POST", URL + query, fields.items()), NONCE)
    assert validate_v3_signature("POST", URL + query, NONCE, TOKEN, proof, dict(fields))
    assert not validate_v3_signature("POST", URL, NONCE, TOKEN, proof, {**fields, "x": "1"})


def test_the_sdk_takes_what_the_fake_signs() -> None:
    fake = FakePlivo()
    said = fake.inbound(Said(sender=CONTACT, to=OURS, text="ça & = ☺", id="7"), URL)
    taken = Taken(id="1", to=CONTACT, origin=OURS, text="", callback=CALLBACK)
    for webhook, token, name in (
        (said, MAIN_TOKEN, "ma-v3"),
        (fake.report(taken, "delivered"), TOKEN, "v3"),
    ):
        read = dict(plivo.pairs(webhook.body))
        nonce = webhook.headers["x-plivo-signature-v3-nonce"]
        proof = webhook.headers[f"x-plivo-signature-{name}"]
        assert validate_v3_signature("POST", webhook.url, nonce, token, proof, read)


def test_the_older_signature_is_the_sdk_s_too() -> None:
    proof = proof_of(TOKEN, URL, NONCE, version=2)
    assert validate_signature(URL + "?a=1", NONCE, proof, TOKEN)


@pytest.mark.anyio
@pytest.mark.parametrize("media", [(), MEDIA])
async def test_a_message_is_sent_as_the_sdk_sends_it(
    media: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with standing("plivo") as (stands, server):
        await stands.provider.send(message("Ça & ☺", media=media), CALLBACK, float("inf"))
    sent = caught(monkeypatch, {"message_uuid": ["1"]}, status=202)
    more = {"media_urls": [*media], "type_": "mms"} if media else {}
    vendor.RestClient(AUTH_ID, TOKEN).messages.create(
        src=OURS[1:], dst=CONTACT[1:], text="Ça & ☺", url=CALLBACK, **more
    )
    (theirs,) = sent
    # Left out by us, for these are what Plivo does anyway.
    assert (theirs.fields.pop("log"), theirs.fields.pop("trackable")) == ("true", False)
    assert [ours(each) for each in server.asked] == [theirs]


@pytest.mark.anyio
async def test_messages_are_listed_as_the_sdk_lists_them(monkeypatch: pytest.MonkeyPatch) -> None:
    since, until = (datetime(2026, 11, 29, hour, 59, 7, tzinfo=UTC) for hour in (8, 23))
    async with standing("plivo") as (stands, server):
        provider = cast(Plivo, stands.provider)
        first, last = (int(each.timestamp() * 1_000) for each in (since, until))
        assert not await provider.reports_between(first, last)
    sent = caught(monkeypatch, {"meta": {"total_count": 0}, "objects": []})
    client: Any = vendor.RestClient(AUTH_ID, TOKEN)
    client.messages.list(
        message_direction="outbound",
        # The SDK writes no zone either: Plivo takes it for UTC.
        message_time__gte=f"{since:%Y-%m-%d %H:%M:%S}",
        message_time__lte=f"{until:%Y-%m-%d %H:%M:%S}",
        from_number=OURS[1:],
        limit=20,
        offset=0,
    )
    # A GET of the SDK says what kind its body is of, and has none.
    assert [ours(each) for each in server.asked] == [replace(each, kind="") for each in sent]


# --- signatures ----------------------------------------------------------------------------------


def test_the_account_and_the_main_account_both_sign() -> None:
    reader = adapter(main_auth_token=MAIN_TOKEN, previous_auth_tokens=("old",))
    for token in (TOKEN, MAIN_TOKEN, "old"):
        for ma in ("", "ma-"):
            assert reader.receive(by_v3(TEXT, token, ma)).arrivals
    with pytest.raises(BadSignature):
        reader.receive(by_v3(TEXT, "another"))


def test_a_header_may_hold_several_proofs() -> None:
    request = by_v3(TEXT)
    request.headers["x-plivo-signature-v3"] = "AAAA, " + request.headers["x-plivo-signature-v3"]  # pyright: ignore
    assert adapter().receive(request).arrivals


def test_the_older_signature_is_taken_only_if_asked_for_and_never_beside_the_newer() -> None:
    proof = proof_of(TOKEN, URL, NONCE, version=2)
    old = headers(2, proof)
    assert adapter(accepts_v2=True).receive(asked(URL, form(TEXT), headers=old)).arrivals
    with pytest.raises(BadSignature):
        adapter().receive(asked(URL, form(TEXT), headers=old))
    both = old | headers(3, "AAAA")
    with pytest.raises(BadSignature):
        adapter(accepts_v2=True).receive(asked(URL, form(TEXT), headers=both))


def test_a_get_is_signed_by_its_query() -> None:
    url = f"{URL}?{form(TEXT).decode()}"
    proof = proof_of(TOKEN, signed_v3("GET", url, ()), NONCE)
    request = asked(url, method="GET", headers=headers(3, proof))
    (arrival,) = adapter().receive(request).arrivals
    assert isinstance(arrival.event, Inbound)
    assert arrival.event.text == TEXT["Text"]
    with pytest.raises(BadSignature):
        adapter().receive(asked(url + "1", method="GET", headers=headers(3, proof)))


# --- what comes in -------------------------------------------------------------------------------


def test_pictures_may_be_counted_from_nought() -> None:
    fields = {"MessageUUID": "7", "From": CONTACT[1:], "Body": "", "Media0": "a", "Media1": "b"}
    (arrival,) = adapter().receive(by_v3(fields)).arrivals
    assert isinstance(arrival.event, Inbound)
    assert arrival.event.media == ("a", "b")


def test_names_of_reports_may_be_spelt_small_and_parts_name_the_whole() -> None:
    fields = {"messageuuid": "8", "ParentMessageUUID": "7", "status": "delivered"}
    (arrival,) = adapter().report(by_v3(fields), "o").arrivals
    assert arrival.event == Report(
        channel="main", outbound="o", provider_id="7", status="delivered"
    )


def test_what_has_no_id_is_nonsense() -> None:
    with pytest.raises(WebhookRejected) as told:
        adapter().receive(by_v3({"Text": "hi", "From": CONTACT}))
    assert told.value.status == 400


# --- the list ------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_what_the_account_sent_from_elsewhere_is_no_report_of_ours() -> None:
    taken = Taken(id="1", to=CONTACT, origin=OURS, text="")
    async with standing("plivo") as (stands, _):
        fake = cast(FakePlivo, stands.fake)
        fake.keep(taken, "delivered", at=1.0)
        fake.keep(replace(taken, id="2", origin="+12025550177"), "delivered", at=1.0)
        fake.keep(replace(taken, id="3"), "received", at=1.0, message_direction="inbound")
        (arrival,) = await cast(Plivo, stands.provider).reports_between(0, 2_000)
    assert isinstance(arrival.event, Report)
    assert arrival.event.provider_id == "1"


@pytest.mark.anyio
async def test_filters_that_are_not_heeded_bring_no_message_of_another_powerpack() -> None:
    entry = {"message_direction": "outbound", "message_state": "sent", "powerpack_id": "p1"}
    entries = [
        {**entry, "message_uuid": "1"},
        {**entry, "message_uuid": "2", "powerpack_id": "p2"},
        {**entry, "message_uuid": "3", "message_direction": "inbound"},
        {**entry, "message_uuid": "4", "message_state": "teleported"},
        {**entry, "message_uuid": None},
    ]
    told = {"meta": {"total_count": len(entries)}, "objects": entries}
    async with FakeServer(lambda _: Answer(body=json.dumps(told).encode())) as server:
        http = HttpClient()
        reader = adapter(http, at=None, powerpack="p1", base_url=server.url)
        (arrival,) = await reader.reports_between(0, 1_000)
        await http.close()
    assert isinstance(arrival.event, Report)
    assert arrival.event.provider_id == "1"
    assert "powerpack_id=p1" in server.asked[0].target


@pytest.mark.anyio
async def test_an_opt_out_that_no_report_told_is_found_in_the_list() -> None:
    taken = Taken(id="1", to=CONTACT, origin=OURS, text="")
    async with standing("plivo") as (stands, _):
        cast(FakePlivo, stands.fake).keep(taken, "failed", "200", at=1.0)
        found = await cast(Plivo, stands.provider).reports_between(0, 2_000)
    assert [type(each.event) for each in found] == [Report, OptedOutElsewhere]


# --- what goes out -------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_number_that_plivo_drops_from_a_taken_request_is_invalid() -> None:
    bodies: list[tuple[Any, Any]] = [
        ({"message_uuid": [], "invalid_number": [CONTACT]}, Invalid),
        ({"message_uuid": ["1"]}, Sent(provider_ids=("1",))),
        ({"message_uuid": []}, Sent()),
    ]
    for body, outcome in bodies:
        answer = Answer(status=207, body=json.dumps(body).encode())
        async with FakeServer(lambda _, answer=answer: answer) as server:
            http = HttpClient()
            sending = adapter(http, base_url=server.url).send(message(), CALLBACK)
            if outcome is Invalid:
                with pytest.raises(Invalid):
                    await sending
            else:
                assert await sending == outcome
            await http.close()


@pytest.mark.anyio
async def test_a_powerpack_sends_without_an_address() -> None:
    async with FakeServer(lambda _: Answer(status=202, body=b"{}")) as server:
        http = HttpClient()
        pool = adapter(http, at=None, powerpack="p-1", base_url=server.url)
        await pool.send(message(), "")
        await http.close()
    assert json.loads(server.asked[0].body) == {
        "powerpack_uuid": "p-1",
        "dst": CONTACT[1:],
        "text": message().text,
        "type": "sms",
    }


@pytest.mark.parametrize("sources", [{"at": None}, {"powerpack": "p-1"}])
def test_either_an_address_or_a_powerpack_sends(sources: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="either an address or a powerpack"):
        adapter(**sources)


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Options.model_fields.values())


def test_the_doctor_s_webhook_is_let_in_and_passed_over() -> None:
    options = Options.model_validate({"auth_id": AUTH_ID, "auth_token": TOKEN})
    probe = PROBES["plivo"](options, URL)
    told = {name.lower(): value for name, value in probe.headers.items()}
    parsed = adapter().receive(asked(URL, probe.body, headers=told))
    assert (parsed.arrivals, len(parsed.ignored)) == ((), 1)
