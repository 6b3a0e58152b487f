"""A pretended Vonage: the Messages API with its signed JSON, and the SMS API with its forms."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

from convo.fakes.fake import Answer, Asked, Now, Said, Taken, Webhook
from convo.fakes.vonage_applications import VonageApplications

KEY, SECRET = "abcd1234", "api-secret-0123"
SIGNATURE_SECRET = "fake-signature-secret-at-least-32-bytes!!"
BASIC = "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
MESSAGES, SMS = "/v1/messages", "/sms/json"
#: Fields of a message by its type, beside those that all have (vonage-messages 1.8, models).
ALWAYS = frozenset(("channel", "message_type", "to", "from", "client_ref"))
MAY = frozenset(("webhook_url", "webhook_version", "ttl", "sms"))
CONTENT = {("sms", "text"): "text", ("mms", "image"): "image", ("mms", "content"): "content"}
SMS_FIELDS = frozenset(
    (
        "from",
        "to",
        "text",
        "type",
        "client-ref",
        "status-report-req",
        "callback",
        "ttl",
    )
)
CODES_PAGE = "https://developer.vonage.com/api-errors/messages"
#: Letters beyond ASCII that GSM-7 has: as many as contacts and tests here need.
GSM = frozenset("éèùìòàÉÇñÑüÜöÖäÄßåÅæÆøØ€£¥§¿¡")
LONGEST = 3200
LONGEST_CALLBACK = 100
PART = 1530


def digits(number: str) -> str:
    """As Vonage writes numbers: E.164 without its `+`."""
    return number.removeprefix("+")


class FakeVonage:
    """One account whose numbers are at the Messages API."""

    def __init__(self, now: Now = time.time) -> None:
        self.taken: list[Taken] = []
        self.refusal: Answer | None = None
        self.applications = VonageApplications()
        self._now = now

    @property
    def calls(self) -> str:
        return self.applications.calls

    def settings(self, url: str) -> Mapping[str, Any]:
        return {
            "api": "messages",
            "api_key": KEY,
            "api_secret": SECRET,
            "signature_secret": SIGNATURE_SECRET,
            "base_url": url,
        }

    def answer(self, asked: Asked) -> Answer:
        told = self.applications.knows(asked.target.partition("?")[0])
        if not told and (asked.method != "POST" or asked.target != MESSAGES):
            return problem(404, "")
        if asked.headers.get("authorization") != BASIC:
            return problem(401, "")
        if told:
            return self.applications.answer(asked)
        return self.refusal or self._created(asked)

    def _created(self, asked: Asked) -> Answer:
        try:
            said: Any = json.loads(asked.body)
        except ValueError:
            return problem(422, "1120")
        fields = cast(dict[str, Any], said) if isinstance(said, dict) else {}
        kind = CONTENT.get((str(fields.get("channel")), str(fields.get("message_type"))))
        known = ALWAYS | MAY | {kind or ""}
        to = str(fields.get("to"))
        if kind is None or not known >= fields.keys() >= ALWAYS | {kind} or not to.isdigit():
            return problem(422, "1120")
        content: Any = fields[kind]
        pictures = cast(list[dict[str, str]], content if kind == "content" else [content])
        text: str = content if kind == "text" else pictures[0].get("caption", "")
        media = () if kind == "text" else tuple(each["url"] for each in pictures)
        if len(text) > LONGEST or not (text or media):
            return problem(422, "1120")
        taken = Taken(
            id=str(uuid.uuid4()),
            to=f"+{to}",
            origin=_origin(fields["from"]),
            text=text,
            media=media,
            callback=fields.get("webhook_url", ""),
            reference=fields["client_ref"],
        )
        self.taken.append(taken)
        return _json(202, {"message_uuid": taken.id})

    def inbound(self, said: Said, url: str) -> Webhook:
        event: dict[str, Any] = {
            "channel": "mms" if said.media else "sms",
            "message_uuid": said.id,
            "to": digits(said.to),
            "from": digits(said.sender),
            "timestamp": "2026-11-22T10:00:00.000Z",
            "message_type": "text",
            "sms": {"num_messages": "1", "keyword": said.text.partition(" ")[0].upper()},
        }
        if not said.media:
            return self.event(event | {"text": said.text}, url)
        pictures = [{"type": "image", "url": each} for each in said.media]
        more = {"message_type": "content", "content": pictures}
        return self.event(event | more | ({"text": said.text} if said.text else {}), url)

    def report(self, taken: Taken, status: str, code: str = "", url: str = "") -> Webhook:
        event: dict[str, Any] = {
            "message_uuid": taken.id,
            "to": digits(taken.to),
            "from": digits(taken.origin),
            "timestamp": "2026-11-22T10:00:01.000Z",
            "status": status,
            "channel": "sms",
            "client_ref": taken.reference,
        }
        if code:
            event["error"] = {
                "type": f"{CODES_PAGE}#{code}",
                "title": int(code),
            }
        return self.event(event, url or taken.callback)

    def event(self, event: Any, url: str) -> Webhook:
        """Any event, signed now."""
        return self.signed(url, json.dumps(event).encode())

    def signed(self, url: str, body: bytes, late: int = 0) -> Webhook:
        """Any body, signed now or `late` seconds ago."""
        said = {
            "iat": int(self._now()) - late,
            "jti": str(uuid.uuid4()),
            "iss": "Vonage",
            "payload_hash": hashlib.sha256(body).hexdigest(),
            "api_key": KEY,
        }
        head = ".".join(_base64url(json.dumps(part)) for part in ({"alg": "HS256"}, said))
        proof = hmac.digest(SIGNATURE_SECRET.encode(), head.encode(), "sha256")
        token = f"{head}.{base64.urlsafe_b64encode(proof).decode().rstrip('=')}"
        headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
        return Webhook(url=url, headers=headers, body=body)


class FakeVonageSms:
    """One account whose numbers are at the SMS API, with signed callbacks."""

    def __init__(self, now: Now = time.time) -> None:
        self.taken: list[Taken] = []
        self.refusal: Answer | None = None
        self._now = now

    def settings(self, url: str) -> Mapping[str, Any]:
        return {**FakeVonage(self._now).settings(url), "api": "sms"}

    def answer(self, asked: Asked) -> Answer:
        if asked.method != "POST" or asked.target != SMS:
            return Answer(status=404)
        if self.refusal is not None:
            return self.refusal
        fields = dict(parse_qsl(asked.body.decode(), keep_blank_values=True))
        if asked.headers.get("authorization") != BASIC:
            return parts("4", "Bad Credentials")
        to, text = fields.get("to", ""), fields.get("text", "")
        if not SMS_FIELDS.issuperset(fields) or not text or not fields.get("from"):
            return parts("2", "Missing Parameters")
        if not to.isdigit() or len(fields.get("callback", "")) > LONGEST_CALLBACK:
            return parts("3", "Invalid Parameters")
        if fields.get("type") != ("unicode" if _needs_unicode(text) else "text"):
            return parts("6", "The text would be mangled")
        if len(text) > LONGEST:
            return parts("12", "Message too long")
        ids = [uuid.uuid4().hex[:16].upper() for _ in range(0, len(text), PART)]
        self.taken.append(
            Taken(
                id=ids[0],
                to=f"+{to}",
                origin=_origin(fields["from"]),
                text=text,
                callback=fields.get("callback", ""),
                reference=fields.get("client-ref", ""),
            )
        )
        entries = [{"to": to, "message-id": each, "status": "0"} for each in ids]
        return _json(200, {"message-count": str(len(ids)), "messages": entries})

    def inbound(self, said: Said, url: str, **more: str) -> Webhook:
        fields = {
            "api-key": KEY,
            "msisdn": digits(said.sender),
            "to": digits(said.to),
            "messageId": said.id,
            "text": said.text,
            "type": "unicode" if _needs_unicode(said.text) else "text",
            "keyword": said.text.partition(" ")[0].upper(),
            "message-timestamp": "2026-11-22 10:00:00",
        }
        return self.posted(fields | more, url)

    def report(self, taken: Taken, status: str, code: str = "", url: str = "") -> Webhook:
        fields = {
            "api-key": KEY,
            "msisdn": digits(taken.to),
            "to": digits(taken.origin),
            "messageId": taken.id,
            "status": status,
            "err-code": code or "0",
            "scts": "2611221000",
            "client-ref": taken.reference,
        }
        return self.posted(fields, url or taken.callback)

    def posted(self, fields: Mapping[str, str], url: str, late: int = 0) -> Webhook:
        """Any fields as a form, signed now or `late` seconds ago."""
        whole = {name: value for name, value in fields.items() if name != "sig"}
        whole |= {"timestamp": str(int(self._now()) - late), "nonce": uuid.uuid4().hex}
        signed = ""
        for name in sorted(whole):
            signed += f"&{name}={whole[name]}".replace("&", "\0", 1).replace("=", "\1", 1)
        signed = signed.replace("&", "_").replace("=", "_").replace("\0", "&").replace("\1", "=")
        proof = hmac.digest(SIGNATURE_SECRET.encode(), signed.encode(), "sha256").hex()
        return Webhook(
            url=url,
            headers={"content-type": "application/x-www-form-urlencoded"},
            body=urlencode(whole | {"sig": proof.upper()}).encode(),
        )


def parts(status: str, text: str = "") -> Answer:
    """The SMS API's 200, which may hold a refusal."""
    entry = {"status": status, "error-text": text}
    return _json(200, {"message-count": "1", "messages": [entry]})


def problem(status: int, code: str, **headers: str) -> Answer:
    """The Messages API's refusal (RFC 7807)."""
    said = {"type": f"{CODES_PAGE}#{code}", "title": code, "detail": ""}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return _json(status, said, named)


def _origin(written: str) -> str:
    return f"+{written}" if written.isdigit() and len(written) > 8 else written


def _needs_unicode(text: str) -> bool:
    return any(ord(letter) > 126 and letter not in GSM for letter in text)


def _base64url(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _json(status: int, said: Any, headers: dict[str, str] | None = None) -> Answer:
    given = {"Content-Type": "application/json"} | (headers or {})
    return Answer(status=status, body=json.dumps(said).encode(), headers=given)
