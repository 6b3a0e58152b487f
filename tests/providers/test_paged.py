"""How far a company's list is read, page by page, and what is told where it ends too early."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl, urlsplit

import pytest

from convo.errors import RateLimited, Unavailable
from convo.fakes import Answer, Asked
from convo.providers.http import HttpClient
from convo.providers.paged import PagedList, Read, by_offset
from convo.providers.sinch_lists import SinchLists
from convo.providers.twilio_lists import MessageList
from tests.fakes.http_server import FakeServer

PAGES_AT_MOST = 3


@asynccontextmanager
async def endless(*, pages: int = 99) -> AsyncGenerator[PagedList]:
    """A list of pages of two, of which the company tells so many and then asks to wait."""

    def answer(asked: Asked) -> Answer:
        query = dict(parse_qsl(urlsplit(asked.target).query))
        first, count = int(query["offset"]), int(query["limit"])
        if first >= pages * count:
            return Answer(status=429, headers={"Retry-After": "7"})
        return Answer(body=json.dumps([{"n": first + n} for n in range(count)]).encode())

    async with FakeServer(answer) as server:
        http = HttpClient()
        yield PagedList(
            http=http,
            company="Somebody",
            url=server.url,
            login={},
            holds="",
            turning=by_offset(2),
            pages_at_most=PAGES_AT_MOST,
        )
        await http.close()


@pytest.mark.anyio
async def test_a_list_longer_than_is_read_is_told_in_part_only_where_a_part_will_do(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with endless() as of_ours:
        with pytest.raises(Unavailable, match="more than 3 pages"):
            await of_ours.entries({})
        found = await of_ours.entries({}, whole=False)
    assert [each["n"] for each in found] == [0, 1, 2, 3, 4, 5]
    assert "Somebody's list has more than 3 pages: the messages behind" in caplog.text


@pytest.mark.anyio
async def test_a_company_that_asks_to_wait_has_told_a_part_where_a_part_will_do(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with endless(pages=2) as of_ours:
        with pytest.raises(RateLimited, match="Somebody asks to wait") as raised:
            await of_ours.entries({})
        assert raised.value.retry_after == 7
        found = await of_ours.entries({}, whole=False)
    assert [each["n"] for each in found] == [0, 1, 2, 3]
    assert "Somebody asks to wait with its list: the messages behind" in caplog.text


@pytest.mark.anyio
async def test_a_company_that_asks_to_wait_at_once_has_told_nothing() -> None:
    async with endless(pages=0) as of_ours:
        with pytest.raises(RateLimited):
            await of_ours.entries({}, whole=False)


def test_neither_a_login_nor_what_a_page_says_is_in_a_repr() -> None:
    http, login = HttpClient(), {"Authorization": "a-secret-login"}
    paged = PagedList(
        http=http,
        company="Somebody",
        url="http://list",
        login=login,
        holds="",
        turning=by_offset(2),
        pages_at_most=3,
    )
    of_twilio = MessageList(http=http, base="http://list", url="http://list", login=login)
    for each in (paged, of_twilio, SinchLists(http=http, url="http://list", login=login)):
        assert "http://list" in repr(each)
        assert "a-secret-login" not in repr(each)
    read = Read(answer={"text": "private words"}, entries=1, so_far=1, pages=1)
    assert "private words" not in repr(read)
