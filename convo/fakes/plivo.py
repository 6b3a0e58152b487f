"""A pretended Plivo: Basic and JSON; texts signed by the main account, reports by the number's.

Its list of messages tells twenty at a time, the newest first, and no words.
"""

import base64
import hmac
import json
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

from convo.fakes.fake import Answer, Asked, Now, Said, Taken, Webhook

AUTH_ID, TOKEN, MAIN_TOKEN = "SA0123456789ABCDEFGH", "plivo-token-0123", "plivo-main-token-0123"
LOGIN = "Basic " + base64.b64encode(f"{AUTH_ID}:{TOKEN}".encode()).decode()
ACCOUNT = f"/v1/Account/{AUTH_ID}/"
PATH = f"{ACCOUNT}Message/"
NUMBER, POWERPACK, APPLICATION = "12025550100", "pp-1", "20372631212782780"
FORM = "application/x-www-form-urlencoded"
FIELDS = frozenset(
    (
        "src",
        "powerpack_uuid",
        "dst",
        "text",
        "type",
        "url",
        "method",
        "media_urls",
        "message_expiry",
        "log",
        "trackable",
    )
)
LISTED_BY = frozenset(
    (
        "message_direction",
        "message_time__gte",
        "message_time__lte",
        "from_number",
        "powerpack_id",
        "limit",
        "offset",
    )
)
LONGEST = 1600
PAGE = 20


class FakePlivo:
    """One subaccount and its main account."""

    def __init__(self, now: Now = time.time) -> None:  # noqa: ARG002 - every fake is made alike
        self.taken: list[Taken] = []
        self.refusal: Answer | None = None
        #: What its list has; `at` (seconds since 1970) it tells nobody.
        self.kept: list[dict[str, Any]] = []
        #: The one application, and what has it: a number by its path, a Powerpack by its id.
        self.application: dict[str, Any] = {
            "app_id": APPLICATION,
            "app_name": "Salon",
            "message_url": None,
            "message_method": "POST",
        }
        self.number: dict[str, Any] = {
            "number": NUMBER,
            "application": f"{ACCOUNT}Application/{APPLICATION}/",
        }
        self.powerpack: dict[str, Any] = {
            "uuid": POWERPACK,
            "application_type": "xml",
            "application_id": APPLICATION,
        }

    @property
    def calls(self) -> str:
        return self.application["message_url"] or ""

    def settings(self, url: str) -> Mapping[str, Any]:
        return {
            "auth_id": AUTH_ID,
            "auth_token": TOKEN,
            "main_auth_token": MAIN_TOKEN,
            "base_url": url,
        }

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != LOGIN:
            return error(401, "authentication credentials invalid")
        path, _, query = asked.target.partition("?")
        if path == PATH and asked.method == "GET":
            return self._listed(dict(parse_qsl(query)))
        if path == PATH and asked.method == "POST":
            return self.refusal or self._created(asked)
        if asked.method == "POST" and path == f"{ACCOUNT}Application/{APPLICATION}/":
            return self._changed(asked)
        found = {
            f"{ACCOUNT}Number/{NUMBER}/": self.number,
            f"{ACCOUNT}Powerpack/{POWERPACK}/": self.powerpack,
            f"{ACCOUNT}Application/{APPLICATION}/": self.application,
        }.get(path)
        if found is None or asked.method != "GET":
            return error(404, "not found")
        return Answer(body=json.dumps(found).encode())

    def _created(self, asked: Asked) -> Answer:
        try:
            said: Any = json.loads(asked.body)
        except ValueError:
            return error(400, "invalid JSON")
        fields = cast(dict[str, Any], said) if isinstance(said, dict) else {}
        if not FIELDS.issuperset(fields):
            return error(400, "unknown parameters")
        to, origin = str(fields.get("dst", "")), str(fields.get("src", ""))
        if not to.removeprefix("+").isdigit() or origin == to:
            return error(400, "dst parameter is invalid")
        if bool(origin) is bool(fields.get("powerpack_uuid")):
            return error(400, "specify either powerpack_uuid or src")
        text, media = str(fields.get("text", "")), fields.get("media_urls", [])
        if len(text) > LONGEST or not (text or media):
            return error(400, "text parameter is invalid")
        if bool(media) is not (fields.get("type", "sms") == "mms"):
            return error(400, "type parameter is invalid")
        taken = Taken(
            id=str(uuid.uuid4()),
            to=f"+{to.removeprefix('+')}",
            origin=f"+{origin}" if origin.isdigit() and len(origin) > 8 else origin,
            text=text,
            media=tuple(media),
            callback=str(fields.get("url", "")),
        )
        self.taken.append(taken)
        said = {"message": "message(s) queued", "message_uuid": [taken.id], "api_id": "a-1"}
        return Answer(status=202, body=json.dumps(said).encode())

    def keep(self, taken: Taken, status: str, code: str = "", *, at: float, **more: str) -> None:
        """Have a message in the list: one that was sent, unless `more` says otherwise."""
        entry = {
            "message_uuid": taken.id,
            "message_direction": "outbound",
            "message_state": status,
            "message_time": datetime.fromtimestamp(at, UTC).isoformat(" "),
            "from_number": taken.origin.removeprefix("+"),
            "to_number": taken.to.removeprefix("+"),
            "error_code": code or "000",
            "powerpack_id": None,
            "units": 1,
        }
        self.kept.append({**entry, **more, "at": at})

    def _listed(self, fields: Mapping[str, str]) -> Answer:
        limit, offset = int(fields.get("limit", "20")), int(fields.get("offset", "0"))
        if not LISTED_BY.issuperset(fields) or not 0 < limit <= PAGE:
            return error(400, "unknown or invalid filter")
        since, until = (_moment(fields[f"message_time__{end}"]) for end in ("gte", "lte"))
        same = ("message_direction", "from_number", "powerpack_id")
        found = [
            {name: value for name, value in entry.items() if name != "at"}
            for entry in sorted(self.kept, key=lambda entry: entry["at"], reverse=True)
            if since <= entry["at"] <= until
            and all(entry[name] == fields[name] for name in same if name in fields)
        ]
        meta = {"limit": limit, "offset": offset, "total_count": len(found)}
        told = {"api_id": "a-1", "meta": meta, "objects": found[offset:][:limit]}
        return Answer(status=200, body=json.dumps(told).encode())

    def _changed(self, asked: Asked) -> Answer:
        if asked.headers.get("content-type") != "application/json":
            return error(400, "invalid JSON")
        said: Any = json.loads(asked.body)
        if not {"message_url", "message_method"}.issuperset(said):
            return error(400, "unknown parameters")
        if said.get("message_method", "POST") not in ("GET", "POST"):
            return error(400, "message_method parameter is invalid")
        self.application |= said
        return Answer(status=202, body=json.dumps({"message": "changed", "api_id": "a-1"}).encode())

    def inbound(self, said: Said, url: str, **more: str) -> Webhook:
        fields = {
            "MessageUUID": said.id,
            "From": said.sender.removeprefix("+"),
            "To": said.to.removeprefix("+"),
            "Body" if said.media else "Text": said.text,
            "Type": "mms" if said.media else "sms",
            "Units": "1",
            "TotalRate": "0",
            "TotalAmount": "0",
        }
        fields |= {f"Media{n}": address for n, address in enumerate(said.media, start=1)}
        return self.posted(fields | more, url)

    def report(self, taken: Taken, status: str, code: str = "", url: str = "") -> Webhook:
        fields = {
            "MessageUUID": taken.id,
            "ParentMessageUUID": taken.id,
            "From": taken.origin.removeprefix("+"),
            "To": taken.to.removeprefix("+"),
            "Status": status,
            "Sequence": "1",
            "ErrorCode": code or "000",
        }
        return self.posted(fields, url or taken.callback)

    def posted(self, fields: Mapping[str, str], url: str) -> Webhook:
        """Any form, signed: reports by the number's account, all else by the main one."""
        is_report = "Status" in fields
        base, _, query = url.partition("?")
        asked = "&".join(f"{n}={v}" for n, v in sorted(parse_qsl(query, keep_blank_values=True)))
        said = "".join(f"{name}{fields[name]}" for name in sorted(fields))
        signed = base + ("?" if asked or said else "") + asked + ("." if asked and said else "")
        nonce = str(uuid.uuid4().int)[:20]
        text = f"{signed}{said}.{nonce}".encode()
        token = TOKEN if is_report else MAIN_TOKEN
        proof = base64.b64encode(hmac.digest(token.encode(), text, "sha256")).decode()
        header = "x-plivo-signature-v3" if is_report else "x-plivo-signature-ma-v3"
        headers = {"content-type": FORM, header: proof, "x-plivo-signature-v3-nonce": nonce}
        return Webhook(url=url, headers=headers, body=urlencode(fields).encode())


def error(status: int, said: str, headers: dict[str, str] | None = None) -> Answer:
    """A refusal in Plivo's form."""
    body = json.dumps({"api_id": "a-1", "error": said}).encode()
    return Answer(status=status, body=body, headers=headers or {})


def _moment(told: str) -> float:
    """A time of a filter: its zone is UTC, whoever asks."""
    return datetime.strptime(f"{told}+0000", "%Y-%m-%d %H:%M:%S%z").timestamp()
