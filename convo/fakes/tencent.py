"""A pretended Tencent Cloud SMS (2021-01-11): TC3 signatures, JSON, templates only."""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from convo.fakes.fake import Answer, Approvals, Asked, Now, Said, Taken, Webhook

SECRET_ID, SECRET_KEY = "AKIDEXAMPLE", "SecretKeyExample"
SDK_APP_ID, SIGN_NAME = "1400006666", "腾讯云"
#: What this application has had approved, unless it is told otherwise.
TEMPLATES: Mapping[str, str] = {
    "1110": "{1}",
    "1111": "您的{1}已约在{2}。",
    "1112": "好的。",
}
SEND, LIST = "SendSms", "PullSmsSendStatusByPhoneNumber"
FIELDS: Mapping[str, frozenset[str]] = {
    SEND: frozenset(
        (
            *("PhoneNumberSet", "SmsSdkAppId", "SignName", "TemplateId", "TemplateParamSet"),
            *("ExtendCode", "SessionContext", "SenderId"),
        )
    ),
    LIST: frozenset(
        ("BeginTime", "EndTime", "Offset", "Limit", "PhoneNumber", "SmsSdkAppId"),
    ),
}
SKEW = 300
"""Seconds that a request's clock may be off."""

FIRST_TIME = 1457336869
_PROOF = re.compile(
    r"TC3-HMAC-SHA256 Credential=(\w+)/(\S+), SignedHeaders=content-type;host, Signature=(\w{64})"
)
_GAP = re.compile(r"\{(\d+)\}")
_E164 = re.compile(r"\+\d{6,15}", re.ASCII)


class FakeTencent:
    """One application with one key, one signature and a few approved templates."""

    def __init__(self, now: Now = time.time) -> None:
        self.taken: list[Taken] = []
        self.refusal: Answer | None = None
        self.approved = Approvals(signatures=(SIGN_NAME,), templates=TEMPLATES)
        self._now = now

    def settings(self, url: str) -> Mapping[str, Any]:
        return {
            "secret_id": SECRET_ID,
            "secret_key": SECRET_KEY,
            "sdk_app_id": SDK_APP_ID,
            "base_url": url,
            "templates": self.approved.templates,
        }

    def answer(self, asked: Asked) -> Answer:
        if (wrong := self._unsigned(asked)) is not None:
            return error(wrong)
        action = asked.headers.get("x-tc-action", "")
        said: Any = json.loads(asked.body)
        fields = cast("dict[str, Any]", said)
        if action not in FIELDS or asked.headers.get("x-tc-version") != "2021-01-11":
            return error("InvalidAction")
        if not fields.keys() <= FIELDS[action] or fields.get("SmsSdkAppId") != SDK_APP_ID:
            return error("UnknownParameter")
        if action == LIST:
            return self._listed(fields)
        return self._send(fields) if self.refusal is None else self.refusal

    def _unsigned(self, asked: Asked) -> str | None:
        """What is wrong with the signature, by the rules of TC3."""
        headers = asked.headers
        found = _PROOF.fullmatch(headers.get("authorization", ""))
        stamp = headers.get("x-tc-timestamp", "")
        if found is None or found[1] != SECRET_ID or not stamp.isdigit():
            return "AuthFailure.InvalidAuthorization"
        if abs(int(stamp) - self._now()) > SKEW:
            return "AuthFailure.SignatureExpire"
        kind = headers.get("content-type", "")
        whole = (
            f"{asked.method}\n{asked.target}\n\ncontent-type:{kind}\n"
            f"host:{headers.get('host', '')}\n\ncontent-type;host\n"
            f"{hashlib.sha256(asked.body).hexdigest()}"
        )
        day = datetime.fromtimestamp(int(stamp), UTC).date().isoformat()
        if found[2] != f"{day}/sms/tc3_request" or kind.partition(";")[0] != "application/json":
            return "AuthFailure.SignatureFailure"
        hashed = hashlib.sha256(whole.encode()).hexdigest()
        to_sign = f"TC3-HMAC-SHA256\n{stamp}\n{found[2]}\n{hashed}"
        key = _mac(_mac(_mac(f"TC3{SECRET_KEY}".encode(), day), "sms"), "tc3_request")
        fits = hmac.compare_digest(_mac(key, to_sign).hex(), found[3])
        return None if fits else "AuthFailure.SignatureFailure"

    def _send(self, fields: Mapping[str, Any]) -> Answer:
        numbers, template = (
            fields.get("PhoneNumberSet"),
            self.approved.templates.get(fields["TemplateId"]),
        )
        if not isinstance(numbers, list) or len(cast("list[Any]", numbers)) != 1:
            return error("InvalidParameter")
        (number,) = cast("list[str]", numbers)
        if _E164.fullmatch(number) is None:
            return status("InvalidParameterValue.IncorrectPhoneNumber", number)
        if fields.get("SignName") not in self.approved.signatures:
            return status("FailedOperation.SignatureIncorrectOrUnapproved", number)
        if template is None:
            return status("FailedOperation.TemplateIncorrectOrUnapproved", number)
        given: list[str] = fields.get("TemplateParamSet", [])
        if len(given) != len(set(_GAP.findall(template))):
            return status("FailedOperation.TemplateParamSetNotMatchApprovedTemplate", number)
        taken = Taken(
            id=f"2640:{len(self.taken)}:{abs(hash(number)) % 10**8}",
            to=number,
            origin=fields["SignName"],
            text=_GAP.sub(lambda gap: given[int(gap[1]) - 1], template),
            reference=fields.get("SessionContext", ""),
        )
        self.taken.append(taken)
        return status("Ok", number, taken.id, taken.reference)

    def _listed(self, fields: Mapping[str, Any]) -> Answer:
        found = [each for each in self.taken if each.to == fields["PhoneNumber"]]
        shown = [
            {
                "SerialNo": each.id,
                "PhoneNumber": each.to,
                "ReportStatus": "SUCCESS",
                "SessionContext": each.reference,
            }
            for each in found[: fields["Limit"]]
        ]
        return _response({"PullSmsSendStatusSet": shown})

    def inbound(self, said: Said, url: str) -> Webhook:
        """It has no id, so every text has its own second."""
        body = {
            "extend": "01",
            "mobile": said.sender.removeprefix("+86"),
            "nationcode": "86",
            "sign": SIGN_NAME,
            "text": said.text,
            "time": FIRST_TIME + sum(said.id.encode()),
        }
        return self.pushed(body, url)

    def report(self, taken: Taken, status: str, code: str = "", url: str = "") -> Webhook:
        item = {
            "user_receive_time": "2026-11-22 18:00:04",
            "nationcode": "86",
            "mobile": taken.to.removeprefix("+86"),
            "report_status": status,
            "errmsg": code or ("DELIVRD" if status == "SUCCESS" else ""),
            "description": "用户短信送达成功",
            "sid": taken.id,
        }
        return self.pushed([item], url or taken.callback)

    def pushed(self, said: object, url: str) -> Webhook:
        """Any push; nothing signs it."""
        body = json.dumps(said, ensure_ascii=False).encode()
        return Webhook(url=url, headers={"content-type": "application/json"}, body=body)


def status(code: str, number: str = "", id: str = "", context: str = "") -> Answer:
    """What the API says of the one number; a refusal is a 200 as well."""
    told = {
        "SerialNo": id,
        "PhoneNumber": number,
        "Fee": 1 if id else 0,
        "SessionContext": context,
        "Code": code,
        "Message": "send success" if id else code,
        "IsoCode": "CN",
    }
    return _response({"SendStatusSet": [told]})


def error(code: str, http: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """What the API says of a request that it does not take."""
    return _response({"Error": {"Code": code, "Message": code}}, http, headers)


def _response(
    said: Mapping[str, Any], http: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    body = json.dumps({"Response": {**said, "RequestId": "a0aabda6"}}).encode()
    named = {"Content-Type": "application/json"} | dict(headers or {})
    return Answer(status=http, body=body, headers=named)


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
