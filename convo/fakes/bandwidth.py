"""A pretended Bandwidth (Messaging API v2): Basic both ways, JSON, events in lists."""

import base64
import json
import re
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, cast
from urllib.parse import parse_qsl

from convo.fakes.fake import Answer, Asked, Now, Said, Taken, Webhook

ACCOUNT, APPLICATION = "9900000", "93de2206-9669-4e07-948d-329f4b722ee2"
USER, PASSWORD = "api-user", "api-password-0123456789"
CALLBACK_USER, CALLBACK_PASSWORD = "bandwidth", "callback-password-0123456789"
MESSAGES = f"/api/v2/users/{ACCOUNT}/messages"
#: Of a message as the SDK's message_request.py has them.
FIELDS = frozenset(
    ("applicationId", "to", "from", "text", "media", "tag", "priority", "expiration")
)
#: What its list may be asked by, and which of these are fields of an entry.
SAME = ("sourceTn", "destinationTn", "messageDirection")
LISTED_BY = frozenset((*SAME, "fromDateTime", "toDateTime", "limit", "pageToken"))
LONGEST, LONGEST_TAG = 2048, 1024
_E164 = re.compile(r"\+[1-9]\d{6,14}\Z", re.ASCII)


class FakeBandwidth:
    """One account with one application, whose callbacks have a name and a password."""

    def __init__(self, now: Now = time.time) -> None:
        self.taken: list[Taken] = []
        self.refusal: Answer | None = None
        self._now = now
        self._times: dict[str, datetime] = {}
        self._kept: list[tuple[datetime, dict[str, Any]]] = []

    def settings(self, url: str) -> Mapping[str, Any]:
        return {
            "account": ACCOUNT,
            "application": APPLICATION,
            "username": USER,
            "password": PASSWORD,
            "callback_username": CALLBACK_USER,
            "callback_password": CALLBACK_PASSWORD,
            "base_url": url,
        }

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != _login(USER, PASSWORD):
            return error(401, "unauthorized")
        path, _, query = asked.target.partition("?")
        if path != MESSAGES:
            return error(404, "not-found")
        if asked.method == "GET":
            return self._list(dict(parse_qsl(query)))
        if asked.method != "POST":
            return error(405, "method-not-allowed")
        return self.refusal or self._accepted(asked)

    def keep(self, taken: Taken, status: str, code: str = "", *, at: float) -> None:
        """Have a message that was sent in the list, by the type of the event that tells of it."""
        word = {"message-failed": "FAILED"}.get(status, status.partition("-")[2].upper())
        told = {"errorCode": int(code)} if code else {}
        self._kept.append((datetime.fromtimestamp(at, UTC), self._listed(taken, word) | told))

    def _list(self, wanted: Mapping[str, str]) -> Answer:
        if not wanted or not LISTED_BY.issuperset(wanted):
            return error(400, "request-validation", "query")
        first, last = (
            datetime.fromisoformat(wanted.get(name, otherwise))
            for name, otherwise in (
                ("fromDateTime", "1970-01-01T00:00Z"),
                ("toDateTime", "9999-01-01T00:00Z"),
            )
        )
        sent = [(self._times[taken.id], self._listed(taken, "SENT")) for taken in self.taken]
        found = [
            {**entry, "receiveTime": at.isoformat()}
            for at, entry in sorted([*sent, *self._kept], key=itemgetter(0), reverse=True)
            if first <= at <= last
            and all(entry[name] == wanted.get(name, entry[name]) for name in SAME)
        ]
        start = int(base64.b64decode(wanted.get("pageToken", "")) or b"0")
        after = start + int(wanted.get("limit", "100"))
        token = base64.b64encode(str(after).encode()).decode()
        pages = {"nextPageToken": token} if after < len(found) else {}
        told = {"totalCount": len(found), "pageInfo": pages, "messages": found[start:after]}
        return _json(200, told)

    def _listed(self, taken: Taken, status: str) -> dict[str, Any]:
        return {
            "messageId": taken.id,
            "accountId": ACCOUNT,
            "sourceTn": taken.origin,
            "destinationTn": taken.to,
            "messageStatus": status,
            "messageDirection": "OUTBOUND",
            "messageType": "mms" if taken.media else "sms",
            "segmentCount": 1,
        }

    def _accepted(self, asked: Asked) -> Answer:
        if asked.headers.get("content-type", "").partition(";")[0] != "application/json":
            return error(415, "unsupported-media-type")
        try:
            said: Any = json.loads(asked.body)
        except ValueError:
            return error(400, "malformed")
        if not isinstance(said, dict):
            return error(400, "malformed")
        fields = cast(dict[str, Any], said)
        if wrong := _wrong(fields):
            return error(400, "request-validation", wrong)
        (to,) = fields["to"]
        taken = Taken(
            id=f"{int(self._now() * 1_000)}{uuid.uuid4().hex[:16]}",
            to=to,
            origin=fields["from"],
            text=fields.get("text", ""),
            media=tuple(fields.get("media", ())),
            reference=fields.get("tag", ""),
        )
        self.taken.append(taken)
        self._times[taken.id] = datetime.fromtimestamp(self._now(), UTC)
        return _json(202, self._message(taken) | {"text": taken.text})

    def _message(self, taken: Taken) -> dict[str, Any]:
        return {
            "id": taken.id,
            "owner": taken.origin,
            "applicationId": APPLICATION,
            "time": datetime.fromtimestamp(self._now(), UTC).isoformat(),
            "segmentCount": 1,
            "direction": "out",
            "to": [taken.to],
            "from": taken.origin,
            "text": "",
            "media": [*taken.media],
            "tag": taken.reference,
        }

    def inbound(self, said: Said, url: str) -> Webhook:
        return self.events([self.text(said)], url)

    def text(self, said: Said) -> Mapping[str, Any]:
        """The event of one text."""
        message = {
            "id": said.id,
            "owner": said.to,
            "applicationId": APPLICATION,
            "time": "2016-09-14T18:20:16Z",
            "segmentCount": 1,
            "direction": "in",
            "to": [said.to],
            "from": said.sender,
            "text": said.text,
            "media": [*said.media],
        }
        return {
            "type": "message-received",
            "time": "2016-09-14T18:20:16.123Z",
            "description": "Incoming message received",
            "to": said.to,
            "message": message,
        }

    def report(self, taken: Taken, status: str, code: str = "", url: str = "") -> Webhook:
        return self.events([self.told(taken, status, code)], url or taken.callback)

    def told(self, taken: Taken, status: str, code: str = "") -> Mapping[str, Any]:
        """The event of how far one message is; `status` is its type."""
        event = {
            "type": status,
            "time": "2016-09-14T18:20:16Z",
            "description": status,
            "to": taken.to,
            "message": self._message(taken),
        }
        return event | ({"errorCode": int(code)} if code else {})

    def events(self, events: Sequence[Mapping[str, Any]], url: str) -> Webhook:
        """Any events, in one request."""
        return self.signed(url, json.dumps([*events]).encode())

    def signed(self, url: str, body: bytes) -> Webhook:
        """Any body, with the application's name and password."""
        headers = {
            "content-type": "application/json; charset=utf-8",
            "user-agent": "BandwidthAPI/v2",
            "authorization": _login(CALLBACK_USER, CALLBACK_PASSWORD),
        }
        return Webhook(url=url, headers=headers, body=body)


def _wrong(fields: Mapping[str, Any]) -> str:
    """The first field that is not as it must be."""
    if unknown := sorted(fields.keys() - FIELDS):
        return unknown[0]
    if fields.get("applicationId") != APPLICATION:
        return "applicationId"
    to, text = fields.get("to"), fields.get("text", "")
    if not (isinstance(to, list) and len(cast(list[Any], to)) == 1):
        return "to"
    (number,) = cast(list[Any], to)
    if not (isinstance(number, str) and _E164.match(number)):
        return "to[0]"
    if not fields.get("from"):
        return "from"
    if not (text or fields.get("media")) or len(text) > LONGEST:
        return "text"
    return "tag" if len(fields.get("tag", "")) > LONGEST_TAG else ""


def _login(user: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def error(status: int, kind: str, field: str = "", headers: dict[str, str] | None = None) -> Answer:
    """A refusal in Bandwidth's form."""
    wrong = [{"fieldName": field, "description": "is not as it must be"}] if field else []
    return _json(status, {"type": kind, "description": kind, "fieldErrors": wrong}, headers)


def _json(status: int, said: Any, headers: dict[str, str] | None = None) -> Answer:
    given = {"Content-Type": "application/json"} | (headers or {})
    return Answer(status=status, body=json.dumps(said).encode(), headers=given)
