"""Where a phone brings its events: it stands in the webhooks of its account, one for each event.

Wire facts: the Python client 4.3, and the app's own notes: an event may have several webhooks, and
one that is posted with the id of another takes its place.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from convo.ports.webhook_settings import WebhookSetting
from convo.providers.http import HttpClient
from convo.providers.refusals import granted
from convo.providers.wire import objects, text_of

EVENTS = (
    "sms:received",
    "mms:downloaded",
    "sms:sent",
    "sms:delivered",
    "sms:failed",
    "sms:cancelled",
)
"""Texts, and how far our messages are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneWebhooks:
    """The settings of one channel. What others have registered there is left alone."""

    http: HttpClient
    url: str
    headers: Mapping[str, str] = field(repr=False)
    channel: str
    device: str

    async def read(self, url: str) -> Sequence[WebhookSetting]:
        answer = await self.http.get(self.url, headers=self.headers)
        found = objects(granted(answer, "The phone's gateway").json())
        return tuple(self._setting(event, found, url) for event in EVENTS)

    def _setting(self, event: str, found: Sequence[Mapping[str, Any]], url: str) -> WebhookSetting:
        """Ours is the one of our id, or any that calls us."""
        own = [text_of(each, "url") for each in found if text_of(each, "id") == self._id(event)]
        fits = any(
            text_of(each, "url") == url
            and text_of(each, "event") == event
            and text_of(each, "deviceId") in ("", self.device)
            for each in found
        )
        stands = url if fits else "".join(own)
        return WebhookSetting(of=f"the event {event}", stands=stands, fits=fits)

    async def write(self, url: str) -> None:
        for event, there in zip(EVENTS, await self.read(url), strict=True):
            if there.fits:
                continue
            fields = {"id": self._id(event), "url": url, "event": event}
            if self.device:
                fields["deviceId"] = self.device
            body = msgspec.json.encode(fields)
            granted(
                await self.http.post(self.url, body, headers=self.headers), "The phone's gateway"
            )

    def _id(self, event: str) -> str:
        """The same whenever we come: it may have 36 letters."""
        of = f"{self.channel}:{event}".encode()
        return f"convo-{hashlib.blake2b(of, digest_size=12).hexdigest()}"
