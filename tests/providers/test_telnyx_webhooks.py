"""Where Telnyx brings texts: read and written as the vendor's own code does."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
import telnyx as vendor

from convo.errors import ConfigError
from convo.fakes.telnyx import KEY, NUMBER, PROFILE, FakeTelnyx
from convo.ports.webhook_settings import WebhookSettings
from convo.providers import telnyx
from convo.providers.http import HttpClient
from tests.fakes.http_server import FakeServer
from tests.fakes.outbound import channel
from tests.providers.oracle import Request, ours, request

pytestmark = pytest.mark.anyio

URL = "https://sms.example.org/in/main"


@asynccontextmanager
async def telling(
    at: str | None = NUMBER, **more: Any
) -> AsyncGenerator[tuple[WebhookSettings, FakeTelnyx, FakeServer]]:
    fake = FakeTelnyx()
    async with FakeServer(fake.answer) as server:
        http = HttpClient()
        adapter = telnyx.connect(
            channel("telnyx", at=at),
            telnyx.Options.model_validate({**fake.settings(server.url), **more}),
            http,
            country="US",
            clock=lambda: 0,
        )
        yield adapter.webhook_settings, fake, server
        await http.close()


def of_the_vendor(*asking: Callable[[vendor.Telnyx], object]) -> list[Request]:
    asked: list[httpx.Request] = []

    def take(made: httpx.Request) -> httpx.Response:
        asked.append(made)
        listed = made.url.path.endswith("/messaging")
        return httpx.Response(200, json={"data": [] if listed else {}, "meta": {}})

    with httpx.Client(transport=httpx.MockTransport(take)) as transport:
        client = vendor.Telnyx(api_key=KEY, http_client=transport)
        for each in asking:
            each(client)
    return [request(each.method, str(each.url), each.headers, each.content) for each in asked]


async def test_it_is_asked_and_told_as_the_vendor_s_own_code_does() -> None:
    async with telling() as (settings, _, server):
        await settings.write(URL)
        sought, read, wrote = [ours(each) for each in server.asked]
    theirs = of_the_vendor(
        lambda sdk: sdk.phone_numbers.messaging.list(filter_phone_number=NUMBER),
        lambda sdk: sdk.messaging_profiles.retrieve(PROFILE),
        lambda sdk: sdk.messaging_profiles.update(
            PROFILE, webhook_url=URL, webhook_failover_url=URL, webhook_api_version="2"
        ),
    )
    # We name the type of a body that is not there, and they do not.
    assert [replace(sought, kind=""), replace(read, kind=""), wrote] == theirs


async def test_an_older_format_is_not_ours_and_a_failover_of_their_own_stays() -> None:
    async with telling() as (settings, fake, _):
        mine = "https://second.example/x"
        fake.profile |= {"webhook_url": URL, "webhook_failover_url": mine}
        (found,) = await settings.read(URL)
        assert found.fits
        fake.profile["webhook_api_version"] = "1"
        (found,) = await settings.read(URL)
        assert (found.stands, found.fits) == (f"{URL} by version 1 of the API", False)
        await settings.write(URL)
        (found,) = await settings.read(URL)
        assert found.fits
        assert fake.profile["webhook_failover_url"] == mine


async def test_a_number_s_own_profile_has_its_texts_whatever_we_send_by() -> None:
    async with telling(messaging_profile="another") as (settings, fake, _):
        await settings.write(URL)
        assert fake.calls == URL
    async with telling(None, messaging_profile=PROFILE) as (settings, fake, _):
        await settings.write(URL)
        assert fake.calls == URL


@pytest.mark.parametrize(
    ("at", "why"),
    [
        ("+12025550109", r"has no number \+12025550109"),
        ("+12025550108", "has no messaging profile"),
    ],
)
async def test_where_no_profile_is_it_is_said(at: str, why: str) -> None:
    async with telling(at) as (settings, fake, server):
        fake.numbers["+12025550108"] = None
        with pytest.raises(ConfigError, match=why):
            await settings.write(URL)
        assert "PATCH" not in {asked.method for asked in server.asked}
