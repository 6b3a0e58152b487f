"""A pretended Telnyx (Messaging API v2): Bearer, JSON, Idempotency-Key, webhooks by Ed25519."""

import base64
import json
import math
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, cast
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from convo.fakes.fake import Answer, Asked, Now, Said, Taken, Webhook

KEY = "KEY0123456789ABCDEF"
MESSAGES = "/v2/messages"
#: Of a message as the SDK's message_send_params.py has them.
FIELDS = frozenset(
    (
        "to",
        "from",
        "text",
        "media_urls",
        "messaging_profile_id",
        "webhook_url",
        "webhook_failover_url",
        "use_profile_webhooks",
        "subject",
        "type",
        "encoding",
        "auto_detect",
        "send_at",
    )
)
LONGEST = 1600
NUMBERS = "/v2/phone_numbers/messaging"
DELIVERIES = "/v2/webhook_deliveries"
DELIVERIES_BY = frozenset(
    (
        "filter[status][eq]",
        "filter[event_type]",
        "filter[finished_at][gte]",
        "filter[finished_at][lte]",
        "page[number]",
        "page[size]",
    )
)
PROFILES = "/v2/messaging_profiles/"
PROFILE = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
NUMBER = "+12025550100"
#: Of a profile, those that are about webhooks, and what they may be.
WEBHOOK_FIELDS = frozenset(("webhook_url", "webhook_failover_url", "webhook_api_version"))


class FakeTelnyx:
    """One account with one API key and one pair of keys for its webhooks."""

    def __init__(self, now: Now = time.time) -> None:
        self.taken: list[Taken] = []
        self.refusal: Answer | None = None
        self._now = now
        self._private = Ed25519PrivateKey.generate()
        self._by_key: dict[str, Answer] = {}
        #: Webhooks that nobody took, by when it gave up.
        self._lost: list[tuple[float, dict[str, Any]]] = []
        #: The one profile, and the numbers with the profile that each has.
        self.profile: dict[str, Any] = {
            "id": PROFILE,
            "name": "Salon",
            "webhook_url": None,
            "webhook_failover_url": None,
            "webhook_api_version": "2",
        }
        self.numbers: dict[str, str | None] = {NUMBER: PROFILE}

    @property
    def calls(self) -> str:
        return self.profile["webhook_url"] or ""

    @property
    def public_key(self) -> str:
        """As the portal shows it."""
        raw = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return base64.b64encode(raw).decode()

    def settings(self, url: str) -> Mapping[str, Any]:
        return {"api_key": KEY, "public_key": self.public_key, "base_url": url}

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            return error(401, "10009", "Authentication failed")
        path, _, query = asked.target.partition("?")
        if path == NUMBERS and asked.method == "GET":
            return self._numbers(dict(parse_qsl(query)).get("filter[phone_number]", ""))
        if path == DELIVERIES and asked.method == "GET":
            return self._deliveries(dict(parse_qsl(query)))
        if path == PROFILES + PROFILE:
            return self._profile(asked)
        if asked.target != MESSAGES or asked.method != "POST":
            return error(404, "10005", "Resource not found")
        key = asked.headers.get("idempotency-key", "")
        if key and key in self._by_key:
            return self._by_key[key]
        if self.refusal is not None:
            return self.refusal
        answer = self._created(asked)
        if key and answer.status == 200:
            self._by_key[key] = answer
        return answer

    def _numbers(self, sought: str) -> Answer:
        found = [
            {"phone_number": number, "messaging_profile_id": profile}
            for number, profile in self.numbers.items()
            if number == sought
        ]
        return _json(200, {"data": found, "meta": {"total_results": len(found)}})

    def lose(self, webhook: Webhook, at: float) -> None:
        """Have given up on bringing a webhook."""
        self._lost.append((at, json.loads(webhook.body)["data"]))

    def _deliveries(self, wanted: Mapping[str, str]) -> Answer:
        """The newest first; all that is kept has failed."""
        if not DELIVERIES_BY.issuperset(wanted):
            return error(422, "10015", "Bad request")
        first = _moment(wanted.get("filter[finished_at][gte]", "1970-01-01T00:00:00Z"))
        last = _moment(wanted.get("filter[finished_at][lte]", "9999-01-01T00:00:00Z"))
        kinds = wanted.get("filter[event_type]", "").split(",")
        found = [
            {
                "id": str(uuid.uuid4()),
                "record_type": "webhook_delivery",
                "status": "failed",
                "webhook": event,
                "finished_at": datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds"),
            }
            for at, event in sorted(self._lost, key=itemgetter(0), reverse=True)
            if first <= at <= last and event["event_type"] in kinds
        ]
        size, number = (int(wanted[f"page[{name}]"]) for name in ("size", "number"))
        meta = {"page_number": number, "total_pages": math.ceil(len(found) / size)}
        return _json(200, {"data": found[(number - 1) * size :][:size], "meta": meta})

    def _profile(self, asked: Asked) -> Answer:
        if asked.method == "PATCH":
            said: Any = json.loads(asked.body)
            if not WEBHOOK_FIELDS.issuperset(said):
                return error(422, "10015", "Bad request")
            version = said.get("webhook_api_version", "2")
            urls = [said[name] for name in said if name.endswith("_url")]
            if version not in ("1", "2") or not all(u.startswith("https://") for u in urls):
                return error(422, "10015", "Bad request")
            self.profile |= said
        elif asked.method != "GET":
            return error(404, "10005", "Resource not found")
        return _json(200, {"data": self.profile})

    def _created(self, asked: Asked) -> Answer:
        if asked.headers.get("content-type", "").partition(";")[0] != "application/json":
            return error(400, "10015", "Bad request: not JSON")
        try:
            said: Any = json.loads(asked.body)
        except ValueError:
            return error(400, "10015", "Bad request: not JSON")
        if not isinstance(said, dict):
            return error(400, "10015", "Bad request: no object")
        fields = cast(dict[str, Any], said)
        if unknown := sorted(fields.keys() - FIELDS):
            return error(400, "10015", f"Bad request: {unknown}")
        to, origin = fields.get("to"), fields.get("from", "")
        if not (isinstance(to, str) and to.startswith("+") and to[1:].isdigit()):
            return error(400, "10016", "Phone number must be in +E.164 format", "/to")
        if not origin and not fields.get("messaging_profile_id"):
            return error(400, "10004", "Missing required parameter", "/from")
        text, media = fields.get("text", ""), fields.get("media_urls", [])
        if not text and not media:
            return error(400, "10004", "Missing required parameter", "/text")
        if len(text) > LONGEST:
            return error(400, "40009", "Invalid message body", "/text")
        taken = Taken(
            id=str(uuid.uuid4()),
            to=to,
            origin=origin,
            text=text,
            media=tuple(media),
            callback=fields.get("webhook_url", ""),
        )
        self.taken.append(taken)
        made = {
            "record_type": "message",
            "direction": "outbound",
            "id": taken.id,
            "to": [{"phone_number": to, "status": "queued", "carrier": "", "line_type": ""}],
            "parts": 1,
            "errors": [],
        }
        return _json(200, {"data": made})

    def inbound(self, said: Said, url: str) -> Webhook:
        payload = {
            "id": said.id,
            "record_type": "message",
            "direction": "inbound",
            "type": "MMS" if said.media else "SMS",
            "text": said.text,
            "from": {"phone_number": said.sender, "carrier": "", "status": "received"},
            "to": [{"phone_number": said.to, "status": "webhook_delivered"}],
            "cc": [],
            "media": [
                {"url": each, "content_type": "image/jpeg", "size": 1, "hash_sha256": ""}
                for each in said.media
            ],
            "parts": 1,
            "errors": [],
        }
        return self.event("message.received", payload, url)

    def report(self, taken: Taken, status: str, code: str = "", url: str = "") -> Webhook:
        payload = {
            "id": taken.id,
            "record_type": "message",
            "direction": "outbound",
            "type": "SMS",
            "from": {"phone_number": taken.origin},
            "to": [{"phone_number": taken.to, "status": status}],
            "cc": [],
            "text": taken.text,
            "errors": [{"code": code, "title": "", "detail": ""}] if code else [],
        }
        kind = "message.sent" if status == "sent" else "message.finalized"
        return self.event(kind, payload, url or taken.callback)

    def event(self, kind: str, payload: Any, url: str) -> Webhook:
        """Any event, in Telnyx's envelope."""
        data = {"event_type": kind, "id": str(uuid.uuid4()), "record_type": "event"}
        body = {"data": data | {"payload": payload}, "meta": {"attempt": 1, "delivered_to": url}}
        return self.signed(url, json.dumps(body).encode())

    def signed(self, url: str, body: bytes, late: int = 0) -> Webhook:
        """Any body, signed now or `late` seconds ago."""
        stamp = str(int(self._now()) - late)
        proof = self._private.sign(stamp.encode() + b"|" + body)
        return Webhook(
            url=url,
            headers={
                "content-type": "application/json",
                "telnyx-timestamp": stamp,
                "telnyx-signature-ed25519": base64.b64encode(proof).decode(),
            },
            body=body,
        )


def error(status: int, code: str, title: str, pointer: str = "", **headers: str) -> Answer:
    """A refusal in Telnyx's form."""
    said = {"code": code, "title": title, "detail": title, "source": {"pointer": pointer}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return _json(status, {"errors": [said]}, named)


def _moment(told: str) -> float:
    return datetime.fromisoformat(told).timestamp()


def _json(status: int, said: Any, headers: dict[str, str] | None = None) -> Answer:
    given = {"Content-Type": "application/json"} | (headers or {})
    return Answer(status=status, body=json.dumps(said).encode(), headers=given)
