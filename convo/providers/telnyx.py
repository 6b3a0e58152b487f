"""Telnyx, Messaging API v2.

Wire facts: Telnyx's Python SDK 4.189, which is made from its OpenAPI description, and its pages on
receiving webhooks and on error codes.
"""

import base64
import binascii
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any, ClassVar

import msgspec
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from convo.core.business import Channel
from convo.core.events import DeliveryStatus, Inbound, Report
from convo.core.numbers import written
from convo.core.turns import Outbound
from convo.errors import (
    BadAddress,
    BadSignature,
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
from convo.providers.http import HttpClient, Response
from convo.providers.refusals import refusal
from convo.providers.telnyx_json import Event, Message, Party, Problem, created, envelope, refused
from convo.providers.telnyx_lists import TelnyxDeliveries
from convo.providers.telnyx_webhooks import TelnyxWebhooks
from convo.providers.wire import opted_out_there, sender

ANSWER = HttpAnswer()
"""Any 2xx, within two seconds; what it says is not read."""

TOLERANCE = 300_000
"""Milliseconds that a webhook's time may be off ours, as Telnyx's own SDK has it."""

KEY_BYTES = 32

_OPTED_OUT = "40300"

#: How far a message is, of one recipient. `delivery_unconfirmed`: no receipt will come any more.
STATUSES: Mapping[str, DeliveryStatus] = MappingProxyType(
    {
        "queued": "queued",
        "sending": "queued",
        "sent": "sent",
        "delivery_unconfirmed": "sent",
        "delivered": "delivered",
        "read": "delivered",
        "delivery_failed": "undelivered",
        "sending_failed": "failed",
        "expired": "failed",
    }
)

_MEANINGS: Mapping[type[SendError], str] = MappingProxyType(
    {
        OptedOut: _OPTED_OUT,
        # a landline, the number's form; the body, spam, a loop, where it should go
        Invalid: "40001 10001 10002 10016 10004 10015 40003 40007 40009 40012 40015",
        # credentials, the sender
        ConfigError: "10009 10010 40013",
        RateLimited: "10011 40011",
        Unavailable: "10007 10008 40002 40004 40006 40008",
    }
)

#: What Telnyx's own code means for a send that was refused with a 4xx. Others are `Refused`.
CODES: Mapping[str, type[SendError]] = MappingProxyType(
    {code: kind for kind, codes in _MEANINGS.items() for code in codes.split()}
)


class Options(BaseModel):
    """What a channel at Telnyx needs in convo.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    carries_media: ClassVar[bool] = True

    api_key: SecretStr = Field(description="An API key, `KEY...`, to send with.", min_length=1)
    public_key: str = Field(
        description="The account's public key, in base64: what its webhooks are verified with. "
        "It is no secret."
    )
    previous_public_keys: tuple[str, ...] = Field(
        default=(), description="Keys that may still sign while `public_key` is being replaced."
    )
    messaging_profile: str = Field(
        default="",
        description="A messaging profile's id, beside or instead of address: its pool of numbers "
        "sends, or the sender name needs it.",
    )
    idempotent: bool = Field(
        default=True,
        description="Whether a send that got no answer is repeated under the same "
        "`Idempotency-Key`, for which Telnyx answers with the message it has already. `false` "
        "treats it as any other doubt (`[doubts]`).",
    )
    lists: bool = Field(
        default=True,
        description="Whether Telnyx's list of webhooks that nobody took is read, so that what they "
        "brought is not lost.",
    )
    base_url: str = Field(
        default="https://api.telnyx.com", description="Where the API is; another one in tests."
    )

    @field_validator("public_key", "previous_public_keys")
    @classmethod
    def _is_a_key(cls, given: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for key in (given,) if isinstance(given, str) else given:
            if len(_unbase64(key)) != KEY_BYTES:
                raise ValueError(
                    "it is no public key. Copy it from the portal's keys and credentials: 44 "
                    "characters of base64."
                )
        return given


def connect(
    channel: Channel, options: Options, http: HttpClient, *, country: str, clock: Clock
) -> "Telnyx":
    """The adapter of one channel."""
    if channel.address is None and not options.messaging_profile:
        raise SettingsError(
            [f"channels.{channel.name}: give it an address, or a messaging_profile to send from."]
        )
    return Telnyx(channel, options, http, country=country, clock=clock)


class Telnyx:
    """One channel at Telnyx: a number, a short code, a sender name or a pool of numbers."""

    unsigned = False

    def __init__(
        self, channel: Channel, options: Options, http: HttpClient, *, country: str, clock: Clock
    ) -> None:
        self._channel = channel.name
        self._country = country
        self._http = http
        self._clock = clock
        self._verifiers = _verifiers((options.public_key, *options.previous_public_keys))
        base = options.base_url.rstrip("/")
        self._messages = f"{base}/v2/messages"
        self._headers = {
            "Authorization": f"Bearer {options.api_key.get_secret_value()}",
            "Content-Type": "application/json",
        }
        self.webhook_settings = TelnyxWebhooks(
            http=http,
            base=base,
            headers=self._headers,
            address=channel.address,
            profile=options.messaging_profile,
        )
        origin = {
            "from": "" if channel.address is None else written(channel.address),
            "messaging_profile_id": options.messaging_profile,
        }
        self._origin = {name: value for name, value in origin.items() if value}
        self.idempotent = options.idempotent
        self.lists = options.lists
        self._deliveries = TelnyxDeliveries(http, base, self._headers, self._origin)

    async def close(self) -> None:
        """Nothing is held here: the connections are the client's."""

    # --- receiving ----------------------------------------------------------------------------

    def receive(self, request: RawRequest) -> Parsed:
        return self._read(request, "")

    def report(self, request: RawRequest, outbound: str) -> Parsed:
        return self._read(request, outbound)

    def _read(self, request: RawRequest, outbound: str) -> Parsed:
        self._verify(request)
        try:
            event = envelope(request.body).data
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise WebhookRejected("Telnyx's webhook is no event of a message.") from None
        return self._told(event, outbound, request.brought)

    def _told(self, event: Event, outbound: str, raw: bytes) -> Parsed:
        match event.event_type:
            case "message.received":
                return self._text(event.payload, raw)
            case "message.sent" | "message.finalized":
                return self._status(event.payload, outbound, raw)
            case other:
                return _passed_over(f"event {other[:40]!r}")

    def _verify(self, request: RawRequest) -> None:
        """The time and the very bytes of the body are signed, and nothing else of a request."""
        stamp = request.headers.get("telnyx-timestamp", "")
        proof = _unbase64(request.headers.get("telnyx-signature-ed25519", ""))
        signed = f"{stamp}|".encode() + request.body
        if request.method != "POST" or not any(fits(proof, signed) for fits in self._verifiers):
            raise BadSignature("Telnyx's signature does not fit this body.")
        if not stamp.isdecimal() or abs(int(stamp) * 1_000 - self._clock()) > TOLERANCE:
            raise BadSignature("Telnyx's signature is too old, or of a clock that is ahead.")

    def _text(self, message: Message, raw: bytes) -> Parsed:
        origin = message.origin.phone_number
        if not message.id or not origin:
            raise WebhookRejected("Telnyx's text has no id or no sender.")
        if message.cc or len(message.to) > 1:
            return _passed_over("it is a message to a group")
        try:
            contact = sender(origin, self._country)
        except BadAddress as reason:
            return _passed_over(str(reason))
        event = Inbound(
            channel=self._channel,
            contact=contact,
            text=message.text or "",
            provider_id=message.id,
            media=tuple(each.url for each in message.media or () if each.url),
        )
        key = f"in:{self._channel}:{message.id}"
        arrival = Arrival(event=event, dedupe=key, raw=raw)
        return Parsed(arrivals=(arrival,), answer=ANSWER)

    def _status(self, message: Message, outbound: str, raw: bytes) -> Parsed:
        to = message.to[0] if message.to else Party()
        status = STATUSES.get(to.status)
        if not message.id:
            raise WebhookRejected("Telnyx's report has no id.")
        if status is None:
            return _passed_over(f"status {to.status[:20]!r}")
        code = message.errors[0].code if message.errors else ""
        event = Report(
            channel=self._channel,
            outbound=outbound,
            provider_id=message.id,
            status=status,
            code=code,
        )
        key = f"{self._channel}:{message.id}:{to.status}:{code}"
        arrivals = [Arrival(event=event, dedupe=f"report:{key}", raw=raw)]
        if code == _OPTED_OUT:
            arrivals += opted_out_there(
                to.phone_number,
                country=self._country,
                channel=self._channel,
                source=f"telnyx {code}",
                key=key,
            )
        return Parsed(arrivals=tuple(arrivals), answer=ANSWER)

    # --- sending ------------------------------------------------------------------------------

    async def send(self, message: Outbound, callback: str, leave_by: float = math.inf) -> Sent:
        fields: dict[str, Any] = {"to": message.contact.e164, **self._origin}
        if message.text:
            fields["text"] = message.text
        if message.media:
            fields["media_urls"] = message.media
        if callback:
            fields["webhook_url"] = callback
        answer = await self._http.post(
            self._messages,
            msgspec.json.encode(fields),
            headers={**self._headers, "Idempotency-Key": message.id},
            leave_by=leave_by,
        )
        if 200 <= answer.status < 300:
            return _accepted(answer)
        raise _failure(answer)

    # --- listing ------------------------------------------------------------------------------

    async def inbound_since(self, since: int) -> Sequence[Arrival]:
        """Those whose webhooks nobody has taken: they are the webhooks themselves."""
        return self._arrivals(await self._deliveries.texts(since))

    async def reports_between(self, since: int, until: int) -> Sequence[Arrival]:
        return self._arrivals(await self._deliveries.reports(since, until))

    def _arrivals(self, webhooks: Sequence[Mapping[str, Any]]) -> Sequence[Arrival]:
        arrivals: list[Arrival] = []
        for webhook in webhooks:
            with suppress(msgspec.ValidationError, WebhookRejected):
                arrivals += self._told(msgspec.convert(webhook, Event), "", b"").arrivals
        return arrivals


def _passed_over(why: str) -> Parsed:
    return Parsed(arrivals=(), answer=ANSWER, ignored=(why,))


def _unbase64(text: str) -> bytes:
    """Empty for what is no base64: no key and no signature is."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _verifiers(keys: Sequence[str]) -> Sequence[Callable[[bytes, bytes], bool]]:
    # Only who is a customer of Telnyx waits until this is loaded.
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PublicKey,
    )

    def verifier(key: str) -> Callable[[bytes, bytes], bool]:
        verify = Ed25519PublicKey.from_public_bytes(_unbase64(key)).verify

        def fits(proof: bytes, signed: bytes) -> bool:
            try:
                verify(proof, signed)
            except InvalidSignature:
                return False
            return True

        return fits

    return tuple(map(verifier, keys))


def _accepted(answer: Response) -> Sent:
    try:
        made = created(answer.body).data
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Sent()
    return Sent(provider_ids=(made.id,) if made.id else (), parts=made.parts)


def _failure(answer: Response) -> SendError:
    try:
        errors = refused(answer.body).errors
    except (msgspec.DecodeError, UnicodeDecodeError):
        errors = []
    error = errors[0] if errors else Problem()
    code, status = error.code, answer.status
    kind = CODES.get(code)
    if status == 409 and kind is None:
        # What a second request hears while the first of its key is at work.
        kind = SendUncertain
    if (status in (401, 402, 403) and kind is None) or (kind is Invalid and error.of_ours):
        kind = ConfigError
    return refusal(answer, "Telnyx", code=code, kind=kind or Refused)
