"""A pretended Huawei Cloud SMS (MSGSMS): SDK-HMAC-SHA256 signatures, forms, templates only."""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

from convo.fakes.fake import Answer, Approvals, Asked, Now, Said, Taken, Webhook

APP_KEY, APP_SECRET = "c8RWg3ggEcyd4D3p94bf3Y7x1Ile", "AppSecretExample"
NUMBER, SIGN_NAME = "8823040504797", "华为云"
#: What this application has had approved, unless it is told otherwise.
TEMPLATES: Mapping[str, str] = {
    "8ff55eac1d0b478ab3c06c3c6a492300": "${1}",
    "8ff55eac1d0b478ab3c06c3c6a492301": "您的${1}已约在${2}。",
    "8ff55eac1d0b478ab3c06c3c6a492302": "好的。",
}
FORM = "application/x-www-form-urlencoded"
FIELDS = frozenset(
    ("from", "to", "templateId", "templateParas", "statusCallback", "extend", "signature")
)
SKEW = 900
"""Seconds that a request's clock may be off."""

SENT_AT = "2026-11-22T10:00:00Z"
LONGEST_EXTEND = 128
_PROOF = re.compile(r"SDK-HMAC-SHA256 Access=(\w+), SignedHeaders=(\S+), Signature=([0-9a-f]{64})")
_GAP = re.compile(r"\$\{\w*\}")
_MOBILE = re.compile(r"\+861\d{10}", re.ASCII)
_STAMP = re.compile(r"\d{8}T\d{6}Z", re.ASCII)


class FakeHuawei:
    """One application with one key, one signature with its number, and a few templates."""

    def __init__(self, now: Now = time.time) -> None:
        self.taken: list[Taken] = []
        self.refusal: Answer | None = None
        self.approved = Approvals(signatures=(SIGN_NAME,), templates=TEMPLATES)
        self._now = now

    def settings(self, url: str) -> Mapping[str, Any]:
        return {
            "app_key": APP_KEY,
            "app_secret": APP_SECRET,
            "number": NUMBER,
            "base_url": url,
            "templates": self.approved.templates,
        }

    def answer(self, asked: Asked) -> Answer:
        if (wrong := self._unsigned(asked)) is not None:
            return said(wrong, http=401)
        if asked.method != "POST" or asked.target != "/sms/batchSendSms/v1":
            return said("E000106", http=404)
        if asked.headers.get("content-type", "").partition(";")[0] != FORM:
            return said("E000040", http=400)
        pairs = parse_qsl(asked.body.decode(), keep_blank_values=True)
        fields = dict(pairs)
        if len(fields) != len(pairs) or not fields.keys() <= FIELDS:
            return said("E000503", http=400)
        return self._send(fields) if self.refusal is None else self.refusal

    def _unsigned(self, asked: Asked) -> str | None:
        """What is wrong with the signature, by the rules of SDK-HMAC-SHA256."""
        headers = asked.headers
        found = _PROOF.fullmatch(headers.get("authorization", ""))
        stamp = headers.get("x-sdk-date", "")
        if found is None or _STAMP.fullmatch(stamp) is None:
            return "E000045"
        if found[1] != APP_KEY:
            return "E000102"
        sent = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
        if abs(sent - self._now()) > SKEW:
            return "E000110"
        named = found[2].split(";")
        if named != sorted(named) or not {"host", "x-sdk-date"} <= set(named):
            return "E000045"
        path, _, query = asked.target.partition("?")
        lines = "".join(f"{name}:{headers.get(name, '').strip()}\n" for name in named)
        told = headers.get("x-sdk-content-sha256")
        body = hashlib.sha256(asked.body).hexdigest() if told is None or not asked.body else told
        whole = f"{asked.method}\n{path.rstrip('/')}/\n{query}\n{lines}\n{found[2]}\n{body}"
        to_sign = f"SDK-HMAC-SHA256\n{stamp}\n{hashlib.sha256(whole.encode()).hexdigest()}"
        right = hmac.new(APP_SECRET.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
        return None if hmac.compare_digest(right, found[3]) else "E000045"

    def _send(self, fields: Mapping[str, str]) -> Answer:
        number, template = fields.get("to", ""), fields.get("templateId", "")
        if _MOBILE.fullmatch(number) is None or len(fields.get("extend", "")) > LONGEST_EXTEND:
            return said("E000503", http=400)
        if fields.get("from") != NUMBER:
            return of_number("E200018", number)
        if fields.get("signature", SIGN_NAME) not in self.approved.signatures:
            return of_number("E200020", number)
        if template not in self.approved.templates:
            return of_number("E200032", number)
        text = _filled(self.approved.templates[template], fields.get("templateParas"))
        if text is None:
            return said("E000503", http=400)
        taken = Taken(
            id=f"d6e3cdd0-522b-4692-8304-a07553cdf591_{8_539_659 + len(self.taken)}",
            to=number,
            origin=fields.get("signature", SIGN_NAME),
            text=text,
            callback=fields.get("statusCallback", ""),
            reference=fields.get("extend", ""),
        )
        self.taken.append(taken)
        return of_number("000000", number, taken.id)

    def inbound(self, said: Said, url: str) -> Webhook:
        return self.pushed(
            {"from": said.sender, "to": NUMBER, "body": said.text, "smsMsgId": said.id}, url
        )

    def report(self, taken: Taken, status: str, code: str = "", url: str = "") -> Webhook:
        """Its word for a fate is the code as well."""
        fields = {
            "sequence": "1",
            "total": "1",
            "updateTime": SENT_AT,
            "source": "2",
            "smsMsgId": taken.id,
            "status": code or status,
        }
        if taken.reference:
            fields |= {"extend": taken.reference, "to": taken.to}
        return self.pushed(fields, url or taken.callback)

    def pushed(self, fields: Mapping[str, str], url: str) -> Webhook:
        """Any push; this application has not switched on that they are signed."""
        headers = {"content-type": FORM}
        return Webhook(url=url, headers=headers, body=urlencode(fields).encode())


def _filled(template: str, paras: str | None) -> str | None:
    """The template with its gaps filled one by one; None where their values do not fit."""
    try:
        read: Any = json.loads("[]" if paras is None else paras)
    except ValueError:
        return None
    values = cast("list[Any]", read) if isinstance(read, list) else []
    whole = all(isinstance(value, str) and value for value in values)
    if not whole or len(values) != len(_GAP.findall(template)):
        return None
    left = iter(cast("list[str]", values))
    return _GAP.sub(lambda _: next(left), template)


def of_number(status: str, number: str = "", id: str = "") -> Answer:
    """What the API says of the one number; the whole is well, or told to be seen there."""
    told = {
        "total": 1,
        "originTo": number,
        "createTime": SENT_AT,
        "from": NUMBER,
        "smsMsgId": id,
        "countryId": "CN",
        "status": status,
    }
    return said("000000" if id else "E000510", result=[told])


def said(
    code: str, http: int = 200, headers: Mapping[str, str] | None = None, **more: object
) -> Answer:
    """What the API answers."""
    body = json.dumps({"code": code, "description": code} | more)
    named = {"Content-Type": "application/json;charset=UTF-8"} | dict(headers or {})
    return Answer(status=http, body=body.encode(), headers=named)
