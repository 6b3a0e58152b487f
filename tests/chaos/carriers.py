"""Two phone companies: one that can be asked what it has sent, and one that cannot."""

import hashlib
import hmac
import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Protocol
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

from tests.chaos.wire import Asked, answer, request

OURS = "+12025550100"
ACCOUNT = "AC00000000000000000000000000000001"
SIGNING = "0123456789abcdef0123456789abcdef"
PATH_TOKEN = "path-token-of-the-shop"
USER, PASSWORD = "shop", "fakepassword"
REPORT_BITS = {"sent": "8", "delivered": "1"}
"""Kannel's `%d`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text that the business posted, and which of its messages it says that is."""

    to: str
    body: str
    callback: str

    @property
    def outbound(self) -> str:
        return urlsplit(self.callback).path.rpartition("/")[2].partition("-")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A text that the company has taken."""

    sid: str
    text: Text
    at: datetime


class Carrier(Protocol):
    """How one company speaks."""

    #: Whether it can be asked.
    askable: bool
    #: Where it thinks that the business is.
    public: str

    def settings(self, port: int) -> str:
        """The channel's table in convo.toml; `port` is the company's."""
        ...

    def webhook(self, number: str, text: str, sid: str) -> bytes:
        """A text from a phone."""
        ...

    def sid_of(self, raw: bytes) -> str:
        """The id in what the business kept of a webhook."""
        ...

    def text_of(self, asked: Asked) -> Text | None:
        """The text to be sent; None when it is asked for what was sent."""
        ...

    def taken(self, made: Made) -> bytes: ...

    def listed(self, asked: Asked, made: list[Made]) -> bytes: ...

    def report(self, made: Made, word: str) -> bytes:
        """A delivery report; `word` is "sent" or "delivered"."""
        ...


class Twilio:
    """Signs its webhooks and keeps a list."""

    askable = True
    public = "https://sms.example.org"

    def settings(self, port: int) -> str:
        return (
            f'provider = "twilio"\naccount = "{ACCOUNT}"\ntoken = "{SIGNING}"\n'
            f'base_url = "http://127.0.0.1:{port}"'
        )

    def webhook(self, number: str, text: str, sid: str) -> bytes:
        form = {
            "MessageSid": sid,
            "AccountSid": ACCOUNT,
            "From": number,
            "To": OURS,
            "Body": text,
            "NumMedia": "0",
            "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
        }
        return self._signed("/in/main", form)

    def sid_of(self, raw: bytes) -> str:
        return parse_qs(raw.decode())["MessageSid"][0]

    def text_of(self, asked: Asked) -> Text | None:
        if asked.method != "POST":
            return None
        form = dict(parse_qsl(asked.body.decode(), keep_blank_values=True))
        return Text(to=form["To"], body=form["Body"], callback=form["StatusCallback"])

    def taken(self, made: Made) -> bytes:
        said = {"sid": made.sid, "status": "queued", "num_segments": "1"}
        return answer(201, json.dumps(said).encode(), "application/json")

    def listed(self, asked: Asked, made: list[Made]) -> bytes:
        wanted = dict(parse_qsl(urlsplit(asked.target.decode()).query))
        found = [
            {
                "sid": each.sid,
                "body": each.text.body,
                "direction": "outbound-api",
                "date_created": format_datetime(each.at),
            }
            for each in made
            if each.text.to == wanted.get("To", each.text.to)
            and f"{each.at:%Y-%m-%d}" >= wanted["DateSent>"]
        ]
        said = {"messages": found, "next_page_uri": None}
        return answer(200, json.dumps(said).encode(), "application/json")

    def report(self, made: Made, word: str, *, ours: bool = True) -> bytes:
        """`ours`: to the callback of the very message; else to where the texts go."""
        form = {"MessageSid": made.sid, "MessageStatus": word, "To": made.text.to, "From": OURS}
        return self._signed(urlsplit(made.text.callback).path if ours else "/in/main", form)

    def _signed(self, path: str, form: dict[str, str]) -> bytes:
        signed = self.public + path + "".join(name + form[name] for name in sorted(form))
        proof = b64encode(hmac.digest(SIGNING.encode(), signed.encode(), hashlib.sha1)).decode()
        return request("POST", path, urlencode(form), X_Twilio_Signature=proof)


class Kannel:
    """A gateway that forgets what it has sent."""

    askable = False
    public = "http://sms.example.org"

    def settings(self, port: int) -> str:
        return (
            f'provider = "kannel"\nsendsms_url = "http://127.0.0.1:{port}/cgi-bin/sendsms"\n'
            f'username = "{USER}"\npassword = "{PASSWORD}"\npath_token = "{PATH_TOKEN}"'
        )

    def webhook(self, number: str, text: str, sid: str) -> bytes:
        query = urlencode({"id": sid, "from": number, "to": OURS, "text": text, "coding": "0"})
        return request("GET", f"/in/main/{PATH_TOKEN}?{query}")

    def sid_of(self, raw: bytes) -> str:
        return parse_qs(raw.decode())["id"][0]

    def text_of(self, asked: Asked) -> Text | None:
        given = dict(parse_qsl(urlsplit(asked.target.decode()).query))
        return Text(to=given["to"], body=given["text"], callback=given["dlr-url"])

    def taken(self, made: Made) -> bytes:
        return answer(202, b"0: Accepted for delivery", "text/plain")

    def listed(self, asked: Asked, made: list[Made]) -> bytes:
        raise AssertionError("nobody can ask this company")

    def report(self, made: Made, word: str) -> bytes:
        url = urlsplit(unquote(made.text.callback))
        given = url.query.replace("%d", REPORT_BITS[word]).replace("%F", made.sid)
        return request("GET", f"{url.path}?{given.replace('%A', '')}")


def now() -> datetime:
    return datetime.now(UTC)
