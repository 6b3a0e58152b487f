"""Bandwidth, Messaging API v2.

Wire facts: Bandwidth's Python SDK 23.3, which is made from its OpenAPI description, its pages on
webhooks and on error codes, and what nyaruka/courier sends and reads.
"""

import hmac
import math
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any, ClassVar
from urllib.parse import urlencode

import msgspec
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from convo.core.business import Channel
from convo.core.events import DeliveryStatus, Inbound, Report
from convo.core.numbers import written
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
from convo.ports.doubts import LookedUp
from convo.providers.bandwidth_lists import BandwidthList
from convo.providers.http import HttpClient, Response
from convo.providers.refusals import refusal
from convo.providers.wire import opted_out_there, sender, to_the_millisecond

ANSWER = HttpAnswer()
"""Any 2xx, within ten seconds; everything else, a 4xx too, is asked again for a day."""

SKEW = 30_000
"""Milliseconds that Bandwidth's clock may be behind ours."""

LISTED = 100
"""Messages of one page of its list, as it has them by default."""

_OPTED_OUT = "4775"

#: How far a message is, by the type of an event.
STATUSES: Mapping[str, DeliveryStatus] = MappingProxyType(
    {
        "message-sending": "sent",
        "message-sent": "sent",
        "message-delivered": "delivered",
        "message-read": "delivered",
        "message-failed": "failed",
    }
)

#: A failure that says nothing of the message: no receipt came in time, or the carrier's unknown.
UNTOLD = frozenset(("9902", "9999"))


class Options(BaseModel):
    """What a channel at Bandwidth needs in convo.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    carries_media: ClassVar[bool] = True

    account: str = Field(description="The account's id, seven digits.", pattern=r"^[\w-]+$")
    application: str = Field(
        description="The id of the messaging application that the number belongs to.", min_length=1
    )
    username: str = Field(description="An API user's name, to send with.", min_length=1)
    password: SecretStr = Field(description="The API user's password.", min_length=1)
    callback_username: str = Field(
        default="",
        description="The name that Bandwidth gives with its callbacks, as the application has it.",
    )
    callback_password: SecretStr = Field(
        default=SecretStr(""),
        description="The password to it. Without one Bandwidth proves nothing, and `path_token` "
        "is needed.",
    )
    previous_callback_passwords: tuple[SecretStr, ...] = Field(
        default=(),
        description="Passwords that may still come while `callback_password` is being replaced.",
    )
    looks_up: bool = Field(
        default=True,
        description="Whether a send that got no answer is looked for in Bandwidth's list: by "
        "numbers and time, for the list has neither texts nor ids of ours. `false` treats it as "
        "any other doubt (`[doubts]`).",
    )
    lists: bool = Field(
        default=True,
        description="Whether Bandwidth's list of messages is read, for statuses that no webhook "
        "has told.",
    )
    base_url: str = Field(
        default="https://messaging.bandwidth.com",
        description="Where the API is; another one in tests.",
    )


def connect(
    channel: Channel,
    options: Options,
    http: HttpClient,
    *,
    country: str,
    clock: Clock,  # noqa: ARG001 - every provider is connected alike
) -> "Bandwidth":
    """The adapter of one channel."""
    if channel.address is None:
        raise SettingsError([f"channels.{channel.name}: Bandwidth needs an address to send from."])
    if bool(options.callback_username) != bool(options.callback_password.get_secret_value()):
        raise SettingsError(
            [
                f"channels.{channel.name}: callback_username and callback_password go together: "
                "give both, or neither and a path_token."
            ]
        )
    return Bandwidth(channel, options, http, country)


# --- what is read of its JSON; none of it is shown by a repr --------------------------------------


class _Quiet(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    def __repr__(self) -> str:
        return type(self).__name__


class _Message(_Quiet, frozen=True, kw_only=True):
    id: str = ""
    direction: str = ""
    origin: str = msgspec.field(name="from", default="")
    to: list[str] = []
    text: str | None = None
    media: list[str] | None = None
    tag: str | None = None
    segment_count: int | None = None


class _Event(_Quiet, frozen=True, kw_only=True):
    type: str
    to: str | None = None
    error_code: int | None = None
    message: _Message


class _Listed(_Quiet, frozen=True, kw_only=True):
    message_id: str = ""
    segment_count: int | None = None


class _Page(_Quiet, frozen=True, kw_only=True):
    messages: list[_Listed]


class _Field(_Quiet, frozen=True, kw_only=True):
    field_name: str | None = None


class _Refusal(_Quiet, frozen=True, kw_only=True):
    type: str = ""
    field_errors: list[_Field] | None = None


_events = msgspec.json.Decoder(list[msgspec.Raw]).decode
_event = msgspec.json.Decoder(_Event).decode
_created = msgspec.json.Decoder(_Message).decode
_page = msgspec.json.Decoder(_Page).decode
_refusal = msgspec.json.Decoder(_Refusal).decode
_NONSENSE = (msgspec.DecodeError, UnicodeDecodeError)


class Bandwidth:
    """One number at Bandwidth."""

    def __init__(self, channel: Channel, options: Options, http: HttpClient, country: str) -> None:
        self._channel = channel.name
        self._country = country
        self._http = http
        passwords = (options.callback_password, *options.previous_callback_passwords)
        self._logins = [
            basic(options.callback_username, password).encode()
            for password in passwords
            if options.callback_username and password.get_secret_value()
        ]
        #: Without a password in its callbacks they could be anybody's.
        self.unsigned = not self._logins
        self.looks_up = options.looks_up
        self._auth = {"Authorization": basic(options.username, options.password)}
        self._headers = {**self._auth, "Content-Type": "application/json"}
        base = options.base_url.rstrip("/")
        self._messages = f"{base}/api/v2/users/{options.account}/messages"
        self._from = "" if channel.address is None else written(channel.address)
        self._origin = {"applicationId": options.application, "from": self._from}
        self.lists = options.lists
        self._list = BandwidthList(http, self._messages, self._auth, self._from)

    async def close(self) -> None:
        """Nothing is held here: the connections are the client's."""

    # --- receiving ----------------------------------------------------------------------------

    def receive(self, request: RawRequest) -> Parsed:
        """All of an application's events may come to one address; reports bear our id as a tag."""
        return self._read(request, "")

    def report(self, request: RawRequest, outbound: str) -> Parsed:
        return self._read(request, outbound)

    def _read(self, request: RawRequest, outbound: str) -> Parsed:
        given = request.headers.get("authorization", "").encode()
        if self._logins and not any(hmac.compare_digest(given, login) for login in self._logins):
            raise BadSignature("Bandwidth's callback has another name or password than ours.")
        try:
            raws = _events(request.body)
        except _NONSENSE:
            raise WebhookRejected("Bandwidth's callback is no list of events.") from None
        arrivals: list[Arrival] = []
        ignored: list[str] = []
        for raw in raws:
            try:
                event = _event(raw)
                if event.type == "message-received":
                    arrivals.append(self._text(event.message, request.brought))
                else:
                    arrivals += self._status(event, outbound, request.brought)
            except BadAddress as reason:
                ignored.append(str(reason))
            except _NONSENSE:
                ignored.append("it is no event of a message")
        return Parsed(arrivals=tuple(arrivals), answer=ANSWER, ignored=tuple(ignored))

    def _text(self, message: _Message, raw: bytes) -> Arrival:
        """Raises `BadAddress` for what cannot be answered, or is our own."""
        if not message.id or not message.origin:
            raise msgspec.DecodeError("a text without an id or a sender")
        if message.direction != "in":
            raise BadAddress("it is a text of ours, come back")
        if len(message.to) > 1:
            raise BadAddress("it is a message to a group")
        media = (url for url in message.media or () if not url.endswith(".smil"))
        event = Inbound(
            channel=self._channel,
            contact=sender(message.origin, self._country),
            text=message.text or "",
            provider_id=message.id,
            media=tuple(url for url in media if url),
        )
        return Arrival(event=event, dedupe=f"in:{self._channel}:{message.id}", raw=raw)

    def _status(self, event: _Event, outbound: str, raw: bytes = b"") -> tuple[Arrival, ...]:
        message = event.message
        if not message.id:
            raise msgspec.DecodeError("a report without an id")
        status = STATUSES.get(event.type)
        if status is None:
            raise BadAddress(f"event {event.type[:40]!r}")
        code = str(event.error_code or "")
        if code in UNTOLD:
            status = "sent"
        told = Report(
            channel=self._channel,
            outbound=outbound or message.tag or "",
            provider_id=message.id,
            status=status,
            code=code,
        )
        key = f"{self._channel}:{message.id}:{event.type}:{code}"
        gone: tuple[Arrival, ...] = ()
        if code == _OPTED_OUT:
            gone = opted_out_there(
                event.to or (message.to[0] if message.to else ""),
                country=self._country,
                channel=self._channel,
                source=f"bandwidth {code}",
                key=key,
            )
        return (Arrival(event=told, dedupe=f"report:{key}", raw=raw), *gone)

    # --- sending ------------------------------------------------------------------------------

    async def send(
        self,
        message: Outbound,
        callback: str,  # noqa: ARG002 - reports go where the application says
        leave_by: float = math.inf,
    ) -> Sent:
        """To one number: several would be a group that sees each other."""
        fields: dict[str, Any] = {**self._origin, "to": [message.contact.e164], "tag": message.id}
        if message.text:
            fields["text"] = message.text
        if message.media:
            fields["media"] = message.media
        answer = await self._http.post(
            self._messages, msgspec.json.encode(fields), headers=self._headers, leave_by=leave_by
        )
        if 200 <= answer.status < 300:
            return _accepted(answer)
        raise _failure(answer)

    async def look_up(self, message: Outbound, since: int) -> LookedUp:
        """What went from our number to theirs since then; texts and tags are not listed."""
        asked = {
            "sourceTn": self._from,
            "destinationTn": message.contact.e164,
            "messageDirection": "OUTBOUND",
            "fromDateTime": to_the_millisecond(since - SKEW),
            "limit": LISTED,
        }
        try:
            answer = await self._http.get(
                f"{self._messages}?{urlencode(asked)}", headers=self._auth
            )
            listed = _page(answer.body).messages if answer.status == 200 else None
        except (SendError, *_NONSENSE):
            listed = None
        if listed is None or len(listed) >= LISTED:
            return LookedUp(found="unknown")
        ids = tuple(each.message_id for each in listed if each.message_id)
        return LookedUp(found="alike" if ids else "not_sent", provider_ids=ids)

    # --- listing ------------------------------------------------------------------------------

    async def inbound_since(self, since: int) -> Sequence[Arrival]:  # noqa: ARG002
        """None: Bandwidth keeps no words, and a text without them cannot be answered."""
        return ()

    async def reports_between(self, since: int, until: int) -> Sequence[Arrival]:
        arrivals: list[Arrival] = []
        for told in await self._list.sent(since, until):
            with suppress(BadAddress, *_NONSENSE):
                arrivals += self._status(msgspec.convert(told, _Event), "")
        return arrivals


def basic(user: str, password: SecretStr) -> str:
    """An `Authorization` of a name and a password (RFC 7617)."""
    login = f"{user}:{password.get_secret_value()}"
    return f"Basic {b64encode(login.encode()).decode()}"


def _accepted(answer: Response) -> Sent:
    try:
        made = _created(answer.body)
    except _NONSENSE:
        made = _Message()
    if not made.id:
        raise SendUncertain("Bandwidth's answer has no id; the message may have been taken")
    return Sent(provider_ids=(made.id,), parts=made.segment_count)


def _failure(answer: Response) -> SendError:
    try:
        said = _refusal(answer.body)
    except _NONSENSE:
        said = _Refusal()
    fields = {(each.field_name or "").partition("[")[0] for each in said.field_errors or ()}
    kind: type[SendError] = Invalid if fields & {"to", "text", "media"} else Refused
    if answer.status in (401, 403, 404) or fields & {"from", "applicationId"}:
        kind = ConfigError
    return refusal(answer, "Bandwidth", code=said.type[:60], kind=kind)
