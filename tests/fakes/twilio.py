"""A Twilio on 127.0.0.1: it checks what it is sent as the real one does, and keeps it."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.fakes.http_server import Answer, Asked, FakeServer

ACCOUNT = "AC00000000000000000000000000000001"
TOKEN = "0123456789abcdef0123456789abcdef"
LOGIN = "Basic " + b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
FIELDS = {"To", "From", "Body", "StatusCallback", "MessagingServiceSid", "MediaUrl"}
MOST_MEDIA = 10


class FakeTwilio(FakeServer):
    """`refusal` is (HTTP status, Twilio's code, headers) of every send from now on."""

    def __init__(self, page_size: int = 1000) -> None:
        super().__init__(self._answer)
        self.messages: list[dict[str, str]] = []
        self.refusal: tuple[int, int, dict[str, str]] | None = None
        self._page_size = page_size

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
        made = at or datetime.now(UTC)
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

    def _answer(self, asked: Asked) -> Answer:
        path, _, query = asked.target.partition("?")
        if path != PATH:
            return _error(404, 20404)
        if asked.headers.get("authorization") != LOGIN:
            return _error(401, 20003)
        if asked.method == "GET":
            return self._list(dict(parse_qsl(query)))
        return self._create(asked)

    def _create(self, asked: Asked) -> Answer:
        if self.refusal is not None:
            status, code, headers = self.refusal
            return _error(status, code, headers)
        pairs = parse_qsl(asked.body.decode(), keep_blank_values=True, strict_parsing=True)
        fields = dict(pairs)
        assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
        media = [value for name, value in pairs if name == "MediaUrl"]
        assert len(fields) == len(pairs) - max(0, len(media) - 1)
        if len(media) > MOST_MEDIA:
            return _error(400, 21623)
        assert set(fields) <= FIELDS
        for name, code in (("To", 21604), ("Body", 21602)):
            if not fields.get(name):
                return _error(400, code)
        if not (fields.get("From") or fields.get("MessagingServiceSid")):
            return _error(400, 21603)
        if "_" in (urlsplit(fields.get("StatusCallback", "")).hostname or ""):
            return _error(400, 21609)
        sid = self.keep(fields["Body"], to=fields["To"], origin=fields.get("From", ""))
        made = {"sid": sid, "status": "queued", "num_segments": "1", "error_code": None}
        return Answer(
            status=201,
            body=json.dumps(made).encode(),
            headers={"Content-Type": "application/json"},
        )

    def _list(self, asked: dict[str, str]) -> Answer:
        assert set(asked) <= {"To", "From", "DateSent>", "PageSize", "Page"}
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


def _error(status: int, code: int, headers: dict[str, str] | None = None) -> Answer:
    said = {"code": code, "message": "no", "more_info": "", "status": status}
    return Answer(status=status, body=json.dumps(said).encode(), headers=headers or {})
