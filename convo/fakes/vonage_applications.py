"""What a pretended Vonage has written down about where its Messages API brings texts."""

import json
from typing import Any
from urllib.parse import parse_qsl

from convo.fakes.fake import Answer, Asked

NUMBER = "12025550100"
APPLICATION = "78d335fa-323d-0114-9c3d-d6f0d48968cf"
NUMBERS, APPLICATIONS = "/account/numbers", "/v2/applications/"
SOUGHT_BY = {"pattern", "search_pattern", "size"}
#: Of an application, what may be put; its name must.
FIELDS = {"name", "capabilities", "keys", "privacy"}


class VonageApplications:
    """One application, and the numbers that are linked to it or to none."""

    def __init__(self) -> None:
        self.numbers: dict[str, str | None] = {NUMBER: APPLICATION}
        self.application: dict[str, Any] = {
            "id": APPLICATION,
            "name": "Salon",
            "keys": {"public_key": "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"},
            "privacy": {"improve_ai": False},
            "capabilities": {"voice": {"signed_callbacks": True}},
            "_links": {"self": {"href": f"{APPLICATIONS}{APPLICATION}"}},
        }

    @property
    def calls(self) -> str:
        messages = self.application["capabilities"].get("messages", {})
        return messages.get("webhooks", {}).get("inbound_url", {}).get("address", "")

    def knows(self, path: str) -> bool:
        return path in (NUMBERS, f"{APPLICATIONS}{APPLICATION}")

    def answer(self, asked: Asked) -> Answer:
        path, _, query = asked.target.partition("?")
        if path == NUMBERS and asked.method == "GET":
            return self._numbers(dict(parse_qsl(query)))
        if path == NUMBERS or asked.method not in ("GET", "PUT"):
            return Answer(status=405)
        if asked.method == "PUT":
            return self._replaced(asked)
        return _json(200, self.application)

    def _numbers(self, sought: dict[str, str]) -> Answer:
        if not SOUGHT_BY.issuperset(sought) or sought.get("search_pattern") != "0":
            return _json(420, {"error-code": "420"})
        found = [
            {"country": "US", "msisdn": number, "features": ["SMS"]}
            | ({"app_id": application} if application else {})
            for number, application in self.numbers.items()
            if number.startswith(sought["pattern"])
        ]
        return _json(200, {"count": len(found), "numbers": found} if found else {})

    def _replaced(self, asked: Asked) -> Answer:
        if asked.headers.get("content-type") != "application/json":
            return Answer(status=415)
        said: Any = json.loads(asked.body)
        if "name" not in said or not FIELDS.issuperset(said):
            return _json(400, {"title": "Bad Request"})
        webhooks = said.get("capabilities", {}).get("messages", {}).get("webhooks", {})
        for each in webhooks.values():
            if each.keys() != {"address", "http_method"}:
                return _json(400, {"title": "Bad Request"})
        kept = {name: self.application[name] for name in ("id", "_links")}
        self.application = {**kept, **said}
        return _json(200, self.application)


def _json(status: int, said: Any) -> Answer:
    headers = {"Content-Type": "application/json"}
    return Answer(status=status, body=json.dumps(said).encode(), headers=headers)
