"""Bandwidth's list of messages, which tells how far they are and not what they say.

Wire facts: the Python SDK 23.3 (`list_messages`): a page has a hundred entries by default, the next
is asked for by a token, all pages together have ten thousand at most, and fourteen days are kept.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from convo.providers.http import HttpClient
from convo.providers.paged import PagedList, by_token
from convo.providers.wire import text_of, to_the_millisecond

PAGE_SIZE = 100

PAGES_AT_MOST = 100

#: The type of the event that a callback would have brought, by the status in the list. Of the
#: others (RECEIVED, QUEUED, ACCEPTED) no callback tells.
EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "SENDING": "message-sending",
        "SENT": "message-sent",
        "DELIVERED": "message-delivered",
        "UNDELIVERED": "message-failed",
        "FAILED": "message-failed",
    }
)


class BandwidthList:
    """The messages of one account that were sent from one number of ours."""

    def __init__(self, http: HttpClient, url: str, login: Mapping[str, str], ours: str) -> None:
        self._ours = ours
        self._list = PagedList(
            http=http,
            company="Bandwidth",
            url=url,
            login=login,
            holds="messages",
            turning=by_token({"limit": str(PAGE_SIZE)}, "pageToken", "pageInfo", "nextPageToken"),
            pages_at_most=PAGES_AT_MOST,
        )

    async def sent(self, since: int, until: int) -> Sequence[Mapping[str, Any]]:
        """The events that callbacks would have told of messages sent between these (ms).

        Oldest first. Raises `SendError`.
        """
        asked = {
            "sourceTn": self._ours,
            "messageDirection": "OUTBOUND",
            "fromDateTime": to_the_millisecond(since),
            "toDateTime": to_the_millisecond(until),
        }
        entries = await self._list.entries(asked, whole=False)
        return [
            _event(entry)
            for entry in sorted(entries, key=lambda entry: text_of(entry, "receiveTime"))
            if entry.get("sourceTn") == self._ours
            and entry.get("messageDirection") == "OUTBOUND"
            and text_of(entry, "messageStatus") in EVENTS
        ]


def _event(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "type": EVENTS[text_of(entry, "messageStatus")],
        "to": text_of(entry, "destinationTn"),
        "errorCode": entry.get("errorCode"),
        "message": {"id": text_of(entry, "messageId")},
    }
