"""Aliyun SMS of the mainland, 阿里云短信服务, Dysmsapi 2017-05-25: approved templates only.

Wire facts: the PyPI package alibabacloud-dysmsapi20170525 4.6.0 for requests, answers and the
signature, help.aliyun.com's smsup-http (zh/sms/developer-reference) for replies and its
document_detail/101867 for reports. What these pages leave open stands in
docs/how-to/connect-aliyun.md.
"""

import hashlib
import hmac
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any, ClassVar
from urllib.parse import quote
from uuid import uuid4

from pydantic import Field, SecretStr

from convo.core.approved import Gaps
from convo.core.business import Channel
from convo.core.events import DeliveryStatus
from convo.core.turns import Outbound
from convo.errors import (
    ConfigError,
    Invalid,
    RateLimited,
    Refused,
    SendError,
    SendUncertain,
    Unavailable,
)
from convo.ports import Clock, HttpAnswer, Parsed, RawRequest, Sent
from convo.ports.doubts import LookedUp
from convo.providers.approved import TemplateOptions, mainland, sign_names, template_of
from convo.providers.http import HttpClient, Response
from convo.providers.pushes import Told, items_of, parsed, reply_of, report_of
from convo.providers.wire import object_of, objects_of, text_of

ANSWER = HttpAnswer(
    content_type="application/json;charset=utf-8", body='{"code":0,"msg":"接收成功"}'.encode()
)
"""Anything else is sent again after 1, 5 and 10 minutes."""

#: `success` of a report: a boolean, or one as a word.
STATUSES: Mapping[str, DeliveryStatus] = MappingProxyType(
    {"true": "delivered", "false": "undelivered"}
)

VERSION = "2017-05-25"
ALGORITHM = "ACS3-HMAC-SHA256"
NO_BODY = hashlib.sha256(b"").hexdigest()

BEIJING = timezone(timedelta(hours=8))
"""Where the days of a look-up begin."""

PAGE, MOST_PAGES = 50, 20
"""Messages of one page of a look-up, and pages: nobody gets a thousand texts in a day."""

_MEANINGS: Mapping[type[SendError], str] = MappingProxyType(
    {
        Invalid: "isv.MOBILE_NUMBER_ILLEGAL isv.BLACK_KEY_CONTROL_LIMIT isv.SMS_CONTENT_ILLEGAL"
        " isv.PARAM_LENGTH_LIMIT isv.PARAM_NOT_SUPPORT_URL isv.INVALID_PARAMETERS",
        ConfigError: "isv.SMS_TEMPLATE_ILLEGAL isv.SMS_SIGNATURE_ILLEGAL isv.INVALID_JSON_PARAM"
        " isv.TEMPLATE_MISSING_PARAMETERS isv.PRODUCT_UN_SUBSCRIPT isv.PRODUCT_UNSUBSCRIBE"
        " isp.RAM_PERMISSION_DENY isv.OUT_OF_SERVICE isv.AMOUNT_NOT_ENOUGH isv.ACCOUNT_ABNORMAL"
        " isv.ACCOUNT_NOT_EXISTS isv.SMS_SIGN_ILLEGAL isv.DAY_LIMIT_CONTROL"
        " isv.MONTH_LIMIT_CONTROL InvalidAccessKeyId.NotFound SignatureDoesNotMatch",
        SendUncertain: "isp.SYSTEM_ERROR isp.GATEWAY_ERROR",
    }
)

#: What a `Code` other than OK means. What begins with `Throttling` is `RateLimited`, the rest of
#: what is not named here is `Refused`.
CODES: Mapping[str, type[SendError]] = MappingProxyType(
    {code: kind for kind, codes in _MEANINGS.items() for code in codes.split()}
)

_TOO_OFTEN = "isv.BUSINESS_LIMIT_CONTROL"
"""So many texts to one number: within a minute, an hour or a day, as `Message` tells in Chinese."""

#: Seconds after which the number may have another, by what `Message` holds.
_UNTIL_NEXT: Mapping[str, float] = MappingProxyType({"分钟": 60.0, "小时": 3_600.0})


class Options(TemplateOptions):
    """What a channel at Aliyun needs in convo.toml."""

    gaps: ClassVar[Gaps] = Gaps(before="${", after="}")

    access_key_id: str = Field(description="The AccessKey's ID, of a RAM user.", min_length=1)
    access_key_secret: SecretStr = Field(description="The AccessKey's secret.", min_length=1)
    extend_code: str = Field(
        default="",
        description="The extension (上行扩展码) that replies to this channel are sent to. Give "
        "every channel of one account its own, or each gets the replies of all.",
        pattern=r"^\d{0,20}$",
    )
    base_url: str = Field(
        default="https://dysmsapi.aliyuncs.com",
        description="Where the API is; another one in tests.",
    )


def connect(
    channel: Channel,
    options: Options,
    http: HttpClient,
    *,
    country: str,  # noqa: ARG001 - every provider is connected alike
    clock: Clock,
) -> "Aliyun":
    """The adapter of one channel. Raises `SettingsError`."""
    return Aliyun(channel, options, http, sign_names(channel), clock)


class Aliyun:
    """One channel at Aliyun: a signature, its templates, and an extension that replies go to."""

    unsigned = True
    looks_up = True

    def __init__(
        self,
        channel: Channel,
        options: Options,
        http: HttpClient,
        sign_names: Mapping[str, str],
        clock: Clock,
    ) -> None:
        self._channel = channel
        self._options = options
        self._sign_names = sign_names
        self._http = http
        self._clock = clock
        self._base = options.base_url.rstrip("/")

    async def close(self) -> None:
        """Nothing is held here: the connections are the client's."""

    # --- receiving ----------------------------------------------------------------------------

    def receive(self, request: RawRequest) -> Parsed:
        return self._read(request, "")

    def report(self, request: RawRequest, outbound: str) -> Parsed:
        return self._read(request, outbound)

    def _read(self, request: RawRequest, outbound: str) -> Parsed:
        """Replies and reports, several in one request."""

        def read(item: Mapping[str, Any]) -> Told:
            return self._reply(item) if "content" in item else self._reported(item, outbound)

        return parsed(items_of(request.body, "Aliyun"), read, request, ANSWER)

    def _reply(self, item: Mapping[str, Any]) -> Told:
        return reply_of(
            self._channel.name,
            item,
            id="sequence_id",
            origin="phone_number",
            text="content",
            extension=text_of(item, "dest_code"),
            ours=self._options.extend_code,
        )

    def _reported(self, item: Mapping[str, Any], outbound: str) -> Told:
        """It names our message itself; the URL does where it should not."""
        return report_of(
            self._channel.name,
            STATUSES.get(text_of(item, "success").lower()),
            ours=text_of(item, "out_id") or outbound,
            theirs=text_of(item, "biz_id"),
            code=text_of(item, "err_code"),
        )

    # --- sending ------------------------------------------------------------------------------

    async def send(self, message: Outbound, callback: str, leave_by: float = math.inf) -> Sent:  # noqa: ARG002
        template, values, signature = template_of(message.text, self._channel)
        asked = {
            "OutId": message.id,
            "PhoneNumbers": mainland(message.contact),
            "SignName": self._sign_names[signature],
            "SmsUpExtendCode": self._options.extend_code,
            "TemplateCode": template.id,
            "TemplateParam": json.dumps(values, ensure_ascii=False) if values else "",
        }
        answer = await self._ask("SendSms", asked, leave_by)
        said = object_of(answer.json())
        if answer.status == 200 and said.get("Code") == "OK":
            id = text_of(said, "BizId")
            return Sent(provider_ids=(id,) if id else ())
        raise _failure(answer, said)

    async def look_up(self, message: Outbound, since: int) -> LookedUp:
        """What was sent to the number that day bears our id, which nobody else has."""
        try:
            number = mainland(message.contact)
            for day in _days(since, self._clock()):
                for page in range(1, MOST_PAGES + 1):
                    listed, total = await self._details(number, day, page)
                    if any(text_of(each, "OutId") == message.id for each in listed):
                        return LookedUp(found="sent")
                    if page * PAGE >= total:
                        break
                else:
                    return LookedUp(found="unknown")
        except SendError:
            return LookedUp(found="unknown")
        return LookedUp(found="not_sent")

    async def _details(
        self, number: str, day: str, page: int
    ) -> tuple[Sequence[Mapping[str, Any]], int]:
        """One page of what was sent to a number on a day, and how much there is of it."""
        asked = {
            "CurrentPage": str(page),
            "PageSize": str(PAGE),
            "PhoneNumber": number,
            "SendDate": day,
        }
        answer = await self._ask("QuerySendDetails", asked)
        said = object_of(answer.json())
        total = text_of(said, "TotalCount")
        if answer.status != 200 or said.get("Code") != "OK" or not total.isdigit():
            raise Unavailable("Aliyun's list of what was sent cannot be read")
        return objects_of(said.get("SmsSendDetailDTOs"), "SmsSendDetailDTO"), int(total)

    async def _ask(
        self, action: str, asked: Mapping[str, str], leave_by: float = math.inf
    ) -> Response:
        """All parameters stand in the query, as in the vendor's client, and the body is empty."""
        query = _query({name: value for name, value in asked.items() if value})
        now = datetime.fromtimestamp(self._clock() / 1_000, UTC)
        signed = {
            "host": self._base.partition("://")[2],
            "x-acs-action": action,
            "x-acs-content-sha256": NO_BODY,
            "x-acs-date": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "x-acs-signature-nonce": uuid4().hex,
            "x-acs-version": VERSION,
        }
        secret = self._options.access_key_secret.get_secret_value()
        proof = authorization(query, signed, self._options.access_key_id, secret)
        headers = {name: value for name, value in signed.items() if name != "host"}
        headers |= {"Authorization": proof, "Accept": "application/json"}
        return await self._http.post(
            f"{self._base}/?{query}", b"", headers=headers, leave_by=leave_by
        )


def authorization(query: str, headers: Mapping[str, str], id: str, secret: str) -> str:
    """The header that signs a POST of `/` with an empty body; names of headers in lower case."""
    names = sorted(headers)
    lines = "".join(f"{name}:{headers[name]}\n" for name in names)
    listed = ";".join(names)
    canonical = f"POST\n/\n{query}\n{lines}\n{listed}\n{headers['x-acs-content-sha256']}"
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={id},SignedHeaders={listed},Signature={signature}"


def _query(asked: Mapping[str, str]) -> str:
    """Sorted and escaped as it is signed (RFC 3986)."""
    return "&".join(f"{_escaped(name)}={_escaped(asked[name])}" for name in sorted(asked))


def _escaped(text: str) -> str:
    return quote(text, safe="~")


def _days(since: int, now: int) -> Iterator[str]:
    """The days, by Beijing's clock, from one moment to another."""
    day = datetime.fromtimestamp(since / 1_000, BEIJING).date()
    last = datetime.fromtimestamp(max(since, now) / 1_000, BEIJING).date()
    while day <= last:
        yield f"{day:%Y%m%d}"
        day += timedelta(days=1)


def _failure(answer: Response, said: Mapping[str, Any]) -> SendError:
    code, status = text_of(said, "Code"), answer.status
    why = f"Aliyun answered {status} {code}".rstrip()
    if code == _TOO_OFTEN:
        told = text_of(said, "Message")
        wait = next((_UNTIL_NEXT[each] for each in _UNTIL_NEXT if each in told), None)
        if wait is None:
            return Refused(f"{why}: the number has had its texts of the day", code=code)
        return RateLimited(why, code=code, retry_after=wait, contact_only=True)
    if code.startswith("Throttling"):
        return RateLimited(why, code=code, retry_after=answer.retry_after())
    if code in CODES:
        return CODES[code](why, code=code)
    if status >= 500 or status == 408 or not code:
        return SendUncertain(f"{why}; it may have been taken", code=code)
    return (ConfigError if status in (401, 403) or status < 200 else Refused)(why, code=code)
