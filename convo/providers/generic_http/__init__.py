"""Any gateway that can be described: fields, credentials, a request and what its answer means.

JSON, forms and queries are read; XML is not (`xpath` is no place here), but XML can be sent.
Nor is there a list of allowed addresses: that is the proxy's or the firewall's to say.
"""

import hashlib
import json
import math
import uuid
from typing import Literal

from convo.core.business import Channel
from convo.core.events import Inbound, OptedOutElsewhere, Part, Report
from convo.core.numbers import PhoneNumber, written
from convo.core.turns import Outbound
from convo.errors import BadAddress, Invalid, SendError, SettingsError, WebhookRejected
from convo.ports import Arrival, Clock, HttpAnswer, Parsed, RawRequest, Sent
from convo.ports.doubts import LookedUp
from convo.providers.generic_http.answers import holds, outcome, values_at
from convo.providers.generic_http.credentials import checks, verify
from convo.providers.generic_http.options import Options
from convo.providers.generic_http.payload import Payload, moment, payloads
from convo.providers.generic_http.templates import CONTENT_TYPES, NAMES, filled, unknown_names
from convo.providers.http import HttpClient
from convo.providers.wire import sender

__all__ = ["GenericHttp", "Options", "connect"]


def connect(
    channel: Channel,
    options: Options,
    http: HttpClient,
    *,
    country: str,
    clock: Clock,
) -> "GenericHttp":
    """The adapter of one channel."""
    wants_address = unknown_names(
        options.send.url + options.send.body,
        [name for name in NAMES if name not in ("from", "from_no_plus")],
    )
    if channel.address is None and wants_address:
        raise SettingsError(
            [f"channels.{channel.name}: its request has {{{{from}}}}, so it needs an address."]
        )
    return GenericHttp(channel, options, http, country=country, clock=clock)


MAX_REF = 64
"""Characters of a part's reference that are kept."""


class GenericHttp:
    """One channel at a gateway that is described in its settings."""

    def __init__(
        self, channel: Channel, options: Options, http: HttpClient, *, country: str, clock: Clock
    ) -> None:
        self._channel = channel.name
        self._country = country
        self._http = http
        self._in = options.incoming
        self._send = options.send
        self._response = options.response
        self._reports = options.reports
        self._optout = options.optout
        self._lookup = options.lookup
        self._from = "" if channel.address is None else written(channel.address)
        self._headers = {
            name: value.get_secret_value() for name, value in options.send.headers.items()
        }
        self._checks = checks(options.auth, clock)
        answer = options.incoming.answer
        self._answer = HttpAnswer(
            status=answer.status, content_type=answer.content_type, body=answer.body.encode()
        )
        self.unsigned = not self._checks
        self.idempotent = bool(options.send.idempotency_header)
        self.looks_up = options.lookup is not None

    async def close(self) -> None:
        """Nothing is held here: the connections are the client's."""

    # --- receiving ----------------------------------------------------------------------------

    def receive(self, request: RawRequest) -> Parsed:
        verify(request, self._checks)
        arrivals: list[Arrival] = []
        ignored: list[str] = []
        for payload in payloads(request, self._in.items, self._in.charset):
            try:
                # What came in one request is kept once, with its first item.
                arrivals += self._read(payload, b"" if arrivals else request.brought)
            except BadAddress as reason:
                ignored.append(str(reason))
            except WebhookRejected as reason:
                if not self._in.items:
                    raise
                ignored.append(str(reason))
        return Parsed(arrivals=tuple(arrivals), answer=self._answer, ignored=tuple(ignored))

    def report(self, request: RawRequest, outbound: str) -> Parsed:
        verify(request, self._checks)
        (payload,) = payloads(request, "", self._in.charset)
        try:
            arrivals = self._reported(payload, outbound, request.brought)
        except WebhookRejected as reason:
            return Parsed(arrivals=(), answer=self._answer, ignored=(str(reason),))
        return Parsed(arrivals=arrivals, answer=self._answer)

    def _read(self, payload: Payload, raw: bytes) -> tuple[Arrival, ...]:
        text = payload.first(self._in.text)
        is_report = text is None and payload.first(self._reports.status) is not None
        if self._reports.at_inbound and is_report:
            return self._reported(payload, "", raw)
        origin = payload.first(self._in.sender)
        if not origin:
            raise WebhookRejected("There is no sender where incoming.from says.")
        contact = sender(origin, self._country)
        if self._optout and payload.first(self._optout.field) in self._optout.values:
            return (self._gone(contact, payload, raw),)
        media = payload.every(self._in.media)
        if text is None and not media:
            raise WebhookRejected("There is no text where incoming.text says.")
        event = Inbound(
            channel=self._channel,
            contact=contact,
            text=text or "",
            provider_id=payload.first(self._in.id) or "",
            media=media,
            part=self._part(payload),
        )
        return (Arrival(event=event, dedupe=self._dedupe(event, payload), raw=raw),)

    def _part(self, payload: Payload) -> Part | None:
        """None where nothing is numbered, or what should be a number is none."""
        places = self._in.part
        if places is None:
            return None
        ref, number, count = (
            payload.first(each) or "" for each in (places.ref, places.number, places.count)
        )
        if not ref or not all(n.isascii() and n.isdigit() and len(n) <= 3 for n in (number, count)):
            return None
        part = Part(ref=ref[:MAX_REF], number=int(number), count=int(count))
        return part if 1 <= part.number <= part.count and part.count > 1 else None

    def _gone(self, contact: PhoneNumber, payload: Payload, raw: bytes) -> Arrival:
        event = OptedOutElsewhere(contact=contact, channel=self._channel, source="the gateway")
        told = payload.first(self._in.id)
        return Arrival(event=event, dedupe=f"gone:{self._channel}:{told}" if told else "", raw=raw)

    def _dedupe(self, event: Inbound, payload: Payload) -> str:
        date = payload.first(self._in.date)
        at = None
        if date is not None:
            at = moment(date, self._in.date_formats, self._in.date_zone)
            if at is None:
                raise WebhookRejected("The date is in none of incoming.date_formats.")
        # Some gateways give all parts of a text the same id.
        part = f":{event.part.ref}:{event.part.number}" if event.part is not None else ""
        if event.provider_id:
            return f"in:{self._channel}:{event.provider_id}{part}"
        if at is None:
            return ""  # nothing tells a repeated request from a repeated text
        told = repr((event.contact.e164, event.text, at, part)).encode()
        return f"in:{self._channel}:{hashlib.blake2b(told, digest_size=16).hexdigest()}"

    def _reported(self, payload: Payload, outbound: str, raw: bytes) -> tuple[Arrival, ...]:
        word = payload.first(self._reports.status) or ""
        status = self._reports.map.get(word)
        if status is None:
            raise WebhookRejected(f"The status {word[:20]!r} is not in reports.map.")
        oid = outbound or (payload.first(self._reports.our_id) or "").replace("-", "")
        told = payload.first(self._reports.id) or ""
        if not oid and not told:
            raise WebhookRejected("There is no id where reports.id says.")
        code = (payload.first(self._reports.code) or "")[:64]
        event = Report(
            channel=self._channel, outbound=oid, provider_id=told, status=status, code=code
        )
        key = f"report:{self._channel}:{oid}:{told}:{word}:{code}"
        report = Arrival(event=event, dedupe=key, raw=raw)
        if code not in self._reports.opted_out:
            return (report,)
        try:
            who = sender(payload.first(self._reports.to) or "", self._country)
        except BadAddress:
            return (report,)
        source = f"the gateway, {code}"
        gone = OptedOutElsewhere(contact=who, channel=self._channel, source=source)
        return (report, Arrival(event=gone, dedupe=f"gone:{key}"))

    # --- sending ------------------------------------------------------------------------------

    async def send(self, message: Outbound, callback: str, leave_by: float = math.inf) -> Sent:
        send = self._send
        values = self._values(message, callback)
        try:
            url = filled(send.url, values, "url", send.charset)
            body = filled(send.body, values, send.format, send.charset).encode(send.charset)
        except UnicodeEncodeError:
            raise Invalid(f"The text has characters that {send.charset} does not have.") from None
        headers = {name: filled(text, values, "text") for name, text in self._headers.items()}
        if send.idempotency_header:
            headers[send.idempotency_header] = values["uuid"]
        if send.method == "GET":
            answer = await self._http.get(
                url, headers=headers, connect=send.connect_s, read=send.read_s, leave_by=leave_by
            )
        else:
            headers.setdefault("Content-Type", self._content_type())
            answer = await self._http.post(
                url,
                body,
                headers=headers,
                method=send.method,
                connect=send.connect_s,
                read=send.read_s,
                leave_by=leave_by,
            )
        return outcome(answer, self._response)

    async def look_up(
        self,
        message: Outbound,
        since: int,  # noqa: ARG002 - asked by id, so time does not matter
    ) -> LookedUp:
        """By our id, so exact; unknown without `lookup` in the settings."""
        if self._lookup is None:
            return LookedUp(found="unknown")
        values = self._values(message, "")
        url = filled(self._lookup.url, values, "url", self._send.charset)
        headers = {name: filled(text, values, "text") for name, text in self._headers.items()}
        try:
            answer = await self._http.get(url, headers=headers)
        except SendError:
            return LookedUp(found="unknown")
        if holds(self._lookup.sent, answer):
            return LookedUp(found="sent", provider_ids=values_at(answer, self._lookup.id))
        found: Literal["not_sent", "unknown"] = "unknown"
        if holds(self._lookup.not_sent, answer):
            found = "not_sent"
        return LookedUp(found=found)

    def _values(self, message: Outbound, callback: str) -> dict[str, str]:
        to = message.contact.e164
        return {
            "id": message.id,
            "uuid": _uuid(message.id),
            "text": message.text,
            "to": to,
            "to_no_plus": to[1:],
            "from": self._from,
            "from_no_plus": self._from.lstrip("+"),
            "channel": self._channel,
            "callback": callback,
            "media": json.dumps(message.media),
        }

    def _content_type(self) -> str:
        if self._send.content_type:
            return self._send.content_type
        kind = CONTENT_TYPES[self._send.format]
        return kind if self._send.format == "form" else f"{kind}; charset={self._send.charset}"


def _uuid(oid: str) -> str:
    """Our 128-bit id as gateways want a UUID; an id that is none stays as it is."""
    try:
        return str(uuid.UUID(hex=oid))
    except ValueError:
        return oid
