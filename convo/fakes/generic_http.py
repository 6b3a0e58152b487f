"""A pretended gateway of one's own: it takes JSON, knows a key for each message, and is described
to us in its own settings, as every such gateway is in convo.toml."""

import json
import time
from collections.abc import Mapping
from typing import Any

from convo.fakes.fake import Answer, Asked, Now, Said, Taken, Webhook

TOKEN = "gateway-token-0123456789"
HEADERS = {"content-type": "application/json", "x-token": TOKEN}
#: Its words for how far a message is, and ours.
STATUSES = {"QUEUED": "queued", "SENT": "sent", "OK": "delivered", "LOST": "undelivered"}


class FakeGateway:
    """A gateway that takes JSON and knows a key for each message."""

    def __init__(self, now: Now = time.time) -> None:  # noqa: ARG002 - every fake is made alike
        self.taken: list[Taken] = []
        self.refusal: Answer | None = None
        self._by_key: dict[str, Taken] = {}

    def settings(self, url: str) -> Mapping[str, Any]:
        return {
            "auth": {"header_token": {"name": "X-Token", "value": TOKEN}},
            "incoming": {
                "items": "/events",
                "from": "/from",
                "text": "/text",
                "id": "/id",
                "media": "/media",
                "part": {"ref": "/part/ref", "number": "/part/number", "count": "/part/of"},
                "answer": {"status": 202, "body": "thanks"},
            },
            "reports": {
                "id": "/id",
                "status": "/status",
                "code": "/code",
                "to": "/to",
                "map": STATUSES,
                "opted_out": ["BLOCKED"],
            },
            "optout": {"field": "/kind", "values": ["optout"]},
            "send": {
                "url": f"{url}/send",
                "format": "json",
                "body": '{"to": {{to}}, "from": {{from}}, "text": {{text}}, '
                '"media": {{media}}, "callback": {{callback}}}',
                "headers": {"Authorization": f"Bearer {TOKEN}"},
                "idempotency_header": "Idempotency-Key",
            },
            "lookup": {
                "url": url + "/sent/{{uuid}}",
                "sent": {"status": [200]},
                "not_sent": {"status": [404]},
                "id": "/id",
            },
            "response": {"id": "/id", "opted_out": {"status": [410]}},
        }

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer(status=401)
        key = asked.headers.get("idempotency-key", "")
        if asked.method == "GET":
            key = asked.target.rpartition("/")[2]
            if key not in self._by_key:
                return Answer(status=404)
            return _json({"id": self._by_key[key].id})
        if self.refusal is not None:
            return self.refusal
        if key not in self._by_key:
            said = json.loads(asked.body)
            taken = Taken(
                id=f"G{len(self.taken)}",
                to=said["to"],
                origin=said["from"],
                text=said["text"],
                media=tuple(said["media"]),
                callback=said["callback"],
            )
            self.taken.append(taken)
            self._by_key[key] = taken
        return _json({"id": self._by_key[key].id})

    def inbound(self, said: Said, url: str) -> Webhook:
        return self.posted([text_of(said)], url)

    def report(self, taken: Taken, status: str, code: str = "", url: str = "") -> Webhook:
        event = {"id": taken.id, "status": status, "code": code, "to": taken.to}
        return Webhook(url=url or taken.callback, headers=HEADERS, body=json.dumps(event).encode())

    def posted(self, events: list[Any], url: str) -> Webhook:
        body = json.dumps({"events": events}).encode()
        return Webhook(url=url, headers=HEADERS, body=body)


def text_of(said: Said) -> dict[str, Any]:
    """A contact's text as an event of its webhook."""
    return {"from": said.sender, "text": said.text, "id": said.id, "media": [*said.media]}


def _json(said: Any) -> Answer:
    return Answer(status=200, body=json.dumps(said).encode())
