"""MessageBird, the REST API of virtual numbers (rest.messagebird.com). Bird's new one is another.

Wire facts: MessageBird's Python SDK 2.2, the reference signatures of its Node SDK 4.0, and
nyaruka/courier's handler.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, cast

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
    SendUncertain,
    SettingsError,
    WebhookRejected,
)
from convo.ports import Arrival, Clock, HttpAnswer, Parsed, RawRequest, Sent
from convo.providers.http import HttpClient, Response
from convo.providers.messagebird_lists import MessageBirdList
from convo.providers.refusals import refusal
from convo.providers.tokens import claims, fits
from convo.providers.wire import opted_out_there, pairs, sender, with_plus

ANSWER = HttpAnswer(body=b"OK")
"""It wants to read just that."""

ALGORITHMS = ("HS256", "HS384", "HS512")

LEEWAY = 5_000
"""Milliseconds that clocks may differ, as the Node SDK has it. A token is good for a minute."""

PICTURES = frozenset(("mediaurls", "mediaurls[]"))

_OPTED_OUT = "103"

STATUSES: Mapping[str, DeliveryStatus] = MappingProxyType(
    {
        "scheduled": "queued",
        "sent": "sent",
        "buffered": "sent",
        "delivered": "delivered",
        "delivery_failed": "undelivered",
        "expired": "undelivered",
    }
)

#: MessageBird's own code for a send that was refused: 2 the key, 25 no money, 98 and 99 its own
#: trouble; 9, 10, 20 and 21 what was asked for.
CODES: Mapping[int, type[SendError]] = MappingProxyType(
    {
        **dict.fromkeys((2, 25), ConfigError),
        **dict.fromkeys((9, 10, 20, 21), Invalid),
        **dict.fromkeys((98, 99), SendUncertain),
    }
)


class Options(BaseModel):
    """What a channel at MessageBird needs in convo.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    carries_media: ClassVar[bool] = True

    access_key: SecretStr = Field(description="A live API key, to send with.", min_length=1)
    signing_key: SecretStr = Field(
        description="The account's signing key, which is not the API key: what webhooks are "
        "verified with.",
        min_length=1,
    )
    previous_signing_keys: tuple[SecretStr, ...] = Field(
        default=(), description="Keys that may still sign while the first is being replaced."
    )
    reports_signed: bool = Field(
        default=True,
        description="Whether delivery reports must be signed too. `false` trusts the secret in the "
        "URL that each message names for its own.",
    )
    lists: bool = Field(
        default=True,
        description="Whether MessageBird's list of messages is read, for statuses that no webhook "
        "has told.",
    )
    lists_texts: bool = Field(
        default=False,
        description="Whether texts whose webhooks were lost are looked for in that list, too. "
        "See first that it names a text by the same id as its webhook does (the page on "
        "MessageBird says how): else each text would be answered twice.",
    )
    base_url: str = Field(
        default="https://rest.messagebird.com",
        description="Where the API is; another one in tests.",
    )


def connect(
    channel: Channel, options: Options, http: HttpClient, *, country: str, clock: Clock
) -> "MessageBird":
    """The adapter of one channel."""
    if channel.address is None:
        raise SettingsError(
            [f"channels.{channel.name}: MessageBird needs an address to send from."]
        )
    origin = written(channel.address)
    if isinstance(channel.address, PhoneNumber):
        origin = origin.lstrip("+")
    return MessageBird(channel.name, origin, options, http, country=country, clock=clock)


class MessageBird:
    """One channel at MessageBird: a number, a short code or a sender name."""

    unsigned = False

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
        keys = (options.signing_key, *options.previous_signing_keys)
        self._keys = [key.get_secret_value() for key in keys]
        self._reports_signed = options.reports_signed
        self._base = options.base_url.rstrip("/")
        auth = {"Authorization": f"AccessKey {options.access_key.get_secret_value()}"}
        self._headers = {**auth, "Content-Type": "application/json"}
        self._list = MessageBirdList(http, f"{self._base}/messages", auth, origin)
        self.lists = options.lists
        self._lists_texts = options.lists_texts

    async def close(self) -> None:
        """Nothing is held here: the connections are the client's."""

    # --- receiving ----------------------------------------------------------------------------

    def receive(self, request: RawRequest) -> Parsed:
        self._verify(request)
        return self._read(request, "")

    def report(self, request: RawRequest, outbound: str) -> Parsed:
        if self._reports_signed or "messagebird-signature-jwt" in request.headers:
            self._verify(request)
        return self._read(request, outbound)

    def _verify(self, request: RawRequest) -> None:
        """The URL to the letter and the body are in the token, and a minute to use it."""
        token = request.headers.get("messagebird-signature-jwt", "")
        said = claims(token, self._keys, issuer="MessageBird", algorithms=ALGORITHMS)
        body = said.get("payload_hash")
        if not fits(said.get("url_hash"), request.url.encode()):
            raise BadSignature("MessageBird's token is of another URL.")
        if bool(body) is not bool(request.body) or (body and not fits(body, request.body)):
            raise BadSignature("MessageBird's token is of another body.")
        begins, ends, now = said.get("nbf"), said.get("exp"), self._clock()
        if not isinstance(begins, int) or not isinstance(ends, int):
            raise BadSignature("MessageBird's token does not say when it is good.")
        if not begins * 1_000 - LEEWAY <= now <= ends * 1_000 + LEEWAY:
            raise BadSignature("MessageBird's token is too old, or of a clock that is ahead.")

    def _read(self, request: RawRequest, outbound: str) -> Parsed:
        read = pairs(request.query if request.method == "GET" else request.body)
        # Names are spelt in several ways, and some come twice: the first counts.
        fields = {name.lower(): value for name, value in reversed(read)}
        if "status" in fields:
            named = outbound or fields.get("reference", "")
            return self._status(fields, named, request.brought)
        media = tuple(url for name, url in read if name.lower() in PICTURES and url)
        return self._text(fields, media, request.brought)

    def _text(
        self, fields: Mapping[str, str], media: tuple[str, ...] = (), raw: bytes = b""
    ) -> Parsed:
        told = fields.get("id") or fields.get("mid", "")
        if not told or not fields.get("originator"):
            # Whoever tries the URL is not refused.
            return _passed_over("it has no sender or no id")
        try:
            contact = sender(with_plus(fields["originator"]), self._country)
        except BadAddress as reason:
            return _passed_over(str(reason))
        event = Inbound(
            channel=self._channel,
            contact=contact,
            # A short code has it as `message`.
            text=fields.get("body") or fields.get("message", ""),
            provider_id=told,
            media=media,
        )
        arrival = Arrival(event=event, dedupe=f"in:{self._channel}:{told}", raw=raw)
        return Parsed(arrivals=(arrival,), answer=ANSWER)

    def _status(self, fields: Mapping[str, str], outbound: str, raw: bytes = b"") -> Parsed:
        word, told = fields["status"], fields.get("id", "")
        status = STATUSES.get(word)
        if status is None:
            return _passed_over(f"status {word[:20]!r}")
        if not told and not outbound:
            raise WebhookRejected("MessageBird's report has no id and no reference.")
        code = fields.get("statuserrorcode", "")[:10]
        code = code if code.strip("0") else ""
        event = Report(
            channel=self._channel, outbound=outbound, provider_id=told, status=status, code=code
        )
        key = f"{self._channel}:{told or outbound}:{word}:{code}"
        arrivals = [Arrival(event=event, dedupe=f"report:{key}", raw=raw)]
        if code == _OPTED_OUT:
            arrivals += opted_out_there(
                with_plus(fields.get("recipient", "")),
                country=self._country,
                channel=self._channel,
                source=f"messagebird {code}",
                key=key,
            )
        return Parsed(arrivals=tuple(arrivals), answer=ANSWER)

    # --- sending ------------------------------------------------------------------------------

    async def send(self, message: Outbound, callback: str, leave_by: float = math.inf) -> Sent:
        fields: dict[str, Any] = {
            "originator": self._origin,
            "recipients": [message.contact.e164[1:]],
            "body": message.text,
            "reference": message.id,
        }
        if message.media:
            fields["mediaUrls"] = message.media
        else:
            # Without it what is not GSM-7 comes mangled.
            fields["datacoding"] = "auto"
            if callback:
                fields["reportUrl"] = callback
        answer = await self._http.post(
            f"{self._base}/{'mms' if message.media else 'messages'}",
            msgspec.json.encode(fields),
            headers=self._headers,
            leave_by=leave_by,
        )
        if 200 <= answer.status < 300:
            said = answer.json()
            told = cast(dict[str, Any], said).get("id") if isinstance(said, dict) else None
            return Sent(provider_ids=(told,) if told and isinstance(told, str) else ())
        raise _failure(answer)

    # --- listing ------------------------------------------------------------------------------

    async def inbound_since(self, since: int) -> Sequence[Arrival]:
        """None, unless the operator has seen that the list names a text as its webhook does."""
        if not self._lists_texts:
            return ()
        return _arrivals(self._text(fields) for fields in await self._list.received(since))

    async def reports_between(self, since: int, until: int) -> Sequence[Arrival]:
        listed = await self._list.sent(since, until)
        return _arrivals(self._status(fields, fields["reference"]) for fields in listed)


def _arrivals(told: Iterable[Parsed]) -> Sequence[Arrival]:
    return [arrival for parsed in told for arrival in parsed.arrivals]


def _passed_over(why: str) -> Parsed:
    return Parsed(arrivals=(), answer=ANSWER, ignored=(why,))


def _failure(answer: Response) -> SendError:
    error = _first_error(answer.json())
    number, status = error.get("code"), answer.status
    code = str(number) if isinstance(number, int) else ""
    kind = CODES.get(number, Refused) if isinstance(number, int) else Refused
    of_ours = kind is Invalid and error.get("parameter") == "originator"
    if of_ours or (kind is Refused and status in (401, 403)):
        kind = ConfigError
    return refusal(answer, "MessageBird", code=code, kind=kind)


def _first_error(said: Any) -> Mapping[str, Any]:
    errors = cast(dict[str, Any], said).get("errors") if isinstance(said, dict) else None
    first: Any = cast(list[Any], errors)[0] if isinstance(errors, list) and errors else None
    return cast(dict[str, Any], first) if isinstance(first, dict) else {}
