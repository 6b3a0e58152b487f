"""A pretended Infobip (SMS API v3): App key, JSON, ids chosen by us, lists of results."""

import json
import re
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import parse_qsl

from convo.fakes.fake import Answer, Asked, Now, Said, Taken, Webhook

KEY = "infobip-key-0123456789abcdef"
MESSAGES, LOGS = "/sms/3/messages", "/sms/3/logs"
#: Of a message as the SDK's models have them.
FIELDS = frozenset(("sender", "destinations", "content", "options", "webhooks"))
LISTED_BY = frozenset(
    ("messageId", "sender", "sentSince", "sentUntil", "limit", "useCursor", "cursor")
)
LONGEST_ID = 200
LONGEST_PAGE = 1_000
PAGE = 50
"""It tells fewer at once than it may be asked for."""
GROUPS = ("ACCEPTED", "PENDING", "UNDELIVERABLE", "DELIVERED", "EXPIRED", "REJECTED")
_DIGITS = re.compile(r"[1-9]\d{6,14}\Z", re.ASCII)


class FakeInfobip:
    """One account with one API key."""

    def __init__(self, now: Now = time.time) -> None:  # noqa: ARG002 - every fake is made alike
        self.taken: list[Taken] = []
        self.refusal: Answer | None = None
        #: What its log has beside the messages it has taken; `at` (seconds) it tells nobody.
        self.kept: list[dict[str, Any]] = []

    def settings(self, url: str) -> Mapping[str, Any]:
        return {"api_key": KEY, "base_url": url, "opted_out": ["REJECTED_DESTINATION"]}

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"App {KEY}":
            return error(401, "UNAUTHORIZED")
        path, _, query = asked.target.partition("?")
        if (asked.method, path) == ("GET", LOGS):
            return self._log(dict(parse_qsl(query)))
        if (asked.method, path) != ("POST", MESSAGES):
            return error(404, "NOT_FOUND")
        return self.refusal or self._enqueued(asked)

    def keep(self, taken: Taken, status: str, code: str = "", *, at: float) -> None:
        """Have a message that was sent in the log."""
        self.kept.append({**_logged(self.told(taken, status, code)), "at": at})

    def _log(self, asked: Mapping[str, str]) -> Answer:
        if not LISTED_BY.issuperset(asked) or not 0 < int(asked.get("limit", "50")) <= LONGEST_PAGE:
            return error(400, "BAD_REQUEST")
        if "messageId" in asked:
            found = [taken for taken in self.taken if taken.id == asked["messageId"]]
            return _json(200, {"results": [_logged(_listed(taken)) for taken in found]})
        since, until = (_moment(asked[name]) for name in ("sentSince", "sentUntil"))
        found = [
            {name: value for name, value in entry.items() if name != "at"}
            | {"sentAt": _written(entry["at"])}
            for entry in sorted(self.kept, key=lambda entry: entry["at"], reverse=True)
            if since <= entry["at"] <= until and asked.get("sender") in (None, entry["sender"])
        ]
        first = int(asked.get("cursor", "0"))
        after = first + PAGE
        cursor = {"limit": PAGE, "nextCursor": str(after) if after < len(found) else None}
        return _json(200, {"results": found[first:after], "cursor": cursor})

    def _enqueued(self, asked: Asked) -> Answer:
        if asked.headers.get("content-type", "").partition(";")[0] != "application/json":
            return error(415, "UNSUPPORTED_MEDIA_TYPE")
        try:
            said: Any = json.loads(asked.body)
            (message,) = said["messages"]
            (destination,) = message["destinations"]
            text: Any = message["content"]["text"]
        except (ValueError, KeyError, TypeError):
            return error(400, "BAD_REQUEST")
        fields = cast(dict[str, Any], message)
        to, id = destination.get("to"), destination.get("messageId", "")
        sound = isinstance(text, str) and text and FIELDS.issuperset(fields)
        if not sound or len(id) > LONGEST_ID or not fields.get("sender"):
            return error(400, "BAD_REQUEST")
        if not isinstance(to, str) or not _DIGITS.match(to):
            return accepted(id, "REJECTED_INVALID_DESTINATION")
        origin = fields["sender"]
        webhooks = fields.get("webhooks", {})
        taken = Taken(
            id=id or f"{len(self.taken):036}",
            to=f"+{to}",
            origin=f"+{origin}" if _DIGITS.match(origin) else origin,
            text=text,
            callback=webhooks.get("delivery", {}).get("url", ""),
        )
        if taken.callback and webhooks.get("contentType") != "application/json":
            return error(400, "BAD_REQUEST")
        self.taken.append(taken)
        return accepted(taken.id, "PENDING_ACCEPTED")

    def inbound(self, said: Said, url: str) -> Webhook:
        return self.pushed([self.text(said)], url)

    def text(self, said: Said) -> Mapping[str, Any]:
        """One text, as it stands in a list of results; with pictures it is in segments."""
        came = {
            "messageId": said.id,
            "from": said.sender.lstrip("+"),
            "to": said.to.lstrip("+"),
            "receivedAt": "2016-10-06T09:28:40.000+0000",
            "keyword": "QUIZ",
            "price": {"pricePerMessage": 0, "currency": "EUR"},
        }
        if not said.media:
            return came | {"text": said.text, "cleanText": "", "smsCount": 1}
        words = [{"contentType": "text/plain", "value": said.text}] if said.text else []
        pictures = [{"contentType": "image/jpeg", "url": each} for each in said.media]
        return came | {"message": [*words, *pictures]}

    def report(self, taken: Taken, status: str, code: str = "", url: str = "") -> Webhook:
        """`status` is the name of one, `code` that of an error."""
        return self.pushed([self.told(taken, status, code)], url or taken.callback)

    def told(self, taken: Taken, status: str, code: str = "") -> Mapping[str, Any]:
        """One report, as it stands in a list of results."""
        group = "USER_ERRORS" if code else "OK"
        error = {"groupName": group, "name": code or "NO_ERROR", "permanent": bool(code)}
        return _listed(taken) | {"status": _status(status), "error": error}

    def pushed(self, results: Sequence[Mapping[str, Any]], url: str) -> Webhook:
        """Any results, in one request."""
        body = {"results": [*results], "messageCount": len(results), "pendingMessageCount": 0}
        kind = {"content-type": "application/json"}
        return Webhook(url=url, headers=kind, body=json.dumps(body).encode())


def _logged(told: Mapping[str, Any]) -> dict[str, Any]:
    """The log has another name for whom a message went to than reports have."""
    return {"destination" if name == "to" else name: value for name, value in told.items()}


def _moment(told: str) -> float:
    return datetime.strptime(told, "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()


def _written(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S}.000+0000"


def _listed(taken: Taken) -> dict[str, Any]:
    return {
        "messageId": taken.id,
        "to": taken.to.lstrip("+"),
        "sender": taken.origin.lstrip("+"),
        "sentAt": "2026-11-22T10:00:00.000+0000",
        "doneAt": "2026-11-22T10:00:01.000+0000",
        "messageCount": 1,
        "status": _status("PENDING_ENROUTE"),
    }


def _status(name: str) -> Mapping[str, Any]:
    group = name.partition("_")[0]
    number = GROUPS.index(group) if group in GROUPS else 99
    return {"groupId": number, "groupName": group, "id": 0, "name": name, "description": ""}


def accepted(id: str, status: str) -> Answer:
    """A good answer, which may hold a refusal."""
    message = {"messageId": id, "status": _status(status), "details": {"messageCount": 1}}
    return _json(200, {"bulkId": "1", "messages": [message]})


def error(status: int, code: str, headers: dict[str, str] | None = None) -> Answer:
    """A refusal of the request itself."""
    said = {"requestError": {"serviceException": {"messageId": code, "text": code}}}
    return _json(status, said, headers)


def _json(status: int, said: Any, headers: dict[str, str] | None = None) -> Answer:
    given = {"Content-Type": "application/json"} | (headers or {})
    return Answer(status=status, body=json.dumps(said).encode(), headers=given)
