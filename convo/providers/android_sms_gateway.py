"""SMS Gateway for Android: a phone that sends and receives by its own SIM.

Wire facts: the app's source (its webhooks, its receivers, its local server), the server's source,
and the Python client 4.3. A phone in the house (local mode), the project's cloud and a server of
one's own speak alike; webhooks are always sent by the phone itself.
"""

import hashlib
import hmac
import math
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any

import msgspec
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from convo.core.business import Channel
from convo.core.events import DeliveryStatus, Inbound, Report
from convo.core.turns import Outbound
from convo.errors import (
    BadAddress,
    BadSignature,
    ConfigError,
    Invalid,
    RateLimited,
    Refused,
    SendError,
    SendUncertain,
    Unavailable,
    WebhookRejected,
)
from convo.ports import Arrival, Clock, HttpAnswer, Parsed, RawRequest, Sent
from convo.ports.doubts import LookedUp
from convo.providers.android_sms_gateway_lists import PhoneList
from convo.providers.android_sms_gateway_webhooks import PhoneWebhooks
from convo.providers.http import HttpClient, Response
from convo.providers.wire import sender

ANSWER = HttpAnswer()
"""Any 2xx, within five seconds; what it says is not read."""

TOLERANCE = 300_000
"""Milliseconds that the phone's clock may be off ours. A repetition is signed anew."""

#: How far a message is. Each part of a long text tells of itself, and the first to do so counts.
STATUSES: Mapping[str, DeliveryStatus] = MappingProxyType(
    {
        "sms:sent": "sent",
        "sms:delivered": "delivered",
        "sms:failed": "failed",
        "sms:cancelled": "failed",
    }
)

TEXTS = frozenset(("sms:received", "mms:downloaded"))
BATCHES = frozenset(("sms:batch:received", "mms:batch:downloaded"))

#: What a refused send means. Others are `Refused`; 503 is a full queue or a phone long away.
OUTCOMES: Mapping[int, type[SendError]] = MappingProxyType(
    {
        400: Invalid,
        401: ConfigError,
        403: ConfigError,
        404: ConfigError,
        408: SendUncertain,
        503: Unavailable,
    }
)

_REASON = re.compile(r"[A-Z][A-Z0-9_]{3,59}")


class Options(BaseModel):
    """What a channel by a phone needs in convo.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    username: str = Field(description="The username that the app shows.", min_length=1)
    password: SecretStr = Field(description="The password that the app shows.", min_length=1)
    signing_key: SecretStr = Field(
        description="The key that the phone signs its webhooks with: Settings, Webhooks, "
        "Signing Key.",
        min_length=1,
    )
    previous_signing_keys: tuple[SecretStr, ...] = Field(
        default=(), description="Keys that may still sign while `signing_key` is being replaced."
    )
    device: str = Field(
        default="",
        description="The phone's id, where the account has several: others' texts are passed over.",
    )
    sim: int | None = Field(
        default=None,
        ge=1,
        le=3,
        description="The SIM to send by, from 1; texts to another one are passed over. Without it "
        "the phone's default sends and all SIMs are heard.",
    )
    lists: bool = Field(
        default=True,
        description="Whether the list of sent messages is read, for statuses that no webhook has "
        "told. `false` for a phone in local mode whose app has no such list.",
    )
    base_url: str = Field(
        default="https://api.sms-gate.app/3rdparty/v1",
        description="Where the API is: the project's cloud, `http://PHONE:8080` for a phone in "
        "local mode, or your own server up to and with `/3rdparty/v1`.",
    )


def connect(
    channel: Channel, options: Options, http: HttpClient, *, country: str, clock: Clock
) -> "AndroidSmsGateway":
    """The adapter of one channel."""
    return AndroidSmsGateway(channel, options, http, country=country, clock=clock)


# --- what is read of its JSON; none of it is shown by a repr --------------------------------------


class _Event(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    event: str
    device_id: str = ""
    payload: msgspec.Raw

    def __repr__(self) -> str:
        return f"_Event({self.event})"


class _Message(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A text, or the report of one: its `message_id` is then the id that we gave."""

    message_id: str = ""
    sender: str | None = None
    phone_number: str | None = None
    sim_number: int | None = None
    received_at: str | None = None
    message: str | None = None
    body: str | None = None
    attachments: list[Any] | None = None
    reason: str | None = None

    def __repr__(self) -> str:
        return f"_Message({self.message_id})"


class _Created(msgspec.Struct, frozen=True, kw_only=True):
    id: str = ""


class _Batch(msgspec.Struct, frozen=True, kw_only=True):
    messages: list[msgspec.Raw]

    def __repr__(self) -> str:
        return f"_Batch({len(self.messages)})"


_event = msgspec.json.Decoder(_Event).decode
_message = msgspec.json.Decoder(_Message).decode
_created = msgspec.json.Decoder(_Created).decode
_batch = msgspec.json.Decoder(_Batch).decode
_NONSENSE = (msgspec.DecodeError, UnicodeDecodeError)


class AndroidSmsGateway:
    """One phone, or one SIM of it."""

    unsigned = False
    #: A second message with the id of one that is there already is answered 409.
    idempotent = True
    looks_up = True

    def __init__(
        self, channel: Channel, options: Options, http: HttpClient, *, country: str, clock: Clock
    ) -> None:
        self._channel = channel.name
        self._country = country
        self._http = http
        self._clock = clock
        keys = (options.signing_key, *options.previous_signing_keys)
        self._keys = [key.get_secret_value().encode() for key in keys if key.get_secret_value()]
        self._device = options.device
        self._sim = options.sim
        login = f"{options.username}:{options.password.get_secret_value()}"
        self._auth = {"Authorization": f"Basic {b64encode(login.encode()).decode()}"}
        self._headers = {**self._auth, "Content-Type": "application/json"}
        base = options.base_url.rstrip("/")
        self._messages = f"{base}/messages"
        self.webhook_settings = PhoneWebhooks(
            http=http,
            url=f"{base}/webhooks",
            headers=self._headers,
            channel=channel.name,
            device=options.device,
        )
        origin = {"simNumber": options.sim, "deviceId": options.device}
        self._origin = {name: value for name, value in origin.items() if value}
        self.lists = options.lists
        self._list = PhoneList(http, self._messages, self._auth, options.device)

    async def close(self) -> None:
        """Nothing is held here: the connections are the client's."""

    # --- receiving ----------------------------------------------------------------------------

    def receive(self, request: RawRequest) -> Parsed:
        """All events of a phone come to one address, reports as well: they bear our id."""
        return self._read(request, "")

    def report(self, request: RawRequest, outbound: str) -> Parsed:
        return self._read(request, outbound)

    def _read(self, request: RawRequest, outbound: str) -> Parsed:
        self._verify(request)
        try:
            event = _event(request.body)
            if event.event in BATCHES:
                return self._texts(event, _batch(event.payload).messages, request)
            if event.event in TEXTS:
                return self._texts(event, [event.payload], request, alone=True)
            if event.event in STATUSES:
                about = _message(event.payload)
                arrival = self._status(event.event, about, outbound, request.brought)
                return Parsed(arrivals=(arrival,), answer=ANSWER)
        except _NONSENSE:
            raise WebhookRejected("The phone's webhook is no event of its app.") from None
        return _passed_over(f"event {event.event[:40]!r}")

    def _verify(self, request: RawRequest) -> None:
        """The very bytes of the body and the time behind them are signed, the URL is not."""
        stamp = request.headers.get("x-timestamp", "")
        given = request.headers.get("x-signature", "").lower().encode()
        proofs = [proof_of(request.body, stamp, key) for key in self._keys]
        if not any(hmac.compare_digest(given, proof) for proof in proofs):
            raise BadSignature("The phone's signature does not fit this body.")
        if not stamp.isdecimal() or abs(int(stamp) * 1_000 - self._clock()) > TOLERANCE:
            raise BadSignature("The phone's signature is too old, or of a clock that is ahead.")

    def _texts(
        self,
        event: _Event,
        items: Sequence[msgspec.Raw],
        request: RawRequest,
        *,
        alone: bool = False,
    ) -> Parsed:
        arrivals: list[Arrival] = []
        ignored: list[str] = []
        for item in items:
            try:
                text = _message(item)
                arrivals.append(self._text(event.device_id, text, request.brought))
                if text.attachments:
                    ignored.append("its pictures: they come as bytes, and have no addresses")
            except BadAddress as reason:
                ignored.append(str(reason))
            except _NONSENSE:
                if alone:
                    raise
                ignored.append("it is no text of the app")
        return Parsed(arrivals=tuple(arrivals), answer=ANSWER, ignored=tuple(ignored))

    def _text(self, device: str, text: _Message, raw: bytes) -> Arrival:
        """Raises `BadAddress` for what cannot be answered here."""
        origin = text.sender or text.phone_number or ""
        if not text.message_id or not origin:
            raise msgspec.DecodeError("a text without an id or a sender")
        if self._device and device != self._device:
            raise BadAddress("it came to another phone")
        if self._sim and text.sim_number not in (None, self._sim):
            raise BadAddress("it came to another SIM")
        event = Inbound(
            channel=self._channel,
            contact=sender(origin, self._country),
            text=text.message or text.body or "",
            provider_id=text.message_id,
        )
        # Its id is 32 bits of hash, too few alone; an inbox that is exported again brings the same.
        facts = (device, text.message_id, origin, text.received_at)
        mark = hashlib.blake2b(repr(facts).encode(), digest_size=16).hexdigest()
        return Arrival(event=event, dedupe=f"in:{self._channel}:{mark}", raw=raw)

    def _status(self, word: str, about: _Message, outbound: str, raw: bytes = b"") -> Arrival:
        id = about.message_id
        if not id:
            raise WebhookRejected("The phone's report has no id.")
        found = _REASON.search(about.reason or "")
        code = found[0] if found else ""
        event = Report(
            channel=self._channel,
            outbound=outbound or id,
            provider_id=id,
            status=STATUSES[word],
            code=code,
        )
        key = f"report:{self._channel}:{id}:{word}:{code}"
        return Arrival(event=event, dedupe=key, raw=raw)

    # --- sending ------------------------------------------------------------------------------

    async def send(
        self,
        message: Outbound,
        callback: str,  # noqa: ARG002 - a phone's reports go where its webhooks go
        leave_by: float = math.inf,
    ) -> Sent:
        fields: dict[str, Any] = {
            "id": message.id,
            "phoneNumbers": [message.contact.e164],
            "textMessage": {"text": message.text},
            "withDeliveryReport": True,
            **self._origin,
        }
        answer = await self._http.post(
            self._messages, msgspec.json.encode(fields), headers=self._headers, leave_by=leave_by
        )
        if answer.status == 409:  # it has that message already
            return Sent(provider_ids=(message.id,))
        if 200 <= answer.status < 300:
            return Sent(provider_ids=_ids(answer))
        raise _failure(answer)

    async def look_up(self, message: Outbound, since: int) -> LookedUp:  # noqa: ARG002
        """By the id that we gave: what is not there was never taken."""
        try:
            answer = await self._http.get(f"{self._messages}/{message.id}", headers=self._auth)
        except SendError:
            return LookedUp(found="unknown")
        if answer.status == 200 and isinstance(answer.json(), dict):
            return LookedUp(found="sent", provider_ids=(message.id,))
        return LookedUp(found="not_sent" if answer.status == 404 else "unknown")

    # --- listing ------------------------------------------------------------------------------

    async def inbound_since(self, since: int) -> Sequence[Arrival]:  # noqa: ARG002
        """None: its list has beginnings of texts, and the phone repeats its webhooks by itself."""
        return ()

    async def reports_between(self, since: int, until: int) -> Sequence[Arrival]:
        arrivals: list[Arrival] = []
        for word, told in await self._list.sent(since, until):
            with suppress(WebhookRejected):
                arrivals.append(self._status(word, msgspec.convert(told, _Message), ""))
        return arrivals


def proof_of(body: bytes, stamp: str, key: bytes) -> bytes:
    """What the phone puts into `X-Signature` beside the time in `X-Timestamp`."""
    return hmac.new(key, body + stamp.encode(), hashlib.sha256).hexdigest().encode()


def _passed_over(why: str) -> Parsed:
    return Parsed(arrivals=(), answer=ANSWER, ignored=(why,))


def _ids(answer: Response) -> tuple[str, ...]:
    try:
        made = _created(answer.body)
    except _NONSENSE:
        return ()
    return (made.id,) if made.id else ()


def _failure(answer: Response) -> SendError:
    status = answer.status
    why = f"The phone's gateway answered {status}"
    if status == 429:
        return RateLimited(why, code=str(status), retry_after=answer.retry_after())
    if status < 400:
        why = f"{why}: redirects are not followed, correct base_url"
        return ConfigError(why, code=str(status))
    kind = OUTCOMES.get(status, Refused if status < 500 else SendUncertain)
    return kind(why, code=str(status))
