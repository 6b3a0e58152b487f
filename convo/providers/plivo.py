"""Plivo, Messaging API v1.

Wire facts: Plivo's Python SDK 4.63, its pages on incoming messages, status callbacks and error
codes, and what a third party has seen of its signatures (see the connect page).
"""

import hmac
import math
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, cast

import msgspec
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from convo.core.business import Channel
from convo.core.events import DeliveryStatus, Inbound, LawWord, Report
from convo.core.numbers import written
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
from convo.providers.http import HttpClient, Response
from convo.providers.plivo_lists import PlivoList
from convo.providers.plivo_webhooks import PlivoWebhooks
from convo.providers.refusals import refusal
from convo.providers.wire import object_of, opted_out_there, pairs, sender, with_plus

ANSWER = HttpAnswer()
"""Nothing to say in the answer itself; XML would be a text."""

MOST_MEDIA = 20

_OPTED_OUT = "200"

STATUSES: Mapping[str, DeliveryStatus] = MappingProxyType(
    {
        "queued": "queued",
        "sent": "sent",
        "delivered": "delivered",
        "read": "delivered",
        "undelivered": "undelivered",
        "failed": "failed",
        "rejected": "failed",
    }
)

#: `MessageIntent`: what Plivo makes of a compliance keyword.
LAW: Mapping[str, LawWord] = MappingProxyType({"optout": "stop", "optin": "start", "help": "help"})

#: A refusal by its status: there are no codes. 403 is a country that is not allowed.
OUTCOMES: Mapping[int, type[SendError]] = MappingProxyType(
    {
        **dict.fromkeys((400, 403, 409, 422), Invalid),
        **dict.fromkeys((401, 402, 404, 405), ConfigError),
    }
)


class Options(BaseModel):
    """What a channel at Plivo needs in convo.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    carries_media: ClassVar[bool] = True

    auth_id: str = Field(description="The account's Auth ID, `MA...` or `SA...`.", min_length=1)
    auth_token: SecretStr = Field(
        description="Its Auth Token, to send with. Plivo signs with it.", min_length=1
    )
    main_auth_token: SecretStr = Field(
        default=SecretStr(""),
        description="The main account's Auth Token, where `auth_id` is a subaccount: Plivo signs "
        "with both.",
    )
    previous_auth_tokens: tuple[SecretStr, ...] = Field(
        default=(), description="Tokens that may still sign while one is being replaced."
    )
    accepts_v2: bool = Field(
        default=False,
        description="Whether a webhook that has only Plivo's older signature (V2) is taken. That "
        "one covers neither text nor sender: who has seen one webhook can forge others.",
    )
    powerpack: str = Field(default="", description="A Powerpack's UUID, instead of address.")
    lists: bool = Field(
        default=True,
        description="Whether Plivo's list of messages is read, for statuses that no webhook "
        "has told.",
    )
    base_url: str = Field(
        default="https://api.plivo.com", description="Where the API is; another one in tests."
    )


def connect(
    channel: Channel,
    options: Options,
    http: HttpClient,
    *,
    country: str,
    clock: Clock,  # noqa: ARG001 - every provider is connected alike
) -> "Plivo":
    """The adapter of one channel."""
    if (channel.address is None) is not bool(options.powerpack):
        raise SettingsError(
            [f"channels.{channel.name}: give it either an address or a powerpack to send from."]
        )
    return Plivo(channel, options, http, country)


# --- signatures --------------------------------------------------------------------------------


def signed_v3(method: str, url: str, posted: Iterable[tuple[str, str]]) -> str:
    """What of a request is signed, with its nonce behind it: the URL, its query in order, and what
    is posted in order without anything between."""
    base, _, query = url.partition("?")
    asked = "&".join(f"{name}={value}" for name, value in sorted(pairs(query.encode())))
    said = "".join(name + value for name, value in sorted(posted)) if method != "GET" else ""
    if not asked and not said:
        return base
    return f"{base}?{asked}{'.' if asked and said else ''}{said}"


def proof_of(token: str, signed: str, nonce: str, version: int = 3) -> str:
    """The signature of what `signed_v3` tells, or by V2 of a URL without its query."""
    text = f"{signed}.{nonce}" if version == 3 else signed + nonce
    return b64encode(hmac.digest(token.encode(), text.encode(), "sha256")).decode()


class Plivo:
    """One channel at Plivo: a number, a short code, a sender name or a Powerpack."""

    unsigned = False

    def __init__(self, channel: Channel, options: Options, http: HttpClient, country: str) -> None:
        self._channel = channel.name
        self._country = country
        self._http = http
        tokens = (options.auth_token, options.main_auth_token, *options.previous_auth_tokens)
        self._tokens = [t.get_secret_value() for t in tokens if t.get_secret_value()]
        self._accepts_v2 = options.accepts_v2
        login = f"{options.auth_id}:{options.auth_token.get_secret_value()}"
        auth = {"Authorization": "Basic " + b64encode(login.encode()).decode()}
        self._headers = {**auth, "Content-Type": "application/json"}
        account = f"{options.base_url.rstrip('/')}/v1/Account/{options.auth_id}/"
        self._messages = f"{account}Message/"
        self.webhook_settings = PlivoWebhooks(
            http=http,
            account=account,
            headers=self._headers,
            address=channel.address,
            powerpack=options.powerpack,
        )
        self._origin = {"powerpack_uuid": options.powerpack}
        if channel.address is not None:
            self._origin = {"src": written(channel.address).lstrip("+")}
        self.lists = options.lists
        self._list = PlivoList(http, self._messages, auth, self._origin)

    async def close(self) -> None:
        """Nothing is held here: the connections are the client's."""

    # --- receiving ----------------------------------------------------------------------------

    def receive(self, request: RawRequest) -> Parsed:
        return self._read(request, "")

    def report(self, request: RawRequest, outbound: str) -> Parsed:
        return self._read(request, outbound)

    def _read(self, request: RawRequest, outbound: str) -> Parsed:
        read = pairs(request.query if request.method == "GET" else request.body)
        self._verify(request, read)
        # Older accounts and pages spell names in other cases.
        fields = {name.lower(): value for name, value in reversed(read)}
        if not fields.get("messageuuid"):
            raise WebhookRejected("Plivo's webhook has no MessageUUID.")
        if "status" in fields and not {"text", "body"} & fields.keys():
            return self._status(fields, outbound, request.brought)
        return self._text(fields, request)

    def _verify(self, request: RawRequest, read: Sequence[tuple[str, str]]) -> None:
        """Texts are signed by the main account (`Ma-`), reports by the one that has the number."""
        given = _given(request, "v3")
        version, signed = 3, ""
        if given:
            signed = signed_v3(request.method, request.url, read)
        elif self._accepts_v2:
            given = _given(request, "v2")
            version, signed = 2, request.url.partition("?")[0]
        nonce = request.headers.get(f"x-plivo-signature-v{version}-nonce", "")
        proofs = [proof_of(token, signed, nonce, version).encode() for token in self._tokens]
        if not nonce or not any(hmac.compare_digest(p, g) for p in proofs for g in given):
            raise BadSignature("Plivo's signature does not fit this URL and these fields.")

    def _text(self, fields: Mapping[str, str], request: RawRequest) -> Parsed:
        try:
            contact = sender(with_plus(fields.get("from", "")), self._country)
        except BadAddress as reason:
            return _passed_over(str(reason))
        media = (fields.get(f"media{n}", "") for n in range(MOST_MEDIA + 1))
        event = Inbound(
            channel=self._channel,
            contact=contact,
            # An MMS has its words in `Body`.
            text=fields.get("text") or fields.get("body", ""),
            law=LAW.get(fields.get("messageintent", "").lower()),
            provider_id=fields["messageuuid"],
            media=tuple(url for url in media if url),
        )
        key = f"in:{self._channel}:{fields['messageuuid']}"
        arrival = Arrival(event=event, dedupe=key, raw=request.brought)
        return Parsed(arrivals=(arrival,), answer=ANSWER)

    def _status(self, fields: Mapping[str, str], outbound: str = "", raw: bytes = b"") -> Parsed:
        word = fields["status"]
        status = STATUSES.get(word)
        if status is None:
            return _passed_over(f"status {word[:20]!r}")
        # Older accounts hear of every part by itself.
        told = fields.get("parentmessageuuid") or fields["messageuuid"]
        code = fields.get("errorcode", "")[:10]
        code = code if code.strip("0") else ""
        event = Report(
            channel=self._channel, outbound=outbound, provider_id=told, status=status, code=code
        )
        key = f"{self._channel}:{fields['messageuuid']}:{word}:{code}"
        arrivals = [Arrival(event=event, dedupe=f"report:{key}", raw=raw)]
        if code == _OPTED_OUT:
            arrivals += opted_out_there(
                with_plus(fields.get("to", "")),
                country=self._country,
                channel=self._channel,
                source=f"plivo {code}",
                key=key,
            )
        return Parsed(arrivals=tuple(arrivals), answer=ANSWER)

    # --- sending ------------------------------------------------------------------------------

    async def send(self, message: Outbound, callback: str, leave_by: float = math.inf) -> Sent:
        fields: dict[str, Any] = {
            **self._origin,
            "dst": message.contact.e164[1:],
            "text": message.text,
            "type": "mms" if message.media else "sms",
        }
        if message.media:
            fields["media_urls"] = message.media
        if callback:
            fields |= {"url": callback, "method": "POST"}
        answer = await self._http.post(
            self._messages,
            msgspec.json.encode(fields),
            headers=self._headers,
            leave_by=leave_by,
        )
        if 200 <= answer.status < 300:
            return _accepted(answer)
        raise _failure(answer)

    # --- listing ------------------------------------------------------------------------------

    async def inbound_since(self, since: int) -> Sequence[Arrival]:  # noqa: ARG002
        """None: Plivo's list has no words, and a text without them cannot be answered."""
        return ()

    async def reports_between(self, since: int, until: int) -> Sequence[Arrival]:
        listed = await self._list.sent(since, until)
        told = (self._status(fields) for fields in listed if fields["messageuuid"])
        return [arrival for parsed in told for arrival in parsed.arrivals]


def _given(request: RawRequest, version: str) -> list[bytes]:
    """All proofs of one version: a header may hold several."""
    names = (f"x-plivo-signature-{version}", f"x-plivo-signature-ma-{version}")
    headers = (request.headers.get(name, "") for name in names)
    return [p.strip().encode() for header in headers for p in header.split(",") if p.strip()]


def _passed_over(why: str) -> Parsed:
    return Parsed(arrivals=(), answer=ANSWER, ignored=(why,))


def _accepted(answer: Response) -> Sent:
    """One id for each number that was sent to, and we send to one."""
    told = object_of(answer.json())
    ids = told.get("message_uuid")
    if isinstance(ids, list) and ids:
        return Sent(provider_ids=(str(cast(list[Any], ids)[0]),))
    if told.get("invalid_number"):
        raise Invalid("Plivo took none of one number: it is no valid one.")
    return Sent()


def _failure(answer: Response) -> SendError:
    return refusal(answer, "Plivo", kind=OUTCOMES.get(answer.status, Refused))
