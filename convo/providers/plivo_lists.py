"""Plivo's list of messages, which tells how far they are and not what they say.

Wire facts: Plivo's pages "List all messages" and "The Message object": times are UTC, a page has
twenty entries, the newest come first, and it may be asked twenty times a minute. `from_number` as
the Python SDK 4.63 has it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from convo.providers.http import HttpClient
from convo.providers.paged import PagedList, by_offset
from convo.providers.wire import text_of

PAGE_SIZE = 20

PAGES_AT_MOST = 10
"""Half of what Plivo answers in a minute: another channel of the account is listed next."""


class PlivoList:
    """The messages of one account that were sent from one number or by one Powerpack."""

    def __init__(
        self, http: HttpClient, url: str, login: Mapping[str, str], origin: Mapping[str, str]
    ) -> None:
        """`origin` is what sends say of where they come from: `src` or `powerpack_uuid`."""
        names = {"src": "from_number", "powerpack_uuid": "powerpack_id"}
        self._origin = {names[name]: value for name, value in origin.items()}
        self._list = PagedList(
            http=http,
            company="Plivo",
            url=url,
            login=login,
            holds="objects",
            turning=by_offset(PAGE_SIZE, "meta", "total_count"),
            pages_at_most=PAGES_AT_MOST,
        )

    async def sent(self, since: int, until: int) -> Sequence[Mapping[str, str]]:
        """What reports would have said of the messages sent between these (ms), oldest first.

        By the names of a report's fields, in small letters. Raises `SendError`.
        """
        asked = {
            "message_direction": "outbound",
            "message_time__gte": written(since),
            "message_time__lte": written(until),
            **self._origin,
        }
        entries = await self._list.entries(asked, whole=False)
        return [_report(each) for each in reversed(entries) if self._is_ours(each)]

    def _is_ours(self, entry: Mapping[str, Any]) -> bool:
        """Whoever does not know the filter would list the whole account."""
        return text_of(entry, "message_direction") == "outbound" and all(
            text_of(entry, name).lstrip("+") == value for name, value in self._origin.items()
        )


def _report(entry: Mapping[str, Any]) -> Mapping[str, str]:
    return {
        "messageuuid": text_of(entry, "message_uuid"),
        "status": text_of(entry, "message_state"),
        "errorcode": text_of(entry, "error_code"),
        "to": text_of(entry, "to_number"),
    }


def written(at: int) -> str:
    """A moment, ms since 1970, as Plivo's filters have it."""
    return f"{datetime.fromtimestamp(at / 1_000, UTC):%Y-%m-%d %H:%M:%S}"
