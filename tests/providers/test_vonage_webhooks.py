"""Where Vonage's Messages API brings texts: at the application of a number, all else as it was."""

import copy
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from convo.errors import ConfigError
from convo.fakes.vonage import BASIC, FakeVonage
from convo.fakes.vonage_applications import APPLICATION, NUMBER
from convo.ports.webhook_settings import WebhookSettings, webhook_settings
from convo.providers import vonage
from convo.providers.http import HttpClient
from tests.fakes.http_server import FakeServer
from tests.fakes.outbound import OURS, channel
from tests.providers.oracle import Request, ours

pytestmark = pytest.mark.anyio

URL = "https://sms.example.org/in/main"
PUT_THERE = {"address": URL, "http_method": "POST"}


def found(options: dict[str, Any], http: HttpClient, at: str = OURS) -> WebhookSettings:
    adapter = vonage.connect(
        channel("vonage", at=at),
        vonage.Options.model_validate(options),
        http,
        country="US",
        clock=lambda: 0,
    )
    settings = webhook_settings(adapter)
    assert settings is not None
    return settings


@asynccontextmanager
async def telling(
    at: str = OURS, **more: Any
) -> AsyncGenerator[tuple[WebhookSettings, FakeVonage, FakeServer]]:
    fake = FakeVonage()
    async with FakeServer(fake.answer) as server:
        http = HttpClient()
        yield found({**fake.settings(server.url), **more}, http, at), fake, server
        await http.close()


def asking(method: str, path: str, query: list[tuple[str, str]], fields: Any) -> Request:
    kind = "application/json" if method == "PUT" else ""
    return Request(
        method=method, path=path, query=query, authorization=BASIC, kind=kind, fields=fields
    )


async def test_it_is_asked_and_told_as_the_vendor_s_own_code_does() -> None:
    """As vonage-numbers 1.0.5 and vonage-application 2.0.2 were heard to ask."""
    async with telling() as (settings, fake, server):
        before = copy.deepcopy(fake.applications.application)
        await settings.write(URL)
        asked = [ours(each) for each in server.asked]
    sought = [("pattern", NUMBER), ("search_pattern", "0"), ("size", "100")]
    messages = {"webhooks": {"inbound_url": PUT_THERE, "status_url": PUT_THERE}}
    put = {
        "name": before["name"],
        "keys": before["keys"],
        "privacy": before["privacy"],
        "capabilities": {**before["capabilities"], "messages": messages},
    }
    assert asked == [
        asking("GET", "/account/numbers", sought, []),
        asking("GET", f"/v2/applications/{APPLICATION}", [], []),
        asking("PUT", f"/v2/applications/{APPLICATION}", [], put),
    ]


async def test_all_else_of_the_application_stays_as_it_was() -> None:
    async with telling() as (settings, fake, _):
        theirs = {"address": "https://crm.example/status", "http_method": "POST"}
        there = fake.applications.application
        there["capabilities"]["messages"] = {
            "version": "v1",
            "webhooks": {"inbound_url": {**PUT_THERE, "http_method": "GET"}, "status_url": theirs},
        }
        before = copy.deepcopy(there)
        (setting,) = await settings.read(URL)
        assert (setting.stands, setting.fits) == (f"{URL} by GET", False)
        await settings.write(URL)
        before["capabilities"]["messages"]["webhooks"]["inbound_url"] = PUT_THERE
        assert fake.applications.application == before


@pytest.mark.parametrize(
    ("at", "why"),
    [
        ("+12025550109", "has no number 12025550109"),
        ("+1202555010", "has no number 1202555010"),
        ("+12025550108", "linked to no application"),
    ],
)
async def test_where_no_application_is_it_is_said(at: str, why: str) -> None:
    async with telling(at) as (settings, fake, server):
        fake.applications.numbers["12025550108"] = None
        with pytest.raises(ConfigError, match=why):
            await settings.write(URL)
        assert {asked.method for asked in server.asked} == {"GET"}


async def test_without_the_account_s_secret_nobody_is_asked() -> None:
    key = {"api_secret": "", "application": APPLICATION, "private_key": "-----BEGIN"}
    async with telling(**key) as (settings, _, server):
        with pytest.raises(ConfigError, match="wants the account's api_secret"):
            await settings.read(URL)
        assert server.asked == []


async def test_numbers_and_applications_are_at_hosts_of_their_own() -> None:
    hosts: list[str] = []

    class Http(HttpClient):
        async def get(self, url: str, **_: Any) -> Any:
            hosts.append(url.partition("?")[0])
            raise ConfigError("enough")

    options = {name: v for name, v in FakeVonage().settings("").items() if name != "base_url"}
    with pytest.raises(ConfigError):
        await found(options, Http()).read(URL)
    assert hosts == ["https://rest.nexmo.com/account/numbers"]
