"""AWS End User Messaging SMS: texts come by topics of Amazon SNS, and go by SendTextMessage.

Wire facts: the service's model in botocore 1.44, and the user guide on two-way SMS and on events.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from convo.core.business import Channel
from convo.core.events import DeliveryStatus, Inbound, Report
from convo.core.numbers import PhoneNumber, written
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
)
from convo.ports import Arrival, Clock, HttpAnswer, Parsed, RawRequest, Sent
from convo.providers.aws_envelopes import NOTIFICATION, SUBSCRIBED, Envelopes, is_topic
from convo.providers.aws_signing import Signer
from convo.providers.http import HttpClient, Response
from convo.providers.refusals import refusal
from convo.providers.wire import sender

ANSWER = HttpAnswer()
"""Any 2xx, within fifteen seconds."""

TARGET = "PinpointSMSVoiceV2.SendTextMessage"
SERVICE = "sms-voice"

OURS = "convo"
"""The name under which a message's context holds our id."""

EVENT_VERSION = "1.0"

#: How far a message is, by the type of an event without its TEXT_ or MEDIA_.
STATUSES: Mapping[str, DeliveryStatus] = MappingProxyType(
    {
        "PENDING": "queued",
        "QUEUED": "queued",
        "SENT": "sent",
        "SUCCESSFUL": "sent",
        "UNKNOWN": "sent",
        "DELIVERED": "delivered",
        "TTL_EXPIRED": "undelivered",
        "UNREACHABLE": "undelivered",
        "CARRIER_UNREACHABLE": "undelivered",
        "INVALID": "failed",
        "INVALID_MESSAGE": "failed",
        "BLOCKED": "failed",
        "CARRIER_BLOCKED": "failed",
        "SPAM": "failed",
        "PROTECT_BLOCKED": "failed",
    }
)

_MEANINGS: Mapping[type[SendError], str] = MappingProxyType(
    {
        OptedOut: "DESTINATION_PHONE_NUMBER_OPTED_OUT",
        Invalid: "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION"
        " DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE COUNTRY_NOT_ENABLED"
        " DESTINATION_COUNTRY_BLOCKED INTERNATIONAL_SENDING_NOT_SUPPORTED INVALID_PARAMETER"
        " INVALID_IDENTITY_FOR_DESTINATION_COUNTRY MAXIMUM_SIZE_EXCEEDED PRICE_OVER_THRESHOLD"
        " ValidationException",
        ConfigError: "DESTINATION_PHONE_NUMBER_NOT_VERIFIED NO_ORIGINATION_IDENTITIES_FOUND"
        " SENDER_ID_NOT_REGISTERED SENDER_ID_REQUIRES_REGISTRATION RESOURCE_NOT_ACCESSIBLE"
        " RESOURCE_NOT_ACTIVE INVALID_ARN AccessDeniedException ResourceNotFoundException"
        " ServiceQuotaExceededException UnrecognizedClientException InvalidSignatureException"
        " IncompleteSignatureException MissingAuthenticationTokenException ExpiredTokenException"
        " InvalidClientTokenId",
        RateLimited: "ThrottlingException",
        SendUncertain: "InternalServerException",
    }
)

#: What a reason, or where there is none the name of an exception, means. Others are `Refused`.
CODES: Mapping[str, type[SendError]] = MappingProxyType(
    {code: kind for kind, codes in _MEANINGS.items() for code in codes.split()}
)


class Options(BaseModel):
    """What a channel at AWS End User Messaging needs in convo.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: str = Field(
        description="The region, like `us-east-1`.", pattern=r"^[a-z]{2}(-[a-z]+)+-\d$"
    )
    access_key_id: str = Field(
        description="The key's id of a user who may `sms-voice:SendTextMessage`.", min_length=1
    )
    secret_access_key: SecretStr = Field(description="The secret of that key.", min_length=1)
    topics: tuple[str, ...] = Field(
        description="ARNs of the topics that texts and events come by. Others are refused, "
        "whoever has signed them.",
        min_length=1,
    )
    origination: str = Field(
        default="",
        description="A pool's or number's id or ARN to send from, beside or instead of address.",
    )
    configuration_set: str = Field(
        default="", description="The configuration set whose events are the delivery reports."
    )
    message_type: Literal["TRANSACTIONAL", "PROMOTIONAL"] = Field(
        default="TRANSACTIONAL", description="What AWS takes the texts for."
    )
    allow_sha1: bool = Field(
        default=False,
        description="Whether envelopes signed by SHA-1 are taken (a topic's SignatureVersion 1).",
    )
    confirm_subscriptions: bool = Field(
        default=True,
        description="Whether a topic of `topics` that asks if it may post here is told yes.",
    )
    certificates: tuple[str, ...] = Field(
        default=(),
        description="Certificates (PEM) that Amazon signs with. With them none are fetched, and "
        "they are yours to renew.",
    )
    base_url: str = Field(
        default="", description="Where the API is, when it is not where AWS has it for the region."
    )

    @field_validator("topics")
    @classmethod
    def _are_topics(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for arn in given:
            if not is_topic(arn):
                raise ValueError(
                    "it is no ARN of a topic. Copy it from the topic's page: "
                    "arn:aws:sns:us-east-1:123456789012:texts"
                )
        return given


def connect(
    channel: Channel, options: Options, http: HttpClient, *, country: str, clock: Clock
) -> "AwsSns":
    """The adapter of one channel."""
    if channel.address is None and not options.origination:
        raise SettingsError(
            [f"channels.{channel.name}: give it an address, or an origination to send from."]
        )
    try:
        return AwsSns(channel, options, http, country=country, clock=clock)
    except ValueError:
        raise SettingsError(
            [f"channels.{channel.name}: certificates has what is no certificate in PEM."]
        ) from None


# --- what is read of its JSON; none of it is shown by a repr --------------------------------------


class _Said(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What an envelope holds: a text has an `inbound_message_id`, an event has a type."""

    inbound_message_id: str = ""
    origination_number: str = ""
    destination_number: str = ""
    message_body: str | None = None
    event_type: str = ""
    event_version: str = ""
    message_id: str = ""
    message_status: str = ""
    context: dict[str, str] | None = None

    def __repr__(self) -> str:
        return f"_Said({self.event_type})"


class _Created(msgspec.Struct, frozen=True, kw_only=True):
    id: str = msgspec.field(name="MessageId", default="")


class _Refusal(msgspec.Struct, frozen=True, kw_only=True):
    kind: str = msgspec.field(name="__type", default="")
    reason: str | None = msgspec.field(name="Reason", default=None)


_said = msgspec.json.Decoder(_Said).decode
_created = msgspec.json.Decoder(_Created).decode
_refusal = msgspec.json.Decoder(_Refusal).decode
_NONSENSE = (msgspec.DecodeError, UnicodeDecodeError)


class AwsSns:
    """One number or pool of AWS End User Messaging."""

    unsigned = False

    def __init__(
        self, channel: Channel, options: Options, http: HttpClient, *, country: str, clock: Clock
    ) -> None:
        self._channel = channel.name
        self._address = channel.address
        self._country = country
        self._http = http
        self._clock = clock
        self._confirms = options.confirm_subscriptions
        self._envelopes = Envelopes(
            topics=options.topics,
            allow_sha1=options.allow_sha1,
            pinned=options.certificates,
            http=http,
            clock=clock,
        )
        usual = f"https://{SERVICE}.{options.region}.amazonaws.com"
        self._url = f"{(options.base_url or usual).rstrip('/')}/"
        self._signer = Signer(
            key_id=options.access_key_id,
            secret=options.secret_access_key.get_secret_value(),
            region=options.region,
            service=SERVICE,
        )
        address = "" if channel.address is None else written(channel.address)
        fixed = {
            "OriginationIdentity": options.origination or address,
            "MessageType": options.message_type,
            "ConfigurationSetName": options.configuration_set,
        }
        self._fixed = {name: value for name, value in fixed.items() if value}

    async def close(self) -> None:
        """Nothing is held here: the connections are the client's."""

    # --- receiving ----------------------------------------------------------------------------

    async def fetch(self, request: RawRequest) -> None:
        """The certificate that it is signed with; and a topic that asks to post here is told so."""
        await self._envelopes.fetch(request.body)
        envelope = self._envelopes.opened(request.body)
        if envelope.type == SUBSCRIBED and self._confirms:
            await self._envelopes.confirm(envelope)

    def receive(self, request: RawRequest) -> Parsed:
        return self._read(request, "")

    def report(self, request: RawRequest, outbound: str) -> Parsed:
        return self._read(request, outbound)

    def _read(self, request: RawRequest, outbound: str) -> Parsed:
        envelope = self._envelopes.opened(request.body)
        if envelope.type != NOTIFICATION:
            return _passed_over(f"it is a {envelope.type}")
        try:
            said = _said(envelope.message.encode())
        except (*_NONSENSE, UnicodeEncodeError):
            return _passed_over("it holds neither a text nor an event")
        try:
            if said.inbound_message_id:
                arrival = self._text(said, request.brought)
            else:
                arrival = self._status(said, outbound, request.brought)
        except BadAddress as reason:
            return _passed_over(str(reason))
        return Parsed(arrivals=(arrival,), answer=ANSWER)

    def _text(self, said: _Said, raw: bytes) -> Arrival:
        """Raises `BadAddress` for what cannot be answered here."""
        to = said.destination_number
        if isinstance(self._address, PhoneNumber) and to and to != self._address.e164:
            raise BadAddress("it came to another number")
        event = Inbound(
            channel=self._channel,
            contact=sender(said.origination_number, self._country),
            text=said.message_body or "",
            provider_id=said.inbound_message_id,
        )
        return Arrival(event=event, dedupe=f"in:{self._channel}:{said.inbound_message_id}", raw=raw)

    def _status(self, said: _Said, outbound: str, raw: bytes) -> Arrival:
        kind, _, word = said.event_type.partition("_")
        status = STATUSES.get(word)
        if kind not in ("TEXT", "MEDIA") or status is None or not said.message_id:
            raise BadAddress(f"event {said.event_type[:40]!r}")
        if said.event_version != EVENT_VERSION:
            raise BadAddress(f"an event of version {said.event_version[:10]!r}")
        code = said.message_status if status in ("undelivered", "failed") else ""
        event = Report(
            channel=self._channel,
            outbound=outbound or (said.context or {}).get(OURS, ""),
            provider_id=said.message_id,
            status=status,
            code=code,
        )
        key = f"report:{self._channel}:{said.message_id}:{said.event_type}:{code}"
        return Arrival(event=event, dedupe=key, raw=raw)

    # --- sending ------------------------------------------------------------------------------

    async def send(
        self,
        message: Outbound,
        callback: str,  # noqa: ARG002 - events go where the configuration set says
        leave_by: float = math.inf,
    ) -> Sent:
        fields: dict[str, Any] = {
            "DestinationPhoneNumber": message.contact.e164,
            "MessageBody": message.text,
            "Context": {OURS: message.id},
            **self._fixed,
        }
        body = msgspec.json.encode(fields)
        headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": TARGET}
        proven = self._signer.headers(self._url, body, headers, self._clock())
        answer = await self._http.post(self._url, body, headers=proven, leave_by=leave_by)
        if 200 <= answer.status < 300:
            return _accepted(answer)
        raise _failure(answer)


def _passed_over(why: str) -> Parsed:
    return Parsed(arrivals=(), answer=ANSWER, ignored=(why,))


def _accepted(answer: Response) -> Sent:
    try:
        made = _created(answer.body)
    except _NONSENSE:
        return Sent()
    return Sent(provider_ids=(made.id,) if made.id else ())


def _failure(answer: Response) -> SendError:
    try:
        said = _refusal(answer.body)
    except _NONSENSE:
        said = _Refusal()
    name = said.kind.rpartition("#")[2][:60]
    code = (said.reason or name)[:80]
    kind = CODES.get(code) or CODES.get(name, Refused)
    if answer.status in (401, 403) and kind is Refused:
        kind = ConfigError
    return refusal(answer, "AWS", code=code, kind=kind)
