"""Where Twilio brings texts: it stands at a number, a short code or a Messaging Service.

Wire facts: paths and fields as the Python SDK 9.13 sends them. By its notes on them an application
set at a number wins over the number's URLs, and a service may leave it to its numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

from convo.core.numbers import Address, ShortCode, written
from convo.errors import ConfigError
from convo.ports.webhook_settings import WebhookSetting
from convo.providers.account_settings import by_post, settings_at
from convo.providers.http import HttpClient
from convo.providers.refusals import granted
from convo.providers.wire import objects_of, text_of

FORM = {"Content-Type": "application/x-www-form-urlencoded"}

APPLICATION = "sms_application_sid"
"""The field of a number by which an application answers instead of its URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """What has the setting, as it is read, and where it is written."""

    of: str
    uri: str
    found: Mapping[str, Any] = field(repr=False)
    #: The names of the fields that have the URL and the method.
    url: str
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioWebhooks:
    """The settings of one channel."""

    http: HttpClient
    base: str
    account: str
    login: Mapping[str, str] = field(repr=False)
    address: Address | None
    service: str

    async def read(self, url: str) -> Sequence[WebhookSetting]:
        place = await self._place()
        if application := text_of(place.found, APPLICATION):
            stands = f"the application {application}"
            return (WebhookSetting(of=place.of, stands=stands, fits=False),)
        stands, method = text_of(place.found, place.url), text_of(place.found, place.method)
        return (by_post(place.of, stands, method, ours=_called(stands) == url),)

    async def write(self, url: str) -> None:
        place = await self._place()
        fields = {place.url: url, place.method: "POST"}
        if text_of(place.found, APPLICATION):
            fields[APPLICATION] = ""
        body = "&".join(f"{_posted(name)}={quote_plus(value)}" for name, value in fields.items())
        headers = {**self.login, **FORM}
        granted(await self.http.post(place.uri, body.encode("ascii"), headers=headers), "Twilio")

    async def _place(self) -> _Place:
        if not self.service:
            return await self._number()
        # Services are at another host of the same region.
        base = self.base.replace("//api.", "//messaging.", 1)
        uri = f"{base}/v1/Services/{self.service}"
        found = await self._asked(uri)
        if not found.get("use_inbound_webhook_on_number"):
            return _Place(
                of=f"the Messaging Service {self.service}, for all its numbers",
                uri=uri,
                found=found,
                url="inbound_request_url",
                method="inbound_method",
            )
        if self.address is None:
            raise ConfigError(
                f"the Messaging Service {self.service} leaves it to each of its numbers: "
                "give the channel its address, or the service a webhook of its own"
            )
        return await self._number()

    async def _number(self) -> _Place:
        at = "" if self.address is None else written(self.address)
        if isinstance(self.address, ShortCode):
            path, listed, name = "SMS/ShortCodes", "short_codes", "short_code"
        else:
            path, listed, name = "IncomingPhoneNumbers", "incoming_phone_numbers", "phone_number"
        numbers = f"{self.base}/2010-04-01/Accounts/{self.account}/{path}"
        answered = await self._asked(f"{numbers}.json?{_posted(name)}={quote_plus(at)}")
        for found in objects_of(answered, listed):
            if text_of(found, name) == at:  # a part of a number finds it too
                return _Place(
                    of=f"the number {at}",
                    uri=f"{numbers}/{text_of(found, 'sid')}.json",
                    found=found,
                    url="sms_url",
                    method="sms_method",
                )
        raise ConfigError(f"the account has no number {at}")

    async def _asked(self, uri: str) -> Mapping[str, Any]:
        return await settings_at(self.http, uri, self.login, "Twilio")


def _called(url: str) -> str:
    """What Twilio calls: it keeps `#rc=5` and its like to itself."""
    return url.partition("#")[0]


def _posted(name: str) -> str:
    """Twilio reads `sms_url` out as it is, and takes it as `SmsUrl`."""
    return name.title().replace("_", "")
