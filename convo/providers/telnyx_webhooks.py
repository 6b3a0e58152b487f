"""Where Telnyx brings texts: it stands at the messaging profile of a number.

Wire facts: paths and fields as the Python SDK 4.189 sends them, and Telnyx's pages on messaging
profiles and on phone numbers with messaging settings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import msgspec

from convo.core.numbers import Address, written
from convo.errors import ConfigError
from convo.ports.webhook_settings import WebhookSetting
from convo.providers.account_settings import settings_at
from convo.providers.http import HttpClient
from convo.providers.refusals import granted
from convo.providers.wire import object_of, objects_of, text_of

VERSION = "2"
"""Of the format that webhooks come in; the older ones bear another signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TelnyxWebhooks:
    """The settings of one channel."""

    http: HttpClient
    base: str
    headers: Mapping[str, str] = field(repr=False)
    address: Address | None
    profile: str

    async def read(self, url: str) -> Sequence[WebhookSetting]:
        found = await self._found(await self._profile())
        stands, version = text_of(found, "webhook_url"), text_of(found, "webhook_api_version")
        fits = stands == url and version == VERSION
        if stands and version != VERSION:
            stands = f"{stands} by version {version} of the API"
        of = f"the messaging profile {text_of(found, 'name')}, for all its numbers"
        return (WebhookSetting(of=of, stands=stands, fits=fits),)

    async def write(self, url: str) -> None:
        """The failover URL as well, unless somebody has one of their own."""
        profile = await self._profile()
        fields = {"webhook_url": url, "webhook_api_version": VERSION}
        if not text_of(await self._found(profile), "webhook_failover_url"):
            fields["webhook_failover_url"] = url
        answer = await self.http.post(
            f"{self.base}{profile}",
            msgspec.json.encode(fields),
            headers=self.headers,
            method="PATCH",
        )
        granted(answer, "Telnyx")

    async def _found(self, profile: str) -> Mapping[str, Any]:
        return object_of((await self._asked(profile)).get("data"))

    async def _profile(self) -> str:
        """The path of the profile by which texts to the channel's number come in."""
        if self.address is None:
            return f"/v2/messaging_profiles/{self.profile}"
        number = written(self.address)
        asked = f"/v2/phone_numbers/messaging?filter[phone_number]={quote(number, safe='')}"
        listed = objects_of(await self._asked(asked), "data")
        found = [each for each in listed if text_of(each, "phone_number") == number]
        if not found:
            raise ConfigError(f"the account has no number {number}")
        profile = text_of(found[0], "messaging_profile_id")
        if not profile:
            raise ConfigError(f"the number {number} has no messaging profile: give it one")
        return f"/v2/messaging_profiles/{profile}"

    async def _asked(self, path: str) -> Mapping[str, Any]:
        return await settings_at(self.http, f"{self.base}{path}", self.headers, "Telnyx")
