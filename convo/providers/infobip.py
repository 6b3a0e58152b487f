"""Infobip, SMS API v3.

Wire facts: Infobip's Python SDK 6.0, which is made from its OpenAPI description, its pages on
status codes and webhooks, and what nyaruka/courier sends and reads.
"""

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any

import msgspec
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from convo.core.business import Channel
from convo.core.events import DeliveryStatus, Inbound, Report
from convo.core.numbers import written
from convo.core.turns import Outbound
from convo.errors import (
    BadAddress,
    ConfigError,
    Invalid,
    OptedOut,
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
from convo.providers.infobip_lists import InfobipLog
from convo.providers.refusals import refusal
from convo.providers.wire import opted_out_there, sender, with_plus

ANSWER = HttpAnswer()
"""Any 2xx; what it says is not read."""

REMEMBERED = 48 * 3_600_000
"""Milliseconds that its logs are said to reach back: what is older is in them or unknown."""

#: How far a message is, by the group of its status. A group that is not here is passed over.
GROUPS: Mapping[str, DeliveryStatus] = MappingProxyType(
    {
        "ACCEPTED": "sent",
        "PENDING": "sent",
        "DELIVERED": "delivered",
        "UNDELIVERABLE": "undelivered",
        "EXPIRED": "undelivered",
        "REJECTED": "failed",
    }
)

#: Statuses that mean something else than their group: an operator is no handset.
NAMES: Mapping[str, DeliveryStatus] = MappingProxyType(
    {
        "PENDING_ACCEPTED": "queued",
        "DELIVERED_TO_OPERATOR": "sent",
        "EXPIRED_DLR_UNKNOWN": "sent",
    }
)

_TAKEN = frozenset(("ACCEPTED", "PENDING", "DELIVERED"))

#: What a status of the answer means. Others are `Refused`.
OUTCOMES: Mapping[int, type[SendError]] = MappingProxyType(
    {400: Invalid, 401: ConfigError, 403: ConfigError, 404: ConfigError}
)

#: What a status means by which a send is refused within a good answer. Others are `Refused`.
REFUSALS: Mapping[str, type[SendError]] = MappingProxyType(
    {
        "MISSING_TO": Invalid,
        "REJECTED_PREFIX_MISSING": Invalid,
        "REJECTED_INVALID_DESTINATION": Invalid,
        "REJECTED_MESSAGE_TOO_LONG": Invalid,
        "REJECTED_NOT_ENOUGH_CREDITS": ConfigError,
        "REJECTED_PREPAID_PACKAGE_EXPIRED": ConfigError,
        "REJECTED_SENDER": ConfigError,
        "REJECTED_SOURCE": ConfigError,
        "REJECTED_SYSTEM_ERROR": Unavailable,
        # It has one by this id, so its log is asked what became of it.
        "REJECTED_DUPLICATE_MESSAGE_ID": SendUncertain,
    }
)


class Options(BaseModel):
    """What a channel at Infobip needs in convo.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api_key: SecretStr = Field(description="An API key that may send SMS.", min_length=1)
    lists: bool = Field(
        default=True,
        description="Whether Infobip's log of messages is read, for statuses that no webhook "
        "has told.",
    )
    base_url: str = Field(
        default="https://api.infobip.com",
        description="The account's own base URL, `https://XXXXX.api.infobip.com`. The general one "
        "works too, and is slower.",
    )
    opted_out: tuple[str, ...] = Field(
        default=("REJECTED_DESTINATION_BLOCKLISTED",),
        description="Names of a status or an error that say the contact is opted out at Infobip.",
    )
    transliteration: str = Field(
        default="",
        description="An alphabet to write texts in so that they need fewer parts, such as "
        "`CENTRAL_EUROPEAN`; letters are then replaced.",
    )


def connect(
    channel: Channel, options: Options, http: HttpClient, *, country: str, clock: Clock
) -> "Infobip":
    """The adapter of one channel."""
    if channel.address is None:
        raise SettingsError([f"channels.{channel.name}: Infobip needs an address to send from."])
    return Infobip(channel, options, http, country=country, clock=clock)


# --- what is read of its JSON; none of it is shown by a repr --------------------------------------


class _Quiet(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    def __repr__(self) -> str:
        return type(self).__name__


class _Status(_Quiet, frozen=True, kw_only=True):
    group_name: str = ""
    name: str = ""


class _Segment(_Quiet, frozen=True, kw_only=True):
    """One thing of a picture message."""

    value: str = ""
    url: str = ""


class _Item(_Quiet, frozen=True, kw_only=True):
    """A text, a report (it has a status), or a message of an answer or a log."""

    message_id: str = ""
    origin: str = msgspec.field(name="from", default="")
    to: str = ""
    text: str | None = None
    message: list[_Segment] | None = None
    status: _Status | None = None
    error: _Status | None = None
    details: "_Details | None" = None


class _Details(_Quiet, frozen=True, kw_only=True):
    message_count: int | None = None


class _Pushed(_Quiet, frozen=True, kw_only=True):
    results: list[msgspec.Raw]


class _Logged(_Quiet, frozen=True, kw_only=True):
    results: list[_Item]


class _Created(_Quiet, frozen=True, kw_only=True):
    messages: list[_Item]


_pushed = msgspec.json.Decoder(_Pushed).decode
_item = msgspec.json.Decoder(_Item).decode
_logged = msgspec.json.Decoder(_Logged).decode
_created = msgspec.json.Decoder(_Created).decode
_NONSENSE = (msgspec.DecodeError, UnicodeDecodeError)


class Infobip:
    """One channel at Infobip: a number, a short code or a sender name."""

    unsigned = True
    looks_up = True

    def __init__(
        self, channel: Channel, options: Options, http: HttpClient, *, country: str, clock: Clock
    ) -> None:
        self._channel = channel.name
        self._country = country
        self._http = http
        self._clock = clock
        base = options.base_url.rstrip("/")
        self._messages = f"{base}/sms/3/messages"
        self._logs = f"{base}/sms/3/logs"
        key = options.api_key.get_secret_value()
        self._auth = {"Authorization": f"App {key}", "Accept": "application/json"}
        self._headers = {**self._auth, "Content-Type": "application/json"}
        self._from = "" if channel.address is None else written(channel.address).lstrip("+")
        self.lists = options.lists
        self._log = InfobipLog(http, self._logs, self._auth, self._from)
        self._opted_out = frozenset(options.opted_out)
        self._style = (
            {"transliteration": options.transliteration} if options.transliteration else {}
        )

    async def close(self) -> None:
        """Nothing is held here: the connections are the client's."""

    # --- receiving ----------------------------------------------------------------------------

    def receive(self, request: RawRequest) -> Parsed:
        return self._read(request, "")

    def report(self, request: RawRequest, outbound: str) -> Parsed:
        return self._read(request, outbound)

    def _read(self, request: RawRequest, outbound: str) -> Parsed:
        try:
            raws = _pushed(request.body).results
        except _NONSENSE:
            raise WebhookRejected("Infobip's webhook has no list of results.") from None
        arrivals: list[Arrival] = []
        ignored: list[str] = []
        # The address of a request speaks for its one report; several have ids of ours each.
        named = outbound if len(raws) == 1 else ""
        for raw in raws:
            try:
                item = _item(raw)
                if item.status is not None:
                    arrivals += self._status(item, item.status, named, request.brought)
                else:
                    arrivals.append(self._text(item, request.brought))
            except BadAddress as reason:
                ignored.append(str(reason))
            except _NONSENSE:
                ignored.append("it is neither a text nor a report")
        return Parsed(arrivals=tuple(arrivals), answer=ANSWER, ignored=tuple(ignored))

    def _text(self, item: _Item, raw: bytes) -> Arrival:
        if not item.message_id or not item.origin:
            raise msgspec.DecodeError("a text without an id or a sender")
        segments = item.message or ()
        words = "\n".join(each.value for each in segments if each.value)
        event = Inbound(
            channel=self._channel,
            contact=sender(with_plus(item.origin), self._country),
            text=words if item.text is None else item.text,
            provider_id=item.message_id,
            media=tuple(each.url for each in segments if each.url),
        )
        return Arrival(event=event, dedupe=f"in:{self._channel}:{item.message_id}", raw=raw)

    def _status(
        self, item: _Item, status: _Status, outbound: str, raw: bytes = b""
    ) -> tuple[Arrival, ...]:
        if not item.message_id:
            raise msgspec.DecodeError("a report without an id")
        how_far = NAMES.get(status.name) or GROUPS.get(status.group_name)
        if how_far is None:
            raise BadAddress(f"status {status.group_name[:20]!r}")
        error = item.error
        code = error.name if error is not None and error.group_name != "OK" else ""
        event = Report(
            channel=self._channel,
            outbound=outbound or item.message_id,
            provider_id=item.message_id,
            status=how_far,
            code=code,
        )
        key = f"{self._channel}:{item.message_id}:{status.name or status.group_name}:{code}"
        gone: tuple[Arrival, ...] = ()
        if told := self._opted_out & {status.name, code}:
            gone = opted_out_there(
                with_plus(item.to),
                country=self._country,
                channel=self._channel,
                source=f"infobip {min(told)}",
                key=key,
            )
        return (Arrival(event=event, dedupe=f"report:{key}", raw=raw), *gone)

    # --- sending ------------------------------------------------------------------------------

    async def send(self, message: Outbound, callback: str, leave_by: float = math.inf) -> Sent:
        fields: dict[str, Any] = {
            "sender": self._from,
            "destinations": [{"to": message.contact.e164[1:], "messageId": message.id}],
            "content": {"text": message.text, **self._style},
        }
        if callback:
            fields["webhooks"] = {
                "delivery": {"url": callback},
                "contentType": "application/json",
            }
        answer = await self._http.post(
            self._messages,
            msgspec.json.encode({"messages": [fields]}),
            headers=self._headers,
            leave_by=leave_by,
        )
        if 200 <= answer.status < 300:
            return self._accepted(answer)
        raise _failure(answer)

    def _accepted(self, answer: Response) -> Sent:
        """A good answer may hold a refusal; one that cannot be read may be either."""
        try:
            made = _created(answer.body).messages[0]
        except (*_NONSENSE, IndexError):
            made = _Item()
        status = made.status
        if status is None:
            raise SendUncertain("Infobip's answer tells no status; it may have been taken")
        if status.group_name in _TAKEN:
            parts = None if made.details is None else made.details.message_count
            return Sent(provider_ids=(made.message_id,) if made.message_id else (), parts=parts)
        kind = REFUSALS.get(status.name, Refused)
        if status.name in self._opted_out:
            kind = OptedOut
        raise kind(f"Infobip refused it: {status.name[:60]}", code=status.name)

    async def look_up(self, message: Outbound, since: int) -> LookedUp:
        """By the id that we gave, in the log of what was sent."""
        try:
            url = f"{self._logs}?messageId={message.id}"
            answer = await self._http.get(url, headers=self._auth)
            logged = _logged(answer.body).results if answer.status == 200 else None
        except (SendError, *_NONSENSE):
            logged = None
        if logged is None:
            return LookedUp(found="unknown")
        if any(each.message_id == message.id for each in logged):
            return LookedUp(found="sent", provider_ids=(message.id,))
        remembered = self._clock() - since < REMEMBERED
        return LookedUp(found="not_sent" if remembered else "unknown")

    # --- listing ------------------------------------------------------------------------------

    async def inbound_since(self, since: int) -> Sequence[Arrival]:  # noqa: ARG002
        """None: Infobip's inbox tells each text once, and forgets it whether we have it or not."""
        return ()

    async def reports_between(self, since: int, until: int) -> Sequence[Arrival]:
        arrivals: list[Arrival] = []
        remembered = max(since, self._clock() - REMEMBERED)
        for entry in await self._log.sent(remembered, until):
            with suppress(BadAddress, *_NONSENSE):
                item = msgspec.convert(entry, _Item)
                if item.status is not None:
                    arrivals += self._status(item, item.status, "")
        return arrivals


def _failure(answer: Response) -> SendError:
    return refusal(answer, "Infobip", kind=OUTCOMES.get(answer.status, Refused))
