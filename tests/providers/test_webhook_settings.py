"""Every provider either can be told by its API where texts go, or says how it is done by hand."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import cast

import pytest
from pydantic import BaseModel

from convo.cli.by_hand import BY_HAND
from convo.errors import ConfigError, SendError
from convo.fakes import Answer, Fake, Said, Told
from convo.ports.lines import keeps_a_line
from convo.ports.pulling import pulls
from convo.ports.webhook_settings import WebhookSettings, webhook_settings
from tests.fakes.http_server import FakeServer, Mode
from tests.fakes.outbound import OURS
from tests.providers.test_every_provider import SHEETS, Line, inbound, line, raw, standing

pytestmark = pytest.mark.anyio

URL = "https://sms.example.org/in/main"
ELSEWHERE = "https://old.example.org/texts"

#: Who cannot be told by an API, and why.
NO_API = {
    "africastalking": "callback URLs stand on the dashboard alone",
    "aliyun": "reports and replies are switched on in the console alone",
    "aws_sns": "a topic is subscribed to, and may be anybody's",
    "huawei": "the address stands in the console alone",
    "tencent": "the address stands in the console alone",
    "yunpian": "the address stands in the console alone",
    "messagebird": "its flows are built on the dashboard",
    "kannel": "its own file says it",
    "generic_http": "nobody knows what it is",
    "vonage_sms": "Vonage first wants a 200 of the address, unsigned, and gets none",
    "sinch": "the callback URL of a plan stands on the dashboard alone",
    "bandwidth": "no page says what a part of its application leaves of the rest",
    "infobip": "the old API for it ends, and the new one is shown to customers alone",
    "console": "it is the phone beside `convo run`",
}

CAN = [name for name in SHEETS if webhook_settings(line(name).provider)]


def hears_by_webhook(stands: Line) -> bool:
    provider, options = stands.provider, cast(BaseModel, stands.options)
    hears = getattr(options, "hears", True)
    return hears and not keeps_a_line(provider) and not pulls(provider)


def test_nobody_is_forgotten() -> None:
    called = {name for name in SHEETS if hears_by_webhook(line(name))}
    assert {*CAN} | NO_API.keys() == called
    assert not NO_API.keys() & {*CAN}
    assert BY_HAND.keys() == {SHEETS[name].provider or name for name in called}


@pytest.mark.parametrize("name", CAN)
async def test_a_text_that_is_brought_there_is_read(name: str) -> None:
    async with standing(name) as (stands, _):
        settings = webhook_settings(stands.provider)
        assert settings is not None
        await settings.write(URL)
        said = Said(sender=stands.sheet.contact, to=OURS, text="Hello", id="7")
        brought = cast(Fake, stands.fake).inbound(said, cast(Told, stands.fake).calls)
        (event,) = inbound(stands.provider.receive(raw(brought)).arrivals)
        assert event.text == "Hello"


@asynccontextmanager
async def there(name: str) -> AsyncGenerator[tuple[WebhookSettings, Told, FakeServer]]:
    async with standing(name) as (stands, server):
        settings = webhook_settings(stands.provider)
        assert settings is not None
        yield settings, cast(Told, stands.fake), server


@pytest.mark.parametrize("name", CAN)
async def test_a_company_brings_texts_where_it_is_told(name: str) -> None:
    async with there(name) as (settings, fake, _):
        before = await settings.read(URL)
        assert before
        assert not any(each.fits for each in before)
        assert fake.calls == ""
        await settings.write(URL)
        assert fake.calls == URL
        assert all(each.fits and URL in each.stands for each in await settings.read(URL))


@pytest.mark.parametrize("name", CAN)
async def test_reading_changes_nothing_and_writing_twice_no_more(name: str) -> None:
    async with there(name) as (settings, fake, server):
        await settings.write(ELSEWHERE)
        server.asked.clear()
        await settings.read(URL)
        assert fake.calls == ELSEWHERE
        assert {asked.method for asked in server.asked} == {"GET"}
        await settings.write(URL)
        once = await settings.read(URL)
        await settings.write(URL)
        assert await settings.read(URL) == once
        assert fake.calls == URL


@pytest.mark.parametrize("name", CAN)
async def test_another_address_is_told_as_it_stands_there(name: str) -> None:
    async with there(name) as (settings, _, __):
        await settings.write(ELSEWHERE)
        found = await settings.read(URL)
        assert ELSEWHERE in [each.stands for each in found]
        assert not all(each.fits for each in found)
        assert ELSEWHERE not in repr(found)
        longer = await settings.read(ELSEWHERE + "/more")
        assert not all(each.fits for each in longer)


@pytest.mark.parametrize("name", CAN)
async def test_a_company_that_does_not_know_us_changes_nothing(name: str) -> None:
    async with there(name) as (settings, fake, server):
        await settings.write(ELSEWHERE)
        server.answer = lambda asked: Answer(status=401, body=b"{}")
        for asking in (settings.read(URL), settings.write(URL)):
            with pytest.raises(ConfigError):
                await asking
        assert fake.calls == ELSEWHERE


@pytest.mark.parametrize("mode", ["broken", "reset", "half", "nonsense"])
@pytest.mark.parametrize("name", CAN)
async def test_a_company_that_does_not_say_is_no_company_that_fits(name: str, mode: Mode) -> None:
    async with there(name) as (settings, _, server):
        server.mode = mode
        for asking in (settings.read(URL), settings.write(URL)):
            with pytest.raises(SendError):
                await asking


@pytest.mark.parametrize("body", [b"", b"oops", b"[]", b"7", b'{"data": 7}', b"\xff"])
@pytest.mark.parametrize("name", CAN)
async def test_an_answer_that_is_nonsense_fits_nothing(name: str, body: bytes) -> None:
    async with there(name) as (settings, _, server):
        server.answer = lambda asked: Answer(status=200, body=body)
        try:
            found = await settings.read(URL)
        except SendError:
            return
        assert not all(each.fits for each in found)
