"""A gateway of one's own description, described here: JSON, several events in a list."""

import json
from collections.abc import Mapping
from typing import Any

from convo.errors import ConfigError, OptedOut, Refused, SendUncertain
from convo.fakes import Answer, Asked, Now, Said, Taken, Webhook
from convo.ports import HttpAnswer
from tests.fakes.outbound import CONTACT, OURS
from tests.providers.sheets import Hears, Sends, Sheet

TOKEN = "gateway-token-0123456789"
HEADERS = {"content-type": "application/json", "x-token": TOKEN}
STATUSES = {"QUEUED": "queued", "SENT": "sent", "OK": "delivered", "LOST": "undelivered"}
URL = "https://sms.example.org/in/main"


class FakeGateway:
    """A gateway that takes JSON and knows a key for each message."""

    def __init__(self, now: Now) -> None:
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
        return self.posted([_text(said)], url)

    def report(self, taken: Taken, status: str, code: str = "", url: str = "") -> Webhook:
        event = {"id": taken.id, "status": status, "code": code, "to": taken.to}
        return Webhook(url=url or taken.callback, headers=HEADERS, body=json.dumps(event).encode())

    def posted(self, events: list[Any], url: str) -> Webhook:
        body = json.dumps({"events": events}).encode()
        return Webhook(url=url, headers=HEADERS, body=body)


def _text(said: Said) -> dict[str, Any]:
    return {"from": said.sender, "text": said.text, "id": said.id, "media": [*said.media]}


def _json(said: Any) -> Answer:
    return Answer(status=200, body=json.dumps(said).encode())


def _several(fake: FakeGateway, said: tuple[Said, ...]) -> Webhook:
    first, *rest = map(_text, said)
    return fake.posted([first, {"text": 7}, *rest], URL)


def _stop(fake: FakeGateway) -> Webhook:
    said = Said(sender=CONTACT, to=OURS, text="no more", id="9")
    return fake.posted([_text(said) | {"kind": "optout"}], URL)


def _part(fake: FakeGateway, text: str, number: int, count: int) -> Webhook:
    said = Said(sender=CONTACT, to=OURS, text=text, id="9")
    part = {"ref": "r1", "number": number, "of": count}
    return fake.posted([_text(said) | {"part": part}], URL)


SHEET = Sheet(
    fake=FakeGateway,
    hears=Hears(
        answer=HttpAnswer(status=202, body=b"thanks"),
        senders={"+12025550101": "+12025550101", "202-555-0101": "+12025550101"},
        statuses=STATUSES,  # pyright: ignore[reportArgumentType]
        signed=lambda _, webhook: Webhook(url=webhook.url, headers=HEADERS, body=webhook.body),
        covers=False,
        several=_several,
        stop=_stop,
        part=_part,
        opted_out=("LOST", "BLOCKED"),
        media=True,
    ),
    sends=Sends(
        refusals=(
            (Answer(status=410), OptedOut),
            (Answer(status=400), Refused),
            (Answer(status=401), ConfigError),
            (Answer(status=500), SendUncertain),
        ),
        limited=lambda headers: Answer(status=429, headers=headers),
        media=True,
    ),
    secrets=(TOKEN,),
)
