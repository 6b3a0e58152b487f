"""Sinch, SMS API (XMS, REST v1).

Wire facts: Sinch's Python SDK 2.3, the tests of its Node SDK, and its pages on webhooks and on
delivery reports.
"""

import hmac
import math
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, cast
from urllib.parse import urlencode

import msgspec
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from convo.core.business import Channel
from convo.core.events import DeliveryStatus, Inbound, Report
from convo.core.numbers import PhoneNumber, written
from convo.core.turns import Outbound
from convo.errors import (
    BadAddress,
    BadSignature,
    ConfigError,
    Invalid,
    Refused,
    SendError,
    SettingsError,
    WebhookRejected,
)
from convo.ports import Arrival, Clock, HttpAnswer, Parsed, RawRequest, Sent
from convo.ports.doubts import LookedUp
from convo.providers.http import HttpClient, Response
from convo.providers.refusals import refusal
from convo.providers.sinch_lists import SinchLists
from convo.providers.wire import object_of, sender, to_the_second, with_plus

ANSWER = HttpAnswer()

OLDEST = 48 * 60 * 60 * 1_000
"""Milliseconds that a signature may be old: Sinch asks again for nearly two days, and whether it
signs anew each time is written nowhere. What comes twice within that is known by its id."""

AHEAD = 300_000
"""Milliseconds that Sinch's clock may be ahead of ours."""

ALGORITHM = "hmacsha256"

#: By their words in small letters: the wire has `Delivered`, the SDK `DELIVERED`. After `unknown`
#: no better word comes.
STATUSES: Mapping[str, DeliveryStatus] = MappingProxyType(
    {
        "queued": "queued",
        "dispatched": "sent",
        "unknown": "sent",
        "delivered": "delivered",
        "rejected": "undelivered",
        "deleted": "undelivered",
        "failed": "undelivered",
        "expired": "undelivered",
        "aborted": "failed",
        "cancelled": "failed",
    }
)

#: A refusal by its status; the codes beside it are words for programmers.
OUTCOMES: Mapping[int, type[SendError]] = MappingProxyType(
    {400: Invalid, **dict.fromkeys((401, 402, 403, 404), ConfigError)}
)


class Options(BaseModel):
    """What a channel at Sinch needs in convo.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    service_plan: str = Field(description="The service plan's id.", pattern=r"^[\w-]+$")
    api_token: SecretStr = Field(description="The plan's API token, to send with.", min_length=1)
    region: Literal["us", "eu", "au", "br", "ca"] = Field(
        default="us", description="Where the plan is."
    )
    webhook_secret: SecretStr = Field(
        default=SecretStr(""),
        description="What webhooks are signed with, once Sinch has switched that on for the plan.",
    )
    previous_webhook_secrets: tuple[SecretStr, ...] = Field(
        default=(), description="Secrets that may still sign while the first is being replaced."
    )
    base_url: str = Field(
        default="", description="Where the API is, when it is not the region's; another in tests."
    )


def connect(
    channel: Channel, options: Options, http: HttpClient, *, country: str, clock: Clock
) -> "Sinch":
    """The adapter of one channel."""
    if channel.address is None:
        raise SettingsError([f"channels.{channel.name}: Sinch needs an address to send from."])
    origin = written(channel.address)
    if isinstance(channel.address, PhoneNumber):
        origin = origin.lstrip("+")
    return Sinch(channel.name, origin, options, http, country=country, clock=clock)


# --- what is read of its JSON; none of it is shown by a repr --------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Picture:
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Mms:
    message: str | None = None
    media: tuple[_Picture, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Count:
    status: str = ""
    code: int = 0
    count: int = 1


class _Event(msgspec.Struct, frozen=True, kw_only=True):
    type: str
    id: str = ""
    origin: str = msgspec.field(name="from", default="")
    #: Words of an SMS, an object of an MMS.
    body: str | _Mms = ""
    batch_id: str = ""
    status: str = ""
    code: int = 0
    statuses: tuple[_Count, ...] = ()
    client_reference: str | None = None

    def __repr__(self) -> str:
        return f"_Event({self.type})"


_event = msgspec.json.Decoder(_Event).decode


class Sinch:
    """One channel of a service plan."""

    looks_up = True

    def __init__(
        self,
        channel: str,
        origin: str,
        options: Options,
        http: HttpClient,
        *,
        country: str,
        clock: Clock,
    ) -> None:
        self._channel = channel
        self._origin = origin
        self._http = http
        self._country = country
        self._clock = clock
        secrets = (options.webhook_secret, *options.previous_webhook_secrets)
        self._secrets = [s.get_secret_value() for s in secrets if s.get_secret_value()]
        self.unsigned = not self._secrets
        base = options.base_url or f"https://{options.region}.sms.api.sinch.com"
        plan = f"{base.rstrip('/')}/xms/v1/{options.service_plan}"
        self._batches = f"{plan}/batches"
        self._auth = {"Authorization": f"Bearer {options.api_token.get_secret_value()}"}
        self._lists = SinchLists(http=http, url=plan, login=self._auth)
        #: Nothing comes in to a sender's name.
        self.lists = origin.isdigit()
        self._headers = self._auth | {"Content-Type": "application/json"}

    async def close(self) -> None:
        """Nothing is held here: the connections are the client's."""

    # --- receiving ----------------------------------------------------------------------------

    def receive(self, request: RawRequest) -> Parsed:
        return self._read(request, "")

    def report(self, request: RawRequest, outbound: str) -> Parsed:
        return self._read(request, outbound)

    def _read(self, request: RawRequest, outbound: str) -> Parsed:
        self._verify(request)
        return self._told(request.body, outbound)

    def _told(self, body: bytes, outbound: str) -> Parsed:
        """What a webhook brought, or an entry of a list. Raises `WebhookRejected`."""
        try:
            event = _event(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise WebhookRejected("Sinch's webhook is no message and no report.") from None
        match event.type:
            case "mo_text" | "mo_media":
                return self._text(event, body)
            case "recipient_delivery_report_sms" | "recipient_delivery_report_mms":
                return self._status(event, event.status, event.code, outbound, body)
            case "delivery_report_sms" | "delivery_report_mms" if len(event.statuses) == 1:
                (only,) = event.statuses
                return self._status(event, only.status, only.code, outbound, body)
            case other:
                return _passed_over(f"type {other[:40]!r}")

    def _verify(self, request: RawRequest) -> None:
        if self.unsigned:
            return

        def told(name: str) -> str:
            return request.headers.get(f"x-sinch-webhook-signature{name}", "")

        stamp, given = told("-timestamp"), told("").encode()
        proofs = [proof_of(request.body, told("-nonce"), stamp, s) for s in self._secrets]
        fits = any(hmac.compare_digest(proof, given) for proof in proofs)
        if not fits or told("-algorithm").lower() not in ("", ALGORITHM):
            raise BadSignature("Sinch's signature does not fit this body.")
        whole = stamp.isascii() and stamp.isdigit() and len(stamp) <= 12
        age = self._clock() - int(stamp) * 1_000 if whole else math.inf
        if not -AHEAD <= age <= OLDEST:
            raise BadSignature("Sinch's signature is too old, or of a clock that is ahead.")

    def _text(self, event: _Event, raw: bytes) -> Parsed:
        if not event.id or not event.origin:
            raise WebhookRejected("Sinch's text has no id or no sender.")
        try:
            contact = sender(with_plus(event.origin), self._country)
        except BadAddress as reason:
            return _passed_over(str(reason))
        said = event.body
        inbound = Inbound(
            channel=self._channel,
            contact=contact,
            text=said if isinstance(said, str) else said.message or "",
            provider_id=event.id,
            # One that failed to come has no address.
            media=() if isinstance(said, str) else tuple(p.url for p in said.media if p.url),
        )
        key = f"in:{self._channel}:{event.id}"
        arrival = Arrival(event=inbound, dedupe=key, raw=raw)
        return Parsed(arrivals=(arrival,), answer=ANSWER)

    def _status(self, event: _Event, word: str, code: int, outbound: str, raw: bytes) -> Parsed:
        status = STATUSES.get(word.lower())
        if not event.batch_id:
            raise WebhookRejected("Sinch's report has no batch_id.")
        if status is None:
            return _passed_over(f"status {word[:20]!r}")
        told = str(code) if code else ""
        report = Report(
            channel=self._channel,
            outbound=outbound or event.client_reference or "",
            # A batch of ours has one recipient.
            provider_id=event.batch_id,
            status=status,
            code=told,
        )
        key = f"report:{self._channel}:{event.batch_id}:{word.lower()}:{told}"
        arrival = Arrival(event=report, dedupe=key, raw=raw)
        return Parsed(arrivals=(arrival,), answer=ANSWER)

    # --- sending ------------------------------------------------------------------------------

    async def send(self, message: Outbound, callback: str, leave_by: float = math.inf) -> Sent:
        fields: dict[str, Any] = {
            "to": [message.contact.e164[1:]],
            "from": self._origin,
            "body": message.text,
            "type": "mt_text",
            "delivery_report": "per_recipient",
            "client_reference": message.id,
        }
        if callback:
            fields["callback_url"] = callback
        answer = await self._http.post(
            self._batches, msgspec.json.encode(fields), headers=self._headers, leave_by=leave_by
        )
        if 200 <= answer.status < 300:
            return Sent(provider_ids=_ids([answer.json()]))
        raise _failure(answer)

    async def look_up(self, message: Outbound, since: int) -> LookedUp:
        """Exact: batches are listed by our reference. Two of them are no reason for a third."""
        asked = {"client_reference": message.id, "start_date": to_the_second(since - AHEAD)}
        url = f"{self._batches}?{urlencode(asked)}"
        try:
            answer = await self._http.get(url, headers=self._auth)
        except SendError:
            return LookedUp(found="unknown")
        said = answer.json()
        listed = cast(dict[str, Any], said).get("batches") if isinstance(said, dict) else None
        if answer.status != 200 or not isinstance(listed, list):
            return LookedUp(found="unknown")
        ids = _ids(
            [
                each
                for each in cast(list[Any], listed)
                # Whoever does not know the filter would list everything.
                if isinstance(each, dict)
                and cast(dict[str, Any], each).get("client_reference") == message.id
            ]
        )
        return LookedUp(found="sent" if ids else "not_sent", provider_ids=ids)

    # --- listing ------------------------------------------------------------------------------

    async def inbound_since(self, since: int) -> Sequence[Arrival]:
        return self._arrivals(await self._lists.inbounds(since, self._origin))

    async def reports_between(self, since: int, until: int) -> Sequence[Arrival]:
        """Those of messages with a reference: all of ours have one, another system's may not."""
        arrivals = self._arrivals(await self._lists.reports(since, until))
        return [each for each in arrivals if isinstance(each.event, Report) and each.event.outbound]

    def _arrivals(self, entries: Sequence[bytes]) -> Sequence[Arrival]:
        """What the webhooks of these would have brought."""
        arrivals: list[Arrival] = []
        for entry in entries:
            with suppress(WebhookRejected):
                arrivals += self._told(entry, "").arrivals
        return arrivals


def proof_of(body: bytes, nonce: str, stamp: str, secret: str) -> bytes:
    """What Sinch signs a webhook with."""
    signed = body + f".{nonce}.{stamp}".encode()
    return b64encode(hmac.digest(secret.encode(), signed, "sha256"))


def _ids(batches: Sequence[Any]) -> tuple[str, ...]:
    told = [cast(dict[str, Any], each).get("id") for each in batches if isinstance(each, dict)]
    return tuple(each for each in told if each and isinstance(each, str))


def _passed_over(why: str) -> Parsed:
    return Parsed(arrivals=(), answer=ANSWER, ignored=(why,))


def _failure(answer: Response) -> SendError:
    code = str(object_of(answer.json()).get("code") or "")
    return refusal(answer, "Sinch", code=code[:40], kind=OUTCOMES.get(answer.status, Refused))
