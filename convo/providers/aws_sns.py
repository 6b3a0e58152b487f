"""AWS End User Messaging SMS: texts come by topics of Amazon SNS, and go by SendTextMessage.

Wire facts: the service's model in botocore 1.44, and the user guide on two-way SMS and on events.
"""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from convo.core.business import Channel
from convo.core.numbers import written
from convo.core.turns import Outbound
from convo.errors import (
    BadSignature,
    ConfigError,
    Invalid,
    OptedOut,
    RateLimited,
    Refused,
    SendError,
    SendUncertain,
    SettingsError,
)
from convo.ports import Clock, Parsed, RawRequest, Sent
from convo.ports.lines import Keep
from convo.ports.pulling import Pulled
from convo.providers import aws_queue
from convo.providers.aws_envelopes import SUBSCRIBED, Envelope, Envelopes, is_topic
from convo.providers.aws_messages import ANSWER, ELSEWHERE, OURS, Reader
from convo.providers.aws_queue import Queue, Waiting, is_queue
from convo.providers.aws_signing import Signer
from convo.providers.http import HttpClient, Response
from convo.providers.refusals import refusal

TARGET = "PinpointSMSVoiceV2.SendTextMessage"
SERVICE = "sms-voice"

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
    queue: str = Field(
        default="",
        description="The URL of a queue (SQS) that is subscribed to the topics. It is read, so "
        "nobody has to reach this server.",
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

    @field_validator("queue")
    @classmethod
    def _is_queue(cls, given: str) -> str:
        if given and not is_queue(given):
            raise ValueError(
                "it is no URL of a standard queue. Copy it from the queue's page: "
                "https://sqs.us-east-1.amazonaws.com/123456789012/texts"
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


class _Created(msgspec.Struct, frozen=True, kw_only=True):
    id: str = msgspec.field(name="MessageId", default="")


class _Refusal(msgspec.Struct, frozen=True, kw_only=True):
    kind: str = msgspec.field(name="__type", default="")
    reason: str | None = msgspec.field(name="Reason", default=None)


_created = msgspec.json.Decoder(_Created).decode
_refusal = msgspec.json.Decoder(_Refusal).decode
_NONSENSE = (msgspec.DecodeError, UnicodeDecodeError)


class AwsSns:
    """One number or pool of AWS End User Messaging."""

    unsigned = False

    def __init__(
        self, channel: Channel, options: Options, http: HttpClient, *, country: str, clock: Clock
    ) -> None:
        self._reads = Reader(channel=channel.name, address=channel.address, country=country)
        self._http = http
        self._clock = clock
        self._confirms = options.confirm_subscriptions
        self.pulls = bool(options.queue)
        self._envelopes = Envelopes(
            topics=options.topics,
            allow_sha1=options.allow_sha1,
            pinned=options.certificates,
            http=http,
            clock=clock,
        )
        self._queue = (
            Queue(options.queue, _signer(options, aws_queue.SERVICE), http, clock)
            if options.queue
            else None
        )
        usual = f"https://{SERVICE}.{options.region}.amazonaws.com"
        self._url = f"{(options.base_url or usual).rstrip('/')}/"
        self._signer = _signer(options, SERVICE)
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
        await self._confirm(self._envelopes.opened(request.body))

    async def _confirm(self, envelope: Envelope) -> None:
        if envelope.type == SUBSCRIBED and self._confirms:
            await self._envelopes.confirm(envelope)

    def receive(self, request: RawRequest) -> Parsed:
        return self._reads.read(self._envelopes.opened(request.body), "", request.brought)

    def report(self, request: RawRequest, outbound: str) -> Parsed:
        return self._reads.read(self._envelopes.opened(request.body), outbound, request.brought)

    async def pull(self, keep: Keep) -> Pulled:
        assert self._queue is not None  # `pulls` says so
        opened: list[tuple[Waiting, Envelope]] = []
        left: list[str] = []
        for waiting in await self._queue.receive():
            try:
                opened.append((waiting, await self._opened(waiting.body.encode())))
            except (BadSignature, SendError) as reason:
                left.append(str(reason))
        opened.sort(key=lambda each: each[1].timestamp)  # a queue keeps no order
        read: list[tuple[Waiting, Parsed]] = []
        for waiting, envelope in opened:
            parsed = self._reads.read(envelope, "", waiting.body.encode())
            if ELSEWHERE in parsed.ignored:
                left.append(ELSEWHERE)  # whose channel may read the same queue
            else:
                read.append((waiting, parsed))
        if read:
            await keep(_together([parsed for _, parsed in read]))
            await self._queue.take_out([waiting for waiting, _ in read])
        return Pulled(kept=len(read), left=tuple(left))

    async def waiting(self) -> int:
        assert self._queue is not None  # `pulls` says so
        return await self._queue.length()

    async def _opened(self, body: bytes) -> Envelope:
        """What waited in the queue is as good as new, however long it did."""
        await self._envelopes.fetch(body)
        envelope = self._envelopes.opened(body, tolerance=math.inf)
        await self._confirm(envelope)
        return envelope

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


def _signer(options: Options, service: str) -> Signer:
    return Signer(
        key_id=options.access_key_id,
        secret=options.secret_access_key.get_secret_value(),
        region=options.region,
        service=service,
    )


def _together(read: Sequence[Parsed]) -> Parsed:
    """All that one look into the queue has brought, so that it is kept in one step."""
    return Parsed(
        arrivals=tuple(arrival for each in read for arrival in each.arrivals),
        answer=ANSWER,
        ignored=tuple(why for each in read for why in each.ignored),
    )


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
