"""The list that SMS Gateway for Android keeps of the messages it was given.

Wire facts: the project's Python client 4.3 (`get_messages`) and its server's source: filters
`from`, `to` and `deviceId`, at most a hundred messages of a page. What came in stands in another
list, with the beginning of each text only.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from convo.providers.http import HttpClient
from convo.providers.paged import PagedList, by_offset
from convo.providers.wire import objects_of, text_of, to_the_second

PAGE_SIZE = 100

PAGES_AT_MOST = 100

#: The event that would have told of it, by the state of a message. Others are on their way.
EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "Sent": "sms:sent",
        "Delivered": "sms:delivered",
        "Failed": "sms:failed",
        "Cancelled": "sms:cancelled",
    }
)


class PhoneList:
    """The messages of one account, or of one phone of it."""

    def __init__(self, http: HttpClient, url: str, login: Mapping[str, str], device: str) -> None:
        self._device = {"deviceId": device} if device else {}
        self._list = PagedList(
            http=http,
            company="The phone's gateway",
            url=url,
            login=login,
            holds="",
            turning=by_offset(PAGE_SIZE),
            pages_at_most=PAGES_AT_MOST,
        )

    async def sent(self, since: int, until: int) -> Sequence[tuple[str, Mapping[str, str]]]:
        """Events and what they would have told of messages given between these (ms).

        Raises `SendError`.
        """
        asked = {
            "from": to_the_second(since, "+00:00"),
            "to": to_the_second(until, "+00:00"),
            **self._device,
        }
        entries = await self._list.entries(asked, whole=False)
        return [
            (EVENTS[text_of(entry, "state")], _report(entry))
            for entry in sorted(entries, key=lambda entry: text_of(entry, "createdAt"))
            if text_of(entry, "state") in EVENTS
        ]


def _report(entry: Mapping[str, Any]) -> Mapping[str, str]:
    reasons = [text_of(each, "error") for each in objects_of(entry, "recipients")]
    return {"messageId": text_of(entry, "id"), "reason": " ".join(reasons)}
