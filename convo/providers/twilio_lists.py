"""Twilio's list of messages, page by page: how it is asked for, and what stands in it.

Wire facts: `To`, `From`, `DateSent>` and `PageSize` as the Python SDK 9.13 sends them; dates count
by whole days, UTC; the newest come first (Twilio's reference, Messages list resource).
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote_plus

import msgspec

from convo.errors import Unavailable
from convo.providers.http import HttpClient

PAGE_SIZE = 1000


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it stands in the list."""

    sid: str
    #: Words and numbers of people: in no `repr`.
    body: str | None = None
    direction: str | None = None
    date_created: str | None = None
    origin: str | None = msgspec.field(name="from", default=None)
    to: str | None = None
    status: str | None = None
    error_code: int | None = None

    def __repr__(self) -> str:
        return f"Listed({self.sid})"

    @property
    def made(self) -> int | None:
        """When it was made, ms since 1970; None where that cannot be read."""
        try:
            return int(parsedate_to_datetime(self.date_created or "").timestamp() * 1_000)
        except (ValueError, TypeError):
            return None


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    messages: list[Listed]
    next_page_uri: str | None = None


_page = msgspec.json.Decoder(_Page).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageList:
    """The list of one account."""

    http: HttpClient
    base: str
    url: str
    login: Mapping[str, str] = field(repr=False)

    async def pages(
        self, since: int, *, at_most: int, **asked: str
    ) -> AsyncGenerator[Sequence[Listed]]:
        """Messages since the day of `since` (ms), the newest first; an empty filter asks for all.

        Raises `SendError` where Twilio does not answer with a page, or with more than `at_most`.
        """
        day = datetime.fromtimestamp(since / 1_000, UTC)
        fields = {**asked, "DateSent>": f"{day:%Y-%m-%d}", "PageSize": str(PAGE_SIZE)}
        query = "&".join(f"{quote_plus(n)}={quote_plus(v)}" for n, v in fields.items() if v)
        url = f"{self.url}?{query}"
        for _ in range(at_most):
            answer = await self.http.get(url, headers=self.login)
            if answer.status != 200:
                raise Unavailable(f"Twilio answered {answer.status} instead of a list")
            try:
                page = _page(answer.body)
            except msgspec.DecodeError as error:
                raise Unavailable("Twilio answered what is no list of messages") from error
            yield page.messages
            if page.next_page_uri is None:
                return
            if not page.next_page_uri.startswith("/"):
                raise Unavailable("Twilio's list goes on at another server")
            url = self.base + page.next_page_uri
        raise Unavailable(f"Twilio's list has more than {at_most} pages")
