"""Twilio, Programmable Messaging, API 2010-04-01.

Wire facts: the webhook request guide, the request validator of Twilio's Python SDK 9.13, the
OpenAPI description of the API and the error list that nyaruka/courier keeps.
"""

import math
from base64 import b64encode
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, cast
from urllib.parse import quote, quote_plus

import msgspec
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from convo.core.business import Channel
from convo.core.events import DeliveryStatus, Inbound, LawWord, Report
from convo.core.numbers import written
from convo.core.turns import Outbound
from convo.errors import (
    BadAddress,
    ConfigError,
    Invalid,
    OptedOut,
    RateLimited,
    Refused,
    SendError,
    SendUncertain,
    SettingsError,
    Unavailable,
    WebhookRejected,
)
from convo.ports import Arrival, Clock, HttpAnswer, Parsed, RawRequest, Sent
from convo.ports.doubts import LookedUp
from convo.providers.http import HttpClient, Response
from convo.providers.refusals import refusal
from convo.providers.twilio_lists import Listed, MessageList
from convo.providers.twilio_signatures import Signatures
from convo.providers.twilio_webhooks import TwilioWebhooks
from convo.providers.wire import opted_out_there, sender

ANSWER = HttpAnswer(
    content_type="text/xml", body=b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
)
"""Empty TwiML: nothing to say in the answer itself."""

PAGES_LOOKED_AT = 5

PAGES_LISTED = 200
"""Pages of one list: 200,000 messages."""

SKEW = 30_000
"""Milliseconds that Twilio's clock may be behind ours: what it made so long before our try may be
ours."""

_OPTED_OUT = "21610"

STATUSES: Mapping[str, DeliveryStatus] = MappingProxyType(
    {
        "accepted": "queued",
        "scheduled": "queued",
        "queued": "queued",
        "sending": "queued",
        "sent": "sent",
        "delivered": "delivered",
        "read": "delivered",
        "undelivered": "undelivered",
        "partially_delivered": "undelivered",
        "failed": "failed",
        "canceled": "failed",
    }
)

LAW: Mapping[str, LawWord] = MappingProxyType({"STOP": "stop", "START": "start", "HELP": "help"})

_MEANINGS: Mapping[type[SendError], str] = MappingProxyType(
    {
        OptedOut: _OPTED_OUT,
        # no number, no mobile, out of reach, region off; handset gone, unknown or a landline
        # no body, no recipient, too long, bad media; blocked, filtered
        Invalid: "21211 21614 21612 21408 30003 30005 30006"
        " 21602 21604 21617 21620 21623 30004 30007",
        # credentials, sender, trial account, callback URL, sender not registered
        ConfigError: "20003 21603 21606 21608 21219 21609 30032 30034",
        RateLimited: "20429 14107 21611 30001 30022 30023 30027 63018",
        Unavailable: "30008 30017 30410",
        SendUncertain: "20500 20503",
    }
)

#: What Twilio's own code means for a send that was refused with a 4xx. Others are `Refused`.
CODES: Mapping[str, type[SendError]] = MappingProxyType(
    {code: kind for kind, codes in _MEANINGS.items() for code in codes.split()}
)


class Options(BaseModel):
    """What a channel at Twilio needs in convo.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    carries_media: ClassVar[bool] = True

    account: str = Field(description="The account's SID, `AC...`.", pattern=r"^AC\w+$")
    token: SecretStr = Field(
        description="The account's auth token. Twilio signs with it.", min_length=1
    )
    previous_tokens: tuple[SecretStr, ...] = Field(
        default=(), description="Tokens that may still sign while `token` is being replaced."
    )
    shared_keys: dict[str, SecretStr] = Field(
        default={}, description="Shared signing keys (HMAC-SHA256) by their id, if you use them."
    )
    api_key: str = Field(default="", description="An API key's SID to send with, `SK...`.")
    api_secret: SecretStr = Field(default=SecretStr(""), description="The API key's secret.")
    messaging_service: str = Field(
        default="", description="A Messaging Service's SID, `MG...`, beside or instead of address."
    )
    base_url: str = Field(
        default="https://api.twilio.com", description="Where the API is; another one in tests."
    )


def connect(
    channel: Channel,
    options: Options,
    http: HttpClient,
    *,
    country: str,
    clock: Clock,  # noqa: ARG001 - every provider is connected alike
) -> "Twilio":
    """The adapter of one channel."""
    if channel.address is None and not options.messaging_service:
        raise SettingsError(
            [f"channels.{channel.name}: give it an address, or a messaging_service to send from."]
        )
    if options.api_key and not options.api_secret.get_secret_value():
        raise SettingsError([f"channels.{channel.name}: api_key needs its api_secret."])
    return Twilio(channel, options, http, country)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Created:
    sid: str = ""
    num_segments: str | None = None


_created = msgspec.json.Decoder(_Created).decode


class Twilio:
    """One channel at Twilio: a number, a short code or a Messaging Service."""

    unsigned = False
    looks_up = True

    def __init__(self, channel: Channel, options: Options, http: HttpClient, country: str) -> None:
        self._channel = channel.name
        self._country = country
        self._http = http
        tokens = (options.token, *options.previous_tokens)
        self._signatures = Signatures(
            [t.get_secret_value().encode() for t in tokens if t.get_secret_value()],
            {name: key.get_secret_value().encode() for name, key in options.shared_keys.items()},
        )
        user = options.api_key or options.account
        password = options.api_secret if options.api_key else options.token
        login = b64encode(f"{user}:{password.get_secret_value()}".encode()).decode()
        self._auth = {"Authorization": f"Basic {login}"}
        self._headers = self._auth | {"Content-Type": "application/x-www-form-urlencoded"}
        self._base = options.base_url.rstrip("/")
        self._messages = f"{self._base}/2010-04-01/Accounts/{options.account}/Messages.json"
        self._list = MessageList(http=http, base=self._base, url=self._messages, login=self._auth)
        self._from = "" if channel.address is None else written(channel.address)
        self.webhook_settings = TwilioWebhooks(
            http=http,
            base=self._base,
            account=options.account,
            login=self._auth,
            address=channel.address,
            service=options.messaging_service,
        )
        #: By a service alone nobody can tell which messages are this channel's.
        self.lists = bool(self._from)
        # A service gives a message its sender late, so a look-up cannot ask by it.
        self._listed_from = "" if options.messaging_service else self._from
        origin = [("From", self._from), ("MessagingServiceSid", options.messaging_service)]
        self._origin = "".join(f"&{name}={quote_plus(value)}" for name, value in origin if value)

    async def close(self) -> None:
        """Nothing is held here: the connections are the client's."""

    # --- receiving ----------------------------------------------------------------------------

    def receive(self, request: RawRequest) -> Parsed:
        fields = self._signatures.fields(request)
        if "MessageStatus" in fields and "Body" not in fields:
            return self._reported(fields, "", request)
        sid, origin = fields.get("MessageSid", ""), fields.get("From", "")
        if not sid or not origin:
            raise WebhookRejected("Twilio's webhook has no MessageSid or no From.")
        try:
            contact = sender(origin, self._country)
        except BadAddress as reason:
            return Parsed(arrivals=(), answer=ANSWER, ignored=(str(reason),))
        event = Inbound(
            channel=self._channel,
            contact=contact,
            text=fields.get("Body", ""),
            law=LAW.get(fields.get("OptOutType", "").upper()),
            provider_id=sid,
            media=_media(fields),
        )
        arrival = Arrival(event=event, dedupe=self._once(sid), raw=request.brought)
        return Parsed(arrivals=(arrival,), answer=ANSWER)

    def report(self, request: RawRequest, outbound: str) -> Parsed:
        return self._reported(self._signatures.fields(request), outbound, request)

    def _reported(self, fields: Mapping[str, str], outbound: str, request: RawRequest) -> Parsed:
        sid = fields.get("MessageSid", "")
        word = fields.get("MessageStatus", "")
        code = fields.get("ErrorCode", "")
        status = STATUSES.get(word)
        if not sid:
            raise WebhookRejected("Twilio's report has no MessageSid.")
        if status is None:
            return Parsed(arrivals=(), answer=ANSWER, ignored=(f"status {word[:20]!r}",))
        event = Report(
            channel=self._channel, outbound=outbound, provider_id=sid, status=status, code=code
        )
        key = f"{self._channel}:{sid}:{word}:{code}"
        arrivals = [Arrival(event=event, dedupe=f"report:{key}", raw=request.brought)]
        if code == _OPTED_OUT:
            arrivals += opted_out_there(
                fields.get("To", ""),
                country=self._country,
                channel=self._channel,
                source=f"twilio {code}",
                key=key,
            )
        return Parsed(arrivals=tuple(arrivals), answer=ANSWER)

    # --- sending ------------------------------------------------------------------------------

    async def send(self, message: Outbound, callback: str, leave_by: float = math.inf) -> Sent:
        body = f"To=%2B{message.contact.e164[1:]}{self._origin}&Body={quote_plus(message.text)}"
        for url in message.media:
            body = f"{body}&MediaUrl={quote_plus(url)}"
        if callback:
            body = f"{body}&StatusCallback={quote(callback, safe='')}"
        answer = await self._http.post(
            self._messages, body.encode("ascii"), headers=self._headers, leave_by=leave_by
        )
        if 200 <= answer.status < 300:
            return _accepted(answer)
        raise _failure(answer)

    async def look_up(self, message: Outbound, since: int) -> LookedUp:
        """Twilio knows no reference of ours: the day's messages to the contact are compared."""
        # To the second, for Twilio tells no more.
        first = since // 1_000 * 1_000 - SKEW
        pages = self._list.pages(
            first, at_most=PAGES_LOOKED_AT, To=message.contact.e164, From=self._listed_from
        )
        wanted = _comparable(message.text)
        try:
            alike = [
                listed.sid
                async for page in pages
                for listed in page
                if (listed.direction or "").startswith("outbound")
                and _comparable(listed.body or "") == wanted
                # A date that cannot be read proves nothing.
                and (listed.made is None or listed.made >= first)
            ]
        except SendError:
            return LookedUp(found="unknown")
        return LookedUp(found="alike" if alike else "not_sent", provider_ids=tuple(alike))

    # --- listing ------------------------------------------------------------------------------

    async def inbound_since(self, since: int) -> Sequence[Arrival]:
        """As their webhooks would have brought them, but for pictures, which the list has not."""
        arrivals: list[Arrival] = []
        async for listed in self._listed_since(since, To=self._from):
            if listed.direction == "inbound":
                with suppress(BadAddress):
                    arrivals.append(self._brought(listed))
        return arrivals[::-1]

    def _brought(self, listed: Listed) -> Arrival:
        event = Inbound(
            channel=self._channel,
            contact=sender(listed.origin or "", self._country),
            text=listed.body or "",
            provider_id=listed.sid,
        )
        return Arrival(event=event, dedupe=self._once(listed.sid))

    async def reports_between(self, since: int, until: int) -> Sequence[Arrival]:
        arrivals: list[Arrival] = []
        async for listed in self._listed_since(since, From=self._from):
            status = STATUSES.get(listed.status or "")
            is_ours = (listed.direction or "").startswith("outbound")
            if is_ours and status is not None and (listed.made or 0) <= until:
                code = str(listed.error_code or "")
                event = Report(
                    channel=self._channel, provider_id=listed.sid, status=status, code=code
                )
                key = f"report:{self._channel}:{listed.sid}:{listed.status}:{code}"
                arrivals.append(Arrival(event=event, dedupe=key))
        return arrivals[::-1]

    async def _listed_since(self, since: int, **asked: str) -> AsyncGenerator[Listed]:
        """The newest first, until a whole page is older: their order is not by our clock."""
        async for page in self._list.pages(since, at_most=PAGES_LISTED, **asked):
            young = [each for each in page if each.made is None or each.made >= since]
            for listed in young:
                yield listed
            if page and not young:
                return

    def _once(self, sid: str) -> str:
        """What tells a text from all others, however often it comes."""
        return f"in:{self._channel}:{sid}"


def _accepted(answer: Response) -> Sent:
    try:
        made = _created(answer.body)
    except msgspec.DecodeError:
        return Sent()
    count = made.num_segments or ""
    parts = int(count) if count.isascii() and count.isdigit() and count != "0" else None
    return Sent(provider_ids=(made.sid,) if made.sid else (), parts=parts)


def _failure(answer: Response) -> SendError:
    said = answer.json()
    code = str(cast(dict[str, Any], said).get("code") or "") if isinstance(said, dict) else ""
    kind = CODES.get(code, ConfigError if answer.status in (401, 403) else Refused)
    return refusal(answer, "Twilio", code=code, kind=kind)


def _media(fields: Mapping[str, str]) -> tuple[str, ...]:
    urls: list[str] = []
    while url := fields.get(f"MediaUrl{len(urls)}"):
        urls.append(url)
    return tuple(urls)


def _comparable(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
