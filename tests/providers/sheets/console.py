"""The terminal: what is typed comes in as JSON; nothing goes out by HTTP."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from convo.fakes import Answer, Asked, Now, Said, Taken, Webhook
from convo.providers import console
from tests.providers.sheets import Hears, Sheet


class FakeTerminal:
    """Whoever types."""

    def __init__(self, now: Now) -> None:
        self.taken: list[Taken] = []
        self.refusal: Answer | None = None

    def settings(self, url: str) -> Mapping[str, Any]:
        return {}

    def answer(self, asked: Asked) -> Answer:
        return Answer(status=404, body=urlsplit(asked.target).path.encode())

    def inbound(self, said: Said, url: str) -> Webhook:
        typed = {"from": said.sender, "text": said.text, "id": said.id}
        return Webhook(url=url, body=json.dumps(typed).encode())

    def report(self, taken: Taken, status: str, code: str = "", url: str = "") -> Webhook:
        return Webhook(url=url or taken.callback, body=b"")


SHEET = Sheet(
    fake=FakeTerminal,
    hears=Hears(
        answer=console.ANSWER,
        senders={"+12025550101": "+12025550101", "202 555 0101": "+12025550101"},
        nobodies=(),  # who types such a number is told so
        statuses={},  # the browser's, in our own words (tests/providers/test_console.py)
        empty=False,
    ),
)
