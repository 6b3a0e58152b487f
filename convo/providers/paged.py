"""A company's list, page by page, however it wants the next one to be asked for."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, cast
from urllib.parse import quote, urlencode

from convo.errors import RateLimited, Unavailable
from convo.providers.http import HttpClient
from convo.providers.wire import object_of, objects

log = logging.getLogger("convo.providers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """How far the reading is."""

    #: The last answer, and how many entries are in it.
    answer: object = field(repr=False)
    entries: int
    #: How many entries all pages had so far, and how many pages there were.
    so_far: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Turning:
    """How pages are turned."""

    #: What asks for the first page, beside the filters.
    first: Mapping[str, str]
    #: What asks for the next; None after the last page.
    next: Callable[[Read], Mapping[str, str] | None]


def by_offset(size: int, *counts: str) -> Turning:
    """By `limit` and by how many entries come before it.

    `counts` leads to where an answer says how many entries all pages have, if it does.
    """
    limit = {"limit": str(size)}

    def following(read: Read) -> Mapping[str, str] | None:
        count = _under(read.answer, counts) if counts else None
        if not read.entries or (isinstance(count, int) and read.so_far >= count):
            return None
        return {**limit, "offset": str(read.so_far)}

    return Turning(first={**limit, "offset": "0"}, next=following)


def by_number(size: int, *pages: str) -> Turning:
    """By `page[number]` and `page[size]`; `pages` leads to where an answer says how many there are.

    Without that it goes on until a page is empty.
    """
    limit = {"page[size]": str(size)}

    def following(read: Read) -> Mapping[str, str] | None:
        count = _under(read.answer, pages)
        if not read.entries or (isinstance(count, int) and read.pages >= count):
            return None
        return {**limit, "page[number]": str(read.pages + 1)}

    return Turning(first={**limit, "page[number]": "1"}, next=following)


def by_token(first: Mapping[str, str], name: str, *place: str) -> Turning:
    """By a token called `name`, which the page before has at `place`."""

    def following(read: Read) -> Mapping[str, str] | None:
        token = _under(read.answer, place)
        if not read.entries or not token or not isinstance(token, str):
            return None
        return {**first, name: token}

    return Turning(first=first, next=following)


def _under(told: object, place: Sequence[str]) -> object:
    return reduce(lambda holder, name: object_of(holder).get(name), place, told)


@dataclass(frozen=True, slots=True, kw_only=True)
class PagedList:
    """One list of a company's."""

    http: HttpClient
    company: str
    url: str
    login: Mapping[str, str] = field(repr=False)
    #: Under which name an answer has its entries; empty where it is nothing but them.
    holds: str
    turning: Turning
    #: More are not read in one go.
    pages_at_most: int

    async def entries(
        self, asked: Mapping[str, str], *, whole: bool = True
    ) -> Sequence[Mapping[str, Any]]:
        """All that the filters `asked` let through, in the company's order.

        What comes meanwhile pushes entries on: some may come twice. Raises `SendError` where the
        company does not answer with a list, and where it has more pages than are read or are
        told at once. A list that need not be `whole` ends there instead, after one page at least,
        and the log says so.
        """
        found: list[object] = []
        page: Mapping[str, str] | None = self.turning.first
        for number in range(1, self.pages_at_most + 1):
            try:
                told, items = await self._page({**asked, **page})
            except RateLimited as limited:
                if whole or number == 1:
                    raise
                return self._a_part(found, str(limited))
            found += items
            read = Read(answer=told, entries=len(items), so_far=len(found), pages=number)
            page = self.turning.next(read)
            if page is None:
                return objects(found)
        most = f"{self.company}'s list has more than {self.pages_at_most} pages"
        if whole:
            raise Unavailable(most)
        return self._a_part(found, most)

    def _a_part(self, found: Sequence[object], why: str) -> Sequence[Mapping[str, Any]]:
        log.warning("%s: the messages behind what was read keep the status that they have.", why)
        return objects(found)

    async def _page(self, asked: Mapping[str, str]) -> tuple[object, list[object]]:
        query = urlencode(asked, quote_via=quote)
        answer = await self.http.get(f"{self.url}?{query}", headers=self.login)
        if answer.status == 429:
            raise RateLimited(
                f"{self.company} asks to wait with its list", retry_after=answer.retry_after()
            )
        if answer.status != 200:
            raise Unavailable(f"{self.company} answered {answer.status} instead of a list")
        told = answer.json()
        items = object_of(told).get(self.holds) if self.holds else told
        if not isinstance(items, list):
            raise Unavailable(f"{self.company} answered what is no list of messages")
        return told, cast("list[object]", items)
