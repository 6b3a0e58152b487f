"""Where Plivo brings texts: read and written as the vendor's own code does."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import plivo as vendor
import pytest

from convo.errors import ConfigError
from convo.fakes.plivo import APPLICATION, AUTH_ID, NUMBER, POWERPACK, TOKEN, FakePlivo
from convo.ports.webhook_settings import WebhookSettings
from convo.providers import plivo
from convo.providers.http import HttpClient
from tests.fakes.http_server import FakeServer
from tests.fakes.outbound import OURS, channel
from tests.providers.oracle import caught, ours

pytestmark = pytest.mark.anyio

URL = "https://sms.example.org/in/main"


@asynccontextmanager
async def telling(
    at: str | None = OURS, **more: Any
) -> AsyncGenerator[tuple[WebhookSettings, FakePlivo, FakeServer]]:
    fake = FakePlivo()
    async with FakeServer(fake.answer) as server:
        http = HttpClient()
        adapter = plivo.connect(
            channel("plivo", at=at),
            plivo.Options.model_validate({**fake.settings(server.url), **more}),
            http,
            country="US",
            clock=lambda: 0,
        )
        yield adapter.webhook_settings, fake, server
        await http.close()


@pytest.mark.parametrize("by", ["number", "powerpack"])
async def test_it_is_asked_and_told_as_the_vendor_s_own_code_does(
    by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = {"at": None, "powerpack": POWERPACK} if by == "powerpack" else {}
    async with telling(**pack) as (settings, fake, server):
        await settings.read(URL)
        await settings.write(URL)
        assert fake.calls == URL
        found, read, found_again, wrote = [ours(each) for each in server.asked]
    sent = caught(monkeypatch, {"id": "1", "number_pool": ""})
    client: Any = vendor.RestClient(AUTH_ID, TOKEN)
    if by == "number":
        client.numbers.get(NUMBER)
    else:
        client.powerpacks.get(POWERPACK)
    client.applications.get(APPLICATION)
    client.applications.update(APPLICATION, message_url=URL)
    assert [found, found, read] == [found_again, *sent[:2]]
    (changed,) = sent[2:]
    # The SDK sets an application's other methods anew, which are not ours to set.
    assert wrote.fields.items() <= changed.fields.items()
    changed.fields.clear()
    changed.fields.update(wrote.fields)
    assert wrote == changed


async def test_a_get_is_not_ours_and_is_replaced() -> None:
    async with telling() as (settings, fake, _):
        fake.application |= {"message_url": URL, "message_method": "GET"}
        (found,) = await settings.read(URL)
        assert (found.stands, found.fits) == (f"{URL} by GET", False)
        await settings.write(URL)
        assert fake.application["message_method"] == "POST"


async def test_where_no_application_is_it_is_said() -> None:
    async with telling() as (settings, fake, _):
        fake.number["application"] = None
        with pytest.raises(ConfigError, match=r"the number \+12025550100 has no application"):
            await settings.write(URL)
    async with telling(None, powerpack=POWERPACK) as (settings, fake, _):
        fake.powerpack["application_type"] = "phlo"
        with pytest.raises(ConfigError, match="brings its texts to a PHLO"):
            await settings.write(URL)
