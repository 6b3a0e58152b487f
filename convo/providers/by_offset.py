"""A company's list, page by page: each is asked for by how many entries come before it."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, cast
from urllib.parse import quote, urlencode

from convo.errors import Unavailable
from convo.providers.http import HttpClient
from convo.providers.wire import object_of, objects

log = logging.getLogger("convo.providers")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListByOffset:
    """One list of a company's, asked for by `limit` and `offset`."""

    http: HttpClient
    company: str
    url: str
    login: Mapping[str, str]
    page_size: int
    #: More are not read in one go.
    pages_at_most: int
    #: Under which name an answer has its entries; empty where it is nothing but them.
    holds: str
    #: Where in an answer stands how many entries there are on all pages; empty where nowhere.
    counts: tuple[str, ...] = ()

    async def entries(
        self, asked: Mapping[str, str], *, whole: bool = True
    ) -> Sequence[Mapping[str, Any]]:
        """All that the filters `asked` let through, in the company's order.

        What comes meanwhile pushes entries on: some may come twice. Raises `SendError` where the
        company does not answer with a list, and where it has more pages than are read. A list
        that need not be `whole` ends there instead, and the log says so.
        """
        found: list[object] = []
        for _ in range(self.pages_at_most):
            page = {"limit": str(self.page_size), "offset": str(len(found))}
            query = urlencode({**asked, **page}, quote_via=quote)
            answer = await self.http.get(f"{self.url}?{query}", headers=self.login)
            if answer.status != 200:
                raise Unavailable(f"{self.company} answered {answer.status} instead of a list")
            told = answer.json()
            items = object_of(told).get(self.holds) if self.holds else told
            if not isinstance(items, list):
                raise Unavailable(f"{self.company} answered what is no list of messages")
            found += cast("list[object]", items)
            count = reduce(lambda holder, name: object_of(holder).get(name), self.counts, told)
            if not items or (isinstance(count, int) and len(found) >= count):
                return objects(found)
        most = f"{self.company}'s list has more than {self.pages_at_most} pages"
        if whole:
            raise Unavailable(most)
        log.warning("%s: the messages behind them keep the status that they have.", most)
        return objects(found)
