"""Telnyx's list of webhooks that it could not bring: each entry has the webhook itself.

Wire facts: the Python SDK 4.189 (`webhook_deliveries.list`) and Telnyx's page "List webhook
deliveries": an entry has failed when all attempts have, and tells when the last one ended.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from convo.providers.http import HttpClient
from convo.providers.paged import PagedList, by_number
from convo.providers.wire import object_of, objects_of, text_of, to_the_millisecond

PAGE_SIZE = 20
"""What it tells when nobody asks for another."""

PAGES_AT_MOST = 200

TEXTS, REPORTS = "message.received", "message.sent,message.finalized"


class TelnyxDeliveries:
    """The webhooks of one account that are of one number, or of one messaging profile."""

    def __init__(
        self, http: HttpClient, base: str, headers: Mapping[str, str], origin: Mapping[str, str]
    ) -> None:
        """`origin` is what sends say of where they come from: `from`, `messaging_profile_id`."""
        self._number = origin.get("from", "")
        self._profile = origin.get("messaging_profile_id", "")
        self._list = PagedList(
            http=http,
            company="Telnyx",
            url=f"{base}/v2/webhook_deliveries",
            login={"Authorization": headers["Authorization"]},
            holds="data",
            turning=by_number(PAGE_SIZE, "meta", "total_pages"),
            pages_at_most=PAGES_AT_MOST,
        )

    async def texts(self, since: int) -> Sequence[Mapping[str, Any]]:
        """Webhooks of texts that were given up since `since` (ms), oldest first.

        Raises `SendError`.
        """
        asked = {**_failed(TEXTS), "filter[finished_at][gte]": to_the_millisecond(since)}
        return [
            webhook
            for webhook in _webhooks(await self._list.entries(asked))
            if self._is_ours(webhook, objects_of(webhook.get("payload"), "to"))
        ]

    async def reports(self, since: int, until: int) -> Sequence[Mapping[str, Any]]:
        """Webhooks of reports that were given up between these (ms), oldest first.

        Raises `SendError`.
        """
        asked = {
            **_failed(REPORTS),
            "filter[finished_at][gte]": to_the_millisecond(since),
            "filter[finished_at][lte]": to_the_millisecond(until),
        }
        found = _webhooks(await self._list.entries(asked, whole=False))
        return [
            webhook
            for webhook in found
            if self._is_ours(webhook, [object_of(object_of(webhook.get("payload")).get("from"))])
        ]

    def _is_ours(self, webhook: Mapping[str, Any], ours: Sequence[Mapping[str, Any]]) -> bool:
        """By our number, or by the profile where its pool of numbers sends."""
        if self._number:
            return self._number in (text_of(each, "phone_number") for each in ours)
        payload = object_of(webhook.get("payload"))
        return text_of(payload, "messaging_profile_id") == self._profile


def _failed(events: str) -> Mapping[str, str]:
    return {"filter[status][eq]": "failed", "filter[event_type]": events}


def _webhooks(entries: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    in_order = sorted(entries, key=lambda entry: text_of(entry, "finished_at"))
    return [object_of(entry.get("webhook")) for entry in in_order]
