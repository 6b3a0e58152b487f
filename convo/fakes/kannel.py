"""A pretended Kannel: its smsbox takes texts by GET, and calls the get-url and the dlr-url."""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from convo.fakes.fake import Answer, Asked, Now, Said, Taken, Webhook

USER, PASSWORD = "convo", "correct horse"
SENDSMS = "/cgi-bin/sendsms"
FIELDS = frozenset(
    (
        "username",
        "password",
        "from",
        "to",
        "smsc",
        "text",
        "coding",
        "charset",
        "dlr-mask",
        "dlr-url",
    )
)
#: %d by the word for it.
BITS: Mapping[str, str] = {
    "delivered": "1",
    "undelivered": "2",
    "queued": "4",
    "sent": "8",
    "failed": "16",
}


class FakeKannel:
    """One smsbox with one sendsms-user."""

    def __init__(self, now: Now = time.time) -> None:  # noqa: ARG002 - every fake is made alike
        self.taken: list[Taken] = []
        self.refusal: Answer | None = None

    def settings(self, url: str) -> Mapping[str, Any]:
        return {"sendsms_url": url + SENDSMS, "username": USER, "password": PASSWORD}

    def answer(self, asked: Asked) -> Answer:
        path, _, query = asked.target.partition("?")
        if path != SENDSMS or asked.method != "GET":
            return Answer(status=404)
        fields = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True))
        if (fields.get("username"), fields.get("password")) != (USER, PASSWORD):
            return Answer(status=403, body=b"Authorization failed for sendsms")
        if self.refusal is not None:
            return self.refusal
        if not FIELDS.issuperset(fields) or not fields.get("from"):
            return Answer(status=400, body=b"Sender missing and no global set, rejected")
        if not fields.get("to"):
            return Answer(status=400, body=b"Missing receiver number, rejected")
        self.taken.append(
            Taken(
                # It tells no id: what it calls the message is known to its reports alone.
                id=f"{len(self.taken)}",
                to=fields["to"],
                origin=fields["from"],
                text=fields.get("text", ""),
                callback=fields.get("dlr-url", ""),
            )
        )
        return Answer(status=202, body=b"0: Accepted for delivery")

    def inbound(self, said: Said, url: str) -> Webhook:
        fields = {
            "id": said.id,
            "from": said.sender,
            "to": said.to,
            "ts": "1795320508",
            "coding": "0",
            "charset": "UTF-8",
            "udh": "",
            "text": said.text,
        }
        return Webhook(method="GET", url=f"{url}?{urlencode(fields)}")

    def report(self, taken: Taken, status: str, code: str = "", url: str = "") -> Webhook:
        """`status` is a word, or a bit of the mask; the dlr-url's escapes are filled in."""
        filled = {
            "%%": "%",
            "%d": BITS.get(status, status),
            "%F": taken.id,
            "%A": quote(code, safe=""),
        }
        written = url or taken.callback
        if "%d" not in written:
            written += ("&" if urlsplit(written).query else "?") + "status=%d&smsc=%F&reply=%A"
        for escape, value in filled.items():
            written = written.replace(escape, value)
        return Webhook(method="GET", url=written)
