"""A company's list, page by page, however it wants the next one to be asked for."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, cast
from urllib.parse import quote, urlencode

from convo.errors import Unavailable
from convo.providers.http import HttpClient
from convo.providers.wire import object_of, objects

log = logging.getLogger("convo.providers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turning:
    """How pages are turned."""

    #: What asks for the first page, beside the filters.
    first: Mapping[str, str]
    #: What asks for the next: by the last answer, the entries in it and those of all pages so far.
    #: None after the last page.
    next: Callable[[object, int, int], Mapping[str, str] | None]


def by_offset(size: int, *counts: str) -> Turning:
    """By `limit` and by how many entries come before it.

    `counts` leads to where an answer says how many entries all pages have, if it does.
    """
    limit = {"limit": str(size)}

    def following(told: object, entries: int, so_far: int) -> Mapping[str, str] | None:
        count = _under(told, counts) if counts else None
        if not entries or (isinstance(count, int) and so_far >= count):
            return None
        return {**limit, "offset": str(so_far)}

    return Turning(first={**limit, "offset": "0"}, next=following)


def by_token(first: Mapping[str, str], name: str, *place: str) -> Turning:
    """By a token called `name`, which the page before has at `place`."""

    def following(told: object, entries: int, so_far: int) -> Mapping[str, str] | None:  # noqa: ARG001
        token = _under(told, place)
        return {**first, name: token} if entries and token and isinstance(token, str) else None

    return Turning(first=first, next=following)


def _under(told: object, place: Sequence[str]) -> object:
    return reduce(lambda holder, name: object_of(holder).get(name), place, told)


@dataclass(frozen=True, slots=True, kw_only=True)
class PagedList:
    """One list of a company's."""

    http: HttpClient
    company: str
    url: str
    login: Mapping[str, str]
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
        company does not answer with a list, and where it has more pages than are read. A list
        that need not be `whole` ends there instead, and the log says so.
        """
        found: list[object] = []
        page: Mapping[str, str] | None = self.turning.first
        for _ in range(self.pages_at_most):
            told, items = await self._page({**asked, **page})
            found += items
            page = self.turning.next(told, len(items), len(found))
            if page is None:
                return objects(found)
        most = f"{self.company}'s list has more than {self.pages_at_most} pages"
        if whole:
            raise Unavailable(most)
        log.warning("%s: the messages behind them keep the status that they have.", most)
        return objects(found)

    async def _page(self, asked: Mapping[str, str]) -> tuple[object, list[object]]:
        query = urlencode(asked, quote_via=quote)
        answer = await self.http.get(f"{self.url}?{query}", headers=self.login)
        if answer.status != 200:
            raise Unavailable(f"{self.company} answered {answer.status} instead of a list")
        told = answer.json()
        items = object_of(told).get(self.holds) if self.holds else told
        if not isinstance(items, list):
            raise Unavailable(f"{self.company} answered what is no list of messages")
        return told, cast("list[object]", items)
