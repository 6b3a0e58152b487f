"""A pretended Twilio: it checks what it is sent as the real one does, keeps it and lists it."""

import hmac
import json
import time
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from convo.fakes.fake import Answer, Asked, Now, Said, Taken, Webhook
from convo.fakes.twilio_numbers import LONG_CODES, TwilioNumbers

ACCOUNT = "AC00000000000000000000000000000001"
TOKEN = "0123456789abcdef0123456789abcdef"
LOGIN = "Basic " + b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
FORM = "application/x-www-form-urlencoded"
FIELDS = {"To", "From", "Body", "StatusCallback", "MessagingServiceSid", "MediaUrl"}
LISTED_BY = {"To", "From", "DateSent>", "PageSize", "Page"}
MOST_MEDIA = 10
LONGEST = 1600


class FakeTwilio:
    """One account with its token."""

    def __init__(self, now: Now = time.time, *, page_size: int = 1000) -> None:
        self._now = now
        self.taken: list[Taken] = []
        #: All that the list shows: also what others sent, and what came in.
        self.messages: list[dict[str, Any]] = []
        self.refusal: Answer | None = None
        self._page_size = page_size
        self.numbers = TwilioNumbers(ACCOUNT)

    @property
    def calls(self) -> str:
        number = self.numbers.records[LONG_CODES]
        return "" if number["sms_application_sid"] else number["sms_url"]

    @calls.setter
    def calls(self, url: str) -> None:
        self.numbers.records[LONG_CODES]["sms_url"] = url

    def keep(
        self,
        body: str,
        *,
        at: datetime | None = None,
        to: str,
        origin: str,
        direction: str = "outbound-api",
        status: str = "queued",
    ) -> str:
        """A message made at `at`, by us or by somebody else with our account, or by a contact."""
        sid = f"SM{len(self.messages):032x}"
        made = at or datetime.fromtimestamp(self._now(), UTC)
        self.messages.append(
            {
                "sid": sid,
                "to": to,
                "from": origin,
                "body": body,
                "direction": direction,
                "status": status,
                "date_created": format_datetime(made),
                "day": f"{made:%Y-%m-%d}",
            }
        )
        return sid

    def settings(self, url: str) -> Mapping[str, Any]:
        return {"account": ACCOUNT, "token": TOKEN, "base_url": url}

    def answer(self, asked: Asked) -> Answer:
        path, _, query = asked.target.partition("?")
        if path != PATH and not self.numbers.knows(path):
            return error(404, 20404)
        if asked.headers.get("authorization") != LOGIN:
            return error(401, 20003)
        if asked.method == "POST" and asked.headers.get("content-type") != FORM:
            return error(415, 20415)
        if path != PATH:
            return self.numbers.answer(asked)
        if asked.method == "GET":
            return self._list(dict(parse_qsl(query)))
        return self.refusal or self._create(asked)

    def _create(self, asked: Asked) -> Answer:
        pairs = parse_qsl(asked.body.decode(), keep_blank_values=True, strict_parsing=True)
        fields = dict(pairs)
        media = [value for name, value in pairs if name == "MediaUrl"]
        if len(fields) != len(pairs) - max(0, len(media) - 1) or not FIELDS.issuperset(fields):
            return error(400, 20001)
        if len(media) > MOST_MEDIA:
            return error(400, 21623)
        if not fields.get("To"):
            return error(400, 21604)
        if not fields.get("Body") and not media:
            return error(400, 21602)
        if len(fields.get("Body", "")) > LONGEST:
            return error(400, 21617)
        if not (fields.get("From") or fields.get("MessagingServiceSid")):
            return error(400, 21603)
        callback = fields.get("StatusCallback", "")
        if "_" in (urlsplit(callback).hostname or ""):
            return error(400, 21609)
        body, origin = fields.get("Body", ""), fields.get("From", "")
        sid = self.keep(body, to=fields["To"], origin=origin)
        self.taken.append(
            Taken(
                id=sid,
                to=fields["To"],
                origin=origin,
                text=body,
                media=tuple(media),
                callback=callback,
            )
        )
        made = {"sid": sid, "status": "queued", "num_segments": "1", "error_code": None}
        return Answer(
            status=201,
            body=json.dumps(made).encode(),
            headers={"Content-Type": "application/json"},
        )

    def _list(self, asked: dict[str, str]) -> Answer:
        if not LISTED_BY.issuperset(asked):
            return error(400, 20001)
        found = [
            message
            for message in reversed(self.messages)
            if asked.get("To", message["to"]) == message["to"]
            and asked.get("From", message["from"]) == message["from"]
            and message["day"] >= asked["DateSent>"]
        ]
        page = int(asked.get("Page", "0"))
        start = page * self._page_size
        following = None
        if len(found) > start + self._page_size:
            query = urlencode({**asked, "Page": str(page + 1)})
            following = f"{PATH}?{query}"
        listed = {"messages": found[start : start + self._page_size], "next_page_uri": following}
        return Answer(status=200, body=json.dumps(listed).encode())

    def inbound(self, said: Said, url: str, **more: str) -> Webhook:
        fields = {
            "MessageSid": said.id,
            "AccountSid": ACCOUNT,
            "From": said.sender,
            "To": said.to,
            "Body": said.text,
            "NumMedia": str(len(said.media)),
            "NumSegments": "1",
            "SmsStatus": "received",
        }
        fields |= {f"MediaUrl{n}": address for n, address in enumerate(said.media)}
        return self.posted(fields | more, url)

    def report(self, taken: Taken, status: str, code: str = "", url: str = "") -> Webhook:
        fields = {
            "MessageSid": taken.id,
            "AccountSid": ACCOUNT,
            "MessageStatus": status,
            "SmsStatus": status,
            "To": taken.to,
            "From": taken.origin,
        }
        if code:
            fields["ErrorCode"] = code
        return self.posted(fields, url or taken.callback)

    def posted(self, fields: dict[str, str], url: str) -> Webhook:
        """Any form, signed by the token."""
        signed = url + "".join(name + value for name, value in sorted(fields.items()))
        proof = b64encode(hmac.digest(TOKEN.encode(), signed.encode(), "sha1")).decode()
        return Webhook(
            url=url,
            headers={"content-type": FORM, "x-twilio-signature": proof},
            body=urlencode(fields).encode(),
        )


def error(status: int, code: int, headers: dict[str, str] | None = None) -> Answer:
    """A refusal in Twilio's form."""
    said = {"code": code, "message": "no", "more_info": "", "status": status}
    return Answer(status=status, body=json.dumps(said).encode(), headers=headers or {})
