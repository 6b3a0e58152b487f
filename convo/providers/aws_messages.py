"""What topics of AWS End User Messaging bring: texts, and events that tell how far ours are.

Wire facts: the user guide on two-way SMS and on events, and the event types of botocore 1.44.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import msgspec

from convo.core.events import DeliveryStatus, Inbound, Report
from convo.core.numbers import Address, PhoneNumber
from convo.errors import BadAddress
from convo.ports import Arrival, HttpAnswer, Parsed
from convo.providers.aws_envelopes import NOTIFICATION, Envelope
from convo.providers.wire import sender

ANSWER = HttpAnswer()
"""Any 2xx, within fifteen seconds."""

OURS = "convo"
"""The name under which a message's context holds our id."""

EVENT_VERSION = "1.0"

ELSEWHERE = "it came to another number"

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


_said = msgspec.json.Decoder(_Said).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads for one channel; without an address of its own it hears every number."""

    channel: str
    address: Address | None
    country: str

    def read(self, envelope: Envelope, outbound: str, raw: bytes) -> Parsed:
        """About our message `outbound`, where the address it came to says so; `raw` is kept."""
        if envelope.type != NOTIFICATION:
            return _passed_over(f"it is a {envelope.type}")
        try:
            said = _said(envelope.message.encode())
        except (msgspec.DecodeError, UnicodeError):
            return _passed_over("it holds neither a text nor an event")
        try:
            if said.inbound_message_id:
                arrival = self._text(said, raw)
            else:
                arrival = self._status(said, outbound, raw)
        except BadAddress as reason:
            return _passed_over(str(reason))
        return Parsed(arrivals=(arrival,), answer=ANSWER)

    def _text(self, said: _Said, raw: bytes) -> Arrival:
        """Raises `BadAddress` for what cannot be answered here."""
        to = said.destination_number
        if isinstance(self.address, PhoneNumber) and to and to != self.address.e164:
            raise BadAddress(ELSEWHERE)
        event = Inbound(
            channel=self.channel,
            contact=sender(said.origination_number, self.country),
            text=said.message_body or "",
            provider_id=said.inbound_message_id,
        )
        return Arrival(event=event, dedupe=f"in:{self.channel}:{said.inbound_message_id}", raw=raw)

    def _status(self, said: _Said, outbound: str, raw: bytes) -> Arrival:
        kind, _, word = said.event_type.partition("_")
        status = STATUSES.get(word)
        if kind not in ("TEXT", "MEDIA") or status is None or not said.message_id:
            raise BadAddress(f"event {said.event_type[:40]!r}")
        if said.event_version != EVENT_VERSION:
            raise BadAddress(f"an event of version {said.event_version[:10]!r}")
        code = said.message_status if status in ("undelivered", "failed") else ""
        event = Report(
            channel=self.channel,
            outbound=outbound or (said.context or {}).get(OURS, ""),
            provider_id=said.message_id,
            status=status,
            code=code,
        )
        key = f"report:{self.channel}:{said.message_id}:{said.event_type}:{code}"
        return Arrival(event=event, dedupe=key, raw=raw)


def _passed_over(why: str) -> Parsed:
    return Parsed(arrivals=(), answer=ANSWER, ignored=(why,))
