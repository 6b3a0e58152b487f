"""Africa's Talking: its own SDK beside ours, callbacks told apart, refusals within good answers."""

import math
from typing import Any

import africastalking as vendor
import pytest

from convo.core.events import Inbound, OptedOutElsewhere, Report
from convo.errors import SendUncertain, WebhookRejected
from convo.fakes import Answer, Said, Taken
from convo.fakes.africastalking import (
    KEY,
    USER,
    FakeAfricasTalking,
    recipient,
)
from convo.ports import Sent
from convo.providers import africastalking
from convo.providers.africastalking import LIVE, SANDBOX, AfricasTalking, Options
from convo.providers.http import HttpClient
from convo.wiring.probes import PROBES
from tests.fakes.http_server import FakeServer
from tests.fakes.outbound import CONTACT, channel, message
from tests.fakes.webhooks import asked, form
from tests.providers.oracle import caught, ours
from tests.providers.test_every_provider import raw

URL = "https://sms.example.org/in/main/token"
SHORT = "21512"
SAID = Said(sender="+254791541111", to=SHORT, text="Ça va", id="ec9adc86-51d5-4bc8-8eb0")
TAKEN = Taken(id="ATXid_1", to="+254791541111", origin=SHORT, text="Hello")


def adapter(
    http: HttpClient | None = None,
    *,
    at: str | None = SHORT,
    url: str = "http://127.0.0.1:9",
    **more: Any,
) -> AfricasTalking:
    return africastalking.connect(
        channel("africastalking", at=at),
        Options.model_validate({**FakeAfricasTalking().settings(url), **more}),
        http or HttpClient(),
        country="KE",
        clock=lambda: 0,
    )


# --- beside the company's own SDK ----------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize("at", [SHORT, "SALON", None])
async def test_a_message_is_sent_as_the_sdk_sends_it(
    monkeypatch: pytest.MonkeyPatch, at: str | None
) -> None:
    http, out = HttpClient(), message("Ça + & = ☺\n2")
    async with FakeServer(FakeAfricasTalking().answer) as server:
        await adapter(http, at=at, url=server.url).send(out, "")
        await http.close()
    (asked,) = server.asked
    sent = caught(monkeypatch, {})
    sdk: Any = vendor
    sdk.initialize(USER, KEY)
    sdk.SMS.send(out.text, [CONTACT], at)
    assert [ours(asked)] == sent
    assert asked.headers["apikey"] == KEY
    assert asked.headers["accept"] == "application/json"


# --- what comes in -------------------------------------------------------------------------------


@pytest.mark.parametrize("date", ["2017-05-03T06:04:45Z", "2017-05-03 06:04:45", ""])
def test_a_text_is_read_whatever_its_date_looks_like(date: str) -> None:
    fields = {"id": "1", "from": "+254791541111", "to": SHORT, "text": "Hi", "date": date}
    (arrival,) = adapter().receive(asked(URL, form(fields))).arrivals
    assert isinstance(arrival.event, Inbound)


def test_a_plus_that_nobody_escaped_is_a_plus() -> None:
    """So the very bytes: a client that forgets to escape it sends what means a space."""
    (arrival,) = adapter().receive(asked(URL, b"id=1&from=+254791541111&text=a+b")).arrivals
    assert isinstance(arrival.event, Inbound)
    assert (arrival.event.contact.e164, arrival.event.text) == ("+254791541111", "a b")


def test_reports_and_opt_outs_that_come_to_the_same_address_are_told_apart() -> None:
    fake = FakeAfricasTalking()
    (report,) = adapter().receive(raw(fake.report(TAKEN, "Success", url=URL))).arrivals
    assert report.event == Report(channel="main", provider_id="ATXid_1", status="delivered")
    left = raw(fake.opted_out("+254791541111", f"{URL}?kind=optout"))
    (gone,) = adapter().receive(left).arrivals
    assert isinstance(gone.event, OptedOutElsewhere)
    with pytest.raises(WebhookRejected):
        adapter().receive(raw(fake.opted_out("+254791541111", URL)))


def test_an_opt_out_is_read_of_the_field_that_the_settings_name() -> None:
    request = asked(f"{URL}?kind=optout", form({"msisdn": "254791541111"}))
    (gone,) = adapter(opted_out_number="msisdn").receive(request).arrivals
    assert isinstance(gone.event, OptedOutElsewhere)
    parsed = adapter().receive(request)
    assert (parsed.arrivals, len(parsed.ignored)) == ((), 1)


@pytest.mark.parametrize("word", ["UserInBlackList", "UserInBlacklist"])
def test_both_spellings_of_a_black_list_are_an_opt_out(word: str) -> None:
    request = raw(FakeAfricasTalking().report(TAKEN, "Failed", word, URL))
    assert len(adapter().receive(request).arrivals) == 2
    other = raw(FakeAfricasTalking().report(TAKEN, "Failed", "UserIsInactive", URL))
    assert len(adapter().receive(other).arrivals) == 1


def test_the_doctors_callback_is_let_in_and_brings_nothing() -> None:
    probe = PROBES["africastalking"](
        Options.model_validate({"username": USER, "api_key": KEY}), URL
    )
    parsed = adapter().receive(asked(URL, probe.body))
    assert (parsed.arrivals, parsed.answer) == ((), africastalking.ANSWER)


# --- what goes out -------------------------------------------------------------------------------


async def sent_to(answer: Answer) -> Sent:
    http = HttpClient()
    async with FakeServer(lambda _: answer) as server:
        try:
            return await adapter(http, url=server.url).send(message(), "", math.inf)
        finally:
            await http.close()


@pytest.mark.anyio
@pytest.mark.parametrize("code", [100, 101, 102])
async def test_success_in_an_answer_is_no_more_than_taken(code: int) -> None:
    assert (await sent_to(recipient("Success", code, id="ATXid_9"))).provider_ids == ("ATXid_9",)


@pytest.mark.anyio
async def test_the_word_none_is_no_id() -> None:
    assert await sent_to(recipient("Success", 101)) == Sent()


@pytest.mark.anyio
async def test_xml_that_nobody_asked_for_is_a_doubt() -> None:
    with pytest.raises(SendUncertain):
        await sent_to(Answer(status=201, body=b"<AfricasTalkingResponse/>"))


def test_the_sandbox_has_a_place_of_its_own() -> None:
    hosts = {USER: LIVE, "sandbox": SANDBOX}
    for user, host in hosts.items():
        made = adapter(username=user, base_url="")
        assert made.messaging == f"{host}/version1/messaging"


def test_nothing_is_said_that_cannot_be_held() -> None:
    """It knows no id of ours, so a doubt stays one."""
    made = adapter()
    assert made.unsigned
    assert not [flag for flag in ("idempotent", "looks_up", "lists") if hasattr(made, flag)]


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Options.model_fields.values())
