"""MessageBird's list of messages, sent and received.

Wire facts: the filters `direction`, `originator`, `recipient`, `from`, `until`, `limit` and
`offset` of MessageBird's page on its SMS API, an answer in the tests of its PHP SDK, and the Python
SDK 2.2 (`message_list`), which calls them the most recent messages.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from convo.providers.http import HttpClient
from convo.providers.paged import PagedList, by_offset
from convo.providers.wire import object_of, objects_of, text_of, to_the_second

PAGE_SIZE = 20
"""What it tells when nobody asks for another: the most that it would is written nowhere."""

PAGES_AT_MOST = 200


class MessageBirdList:
    """The messages of one account to and from one address of ours."""

    def __init__(self, http: HttpClient, url: str, login: Mapping[str, str], ours: str) -> None:
        self._ours = ours
        self._list = PagedList(
            http=http,
            company="MessageBird",
            url=url,
            login=login,
            holds="items",
            turning=by_offset(PAGE_SIZE, "totalCount"),
            pages_at_most=PAGES_AT_MOST,
        )

    async def received(self, since: int) -> Sequence[Mapping[str, str]]:
        """Texts to us since `since` (ms), oldest first, by the names of a webhook's fields.

        Raises `SendError`.
        """
        asked = {"direction": "mo", "recipient": self._ours, "from": to_the_second(since, "+00:00")}
        names = ("id", "originator", "body")
        return [
            {name: text_of(entry, name) for name in names}
            for entry in _oldest_first(await self._list.entries(asked))
            if entry.get("direction") == "mo" and self._ours in _recipients(entry)
        ]

    async def sent(self, since: int, until: int) -> Sequence[Mapping[str, str]]:
        """What reports would have said of messages sent between these (ms), oldest first.

        Only of those with a reference: all of ours have one, another system's may not. Raises
        `SendError`.
        """
        asked = {
            "direction": "mt",
            "originator": self._ours,
            "from": to_the_second(since, "+00:00"),
            "until": to_the_second(until, "+00:00"),
        }
        entries = _oldest_first(await self._list.entries(asked, whole=False))
        return [
            _report(entry)
            for entry in entries
            if entry.get("direction") == "mt"
            and text_of(entry, "id")
            and text_of(entry, "reference")
            and len(_recipients(entry)) == 1
        ]


def _oldest_first(entries: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Their order is written nowhere; their times are all of UTC."""
    return sorted(entries, key=lambda entry: text_of(entry, "createdDatetime"))


def _recipients(entry: Mapping[str, Any]) -> Sequence[str]:
    items = objects_of(entry.get("recipients"), "items")
    return [text_of(each, "recipient").lstrip("+") for each in items]


def _report(entry: Mapping[str, Any]) -> Mapping[str, str]:
    (of_one,) = objects_of(object_of(entry).get("recipients"), "items")
    return {
        "id": text_of(entry, "id"),
        "reference": text_of(entry, "reference"),
        "recipient": text_of(of_one, "recipient"),
        "status": text_of(of_one, "status"),
        "statuserrorcode": text_of(of_one, "statusErrorCode"),
    }
