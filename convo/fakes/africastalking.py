"""A pretended Africa's Talking: forms both ways, an API key, refusals within good answers."""

import json
import re
import time
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from convo.fakes.fake import Answer, Asked, Now, Said, Taken, Webhook

USER, KEY = "salon", "africastalking-key-0123456789"
MESSAGING = "/version1/messaging"
#: Of a message as the SDK's SMS.py has them.
FIELDS = frozenset(
    (
        "username",
        "to",
        "message",
        "from",
        "bulkSMSMode",
        "enqueue",
        "keyword",
        "linkId",
        "retryDurationInHours",
    )
)
_NUMBER = re.compile(r"\+\d{1,3}\d{3,}\Z", re.ASCII)


class FakeAfricasTalking:
    """One app with one API key."""

    def __init__(self, now: Now = time.time) -> None:  # noqa: ARG002 - every fake is made alike
        self.taken: list[Taken] = []
        self.refusal: Answer | None = None

    def settings(self, url: str) -> Mapping[str, Any]:
        return {"username": USER, "api_key": KEY, "base_url": url}

    def answer(self, asked: Asked) -> Answer:
        if asked.target != MESSAGING or asked.method != "POST":
            return Answer(status=404, body=b"The requested resource was not found")
        if asked.headers.get("apikey") != KEY:
            return Answer(status=401, body=b"The supplied authentication is invalid")
        if asked.headers.get("content-type") != "application/x-www-form-urlencoded":
            return Answer(status=415)
        fields = dict(parse_qsl(asked.body.decode(), keep_blank_values=True))
        if fields.get("username") != USER:
            return Answer(status=401, body=b"The supplied authentication is invalid")
        answer = self.refusal or self._taken(fields)
        if asked.headers.get("accept") != "application/json":
            xml = b"<AfricasTalkingResponse></AfricasTalkingResponse>"
            return Answer(status=answer.status, body=xml, headers={"Content-Type": "text/xml"})
        return answer

    def _taken(self, fields: Mapping[str, str]) -> Answer:
        if not FIELDS.issuperset(fields) or fields.get("bulkSMSMode") != "1":
            return Answer(status=400, body=b"Bad request")
        if not fields.get("message"):
            return Answer(status=400, body=b"Request is missing required form field 'message'")
        to = fields.get("to", "")
        if not _NUMBER.match(to):
            return recipient("InvalidPhoneNumber", 403, to)
        taken = Taken(
            id=f"ATXid_{uuid.uuid4().hex}",
            to=to,
            origin=fields.get("from", ""),
            text=fields["message"],
        )
        self.taken.append(taken)
        return recipient("Success", 101, to, taken.id)

    def inbound(self, said: Said, url: str) -> Webhook:
        fields = {
            "linkId": "03090445075804249226",
            "text": said.text,
            "to": said.to.lstrip("+"),
            "id": said.id,
            "date": "2017-05-03T06:04:45Z",
            "from": said.sender,
        }
        return _posted(fields, url)

    def report(self, taken: Taken, status: str, code: str = "", url: str = "") -> Webhook:
        fields = {"id": taken.id, "status": status, "phoneNumber": taken.to, "networkCode": "63902"}
        return _posted(fields | ({"failureReason": code} if code else {}), url or taken.callback)

    def opted_out(self, number: str, url: str) -> Webhook:
        """They have left the sender name; only its URL says that it is this callback."""
        return _posted({"senderId": "SALON", "phoneNumber": number}, url)


def _posted(fields: Mapping[str, str], url: str) -> Webhook:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return Webhook(url=url, headers=headers, body=urlencode(fields).encode())


def recipient(status: str, code: int, number: str = "+254711000000", id: str = "None") -> Answer:
    """A good answer: what became of the one number in it."""
    told = {"statusCode": code, "number": number, "status": status, "cost": "KES 0.8000"}
    return answered("Sent to 1/1 Total Cost: KES 0.8000", told | {"messageId": id})


def answered(message: str, *recipients: Mapping[str, Any]) -> Answer:
    """A good answer."""
    said = {"SMSMessageData": {"Message": message, "Recipients": [*recipients]}}
    headers = {"Content-Type": "application/json"}
    return Answer(status=201, body=json.dumps(said).encode(), headers=headers)
