"""Where a phone brings its events: read and written as the project's own client does."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import android_sms_gateway as vendor
import pytest

from convo.fakes.android_sms_gateway import DEVICE, PASSWORD, USER, FakeAndroidSmsGateway
from convo.providers.android_sms_gateway_webhooks import EVENTS, PhoneWebhooks
from convo.providers.http import HttpClient
from tests.fakes.http_server import FakeServer
from tests.providers.oracle import ours
from tests.providers.test_android_sms_gateway import Caught, adapter

pytestmark = pytest.mark.anyio

URL = "https://sms.example.org/in/main"
ELSEWHERE = "https://crm.example/texts"


@asynccontextmanager
async def telling(
    **more: Any,
) -> AsyncGenerator[tuple[PhoneWebhooks, FakeAndroidSmsGateway, FakeServer]]:
    fake = FakeAndroidSmsGateway()
    async with FakeServer(fake.answer) as server:
        http = HttpClient()
        yield adapter(fake, http, server.url, **more).webhook_settings, fake, server
        await http.close()


@pytest.mark.parametrize("device", ["", DEVICE])
async def test_it_is_asked_and_told_as_the_projects_own_client_does(device: str) -> None:
    async with telling(device=device) as (settings, fake, server):
        await settings.write(URL)
        asked = [ours(each) for each in server.asked]
    theirs: Any = Caught(FakeAndroidSmsGateway())
    base = "http://127.0.0.1:1/3rdparty/v1"
    client = vendor.APIClient(USER, PASSWORD, base_url=base, http=theirs)
    assert client.get_webhooks() == []
    for id, each in fake.webhooks.items():
        event = vendor.enums.WebhookEvent(each["event"])
        made = vendor.domain.Webhook(id=id, url=URL, event=event, device_id=device or None)
        assert client.create_webhook(made) == made
    assert [replace(asked[0], kind=""), *asked[1:]] == theirs.asked
    assert [each["event"] for each in fake.webhooks.values()] == list(EVENTS)


async def test_what_others_registered_is_left_alone_and_ours_takes_its_own_place() -> None:
    async with telling() as (settings, fake, _):
        fake.webhooks["crm"] = {"id": "crm", "url": ELSEWHERE, "event": "sms:received"}
        assert [each.stands for each in await settings.read(URL)] == [""] * len(EVENTS)
        await settings.write(URL)
        await settings.write(URL + "2")
        assert fake.webhooks["crm"]["url"] == ELSEWHERE
        assert len(fake.webhooks) == 1 + len(EVENTS)
        assert {each.stands for each in await settings.read(URL)} == {URL + "2"}


async def test_one_that_was_registered_by_hand_fits_unless_it_is_of_another_phone() -> None:
    async with telling(device=DEVICE) as (settings, fake, server):
        by_hand = {"id": "mine", "url": URL, "event": "sms:received"}
        fake.webhooks["mine"] = by_hand
        first, *others = await settings.read(URL)
        assert first.fits
        assert not any(each.fits for each in others)
        await settings.write(URL)
        posted = [ours(each).fields["event"] for each in server.asked if each.method == "POST"]
        assert posted == list(EVENTS[1:])
        by_hand["deviceId"] = "another"
        first, *others = await settings.read(URL)
        assert not first.fits
        assert all(each.fits for each in others)
