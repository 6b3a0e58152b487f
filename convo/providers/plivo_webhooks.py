"""Where Plivo brings texts: it stands at the application of a number or of a Powerpack.

Wire facts: paths and fields as the Python SDK 4.63 sends them, and Plivo's pages on its account's
numbers, applications and Powerpacks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from convo.core.numbers import Address, written
from convo.errors import ConfigError
from convo.ports.webhook_settings import WebhookSetting
from convo.providers.account_settings import by_post, settings_at
from convo.providers.http import HttpClient
from convo.providers.refusals import granted
from convo.providers.wire import text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PlivoWebhooks:
    """The settings of one channel."""

    http: HttpClient
    #: The account's URL, a slash behind it.
    account: str
    headers: Mapping[str, str] = field(repr=False)
    address: Address | None
    powerpack: str

    async def read(self, url: str) -> Sequence[WebhookSetting]:
        found = await self._asked(await self._application())
        stands, method = text_of(found, "message_url"), text_of(found, "message_method")
        of = f"the application {text_of(found, 'app_name')}, for all its numbers"
        return (by_post(of, stands, method, ours=stands == url),)

    async def write(self, url: str) -> None:
        fields = {"message_url": url, "message_method": "POST"}
        application = f"{self.account}{await self._application()}"
        body = msgspec.json.encode(fields)
        granted(await self.http.post(application, body, headers=self.headers), "Plivo")

    async def _application(self) -> str:
        """The path of the application that texts come in by, below the account."""
        if self.address is None:
            what = f"the Powerpack {self.powerpack}"
            found = await self._asked(f"Powerpack/{self.powerpack}/")
            if text_of(found, "application_type") == "phlo":
                raise ConfigError(f"{what} brings its texts to a PHLO: give it an application")
            id = text_of(found, "application_id")
        else:
            number = written(self.address)
            what = f"the number {number}"
            found = await self._asked(f"Number/{number.lstrip('+')}/")
            # It names the application by its path: /v1/Account/MA.../Application/123/
            id = text_of(found, "application").rstrip("/").rpartition("/")[2]
        if not id:
            raise ConfigError(f"{what} has no application: give it one")
        return f"Application/{id}/"

    async def _asked(self, path: str) -> Mapping[str, Any]:
        return await settings_at(self.http, f"{self.account}{path}", self.headers, "Plivo")
