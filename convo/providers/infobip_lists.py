"""Infobip's log of the messages that were sent.

Wire facts: the Python SDK 6.0 (`get_outbound_sms_message_logs`): a page has a thousand entries at
most, the next is asked for by a cursor, and the log reaches 48 hours back.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from convo.providers.http import HttpClient
from convo.providers.paged import PagedList, by_token
from convo.providers.wire import text_of, to_the_millisecond

PAGE_SIZE = 1_000

PAGES_AT_MOST = 20


class InfobipLog:
    """The messages of one account that were sent from one address of ours."""

    def __init__(self, http: HttpClient, url: str, login: Mapping[str, str], ours: str) -> None:
        self._ours = ours
        first = {"limit": str(PAGE_SIZE), "useCursor": "true"}
        self._list = PagedList(
            http=http,
            company="Infobip",
            url=url,
            login=login,
            holds="results",
            turning=by_token(first, "cursor", "cursor", "nextCursor"),
            pages_at_most=PAGES_AT_MOST,
        )

    async def sent(self, since: int, until: int) -> Sequence[Mapping[str, Any]]:
        """What reports would have said of messages sent between these (ms), oldest first.

        As a report has it. Raises `SendError`.
        """
        asked = {
            "sender": self._ours,
            "sentSince": to_the_millisecond(since, "+0000"),
            "sentUntil": to_the_millisecond(until, "+0000"),
        }
        entries = await self._list.entries(asked, whole=False)
        return [
            {**entry, "to": text_of(entry, "destination")}
            for entry in sorted(entries, key=lambda entry: text_of(entry, "sentAt"))
            if text_of(entry, "sender").lstrip("+") == self._ours
        ]
