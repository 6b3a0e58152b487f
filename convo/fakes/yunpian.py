"""A pretended Yunpian (SMS API v2): forms with a key, whole texts matched to approved ones."""

import hashlib
import json
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any
from urllib.parse import parse_qsl, urlencode

from convo.fakes.fake import Answer, Approvals, Asked, Now, Said, Taken, Webhook

APIKEY, SIGN_NAME = "9b11127a9701975c734b8aee81ee3526", "云片网"
#: What this account has had approved, unless it is told otherwise.
TEMPLATES: Mapping[str, str] = {
    "1": "#text#",
    "2": "您的#service#已约在#day#。",
    "3": "好的。",
}
SEND, LIST = "/v2/sms/single_send.json", "/v2/sms/get_record.json"
FIELDS: Mapping[str, frozenset[str]] = {
    SEND: frozenset(("apikey", "mobile", "text", "extend", "uid", "callback_url", "register")),
    LIST: frozenset(
        ("apikey", "mobile", "start_time", "end_time", "page_num", "page_size", "type")
    ),
}
FORM = "application/x-www-form-urlencoded"
REPLIED_AT = "2014-03-17 22:55:21"
AHEAD = 8 * 60 * 60
"""Seconds that Beijing's clock is ahead of UTC."""

MOST_OF_A_PAGE = 100
SAME_WORDS = 30
"""Seconds in which a number is not told the same again."""

FIRST_SID = 3_310_228_064
_MOBILE = re.compile(r"1\d{10}|\+[1-9]\d{6,14}", re.ASCII)
_SIGNED = re.compile(r"【([^【】]+)】(.*)", re.DOTALL)
_GAP = re.compile(r"#\w+#")


class FakeYunpian:
    """One account with one key, one signature and a few approved templates."""

    def __init__(self, now: Now = time.time) -> None:
        self.taken: list[Taken] = []
        self.refusal: Answer | None = None
        self.approved = Approvals(signatures=(SIGN_NAME,), templates=TEMPLATES)
        self._now = now
        self._taken_at: list[float] = []
        #: What its list has beside the messages it has taken, by when they were sent.
        self._kept: list[tuple[float, dict[str, Any]]] = []

    def settings(self, url: str) -> Mapping[str, Any]:
        return {"apikey": APIKEY, "base_url": url, "templates": self.approved.templates}

    def answer(self, asked: Asked) -> Answer:
        if asked.method != "POST" or asked.target not in FIELDS:
            return Answer(status=404)
        if asked.headers.get("content-type", "").partition(";")[0] != FORM:
            return refused(2)
        pairs = parse_qsl(asked.body.decode(), keep_blank_values=True)
        fields = dict(pairs)
        if fields.get("apikey") != APIKEY:
            return refused(-1)
        if len(fields) != len(pairs) or not fields.keys() <= FIELDS[asked.target]:
            return refused(2)
        if asked.target == LIST:
            return self._listed(fields)
        return self._send(fields) if self.refusal is None else self.refusal

    def _send(self, fields: Mapping[str, str]) -> Answer:
        mobile, signed = fields.get("mobile", ""), _SIGNED.fullmatch(fields.get("text", ""))
        if _MOBILE.fullmatch(mobile) is None or mobile.startswith("+86"):
            return refused(56)
        if signed is None:
            return refused(16)
        if signed[1] not in self.approved.signatures:
            return refused(15)
        if not any(_fits(signed[2], each) for each in self.approved.templates.values()):
            return refused(5)
        number = mobile if mobile.startswith("+") else f"+86{mobile}"
        for at, before in zip(self._taken_at, self.taken, strict=True):
            same = (before.to, before.origin, before.text) == (number, signed[1], signed[2])
            if same and self._now() - at < SAME_WORDS:
                return refused(8)
        taken = Taken(
            id=str(FIRST_SID + len(self.taken)),
            to=number,
            origin=signed[1],
            text=signed[2],
            callback=fields.get("callback_url", ""),
            reference=fields.get("uid", ""),
        )
        self.taken.append(taken)
        self._taken_at.append(self._now())
        told = {"code": 0, "msg": "发送成功", "count": 1, "fee": 0.05, "unit": "RMB"}
        return _answered(told | {"mobile": mobile, "sid": int(taken.id)})

    def _listed(self, fields: Mapping[str, str]) -> Answer:
        try:
            first, last = (_read(fields[name]) for name in ("start_time", "end_time"))
            size, page = int(fields.get("page_size", "20")), int(fields.get("page_num", "1"))
        except (KeyError, ValueError):
            return refused(2)
        if size > MOST_OF_A_PAGE:
            return refused(2)
        sent = [
            (at, _entry(each, "UNKNOWN"))
            for at, each in zip(self._taken_at, self.taken, strict=True)
        ]
        found = [
            {**entry, "send_time": _written(at)}
            for at, entry in sorted([*sent, *self._kept], key=itemgetter(0), reverse=True)
            if first <= at <= last and fields.get("mobile") in (None, entry["mobile"])
        ]
        return _answered(found[(page - 1) * size : page * size])

    def keep(self, taken: Taken, status: str, code: str = "", *, at: float) -> None:
        """Have a message that was sent in the list."""
        self._kept.append((at, _entry(taken, status, code)))

    def inbound(self, said: Said, url: str) -> Webhook:
        return pushed("sms_reply", self.reply(said), url)

    def reply(self, said: Said) -> Mapping[str, Any]:
        """One contact's text as it stands in a push."""
        return signed(
            {
                "base_extend": "8888",
                "extend": "01",
                "id": said.id,
                "mobile": said.sender.removeprefix("+86"),
                "reply_time": REPLIED_AT,
                "text": said.text,
            }
        )

    def report(self, taken: Taken, status: str, code: str = "", url: str = "") -> Webhook:
        item = {
            "error_detail": "接收成功" if status == "SUCCESS" else "接收失败",
            "sid": int(taken.id),
            "uid": taken.reference or None,
            "user_receive_time": REPLIED_AT,
            "error_msg": code,
            "mobile": taken.to.removeprefix("+86"),
            "report_status": status,
        }
        return pushed("sms_status", [item], url or taken.callback)


def _entry(taken: Taken, status: str, code: str = "") -> dict[str, Any]:
    return {
        "sid": taken.id,
        "mobile": taken.to.removeprefix("+86"),
        "text": f"【{taken.origin}】{taken.text}",
        "send_status": "SUCCESS",
        "report_status": status,
        "error_msg": code or None,
        "uid": taken.reference or None,
    }


def signed(fields: Mapping[str, str]) -> Mapping[str, Any]:
    """A reply with its sign: what it says in the order of the names, and the key."""
    whole = ",".join([value for _, value in sorted(fields.items())] + [APIKEY])
    return {**fields, "_sign": hashlib.md5(whole.encode(), usedforsecurity=False).hexdigest()}


def pushed(field: str, said: object, url: str) -> Webhook:
    """Any push: JSON in the one field of a form."""
    body = urlencode({field: json.dumps(said, ensure_ascii=False)}).encode()
    return Webhook(url=url, headers={"content-type": f"{FORM};charset=utf-8"}, body=body)


def refused(code: int, http: int = 400, headers: Mapping[str, str] | None = None) -> Answer:
    """What the API says of a request that it does not take."""
    told = {"http_status_code": http, "code": code, "msg": "失败", "detail": "详情"}
    return _answered(told, http, headers)


def _answered(said: object, http: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    named = {"Content-Type": "application/json;charset=utf-8"} | dict(headers or {})
    return Answer(status=http, body=json.dumps(said).encode(), headers=named)


def _fits(text: str, template: str) -> bool:
    """Whether the text is this template, something in each of its gaps."""
    kept = [re.escape(piece) for piece in _GAP.split(template)]
    return re.fullmatch("(?:.|\n)+".join(kept), text) is not None


def _read(text: str) -> float:
    moment = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    return moment.timestamp() - AHEAD


def _written(at: float) -> str:
    return f"{datetime.fromtimestamp(at + AHEAD, UTC):%Y-%m-%d %H:%M:%S}"
