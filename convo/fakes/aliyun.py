"""A pretended Aliyun SMS of the mainland (Dysmsapi 2017-05-25): ACS3 signatures, templates only."""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote

from convo.fakes.fake import Answer, Approvals, Asked, Now, Said, Taken, Webhook

KEY_ID, SECRET = "LTAI5tExample", "S3cretExample"
SIGN_NAME = "美发沙龙"
#: What this account has had approved, unless it is told otherwise.
TEMPLATES: Mapping[str, str] = {
    "SMS_1000": "${text}",
    "SMS_1001": "已预约${day}。",
    "SMS_1002": "好的。",
    "SMS_1003": "${service}已约在${day}。",
}
SEND, LIST = "SendSms", "QuerySendDetails"
PARAMETERS: Mapping[str, frozenset[str]] = {
    SEND: frozenset(
        (
            *("OutId", "PhoneNumbers", "SignName", "SmsUpExtendCode"),
            *("TemplateCode", "TemplateParam"),
        )
    ),
    LIST: frozenset(("PhoneNumber", "SendDate", "PageSize", "CurrentPage", "BizId")),
}
MOST_OF_A_PAGE = 50
SENT_AT = "2026-11-22 12:00:00"
_PROOF = re.compile(r"ACS3-HMAC-SHA256 Credential=(\S+),SignedHeaders=(\S+),Signature=(\w{64})")
_MOBILE = re.compile(r"1\d{10}", re.ASCII)
_GAP = re.compile(r"\$\{(\w+)\}")


class FakeAliyun:
    """One account with one key, one signature and a few approved templates."""

    def __init__(self, now: Now = time.time) -> None:
        self.taken: list[Taken] = []
        self.refusal: Answer | None = None
        self.approved = Approvals(signatures=(SIGN_NAME,), templates=TEMPLATES)
        self._now = now
        self._nonces: set[str] = set()

    def settings(self, url: str) -> Mapping[str, Any]:
        return {
            "access_key_id": KEY_ID,
            "access_key_secret": SECRET,
            "base_url": url,
            "templates": self.approved.templates,
        }

    def answer(self, asked: Asked) -> Answer:
        pairs = dict(parse_qsl(asked.target.partition("?")[2], keep_blank_values=True))
        if (wrong := self._unsigned(asked, pairs)) is not None:
            return said(wrong, status=403 if wrong.startswith("Signature") else 404)
        action = asked.headers["x-acs-action"]
        if action not in PARAMETERS or not pairs.keys() <= PARAMETERS[action]:
            return said("InvalidParameter", status=400)
        if action == LIST:
            return self._listed(pairs)
        return self._send(pairs) if self.refusal is None else self.refusal

    def _unsigned(self, asked: Asked, pairs: Mapping[str, str]) -> str | None:
        """What is wrong with the signature, by the rules of ACS3."""
        headers = asked.headers
        found = _PROOF.fullmatch(headers.get("authorization", ""))
        nonce = headers.get("x-acs-signature-nonce", "")
        if found is None or found[1] != KEY_ID or headers.get("x-acs-version") != "2017-05-25":
            return "InvalidAccessKeyId.NotFound"
        if not nonce or nonce in self._nonces:
            return "SignatureNonceUsed"
        self._nonces.add(nonce)
        named = found[2].split(";")
        must = {"host", *(name for name in headers if name.startswith("x-acs-"))}
        if not must <= set(named) or named != sorted(named):
            return "SignatureDoesNotMatch"
        query = "&".join(
            f"{quote(name, safe='~')}={quote(pairs[name], safe='~')}" for name in sorted(pairs)
        )
        lines = "".join(f"{name}:{headers.get(name, '').strip()}\n" for name in named)
        body = hashlib.sha256(asked.body).hexdigest()
        whole = f"{asked.method}\n/\n{query}\n{lines}\n{found[2]}\n{body}"
        to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(whole.encode()).hexdigest()
        right = hmac.new(SECRET.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
        same = hmac.compare_digest(right, found[3]) and headers["x-acs-content-sha256"] == body
        return None if same else "SignatureDoesNotMatch"

    def _send(self, pairs: Mapping[str, str]) -> Answer:
        number = pairs.get("PhoneNumbers", "")
        if _MOBILE.fullmatch(number) is None:
            return said("isv.MOBILE_NUMBER_ILLEGAL")
        if pairs.get("SignName") not in self.approved.signatures:
            return said("isv.SMS_SIGNATURE_ILLEGAL")
        template = self.approved.templates.get(pairs.get("TemplateCode", ""))
        if template is None:
            return said("isv.SMS_TEMPLATE_ILLEGAL")
        try:
            given: Any = json.loads(pairs.get("TemplateParam", "{}"))
        except ValueError:
            return said("isv.INVALID_JSON_PARAM")
        if set(given) != set(_GAP.findall(template)):
            return said("isv.TEMPLATE_MISSING_PARAMETERS")
        taken = Taken(
            id=f"90061974693649844{len(self.taken)}^0",
            to=f"+86{number}",
            origin=pairs["SignName"],
            text=_GAP.sub(lambda gap: str(given[gap[1]]), template),
            reference=pairs.get("OutId", ""),
        )
        self.taken.append(taken)
        return said("OK", BizId=taken.id)

    def _listed(self, pairs: Mapping[str, str]) -> Answer:
        size, page = int(pairs["PageSize"]), int(pairs["CurrentPage"])
        if size > MOST_OF_A_PAGE:
            return said("isv.INVALID_PARAMETERS")
        found = [each for each in self.taken if each.to == f"+86{pairs['PhoneNumber']}"]
        shown = [
            {"OutId": each.reference, "SendStatus": 3, "PhoneNum": each.to[3:]}
            for each in found[(page - 1) * size : page * size]
        ]
        return said("OK", TotalCount=len(found), SmsSendDetailDTOs={"SmsSendDetailDTO": shown})

    def inbound(self, said: Said, url: str) -> Webhook:
        return self.pushed([self.reply(said)], url)

    def reply(self, said: Said) -> Mapping[str, Any]:
        """One contact's text as it stands in a push."""
        return {
            "phone_number": said.sender.removeprefix("+86"),
            "content": said.text,
            "send_time": SENT_AT,
            "dest_code": said.to,
            "sequence_id": said.id,
            "sign_name": SIGN_NAME,
        }

    def report(self, taken: Taken, status: str, code: str = "", url: str = "") -> Webhook:
        item = {
            "phone_number": taken.to.removeprefix("+86"),
            "send_time": SENT_AT,
            "report_time": SENT_AT,
            "success": {"true": True, "false": False}.get(status, status),
            "err_code": code or ("DELIVERED" if status == "true" else ""),
            "err_msg": "",
            "sms_size": "1",
            "biz_id": taken.id,
            "out_id": taken.reference or None,
        }
        return self.pushed([item], url or taken.callback)

    def pushed(self, items: object, url: str) -> Webhook:
        """Any push; nothing signs it."""
        body = json.dumps(items, ensure_ascii=False).encode()
        return Webhook(url=url, headers={"content-type": "application/json"}, body=body)


def said(
    code: str,
    message: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **more: object,
) -> Answer:
    """What the API answers: most refusals are a 200."""
    answer = {"Code": code, "Message": message or code, "RequestId": "F655A8D5"} | more
    named = {"Content-Type": "application/json;charset=utf-8"} | dict(headers or {})
    return Answer(status=status, body=json.dumps(answer).encode(), headers=named)
