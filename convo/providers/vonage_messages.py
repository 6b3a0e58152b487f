"""Vonage's Messages API v1: JSON, webhooks by a token over the hash of their body.

Wire facts: the Python SDK (vonage-messages 1.8, vonage-jwt 1.1), the tests of the Java SDK, and
Vonage's page on signed webhooks.
"""

import math
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, cast

import msgspec

from convo.core.events import DeliveryStatus, Inbound, Report
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
    Unavailable,
    WebhookRejected,
)
from convo.ports import Arrival, Clock, HttpAnswer, Parsed, RawRequest, Sent
from convo.providers.http import HttpClient, Response
from convo.providers.refusals import refusal
from convo.providers.tokens import claims, fits
from convo.providers.vonage_webhooks import VonageWebhooks
from convo.providers.wire import object_of, opted_out_there, sender, with_plus

ANSWER = HttpAnswer()

OLDEST = 24 * 60 * 60 * 1_000
"""Milliseconds that a token may be old: Vonage asks again for a day, and whether it signs anew
each time is written nowhere. What comes twice within that is known by its id."""

AHEAD = 300_000
"""Milliseconds that Vonage's clock may be ahead of ours."""

TOKEN_SECONDS = 900
"""How long a token of ours is good, as the SDK has it."""

_OPTED_OUT = "1240"

STATUSES: Mapping[str, DeliveryStatus] = MappingProxyType(
    {
        "submitted": "sent",
        "delivered": "delivered",
        "read": "delivered",
        "rejected": "failed",
        "undeliverable": "undelivered",
    }
)

_MEANINGS: Mapping[type[SendError], str] = MappingProxyType(
    {
        OptedOut: _OPTED_OUT,
        # parameters, the number, the content, out of reach, barred; taken for spam
        Invalid: "1020 1022 1040 1120 1170 1250 1260 1280 1300",
        # the account barred, no money left
        ConfigError: "1050 1070",
        RateLimited: "1000 1241",
        Unavailable: "1030 1100 1230 1331",
    }
)

#: What Vonage's own code means for a send that was refused with a 4xx.
CODES: Mapping[str, type[SendError]] = MappingProxyType(
    {code: kind for kind, codes in _MEANINGS.items() for code in codes.split()}
)

BY_STATUS: Mapping[int, type[SendError]] = MappingProxyType(
    {401: ConfigError, 402: ConfigError, 403: ConfigError, 404: ConfigError, 422: Invalid}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Who sends: the account by its secret, or an application by its private key."""

    key: str
    secret: str = field(repr=False)
    application: str = ""
    private_key: str = field(default="", repr=False)

    @property
    def by_secret(self) -> str:
        """The header's value of the account itself; empty where its secret is not known."""
        if not self.secret:
            return ""
        return "Basic " + b64encode(f"{self.key}:{self.secret}".encode()).decode()

    def authorization(self, now: int) -> str:
        """The header's value at `now`, ms since 1970."""
        if not self.application:
            return self.by_secret
        # Only who sends as an application waits until this is loaded.
        import jwt  # noqa: PLC0415

        said = {
            "application_id": self.application,
            "iat": now // 1_000,
            "exp": now // 1_000 + TOKEN_SECONDS,
            "jti": f"{self.application}-{now}",
        }
        try:
            return "Bearer " + jwt.encode(said, self.private_key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError):
            raise ConfigError("Vonage's private_key is none: it is a PEM of RSA.") from None


# --- what is read of its JSON; none of it is shown by a repr --------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Picture:
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Error:
    type: str = ""
    title: str | int = ""

    @property
    def code(self) -> str:
        """Its number stands in `title`, and behind the `#` of `type`."""
        title = str(self.title)
        return title if title.isdigit() else self.type.rpartition("#")[2][:10]


class _Event(msgspec.Struct, frozen=True, kw_only=True):
    message_uuid: str = ""
    origin: str = msgspec.field(name="from", default="")
    to: str = ""
    channel: str = ""
    message_type: str = ""
    text: str | None = None
    status: str = ""
    client_ref: str = ""
    error: _Error | None = None
    image: _Picture | None = None
    audio: _Picture | None = None
    video: _Picture | None = None
    file: _Picture | None = None
    vcard: _Picture | None = None
    content: list[_Picture] | None = None

    def __repr__(self) -> str:
        return f"_Event({self.message_uuid})"

    @property
    def media(self) -> tuple[str, ...]:
        single = (self.image, self.audio, self.video, self.file, self.vcard)
        found = [*single, *(self.content or ())]
        return tuple(each.url for each in found if each is not None and each.url)


_event = msgspec.json.Decoder(_Event).decode


class VonageMessages:
    """One channel at the Messages API."""

    unsigned = False

    def __init__(
        self,
        channel: str,
        origin: str,
        base: str,
        http: HttpClient,
        *,
        login: Login,
        secrets: tuple[str, ...],
        country: str,
        clock: Clock,
    ) -> None:
        self._channel = channel
        self._origin = origin
        self._url = f"{base}/v1/messages"
        self._http = http
        self.webhook_settings = VonageWebhooks(
            http=http, base=base, authorization=login.by_secret, address=origin
        )
        self._login = login
        self._secrets = secrets
        self._country = country
        self._clock = clock

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
            event = _event(request.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise WebhookRejected("Vonage's webhook is no message and no status.") from None
        if not event.message_uuid:
            raise WebhookRejected("Vonage's webhook has no message_uuid.")
        if event.status:
            return self._status(event, outbound or event.client_ref, request)
        return self._text(event, request)

    def _verify(self, request: RawRequest) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise BadSignature("Vonage's webhook has no token.")
        said = claims(token.strip(), self._secrets, issuer="Vonage", algorithms=("HS256",))
        if not fits(said.get("payload_hash"), request.body):
            raise BadSignature("Vonage's token is of another body.")
        made = said.get("iat")
        age = self._clock() - made * 1_000 if isinstance(made, int) else math.inf
        if not -AHEAD <= age <= OLDEST:
            raise BadSignature("Vonage's token is too old, or of a clock that is ahead.")

    def _text(self, event: _Event, request: RawRequest) -> Parsed:
        if event.channel not in ("sms", "mms", ""):
            return _passed_over(f"channel {event.channel[:20]!r}")
        try:
            contact = sender(with_plus(event.origin), self._country)
        except BadAddress as reason:
            return _passed_over(str(reason))
        inbound = Inbound(
            channel=self._channel,
            contact=contact,
            text=event.text or "",
            provider_id=event.message_uuid,
            media=event.media,
        )
        key = f"in:{self._channel}:{event.message_uuid}"
        arrival = Arrival(event=inbound, dedupe=key, raw=request.brought)
        return Parsed(arrivals=(arrival,), answer=ANSWER)

    def _status(self, event: _Event, outbound: str, request: RawRequest) -> Parsed:
        status = STATUSES.get(event.status)
        if status is None:
            return _passed_over(f"status {event.status[:20]!r}")
        code = event.error.code if event.error else ""
        report = Report(
            channel=self._channel,
            outbound=outbound,
            provider_id=event.message_uuid,
            status=status,
            code=code,
        )
        key = f"{self._channel}:{event.message_uuid}:{event.status}:{code}"
        arrivals = [Arrival(event=report, dedupe=f"report:{key}", raw=request.brought)]
        if code == _OPTED_OUT:
            arrivals += opted_out_there(
                with_plus(event.to),
                country=self._country,
                channel=self._channel,
                source=f"vonage {code}",
                key=key,
            )
        return Parsed(arrivals=tuple(arrivals), answer=ANSWER)

    # --- sending ------------------------------------------------------------------------------

    async def send(self, message: Outbound, callback: str, leave_by: float = math.inf) -> Sent:
        fields: dict[str, Any] = {
            "to": message.contact.e164[1:],
            "from": self._origin,
            "client_ref": message.id,
            **_said(message),
        }
        if callback:
            fields |= {"webhook_url": callback, "webhook_version": "v1"}
        headers = {
            "Authorization": self._login.authorization(self._clock()),
            "Content-Type": "application/json",
        }
        answer = await self._http.post(
            self._url, msgspec.json.encode(fields), headers=headers, leave_by=leave_by
        )
        if 200 <= answer.status < 300:
            said = answer.json()
            told = cast(dict[str, Any], said).get("message_uuid") if isinstance(said, dict) else ""
            return Sent(provider_ids=(told,) if told and isinstance(told, str) else ())
        raise _failure(answer)


def _said(message: Outbound) -> dict[str, Any]:
    """The words, or one picture under them, or several pictures of which the first has them."""
    if not message.media:
        return {"channel": "sms", "message_type": "text", "text": message.text}
    pictures: list[dict[str, str]] = [{"url": url} for url in message.media]
    if message.text:
        pictures[0]["caption"] = message.text
    if len(pictures) == 1:
        return {"channel": "mms", "message_type": "image", "image": pictures[0]}
    content = [{"type": "image", **each} for each in pictures]
    return {"channel": "mms", "message_type": "content", "content": content}


def _passed_over(why: str) -> Parsed:
    return Parsed(arrivals=(), answer=ANSWER, ignored=(why,))


def _failure(answer: Response) -> SendError:
    told = object_of(answer.json())
    code = _Error(type=str(told.get("type") or ""), title=str(told.get("title") or "")).code
    kind = CODES.get(code) or BY_STATUS.get(answer.status, Refused)
    return refusal(answer, "Vonage", code=code, kind=kind)
