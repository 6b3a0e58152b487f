"""A pretended phone with SMS Gateway for Android: ids of ours, 409 for one that it has, HMAC."""

import base64
import datetime
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, cast
from urllib.parse import parse_qsl

from convo.fakes.fake import Answer, Asked, Now, Said, Taken, Webhook

USER, PASSWORD, KEY = "PHONE1", "phone-password-0123", "signing-key-0123456789"
PATH = "/3rdparty/v1/messages"
WEBHOOKS = "/3rdparty/v1/webhooks"
DEVICE = "ffffffffceb0b1db0000018e937c815b"
#: Of its SIM: nobody tells a phone what to send from.
NUMBER = "+12025550100"
#: Of a message as the client's domain.py has them.
FIELDS = frozenset(
    (
        "id",
        "phoneNumbers",
        "textMessage",
        "dataMessage",
        "mmsMessage",
        "simNumber",
        "withDeliveryReport",
        "priority",
        "ttl",
        "validUntil",
        "scheduleAt",
        "deviceId",
        "isEncrypted",
    )
)
EVENTS = frozenset(
    (
        "sms:received",
        "sms:data-received",
        "sms:sent",
        "sms:delivered",
        "sms:failed",
        "sms:cancelled",
        "system:ping",
        "mms:received",
        "mms:downloaded",
    )
)
LONGEST_ID = 36
#: What its list may be asked by, as the client's domain.py has it.
LISTED_BY = frozenset(("from", "to", "state", "deviceId", "limit", "offset", "sort"))
PAGE = 100
#: When each event happened, by its name.
TIMES: Mapping[str, str] = {
    "sms:sent": "sentAt",
    "sms:delivered": "deliveredAt",
    "sms:failed": "failedAt",
    "sms:cancelled": "cancelledAt",
}


class FakeAndroidSmsGateway:
    """One phone with one SIM, in an account of the cloud."""

    def __init__(self, now: Now = time.time) -> None:
        self.taken: list[Taken] = []
        self.refusal: Answer | None = None
        #: By their ids.
        self.webhooks: dict[str, dict[str, Any]] = {}
        self._kept: list[tuple[float, dict[str, Any]]] = []
        self._now = now

    @property
    def calls(self) -> str:
        """Where it brings texts, where that is one place."""
        found = {w["url"] for w in self.webhooks.values() if w["event"] == "sms:received"}
        return found.pop() if len(found) == 1 else ""

    def settings(self, url: str) -> Mapping[str, Any]:
        return {
            "username": USER,
            "password": PASSWORD,
            "signing_key": KEY,
            "base_url": url + PATH.removesuffix("/messages"),
        }

    def answer(self, asked: Asked) -> Answer:
        login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {login}":
            return told(401, "Unauthorized")
        if asked.target == WEBHOOKS:
            return self._registered(asked)
        known = {taken.id: taken for taken in self.taken}
        if asked.method == "GET" and asked.target.startswith(f"{PATH}/"):
            id = asked.target.removeprefix(f"{PATH}/")
            return self._state(known[id], 200) if id in known else told(404, "Message not found")
        path, _, query = asked.target.partition("?")
        if (asked.method, path) == ("GET", PATH):
            return self._listed(dict(parse_qsl(query)))
        if asked.method != "POST" or asked.target != PATH:
            return told(404, "Not found")
        return self.refusal or self._enqueued(asked, known)

    def keep(self, taken: Taken, status: str, code: str = "", *, at: float) -> None:
        """Have a message in its list, by the event that tells of it."""
        state = status.partition(":")[2].title()
        recipient = {"phoneNumber": taken.to, "state": state, "error": code or None}
        entry = {"id": taken.id, "deviceId": DEVICE, "state": state, "recipients": [recipient]}
        self._kept.append((at, entry))

    def _listed(self, wanted: Mapping[str, str]) -> Answer:
        """The newest first."""
        limit, offset = int(wanted.get("limit", "50")), int(wanted.get("offset", "0"))
        if not LISTED_BY.issuperset(wanted) or not 0 < limit <= PAGE:
            return told(400, "Invalid query")
        first, last = (
            datetime.datetime.fromisoformat(wanted[name]).timestamp() for name in ("from", "to")
        )
        found = [
            {**entry, "createdAt": _written(at)}
            for at, entry in sorted(self._kept, key=itemgetter(0), reverse=True)
            if first <= at <= last and wanted.get("deviceId", DEVICE) == DEVICE
        ]
        return _json(200, found[offset:][:limit])

    def _registered(self, asked: Asked) -> Answer:
        if asked.method == "GET":
            return _json(200, [*self.webhooks.values()])
        said: Any = json.loads(asked.body)
        id = said.get("id") or uuid.uuid4().hex
        if not {"id", "url", "event", "deviceId"}.issuperset(said) or len(id) > LONGEST_ID:
            return told(400, "Failed to validate")
        if not said["url"].startswith("https://") or said["event"] not in EVENTS:
            return told(400, "Failed to validate")
        self.webhooks[id] = {**said, "id": id}
        return _json(201, self.webhooks[id])

    def _enqueued(self, asked: Asked, known: Mapping[str, Taken]) -> Answer:
        if asked.headers.get("content-type", "").partition(";")[0] != "application/json":
            return told(415, "Unsupported media type")
        try:
            said: Any = json.loads(asked.body)
        except ValueError:
            return told(400, "Failed to parse body")
        if not isinstance(said, dict):
            return told(400, "Failed to parse body")
        fields = cast(dict[str, Any], said)
        numbers = fields.get("phoneNumbers")
        if unknown := sorted(fields.keys() - FIELDS):
            return told(400, f"Unknown fields: {unknown}")
        if not isinstance(numbers, list) or len(cast(list[Any], numbers)) != 1:
            return told(400, "PhoneNumbers: exactly one is pretended here")
        (number,) = cast(list[Any], numbers)
        if not (isinstance(number, str) and number.startswith("+") and number[1:].isdigit()):
            return told(400, "invalid phone number in row 1")
        text = fields.get("textMessage")
        if not isinstance(text, dict) or not cast(dict[str, Any], text).get("text"):
            return told(400, "must specify exactly one of: textMessage, dataMessage")
        id = fields.get("id") or uuid.uuid4().hex
        if id in known:
            return told(409, "Message with the same ID already exists")
        taken = Taken(id=id, to=number, origin=NUMBER, text=cast(dict[str, Any], text)["text"])
        self.taken.append(taken)
        return self._state(taken, 202)

    def _state(self, taken: Taken, status: int) -> Answer:
        recipient = {"phoneNumber": taken.to, "state": "Pending", "error": None}
        made = {
            "id": taken.id,
            "deviceId": DEVICE,
            "state": "Pending",
            "recipients": [recipient],
            "states": {"Pending": self._when()},
            "isHashed": False,
            "isEncrypted": False,
        }
        return _json(status, made)

    def inbound(self, said: Said, url: str) -> Webhook:
        return self.event("sms:received", self.text(said), url)

    def text(self, said: Said) -> Mapping[str, Any]:
        """What an event says of one text."""
        return {
            "message": said.text,
            "messageId": said.id,
            "phoneNumber": said.sender,
            "receivedAt": self._when(),
            "recipient": said.to,
            "sender": said.sender,
            "simNumber": 1,
        }

    def batch(self, messages: Sequence[Mapping[str, Any]], url: str) -> Webhook:
        """Texts of the inbox, sent again as one."""
        return self.event("sms:batch:received", {"messages": [*messages]}, url)

    def report(self, taken: Taken, status: str, code: str = "", url: str = "") -> Webhook:
        payload = {
            "messageId": taken.id,
            "phoneNumber": taken.to,
            "recipient": taken.to,
            "sender": NUMBER,
            "simNumber": 1,
            TIMES.get(status, "at"): self._when(),
        }
        return self.event(status, payload | ({"reason": code} if code else {}), url)

    def event(self, event: str, payload: Mapping[str, Any], url: str) -> Webhook:
        """Any event, as the app wraps and signs it."""
        body = {
            "deviceId": DEVICE,
            "event": event,
            "id": uuid.uuid4().hex[:21],
            "payload": payload,
            "webhookId": "LreFUt-Z3sSq0JufY9uWB",
        }
        return self.signed(url, json.dumps(body).encode())

    def signed(self, url: str, body: bytes, late: int = 0) -> Webhook:
        """Any body, signed now or `late` seconds ago."""
        stamp = str(int(self._now()) - late)
        proof = hmac.new(KEY.encode(), body + stamp.encode(), hashlib.sha256).hexdigest()
        return Webhook(
            url=url or "https://sms.example.org/in/main",
            headers={
                "content-type": "application/json",
                "x-timestamp": stamp,
                "x-signature": proof,
            },
            body=body,
        )

    def _when(self) -> str:
        return _written(self._now())


def _written(at: float) -> str:
    return datetime.datetime.fromtimestamp(at, datetime.UTC).isoformat(timespec="milliseconds")


def told(status: int, message: str, headers: dict[str, str] | None = None) -> Answer:
    """A refusal in the gateway's form."""
    return _json(status, {"message": message}, headers)


def _json(status: int, said: Any, headers: dict[str, str] | None = None) -> Answer:
    given = {"Content-Type": "application/json"} | (headers or {})
    return Answer(status=status, body=json.dumps(said).encode(), headers=given)
