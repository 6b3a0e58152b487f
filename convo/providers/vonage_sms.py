"""Vonage's SMS API: forms, part by part, and 200 for refusals too.

Wire facts: Vonage's description of the API (api-specification, sms.yml), its page on signing
messages, the Python SDK (vonage-sms 1.2, vonage-http-client 1.5) and nyaruka/courier's handler.
"""

import hashlib
import hmac
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import urlencode

import msgspec

from convo.core.events import DeliveryStatus, Inbound, Part, Report
from convo.core.parts import gsm7_encodable
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
    WebhookRejected,
)
from convo.ports import Arrival, Clock, HttpAnswer, Parsed, RawRequest, Sent
from convo.providers.http import HttpClient, Response
from convo.providers.refusals import refusal
from convo.providers.wire import opted_out_there, pairs, sender, with_plus

ANSWER = HttpAnswer()

OLDEST = 24 * 60 * 60 * 1_000
"""Milliseconds that a signature may be old: Vonage asks again for a day."""

AHEAD = 300_000
"""Milliseconds that Vonage's clock may be ahead of ours."""

LONGEST_CALLBACK = 100
"""Letters of a URL that the API takes for reports. Behind that they go where the dashboard says,
and `client-ref` names the message."""

_OPTED_OUT = "9"

#: `unknown`: no better word will come.
STATUSES: Mapping[str, DeliveryStatus] = MappingProxyType(
    {
        "buffered": "sent",
        "accepted": "sent",
        "unknown": "sent",
        "delivered": "delivered",
        "expired": "undelivered",
        "failed": "failed",
        "rejected": "failed",
    }
)

#: `status` of an entry of the answer. 5 (internal) and what is not here is uncertain: it may leave.
OUTCOMES: Mapping[str, type[SendError]] = MappingProxyType(
    {
        **dict.fromkeys(("1", "10"), RateLimited),  # too fast, too many at once
        # parameters, the message, the number barred or given up, too long
        **dict.fromkeys(("2", "3", "6", "7", "12", "33"), Invalid),
        # credentials, the account barred, no money, not enabled, signature, sender, network,
        # callback, a demo's list of numbers, both secret and signature
        **dict.fromkeys(("4", "8", "9", "11", "14", "15", "22", "23", "29", "32"), ConfigError),
    }
)

_WAIT = re.compile(r"please wait \[\s*(\d{1,7})\s*\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """How callbacks are signed, where Vonage's support has switched that on."""

    secrets: tuple[str, ...] = field(repr=False)
    method: str

    def fits(self, fields: Mapping[str, str]) -> bool:
        """Whether one of the secrets has signed these fields."""
        signed = signed_fields(fields)
        given = fields.get("sig", "").lower().encode("utf-8", "replace")
        proofs = [self._proof(secret, signed).encode() for secret in self.secrets]
        return any(hmac.compare_digest(proof, given) for proof in proofs)

    def proof_of(self, fields: Mapping[str, str]) -> str:
        """What the first secret makes of these fields."""
        return self._proof(self.secrets[0], signed_fields(fields))

    def _proof(self, secret: str, signed: str) -> str:
        if self.method == "md5hash":
            # Not our choice: it is how old accounts sign.
            return hashlib.md5((signed + secret).encode(), usedforsecurity=False).hexdigest()
        return hmac.digest(secret.encode(), signed.encode(), self.method).hex()


def signed_fields(fields: Mapping[str, str]) -> str:
    """What of the fields is signed: all but `sig`, in order, and in values `_` for `&` and `=`."""
    kept = sorted((name, value) for name, value in fields.items() if name != "sig")
    return "".join(f"&{n}={v.replace('&', '_').replace('=', '_')}" for n, v in kept)


class VonageSms:
    """One channel at the SMS API."""

    def __init__(
        self,
        channel: str,
        origin: str,
        url: str,
        http: HttpClient,
        *,
        login: str,
        signing: Signing,
        country: str,
        clock: Clock,
    ) -> None:
        self._channel = channel
        self._origin = origin
        self._url = url
        self._http = http
        self._headers = {
            "Authorization": login,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self._signing = signing
        self._country = country
        self._clock = clock
        self.unsigned = not signing.secrets

    async def close(self) -> None:
        """Nothing is held here: the connections are the client's."""

    # --- receiving ----------------------------------------------------------------------------

    def receive(self, request: RawRequest) -> Parsed:
        return self._read(request, "")

    def report(self, request: RawRequest, outbound: str) -> Parsed:
        return self._read(request, outbound)

    def _read(self, request: RawRequest, outbound: str) -> Parsed:
        fields = _fields(request)
        self._verify(fields)
        if "status" in fields and "text" not in fields:
            return self._status(fields, outbound or fields.get("client-ref", ""), request)
        if not fields.get("messageId") or not fields.get("msisdn"):
            # The dashboard tries a URL in this way when it is saved.
            return _passed_over("it has no sender or no id")
        return self._text(fields, request)

    def _verify(self, fields: Mapping[str, str]) -> None:
        if self.unsigned:
            return
        if not self._signing.fits(fields):
            raise BadSignature("Vonage's signature does not fit these fields.")
        stamp = fields.get("timestamp", "")
        whole = stamp.isascii() and stamp.isdigit() and len(stamp) <= 12
        age = self._clock() - int(stamp) * 1_000 if whole else math.inf
        if not -AHEAD <= age <= OLDEST:
            raise BadSignature("Vonage's signature is too old, or of a clock that is ahead.")

    def _text(self, fields: Mapping[str, str], request: RawRequest) -> Parsed:
        if fields.get("type") == "binary":
            return _passed_over("it is binary, not a text")
        try:
            contact = sender(with_plus(fields["msisdn"]), self._country)
        except BadAddress as reason:
            return _passed_over(str(reason))
        event = Inbound(
            channel=self._channel,
            contact=contact,
            text=fields.get("text", ""),
            provider_id=fields["messageId"],
            part=_part(fields),
        )
        # Each part has an id of its own.
        key = f"in:{self._channel}:{fields['messageId']}"
        arrival = Arrival(event=event, dedupe=key, raw=request.brought)
        return Parsed(arrivals=(arrival,), answer=ANSWER)

    def _status(self, fields: Mapping[str, str], outbound: str, request: RawRequest) -> Parsed:
        word, told = fields["status"], fields.get("messageId", "")
        status = STATUSES.get(word)
        if status is None:
            return _passed_over(f"status {word[:20]!r}")
        if not outbound and not told:
            raise WebhookRejected("Vonage's report has no messageId.")
        code = fields.get("err-code", "")[:10]
        code = "" if code == "0" else code
        event = Report(
            channel=self._channel, outbound=outbound, provider_id=told, status=status, code=code
        )
        key = f"{self._channel}:{told or outbound}:{word}:{code}"
        arrivals = [Arrival(event=event, dedupe=f"report:{key}", raw=request.brought)]
        if code == _OPTED_OUT:
            arrivals += opted_out_there(
                # The contact: in reports `to` is us.
                with_plus(fields.get("msisdn", "")),
                country=self._country,
                channel=self._channel,
                source=f"vonage {code}",
                key=key,
            )
        return Parsed(arrivals=tuple(arrivals), answer=ANSWER)

    # --- sending ------------------------------------------------------------------------------

    async def send(self, message: Outbound, callback: str, leave_by: float = math.inf) -> Sent:
        fields = {
            "from": self._origin,
            "to": message.contact.e164[1:],
            "text": message.text,
            "type": "text" if gsm7_encodable(message.text) else "unicode",
            "client-ref": message.id,
            "status-report-req": "1",
        }
        if callback and len(callback) <= LONGEST_CALLBACK:
            fields["callback"] = callback
        answer = await self._http.post(
            self._url,
            urlencode(fields).encode("ascii"),
            headers=self._headers,
            leave_by=leave_by,
        )
        if 200 <= answer.status < 300:
            return _accepted(answer)
        ours = answer.status in (401, 402, 403, 404)
        raise refusal(answer, "Vonage", kind=ConfigError if ours else Refused)


def _fields(request: RawRequest) -> dict[str, str]:
    """A query, a form or a flat JSON, as the account's dashboard says; the last of equal names."""
    if request.method == "GET":
        return dict(pairs(request.query))
    if "json" not in request.headers.get("content-type", ""):
        return dict(pairs(request.body))
    try:
        said = msgspec.json.decode(request.body, type=dict[str, str | int | None])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise WebhookRejected("Vonage's webhook is no flat JSON.") from None
    return {name: str(value) for name, value in said.items() if value is not None}


def _part(fields: Mapping[str, str]) -> Part | None:
    """None for a whole text, and where the carrier has lost what tells them."""
    told = (fields.get("concat-part", ""), fields.get("concat-total", ""))
    if not all(n.isascii() and n.isdigit() and len(n) <= 3 for n in told):
        return None
    number, count = map(int, told)
    ref = fields.get("concat-ref", "")[:64]
    return Part(ref=ref, number=number, count=count) if ref and 1 <= number <= count else None


def _passed_over(why: str) -> Parsed:
    return Parsed(arrivals=(), answer=ANSWER, ignored=(why,))


def _accepted(answer: Response) -> Sent:
    """One entry a part, each with its own id and its own word whether it was taken."""
    said = answer.json()
    told = cast(dict[str, Any], said).get("messages") if isinstance(said, dict) else None
    entries = cast(Sequence[Any], told) if isinstance(told, list) else ()
    parts = [cast(dict[str, Any], each) for each in entries if isinstance(each, dict)]
    words = [str(each.get("status")) for each in parts]
    if not words or (len(set(words)) > 1 and "0" in words):
        raise SendUncertain("Vonage's 200 does not say that all parts were taken.")
    if words[0] != "0":
        raise _failure(words[0], str(parts[0].get("error-text") or ""))
    ids = tuple(str(each["message-id"]) for each in parts if each.get("message-id"))
    return Sent(provider_ids=ids, parts=len(parts))


def _failure(word: str, text: str) -> SendError:
    why = f"Vonage answered status {word[:5]}"
    kind = OUTCOMES.get(word, SendUncertain)
    if kind is RateLimited:
        wait = _WAIT.search(text)
        seconds = int(wait[1]) / 1_000 if wait else None
        return RateLimited(why, code=word[:5], retry_after=seconds)
    return kind(why, code=word[:5])
