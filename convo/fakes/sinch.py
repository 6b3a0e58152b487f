"""A pretended Sinch: batches by JSON and Bearer, listed by reference; webhooks by HMAC."""

import base64
import hmac
import json
import time
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from urllib.parse import parse_qsl

from convo.fakes.fake import Answer, Asked, Now, Said, Taken, Webhook

PLAN, TOKEN, SECRET = "plan0123", "sinch-token-0123", "SMSWebhooksSecret"
BATCHES = f"/xms/v1/{PLAN}/batches"
#: The lists, and what each may be asked by.
LISTS = {
    f"/xms/v1/{PLAN}/inbounds": {"page", "page_size", "to", "start_date", "end_date"},
    f"/xms/v1/{PLAN}/delivery_reports": {"page", "page_size", "start_date", "end_date"},
}
FIELDS = frozenset(
    (
        "to",
        "from",
        "body",
        "type",
        "delivery_report",
        "client_reference",
        "callback_url",
        "send_at",
        "expire_at",
    )
)
LISTED_BY = frozenset(("page", "page_size", "from", "start_date", "end_date", "client_reference"))
LONGEST = 2000
REPORTS = frozenset(("none", "summary", "full", "per_recipient", "per_recipient_final"))


class FakeSinch:
    """One service plan with signed webhooks."""

    def __init__(self, now: Now = time.time) -> None:
        self.taken: list[Taken] = []
        self.refusal: Answer | None = None
        #: What it tells when it is asked for its lists, by their last word; oldest first.
        self.kept: dict[str, list[dict[str, Any]]] = {"inbounds": [], "delivery_reports": []}
        self._now = now

    def settings(self, url: str) -> Mapping[str, Any]:
        return {
            "service_plan": PLAN,
            "api_token": TOKEN,
            "webhook_secret": SECRET,
            "base_url": url,
        }

    def answer(self, asked: Asked) -> Answer:
        path, _, query = asked.target.partition("?")
        if path != BATCHES and path not in LISTS:
            return error(404, "not_found")
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return error(401, "unauthorized")
        if path in LISTS:
            return self._listed(path, dict(parse_qsl(query)))
        if asked.method == "GET":
            fields = dict(parse_qsl(query))
            if not LISTED_BY.issuperset(fields):
                return error(400, "syntax_constraint_violation")
            wanted = fields.get("client_reference", "")
            found = [_batch(each) for each in self.taken if each.reference == wanted]
            return _json(200, {"count": len(found), "page": 0, "batches": found})
        return self.refusal or self._created(asked)

    def _listed(self, path: str, fields: Mapping[str, str]) -> Answer:
        """A page of a list, the newest first; a start is in it, and an end is not."""
        if not LISTS[path].issuperset(fields):
            return error(400, "syntax_constraint_violation")
        name = path.rpartition("/")[2]
        start = _moment(fields.get("start_date", "1970-01-01T00:00:00Z"))
        end = _moment(fields.get("end_date", "9999-01-01T00:00:00Z"))
        to = fields.get("to")
        found = [
            each
            for each in reversed(self.kept[name])
            if start <= _moment(each.get("received_at") or each["at"]) < end
            and to in (None, each.get("to"))
        ]
        page, size = int(fields.get("page", "0")), min(int(fields.get("page_size", "30")), 30)
        told = found[page * size :][:size]
        return _json(200, {"count": len(found), "page": page, "page_size": size, name: told})

    def _created(self, asked: Asked) -> Answer:
        try:
            said: Any = json.loads(asked.body)
        except ValueError:
            return error(400, "syntax_invalid_json")
        fields = cast(dict[str, Any], said) if isinstance(said, dict) else {}
        to = fields.get("to")
        if not FIELDS.issuperset(fields) or fields.get("type", "mt_text") != "mt_text":
            return error(400, "syntax_constraint_violation")
        numbers = cast(list[str], to) if isinstance(to, list) else []
        if len(numbers) != 1 or not numbers[0].isdigit():
            return error(400, "syntax_invalid_parameter_format")
        text, origin = str(fields.get("body", "")), str(fields.get("from", ""))
        if not text or len(text) > LONGEST or not origin:
            return error(400, "syntax_constraint_violation")
        if fields.get("delivery_report", "none") not in REPORTS:
            return error(400, "syntax_invalid_parameter_format")
        taken = Taken(
            id=uuid.uuid4().hex[:26].upper(),
            to=f"+{numbers[0]}",
            origin=f"+{origin}" if origin.isdigit() and len(origin) > 8 else origin,
            text=text,
            callback=str(fields.get("callback_url", "")),
            reference=str(fields.get("client_reference", "")),
        )
        self.taken.append(taken)
        return _json(201, _batch(taken))

    def inbound(self, said: Said, url: str) -> Webhook:
        event: dict[str, Any] = {
            "id": said.id,
            "type": "mo_text",
            "from": said.sender.removeprefix("+"),
            "to": said.to.removeprefix("+"),
            "body": said.text,
            "operator_id": "311071",
            "received_at": "2026-11-22T10:00:00.000Z",
        }
        if said.media:
            pictures = [
                {"url": each, "content_type": "image/jpeg", "status": "Uploaded", "code": 0}
                for each in said.media
            ]
            body = {"subject": "", "message": said.text, "media": pictures}
            event |= {"type": "mo_media", "body": body}
        return self.event(event, url)

    def report(self, taken: Taken, status: str, code: str = "", url: str = "") -> Webhook:
        event = {
            "type": "recipient_delivery_report_sms",
            "batch_id": taken.id,
            "recipient": taken.to.removeprefix("+"),
            "status": status,
            "code": int(code or 0),
            "at": "2026-11-22T10:00:01.000Z",
            "client_reference": taken.reference,
        }
        return self.event(event, url or taken.callback)

    def event(self, event: Any, url: str) -> Webhook:
        """Any event, signed now."""
        return self.signed(url, json.dumps(event).encode())

    def signed(self, url: str, body: bytes, late: int = 0) -> Webhook:
        """Any body, signed now or `late` seconds ago."""
        nonce, stamp = uuid.uuid4().hex, str(int(self._now()) - late)
        text = body + f".{nonce}.{stamp}".encode()
        proof = base64.b64encode(hmac.digest(SECRET.encode(), text, "sha256")).decode()
        headers = {
            "content-type": "application/json",
            "x-sinch-webhook-signature": proof,
            "x-sinch-webhook-signature-algorithm": "HmacSHA256",
            "x-sinch-webhook-signature-nonce": nonce,
            "x-sinch-webhook-signature-timestamp": stamp,
        }
        return Webhook(url=url, headers=headers, body=body)


def error(status: int, code: str, headers: dict[str, str] | None = None) -> Answer:
    """A refusal in Sinch's form."""
    return _json(status, {"code": code, "text": "no"}, headers)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _batch(taken: Taken) -> dict[str, Any]:
    return {
        "id": taken.id,
        "to": [taken.to.removeprefix("+")],
        "from": taken.origin.removeprefix("+"),
        "canceled": False,
        "body": taken.text,
        "type": "mt_text",
        "created_at": "2026-11-22T10:00:00.000Z",
        "client_reference": taken.reference,
    }


def _json(status: int, said: Any, headers: dict[str, str] | None = None) -> Answer:
    given = {"Content-Type": "application/json"} | (headers or {})
    return Answer(status=status, body=json.dumps(said).encode(), headers=given)
