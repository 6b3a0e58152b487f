"""Sinch's lists of what came in and of delivery reports, page by page.

Wire facts: Sinch's Python SDK 2.3 (`inbounds.list`, `delivery_reports.list`): pages count from 0,
the newest come first, and an entry is what its webhook has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlencode

import msgspec

from convo.errors import Unavailable
from convo.providers.http import HttpClient
from convo.providers.wire import to_the_second

PAGE_SIZE = 100

PAGES_AT_MOST = 200
"""More are not read: a plan with so much to tell is not listed in one go."""


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    count: int
    inbounds: tuple[msgspec.Raw, ...] = ()
    delivery_reports: tuple[msgspec.Raw, ...] = ()


_page = msgspec.json.Decoder(_Page).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class SinchLists:
    """The lists of one service plan."""

    http: HttpClient
    #: What comes before the name of a list.
    url: str
    login: Mapping[str, str] = field(repr=False)

    async def inbounds(self, since: int, to: str) -> Sequence[bytes]:
        """Texts to one number since `since` (ms), oldest first. Raises `SendError`."""
        return await self._all("inbounds", {"to": to, "start_date": to_the_second(since)})

    async def reports(self, since: int, until: int) -> Sequence[bytes]:
        """Reports between these (ms), oldest first. Raises `SendError`."""
        between = {"start_date": to_the_second(since), "end_date": to_the_second(until)}
        return await self._all("delivery_reports", between)

    async def _all(
        self, name: Literal["inbounds", "delivery_reports"], asked: Mapping[str, str]
    ) -> Sequence[bytes]:
        """What comes meanwhile pushes entries on by a page: some come twice, none is lost."""
        found: list[bytes] = []
        for page in range(PAGES_AT_MOST):
            fields = {"page": str(page), "page_size": str(PAGE_SIZE), **asked}
            answer = await self.http.get(
                f"{self.url}/{name}?{urlencode(fields)}", headers=self.login
            )
            if answer.status != 200:
                raise Unavailable(f"Sinch answered {answer.status} instead of a list")
            try:
                told = _page(answer.body)
            except (msgspec.DecodeError, UnicodeDecodeError):
                raise Unavailable("Sinch answered what is no list") from None
            entries = told.inbounds if name == "inbounds" else told.delivery_reports
            found += map(bytes, entries)
            if not entries or len(found) >= told.count:
                return found[::-1]
        raise Unavailable(f"Sinch's list has more than {PAGES_AT_MOST} pages")
