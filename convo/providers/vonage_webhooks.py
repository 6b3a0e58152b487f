"""Where Vonage's Messages API brings texts: it stands at the application of a number.

Wire facts: paths and fields as the Python SDK sends them (vonage-numbers 1.0, vonage-application
2.0), and Vonage's page on its Application API. What is put there takes the place of the whole
application, so all of it goes back as it was read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from convo.errors import ConfigError
from convo.ports.webhook_settings import WebhookSetting
from convo.providers.account_settings import by_post, settings_at
from convo.providers.http import HttpClient
from convo.providers.refusals import granted
from convo.providers.wire import object_of, objects_of, text_of

NOT_OURS_TO_PUT = frozenset(("id", "_links"))
"""What an application is read with beside its settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VonageWebhooks:
    """The settings of one channel."""

    http: HttpClient
    base: str
    #: By the account's secret; empty where the channel has none.
    authorization: str = field(repr=False)
    #: As Vonage writes it: a number without its `+`.
    address: str

    async def read(self, url: str) -> Sequence[WebhookSetting]:
        found = await self._asked(await self._application())
        inbound = object_of(_webhooks(found).get("inbound_url"))
        stands, method = text_of(inbound, "address"), text_of(inbound, "http_method")
        of = f"the application {text_of(found, 'name')}, for all its numbers"
        return (by_post(of, stands, method, ours=stands == url),)

    async def write(self, url: str) -> None:
        """The Status URL as well, unless somebody has one of their own."""
        application = await self._application()
        found = await self._asked(application)
        ours = {"address": url, "http_method": "POST"}
        webhooks = {"status_url": ours, **_webhooks(found), "inbound_url": ours}
        capabilities = object_of(found.get("capabilities"))
        messages = {**object_of(capabilities.get("messages")), "webhooks": webhooks}
        fields = {name: value for name, value in found.items() if name not in NOT_OURS_TO_PUT}
        fields["capabilities"] = {**capabilities, "messages": messages}
        answer = await self.http.post(
            application,
            msgspec.json.encode(fields),
            headers={"Authorization": self.authorization, "Content-Type": "application/json"},
            method="PUT",
        )
        granted(answer, "Vonage")

    async def _application(self) -> str:
        """The URL of the application that the channel's number is linked to."""
        if not self.authorization:
            raise ConfigError("its Application API wants the account's api_secret: set it too")
        # They are at another host, and those that begin with it are found too.
        numbers = f"{self.base.replace('//api.', '//rest.', 1)}/account/numbers"
        asked = f"{numbers}?pattern={self.address}&search_pattern=0&size=100"
        listed = objects_of(await self._asked(asked), "numbers")
        found = [each for each in listed if text_of(each, "msisdn") == self.address]
        if not found:
            raise ConfigError(f"the account has no number {self.address}")
        application = text_of(found[0], "app_id")
        if not application:
            raise ConfigError(f"the number {self.address} is linked to no application: link it")
        return f"{self.base}/v2/applications/{application}"

    async def _asked(self, url: str) -> Mapping[str, Any]:
        headers = {"Authorization": self.authorization}
        return await settings_at(self.http, url, headers, "Vonage")


def _webhooks(application: Mapping[str, Any]) -> Mapping[str, Any]:
    messages = object_of(object_of(application.get("capabilities")).get("messages"))
    return object_of(messages.get("webhooks"))
