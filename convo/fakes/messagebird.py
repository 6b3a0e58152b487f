"""A pretended MessageBird: AccessKey and JSON; texts by form, reports by GET, both with a token."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

from convo.fakes.fake import Answer, Asked, Now, Said, Taken, Webhook

KEY, SIGNING_KEY = "live_0123456789abcdef", "signing-key-0123456789abcdef0123456789"
FORM = "application/x-www-form-urlencoded"
ALWAYS = frozenset(("originator", "recipients", "body", "reference"))
MAY = {"/messages": frozenset(("datacoding", "reportUrl", "type", "validity", "gateway"))}
LISTED_BY = frozenset(
    ("direction", "originator", "recipient", "from", "until", "limit", "offset", "status")
)
LONGEST = 1377


class FakeMessageBird:
    """One account with its API key and its signing key."""

    def __init__(self, now: Now = time.time) -> None:
        self.taken: list[Taken] = []
        self.refusal: Answer | None = None
        #: What its list has; `at` (seconds since 1970) it tells nobody.
        self.kept: list[dict[str, Any]] = []
        self._now = now

    def settings(self, url: str) -> Mapping[str, Any]:
        return {"access_key": KEY, "signing_key": SIGNING_KEY, "base_url": url}

    def answer(self, asked: Asked) -> Answer:
        path, _, query = asked.target.partition("?")
        listed = asked.method == "GET" and path == "/messages"
        if not listed and (asked.method != "POST" or path not in ("/messages", "/mms")):
            return error(404, 20)
        if asked.headers.get("authorization") != f"AccessKey {KEY}":
            return error(401, 2, "access_key")
        if listed:
            return self._listed(dict(parse_qsl(query)))
        return self.refusal or self._created(asked)

    def _created(self, asked: Asked) -> Answer:
        try:
            said: Any = json.loads(asked.body)
        except ValueError:
            return error(422, 21)
        fields = cast(dict[str, Any], said) if isinstance(said, dict) else {}
        known = ALWAYS | MAY.get(asked.target, frozenset(("subject", "mediaUrls")))
        if not known >= fields.keys() >= ALWAYS:
            return error(422, 21)
        numbers = cast(list[str], fields["recipients"])
        if len(numbers) != 1 or not numbers[0].isdigit():
            return error(422, 9, "recipients")
        text, media = str(fields["body"]), cast(list[str], fields.get("mediaUrls", []))
        if len(text) > LONGEST or not (text or media):
            return error(422, 10, "body")
        if not text.isascii() and not media and fields.get("datacoding") not in ("auto", "unicode"):
            text = text.encode("ascii", "replace").decode()
        origin = str(fields["originator"])
        taken = Taken(
            id=uuid.uuid4().hex,
            to=f"+{numbers[0]}",
            origin=f"+{origin}" if origin.isdigit() and len(origin) > 8 else origin,
            text=text,
            media=tuple(media),
            callback=str(fields.get("reportUrl", "")),
            reference=str(fields["reference"]),
        )
        self.taken.append(taken)
        items = [{"recipient": int(numbers[0]), "status": "sent"}]
        made = {"id": taken.id, "href": "", "recipients": {"totalCount": 1, "items": items}}
        return Answer(status=201, body=json.dumps(made).encode())

    def keep_text(self, said: Said, at: float) -> None:
        """Have a text of somebody's in the list."""
        self._keep(said.id, "mo", said.sender, said.text, {"recipient": _number(said.to)}, at)

    def keep(self, taken: Taken, status: str, code: str = "", *, at: float) -> None:
        """Have a message that was sent in the list."""
        reached = {
            "recipient": _number(taken.to),
            "status": status,
            "statusErrorCode": int(code) if code else None,
        }
        self._keep(taken.id, "mt", taken.origin, taken.text, reached, at, taken.reference)

    def _keep(
        self,
        id: str,
        direction: str,
        origin: str,
        text: str,
        reached: Mapping[str, Any],
        at: float,
        reference: str = "",
    ) -> None:
        self.kept.append(
            {
                "id": id,
                "direction": direction,
                "type": "sms",
                "originator": origin.removeprefix("+"),
                "body": text,
                "reference": reference or None,
                "createdDatetime": datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds"),
                "recipients": {"totalCount": 1, "items": [reached]},
                "at": at,
            }
        )

    def _listed(self, fields: Mapping[str, str]) -> Answer:
        if not LISTED_BY.issuperset(fields):
            return error(422, 10, next(iter(fields.keys() - LISTED_BY)))
        since = datetime.fromisoformat(fields["from"]).timestamp() if "from" in fields else 0
        until = datetime.fromisoformat(fields["until"]).timestamp() if "until" in fields else 1e12
        limit, offset = int(fields.get("limit", "20")), int(fields.get("offset", "0"))
        found = [
            {name: value for name, value in entry.items() if name != "at"}
            for entry in sorted(self.kept, key=lambda entry: entry["at"], reverse=True)
            if since <= entry["at"] <= until
            and fields.get("direction") in (None, entry["direction"])
            and fields.get("originator") in (None, entry["originator"])
            and fields.get("recipient") in (None, str(entry["recipients"]["items"][0]["recipient"]))
        ]
        page = found[offset:][:limit]
        counts = {"offset": offset, "limit": limit, "count": len(page), "totalCount": len(found)}
        return Answer(status=200, body=json.dumps({**counts, "items": page}).encode())

    def inbound(self, said: Said, url: str) -> Webhook:
        fields = [
            ("receiver", said.to.removeprefix("+")),
            ("body", said.text),
            ("reference", "1"),
            ("id", said.id),
            ("id", said.id),
            ("recipient", said.to.removeprefix("+")),
            ("originator", said.sender.removeprefix("+")),
            ("CreatedDatetime", "2026-11-22T10:00:00+00:00"),
            *(("mediaUrls", each) for each in said.media),
        ]
        return self.posted(fields, url)

    def report(self, taken: Taken, status: str, code: str = "", url: str = "") -> Webhook:
        fields = {
            "id": taken.id,
            "reference": taken.reference,
            "recipient": taken.to.removeprefix("+"),
            "status": status,
            "statusErrorCode": code or "0",
        }
        return self.signed(
            Webhook(method="GET", url=f"{url or taken.callback}?{urlencode(fields)}")
        )

    def posted(self, fields: Sequence[tuple[str, str]], url: str) -> Webhook:
        """Any form, signed now."""
        body = urlencode(fields).encode()
        return self.signed(Webhook(url=url, headers={"content-type": FORM}, body=body))

    def signed(self, webhook: Webhook, late: int = 0) -> Webhook:
        """Any request, signed now or `late` seconds ago."""
        began = int(self._now()) - late
        said: dict[str, Any] = {
            "iss": "MessageBird",
            "nbf": began,
            "exp": began + 60,
            "jti": str(uuid.uuid4()),
            "url_hash": hashlib.sha256(webhook.url.encode()).hexdigest(),
        }
        if webhook.body:
            said["payload_hash"] = hashlib.sha256(webhook.body).hexdigest()
        head = ".".join(_base64url(json.dumps(part).encode()) for part in ({"alg": "HS256"}, said))
        proof = _base64url(hmac.digest(SIGNING_KEY.encode(), head.encode(), "sha256"))
        headers = webhook.headers | {"messagebird-signature-jwt": f"{head}.{proof}"}
        return Webhook(method=webhook.method, url=webhook.url, headers=headers, body=webhook.body)


def error(
    status: int, code: int, parameter: str = "", headers: dict[str, str] | None = None
) -> Answer:
    """A refusal in MessageBird's form."""
    said = {"errors": [{"code": code, "description": "no", "parameter": parameter}]}
    return Answer(status=status, body=json.dumps(said).encode(), headers=headers or {})


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _number(written: str) -> int:
    """Its JSON has recipients as numbers."""
    return int(written.removeprefix("+"))
