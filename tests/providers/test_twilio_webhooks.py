"""Where Twilio brings texts: read and written as the vendor's own code does."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from convo.errors import ConfigError
from convo.fakes.twilio_numbers import LONG_CODES, NUMBER, SERVICE, SHORT_CODE, SHORT_CODES
from convo.ports.webhook_settings import WebhookSetting
from convo.providers.http import HttpClient
from convo.providers.twilio_webhooks import TwilioWebhooks
from tests.fakes.twilio import ACCOUNT, TOKEN, FakeTwilio
from tests.providers.oracle import caught, ours
from tests.providers.test_twilio import Client, adapter

pytestmark = pytest.mark.anyio

URL = "https://sms.example.org/in/main"


@asynccontextmanager
async def telling(**more: Any) -> AsyncGenerator[tuple[TwilioWebhooks, FakeTwilio]]:
    async with FakeTwilio() as fake:
        http = HttpClient()
        yield adapter(http, base_url=fake.url, **more).webhook_settings, fake
        await http.close()


async def read(settings: TwilioWebhooks) -> WebhookSetting:
    (found,) = await settings.read(URL)
    return found


def of_the_vendor(kind: str) -> Any:
    client: Any = Client(ACCOUNT, TOKEN)
    number = {"sms_url": URL, "sms_method": "POST"}
    if kind == "number":
        client.incoming_phone_numbers.list(phone_number=NUMBER)
        client.incoming_phone_numbers("PN" + "1" * 32).update(**number)
    elif kind == "short code":
        client.api.account.short_codes.list(short_code=SHORT_CODE)
        client.api.account.short_codes("SC" + "1" * 32).update(**number)
    else:
        client.messaging.v1.services(SERVICE).fetch()
        service = {"inbound_request_url": URL, "inbound_method": "POST"}
        client.messaging.v1.services(SERVICE).update(**service)


@pytest.mark.parametrize(
    ("kind", "channel"),
    [
        ("number", {}),
        ("short code", {"at": SHORT_CODE}),
        ("service", {"at": None, "messaging_service": SERVICE}),
        ("service", {"messaging_service": SERVICE}),
    ],
)
async def test_it_is_asked_and_told_as_the_vendor_s_own_code_does(
    kind: str, channel: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telling(**channel) as (settings, fake):
        await settings.write(URL)
        assert (await read(settings)).fits
        asked = [ours(each) for each in fake.asked[:2]]
    sent = caught(monkeypatch, {"meta": {"key": "found"}, "found": [], "next_page_uri": None})
    of_the_vendor(kind)
    # The SDK names the type of a body that it does not send.
    assert asked == [replace(sent[0], kind=""), sent[1]]


async def test_what_twilio_keeps_to_itself_is_no_other_address() -> None:
    async with telling() as (settings, fake):
        fake.calls = URL + "#rc=5"
        assert (await read(settings)).fits


async def test_a_get_and_an_application_are_not_ours_and_are_replaced() -> None:
    async with telling() as (settings, fake):
        number = fake.numbers.records[LONG_CODES]
        number |= {"sms_url": URL, "sms_method": "GET"}
        found = await read(settings)
        assert (found.stands, found.fits) == (f"{URL} by GET", False)
        number |= {"sms_method": "POST", "sms_application_sid": "AP1"}
        found = await read(settings)
        assert (found.stands, found.fits) == ("the application AP1", False)
        await settings.write(URL)
        assert (await read(settings)).fits
        assert number["sms_application_sid"] == ""


async def test_a_service_that_leaves_it_to_its_numbers_is_left_alone() -> None:
    async with telling(messaging_service=SERVICE) as (settings, fake):
        fake.numbers.service["use_inbound_webhook_on_number"] = True
        await settings.write(URL)
        assert (await read(settings)).of == f"the number {NUMBER}"
        assert fake.numbers.service["inbound_request_url"] is None
    async with telling(at=None, messaging_service=SERVICE) as (settings, fake):
        fake.numbers.service["use_inbound_webhook_on_number"] = True
        with pytest.raises(ConfigError, match="leaves it to each of its numbers"):
            await settings.read(URL)


@pytest.mark.parametrize("at", ["+12025550109", "+1202555010", "54321", "1234"])
async def test_a_number_of_somebody_else_is_told_nothing(at: str) -> None:
    """Twilio finds a number by a part of it too."""
    async with telling(at=at) as (settings, fake):
        with pytest.raises(ConfigError, match="has no number"):
            await settings.write(URL)
        assert {asked.method for asked in fake.asked} == {"GET"}
        assert not fake.numbers.records[SHORT_CODES]["sms_url"]


def test_services_are_at_another_host() -> None:
    hosts: list[str] = []

    class Http(HttpClient):
        async def get(self, url: str, **_: Any) -> Any:
            hosts.append(url)
            raise ConfigError("enough")

    settings = adapter(Http(), messaging_service=SERVICE).webhook_settings
    with pytest.raises(ConfigError):
        settings.read(URL).send(None)
    assert hosts == [f"https://messaging.twilio.com/v1/Services/{SERVICE}"]
