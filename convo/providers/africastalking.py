"""Africa's Talking, SMS.

Wire facts: the company's Python SDK 2.0, its pages on delivery reports and notifications, and what
nyaruka/courier sends and reads. Nothing of it is signed, and nothing has a place for our id.
"""

import math
import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote_plus

import msgspec
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from convo.core.business import Channel
from convo.core.events import DeliveryStatus, Inbound, OptedOutElsewhere, Report
from convo.core.numbers import PhoneNumber, written
from convo.core.turns import Outbound
from convo.errors import (
    BadAddress,
    ConfigError,
    Invalid,
    OptedOut,
    Refused,
    SendError,
    SendUncertain,
    Unavailable,
    WebhookRejected,
)
from convo.ports import Arrival, Clock, HttpAnswer, Parsed, RawRequest, Sent
from convo.providers.http import HttpClient, Response
from convo.providers.refusals import refusal
from convo.providers.wire import opted_out_there, pairs, sender, with_plus

ANSWER = HttpAnswer()

LIVE = "https://api.africastalking.com"
SANDBOX = "https://api.sandbox.africastalking.com"
SANDBOX_USER = "sandbox"

OPT_OUT = "optout"
"""`?kind=optout` at the end of a callback's URL: its body does not say what it is."""

#: How far a message is, in a delivery report. In the answer to a send "Success" is no delivery.
STATUSES: Mapping[str, DeliveryStatus] = MappingProxyType(
    {
        "Sent": "sent",
        "Submitted": "sent",
        "Buffered": "sent",
        "Success": "delivered",
        "Rejected": "failed",
        "Failed": "undelivered",
        "Expired": "undelivered",
    }
)

_OPTED_OUT = "userinblacklist"
"""In small letters, for a report and an answer spell it differently."""

_MEANINGS: Mapping[type[SendError], str] = MappingProxyType(
    {
        OptedOut: f"406 {_OPTED_OUT}",
        Invalid: "403 invalidphonenumber 404 unsupportednumbertype 407 couldnotroute",
        ConfigError: "402 invalidsenderid 405 insufficientbalance",
        Unavailable: "401 riskhold 500 internalservererror 501 gatewayerror 502 rejectedbygateway",
    }
)

#: What a recipient's status, or its number, means in the answer to a send. Others are `Refused`.
REFUSALS: Mapping[str, type[SendError]] = MappingProxyType(
    {word: kind for kind, words in _MEANINGS.items() for word in words.split()}
)

_WORD = re.compile(r"[A-Za-z]{3,40}\Z", re.ASCII)


class Options(BaseModel):
    """What a channel at Africa's Talking needs in convo.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    username: str = Field(
        description="The app's username; `sandbox` sends to the simulator.", min_length=1
    )
    api_key: SecretStr = Field(description="The app's API key.", min_length=1)
    opted_out_number: str = Field(
        default="phoneNumber",
        description="The field of the opt-out callback that has who left.",
        min_length=1,
    )
    base_url: str = Field(
        default="",
        description="Where the API is. Without it the live one, or the sandbox for the username "
        "`sandbox`.",
    )


def connect(
    channel: Channel,
    options: Options,
    http: HttpClient,
    *,
    country: str,
    clock: Clock,  # noqa: ARG001 - every provider is connected alike
) -> "AfricasTalking":
    """The adapter of one channel; without an address the company's shared sender sends."""
    return AfricasTalking(channel, options, http, country)


# --- what is read of its JSON; none of it is shown by a repr --------------------------------------


class _Recipient(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    status: str = ""
    status_code: int | None = None
    message_id: str | None = None

    def __repr__(self) -> str:
        return f"_Recipient({self.status})"


class _Data(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    message: str = ""
    recipients: list[_Recipient]

    def __repr__(self) -> str:
        return f"_Data({len(self.recipients)})"


class _Created(msgspec.Struct, frozen=True, kw_only=True):
    data: _Data = msgspec.field(name="SMSMessageData")


_created = msgspec.json.Decoder(_Created).decode


class AfricasTalking:
    """One channel at Africa's Talking: a short code, a sender name or the shared sender."""

    unsigned = True

    def __init__(self, channel: Channel, options: Options, http: HttpClient, country: str) -> None:
        self._channel = channel.name
        self._country = country
        self._http = http
        self._opted_out_number = options.opted_out_number
        usual = SANDBOX if options.username == SANDBOX_USER else LIVE
        #: Where texts are handed over.
        self.messaging = f"{(options.base_url or usual).rstrip('/')}/version1/messaging"
        self._headers = {
            "apiKey": options.api_key.get_secret_value(),
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        origin = "" if channel.address is None else f"&from={quote_plus(written(channel.address))}"
        self._fixed = f"username={quote_plus(options.username)}&bulkSMSMode=1{origin}"

    async def close(self) -> None:
        """Nothing is held here: the connections are the client's."""

    # --- receiving ----------------------------------------------------------------------------

    def receive(self, request: RawRequest) -> Parsed:
        """Texts, and what the account's other callbacks bring to the same address."""
        return self._read(request, "")

    def report(self, request: RawRequest, outbound: str) -> Parsed:
        return self._read(request, outbound)

    def _read(self, request: RawRequest, outbound: str) -> Parsed:
        fields = dict(pairs(request.body))
        if dict(pairs(request.query)).get("kind") == OPT_OUT:
            return self._left(fields, request)
        if "status" in fields and "from" not in fields:
            return self._status(fields, outbound, request)
        id, origin = fields.get("id", ""), fields.get("from", "")
        if not id or not origin:
            raise WebhookRejected("Africa's Talking's callback has no id or no sender.")
        try:
            contact = self._contact(origin)
        except BadAddress as reason:
            return _passed_over(str(reason))
        event = Inbound(
            channel=self._channel, contact=contact, text=fields.get("text", ""), provider_id=id
        )
        key = f"in:{self._channel}:{id}"
        arrival = Arrival(event=event, dedupe=key, raw=request.brought)
        return Parsed(arrivals=(arrival,), answer=ANSWER)

    def _contact(self, raw: str) -> PhoneNumber:
        """A `+` that nobody has escaped has become a space."""
        return sender(with_plus(raw.strip()), self._country)

    def _left(self, fields: Mapping[str, str], request: RawRequest) -> Parsed:
        """They have left the sender name by the company's own means."""
        try:
            contact = self._contact(fields.get(self._opted_out_number, ""))
        except BadAddress as reason:
            return _passed_over(str(reason))
        event = OptedOutElsewhere(
            contact=contact, channel=self._channel, source="africastalking opt-out"
        )
        # It has no id, and being opted out twice changes nothing.
        return Parsed(
            arrivals=(Arrival(event=event, dedupe="", raw=request.brought),), answer=ANSWER
        )

    def _status(self, fields: Mapping[str, str], outbound: str, request: RawRequest) -> Parsed:
        id, word = fields.get("id", ""), fields["status"]
        code = fields.get("failureReason", "")[:60]
        status = STATUSES.get(word)
        if not id:
            raise WebhookRejected("Africa's Talking's report has no id.")
        if status is None:
            return _passed_over(f"status {word[:20]!r}")
        event = Report(
            channel=self._channel, outbound=outbound, provider_id=id, status=status, code=code
        )
        key = f"{self._channel}:{id}:{word}:{code}"
        gone: tuple[Arrival, ...] = ()
        if code.lower() == _OPTED_OUT:
            gone = opted_out_there(
                with_plus(fields.get("phoneNumber", "").strip()),
                country=self._country,
                channel=self._channel,
                source=f"africastalking {code}",
                key=key,
            )
        arrival = Arrival(event=event, dedupe=f"report:{key}", raw=request.brought)
        return Parsed(arrivals=(arrival, *gone), answer=ANSWER)

    # --- sending ------------------------------------------------------------------------------

    async def send(
        self,
        message: Outbound,
        callback: str,  # noqa: ARG002 - reports go where the account says
        leave_by: float = math.inf,
    ) -> Sent:
        body = f"{self._fixed}&to=%2B{message.contact.e164[1:]}&message={quote_plus(message.text)}"
        answer = await self._http.post(
            self.messaging, body.encode("ascii"), headers=self._headers, leave_by=leave_by
        )
        if 200 <= answer.status < 300:
            return _accepted(answer)
        raise _failure(answer)


def _passed_over(why: str) -> Parsed:
    return Parsed(arrivals=(), answer=ANSWER, ignored=(why,))


def _accepted(answer: Response) -> Sent:
    """A good answer may hold a refusal; one that cannot be read may be either."""
    try:
        data = _created(answer.body).data
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise SendUncertain(
            "Africa's Talking's answer cannot be read; the message may have been taken"
        ) from None
    if not data.recipients:
        # Then its message is the reason, such as InvalidSenderId.
        word = data.message if _WORD.match(data.message) else ""
        kind = REFUSALS.get(word.lower(), Refused)
        raise kind(f"Africa's Talking refused it: {word}".rstrip(": "), code=word)
    told = data.recipients[0]
    if told.status == "Success":
        id = told.message_id or "None"  # its own word for none
        return Sent(provider_ids=(id,) if id != "None" else ())
    word = told.status if _WORD.match(told.status) else ""
    number = str(told.status_code or "")
    kind = REFUSALS.get(word.lower()) or REFUSALS.get(number, Refused)
    raise kind(f"Africa's Talking refused it: {number} {word}".rstrip(": "), code=word or number)


def _failure(answer: Response) -> SendError:
    ours = answer.status in (401, 403, 404)
    return refusal(answer, "Africa's Talking", kind=ConfigError if ours else Refused)
