"""Kannel's smsbox, as Debian's 1.4.5 speaks it; the facts were read off a running one.

The gateway must be configured so that our empty answer is not texted to people and a moment of
ours away loses nothing: `max-messages = 0`, `omit-empty = true`, `http-request-retry = 5`,
`concatenation = true`, and this line (or a `names` that says how yours differs):
`get-url = "https://.../in/main/TOKEN?id=%I&from=%p&to=%P&ts=%T&coding=%c&charset=%C&udh=%u&text=%b"`
"""

import hashlib
import math
import re
from collections.abc import Mapping
from email.message import Message
from types import MappingProxyType
from typing import Literal
from urllib.parse import quote_plus

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from convo.core.business import Channel
from convo.core.events import DeliveryStatus, Inbound, Report
from convo.core.numbers import written
from convo.core.parts import gsm7_encodable
from convo.core.turns import Outbound
from convo.errors import (
    BadAddress,
    ConfigError,
    Invalid,
    RateLimited,
    SendError,
    SendUncertain,
    SettingsError,
    Unavailable,
    WebhookRejected,
)
from convo.ports import Arrival, Clock, HttpAnswer, Parsed, RawRequest, Sent
from convo.providers.http import HttpClient, Response
from convo.providers.wire import decoded, raw_pairs, sender

ANSWER = HttpAnswer()
"""Empty, for Kannel texts whatever it is answered."""

BINARY = "1"
"""A coding of eight bits: settings, ring tones; never a text."""

DLR_ESCAPES = "status=%d&smsc=%F&reply=%A"
"""What Kannel fills in when it reports. %A may quote the text, so only codes are kept of it."""

#: %d, one bit of the mask.
STATUSES: Mapping[str, DeliveryStatus] = MappingProxyType(
    {"4": "queued", "8": "sent", "1": "delivered", "2": "undelivered", "16": "failed"}
)

#: A status of sendsms that says more than its class: 503 is "Temporal failure, try again later".
OUTCOMES: Mapping[int, type[SendError]] = MappingProxyType(
    {401: ConfigError, 403: ConfigError, 404: ConfigError, 408: SendUncertain, 503: Unavailable}
)

_NACK = re.compile(r"NACK/[^/]*(?:/[A-Za-z ]{0,60})?")
_RECEIPT = re.compile(r"\b(stat|err):(\w{1,10})")


class Names(BaseModel):
    """How the parameters of the get-url are called. A post-url needs only `id`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(default="id", description="Kannel's id of the text, %I.")
    sender: str = Field(default="from", description="The contact's number, %p.")
    text: str = Field(default="text", description="The text, %b. Not %a: it drops spaces.")
    coding: str = Field(default="coding", description="The coding, %c.")
    charset: str = Field(default="charset", description="The charset of the text, %C.")
    time: str = Field(default="ts", description="When it came, %T; tells texts apart without %I.")


class Options(BaseModel):
    """What a channel behind a Kannel needs in convo.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sendsms_url: str = Field(
        description="Where smsbox takes texts: `http://kannel:13013/cgi-bin/sendsms`.",
        pattern=r"^https?://[^?#]+$",
    )
    username: str = Field(description="The sendsms-user's name.")
    password: SecretStr = Field(description="The sendsms-user's password.")
    smsc: str = Field(default="", description="Send by this SMSC only.")
    dlr_mask: int = Field(
        default=31, ge=0, le=31, description="Reports to ask for; 0 is none, 31 is all."
    )
    ucs2_mode: Literal["utf8", "utf16be"] = Field(
        default="utf8",
        description="How a text outside GSM-7 is given; `utf16be` for a Kannel without iconv.",
    )
    names: Names = Field(default=Names(), description="Names of the get-url's parameters.")


def connect(
    channel: Channel,
    options: Options,
    http: HttpClient,
    *,
    country: str,
    clock: Clock,  # noqa: ARG001 - every provider is connected alike
) -> "Kannel":
    """The adapter of one channel."""
    if channel.address is None:
        raise SettingsError([f"channels.{channel.name}: Kannel needs an address to send from."])
    return Kannel(channel, options, http, country)


class Kannel:
    """One channel behind a Kannel."""

    unsigned = True

    def __init__(self, channel: Channel, options: Options, http: HttpClient, country: str) -> None:
        self._channel = channel.name
        self._country = country
        self._http = http
        self._names = options.names
        self._utf16 = options.ucs2_mode == "utf16be"
        self._mask = options.dlr_mask
        fixed = [
            ("username", options.username),
            ("password", options.password.get_secret_value()),
            ("from", "" if channel.address is None else written(channel.address)),
            ("smsc", options.smsc),
        ]
        query = "&".join(f"{name}={quote_plus(value)}" for name, value in fixed if value)
        self._sendsms = f"{options.sendsms_url}?{query}"

    async def close(self) -> None:
        """Nothing is held here: the connections are the client's."""

    # --- receiving ----------------------------------------------------------------------------

    def receive(self, request: RawRequest) -> Parsed:
        fields = dict(raw_pairs(request.query))
        if request.method == "POST":
            origin, raw, charset, coding = _posted(request)
            time = request.headers.get("x-kannel-time", "")
        else:
            origin = self._field(fields, self._names.sender)
            raw = fields.get(self._names.text.encode())
            charset = self._field(fields, self._names.charset)
            coding = self._field(fields, self._names.coding)
            time = self._field(fields, self._names.time)
        if not origin or raw is None:
            raise WebhookRejected("Kannel's request has no sender or no text: compare its get-url.")
        if coding == BINARY:
            return Parsed(arrivals=(), answer=ANSWER, ignored=("it is binary, not a text",))
        try:
            contact = sender(origin, self._country)
        except BadAddress as reason:
            return Parsed(arrivals=(), answer=ANSWER, ignored=(str(reason),))
        sms = self._field(fields, self._names.id)
        event = Inbound(
            channel=self._channel,
            contact=contact,
            text=decoded(raw, charset or ("utf-16be" if coding == "2" else "utf-8")),
            provider_id=sms,
        )
        arrival = Arrival(
            event=event,
            dedupe=self._dedupe(sms, origin, raw, time),
            raw=request.brought,
        )
        return Parsed(arrivals=(arrival,), answer=ANSWER)

    def report(self, request: RawRequest, outbound: str) -> Parsed:
        fields = dict(raw_pairs(request.query))
        bit = self._field(fields, "status")
        status = STATUSES.get(bit)
        if status is None:
            return Parsed(arrivals=(), answer=ANSWER, ignored=(f"status {bit[:5]!r}",))
        code = _code(self._field(fields, "reply"))
        event = Report(
            channel=self._channel,
            outbound=outbound,
            provider_id=self._field(fields, "smsc"),
            status=status,
            code=code,
        )
        key = f"report:{self._channel}:{outbound}:{bit}:{code}"
        arrival = Arrival(event=event, dedupe=key, raw=request.query)
        return Parsed(arrivals=(arrival,), answer=ANSWER)

    def _field(self, fields: Mapping[bytes, bytes], name: str) -> str:
        return fields.get(name.encode(), b"").decode("utf-8", "replace")

    def _dedupe(self, sms: str, origin: str, raw: bytes, time: str) -> str:
        if sms:
            return f"in:{self._channel}:{sms}"
        if not time:
            return ""  # "1" and "1" a minute later are two answers
        mark = hashlib.blake2b(repr((origin, raw, time)).encode(), digest_size=16).hexdigest()
        return f"in:{self._channel}:{mark}"

    # --- sending ------------------------------------------------------------------------------

    async def send(self, message: Outbound, callback: str, leave_by: float = math.inf) -> Sent:
        answer = await self._http.get(self._url(message, callback), leave_by=leave_by)
        if 200 <= answer.status < 300:
            return Sent()  # sendsms tells no id: ours is in the dlr-url
        raise _failure(answer)

    def _url(self, message: Outbound, callback: str) -> str:
        url = f"{self._sendsms}&to=%2B{message.contact.e164[1:]}&text="
        if gsm7_encodable(message.text):
            url += f"{quote_plus(message.text)}&coding=0&charset=UTF-8"
        elif self._utf16:
            url += f"{quote_plus(message.text.encode('utf-16-be'))}&coding=2"
        else:
            url += f"{quote_plus(message.text)}&coding=2&charset=UTF-8"
        if self._mask and callback:
            # Kannel expands escapes in the whole of it when it reports.
            ours = callback.replace("%", "%%")
            report = f"{ours}{'&' if '?' in ours else '?'}{DLR_ESCAPES}"
            url += f"&dlr-mask={self._mask}&dlr-url={quote_plus(report)}"
        return url


def _posted(request: RawRequest) -> tuple[str, bytes, str, str]:
    """Sender, text, charset and coding of a post-url, which has them in headers."""
    kind = Message()
    kind["content-type"] = request.headers.get("content-type", "text/plain")
    binary = kind.get_content_type() == "application/octet-stream"
    coding = BINARY if binary else request.headers.get("x-kannel-coding", "")
    origin = request.headers.get("x-kannel-from", "")
    # The body is already in the charset of its type: without one it is UTF-8, whatever the coding.
    return origin, request.body, kind.get_content_charset() or "utf-8", coding


def _code(reply: str) -> str:
    """`NACK/0x0000000b/Invalid Destination Address`, or `stat err` of a receipt."""
    if nack := _NACK.match(reply):
        return nack[0]
    return " ".join(word for _, word in _RECEIPT.findall(reply.partition(" text:")[0]))


def _failure(answer: Response) -> SendError:
    status = answer.status
    why = f"Kannel answered {status}"
    wait = answer.retry_after()
    if status == 429 or (status == 503 and wait is not None):
        return RateLimited(why, code=str(status), retry_after=wait)
    if status < 400:
        return ConfigError(
            f"{why}: redirects are not followed, correct sendsms_url", code=str(status)
        )
    kind = OUTCOMES.get(status, Invalid if status < 500 else SendUncertain)
    return kind(why, code=str(status))
