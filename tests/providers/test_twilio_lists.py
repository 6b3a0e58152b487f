"""Twilio's list of messages: asked for as the vendor's own code does, and read as its webhooks."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from convo.core.events import Inbound, Report
from convo.errors import SendError
from convo.providers.http import HttpClient
from convo.providers.twilio import Twilio
from tests.fakes.outbound import CONTACT, OURS
from tests.fakes.twilio import ACCOUNT, PATH, TOKEN, FakeTwilio
from tests.providers.test_twilio import TEXT, Answered, Client, adapter, only_event, signed

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
MINUTE = 60_000


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1_000)


@asynccontextmanager
async def listing(fake: FakeTwilio, **more: Any) -> AsyncGenerator[Twilio]:
    http = HttpClient()
    try:
        yield adapter(http, base_url=fake.url, **more)
    finally:
        await http.close()


def came(fake: FakeTwilio, text: str, at: datetime) -> str:
    """A text whose webhook nobody heard."""
    return fake.keep(text, at=at, to=OURS, origin=CONTACT, direction="inbound", status="received")


class _Asked:
    """What the vendor's SDK would have asked for."""

    def __init__(self) -> None:
        self.query: list[tuple[str, str]] = []

    def request(self, method: str, uri: str, **sent: Any) -> Any:
        parts = urlsplit(uri)
        assert (method, parts.path) == ("GET", PATH)
        told = {name: each for name, each in (sent["params"] or {}).items() if each is not None}
        self.query = parse_qsl(parts.query) + parse_qsl(urlencode(told))
        return Answered(200, '{"messages": []}')


@pytest.mark.parametrize("whose", ["to", "from_"])
async def test_the_list_is_asked_for_as_the_vendor_s_own_code_asks(whose: str) -> None:
    async with FakeTwilio() as fake, listing(fake) as reader:
        if whose == "to":
            await reader.inbound_since(ms(NOON))
        else:
            await reader.reports_between(ms(NOON), ms(NOON))
    theirs: Any = _Asked()
    told: Any = {whose: OURS, "date_sent_after": date(2026, 11, 29), "page_size": 1000}
    assert Client(ACCOUNT, TOKEN, http_client=theirs).messages.list(**told) == []
    [request] = fake.asked
    assert request.method == "GET"
    path, _, query = request.target.partition("?")
    assert path == PATH
    ours = dict(parse_qsl(query))
    # The SDK writes the moment at which the day begins, and Twilio counts whole days.
    assert {**ours, "DateSent>": f"{ours['DateSent>']}T00:00:00Z"} == dict(theirs.query)


async def test_a_text_is_read_from_the_list_as_from_its_webhook() -> None:
    async with FakeTwilio() as fake, listing(fake) as reader:
        sid = came(fake, TEXT["Body"], NOON)
        (arrival,) = await reader.inbound_since(ms(NOON) - MINUTE)
    by_webhook = signed({**TEXT, "MessageSid": sid})
    assert arrival.event == only_event(by_webhook)
    [the_same] = adapter().receive(by_webhook).arrivals
    assert arrival.dedupe == the_same.dedupe


async def test_texts_come_oldest_first_over_all_pages_and_none_that_is_too_old() -> None:
    async with FakeTwilio(page_size=2) as fake, listing(fake) as reader:
        for n in range(-4, 5):
            came(fake, f"t{n}", NOON + timedelta(minutes=n))
        fake.keep("ours", at=NOON, to=OURS, origin=OURS)
        found = await reader.inbound_since(ms(NOON))
        texts = [each.event.text for each in found if isinstance(each.event, Inbound)]
        assert texts == [f"t{n}" for n in range(5)]
        # Not page after page of a whole day: one page that is too old is the last.
        assert len(fake.asked) == 4


async def test_how_far_messages_are_is_told_as_reports_tell_it() -> None:
    async with FakeTwilio() as fake, listing(fake) as reader:
        sids = [
            fake.keep("x", at=NOON + timedelta(minutes=n), to=CONTACT, origin=OURS, status=status)
            for n, status in enumerate(("delivered", "undelivered", "sent", "delivered"))
        ]
        came(fake, "no report", NOON)
        until = ms(NOON + timedelta(minutes=2))
        found = await reader.reports_between(ms(NOON), until)
    told = [each.event for each in found if isinstance(each.event, Report)]
    assert [(each.provider_id, each.status) for each in told] == [
        (sids[0], "delivered"),
        (sids[1], "undelivered"),
        (sids[2], "sent"),
    ]
    fields = {"MessageSid": sids[0], "MessageStatus": "delivered", "To": CONTACT}
    [the_same] = adapter().report(signed(fields), "").arrivals
    assert found[0].dedupe == the_same.dedupe


async def test_a_list_that_cannot_be_told_whole_is_none() -> None:
    async with FakeTwilio() as fake, listing(fake) as reader:
        fake.mode = "broken"
        with pytest.raises(SendError):
            await reader.inbound_since(ms(NOON))
        fake.mode = "nonsense"
        with pytest.raises(SendError):
            await reader.reports_between(ms(NOON), ms(NOON))


async def test_a_channel_that_is_a_service_alone_has_no_list_of_its_own() -> None:
    assert adapter().lists
    assert not adapter(at=None, messaging_service="MG1").lists
