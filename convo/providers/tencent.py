"""Tencent Cloud SMS, 腾讯云短信, API 2021-01-11: approved templates only.

Wire facts: the PyPI packages tencentcloud-sdk-python-sms 3.1.153 (fields, error codes) and -common
3.1.195 (signature), cloud.tencent.com/document/product/382/5807 and tencentcloud.com's
document/product/382/43547 and 43548 for what is posted to us. What these leave open stands in
docs/how-to/connect-tencent.md.
"""

import hashlib
import hmac
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, ClassVar

import msgspec
from pydantic import Field, SecretStr

from convo.core.approved import Gaps
from convo.core.business import Channel
from convo.core.events import DeliveryStatus, Inbound
from convo.core.numbers import PhoneNumber
from convo.core.turns import Outbound
from convo.errors import (
    ConfigError,
    Invalid,
    OptedOut,
    RateLimited,
    Refused,
    SendError,
    SendUncertain,
)
from convo.ports import Clock, HttpAnswer, Parsed, RawRequest, Sent
from convo.ports.doubts import LookedUp
from convo.providers.approved import TemplateOptions, sign_names, template_of
from convo.providers.http import HttpClient, Response
from convo.providers.pushes import Told, check_extension, items_of, parsed, report_of
from convo.providers.wire import object_of, objects_of, sender, text_of

ANSWER = HttpAnswer(content_type="application/json", body=b'{"result":0,"errmsg":"OK"}')
"""Anything else is posted again."""

VERSION, SERVICE, SCOPE_END = "2021-01-11", "sms", "tc3_request"
ALGORITHM = "TC3-HMAC-SHA256"
CONTENT_TYPE = "application/json"
SIGNED_HEADERS = "content-type;host"

MOST_LISTED = 100
"""Messages of one look-up: the API gives no more, and has no second page."""

#: `report_status` of a report.
STATUSES: Mapping[str, DeliveryStatus] = MappingProxyType(
    {"SUCCESS": "delivered", "FAIL": "undelivered"}
)

BLACKLISTED = "FailedOperation.PhoneNumberInBlacklist"
"""They have unsubscribed, or their carrier lets nothing through."""

_HALF_A_MINUTE = "LimitExceeded.PhoneNumberThirtySecondLimit"
_HOUR = "LimitExceeded.PhoneNumberOneHourLimit"

#: Limits of one number: seconds after which it may have another.
_OF_A_NUMBER: Mapping[str, float] = MappingProxyType({_HALF_A_MINUTE: 30.0, _HOUR: 3_600.0})

_MEANINGS: Mapping[type[SendError], str] = MappingProxyType(
    {
        OptedOut: BLACKLISTED,
        Invalid: "InvalidParameterValue.IncorrectPhoneNumber FailedOperation.PhoneNumberParseFail"
        " FailedOperation.ContainSensitiveWord InvalidParameterValue.ContentLengthLimit"
        " InvalidParameterValue.ProhibitedUseUrlInTemplateParameter"
        " LimitExceeded.PhoneNumberDailyLimit LimitExceeded.PhoneNumberSameContentDailyLimit",
        ConfigError: "FailedOperation.SignatureIncorrectOrUnapproved"
        " FailedOperation.TemplateIncorrectOrUnapproved"
        " FailedOperation.TemplateUnapprovedOrNotExist"
        " FailedOperation.TemplateParamSetNotMatchApprovedTemplate"
        " FailedOperation.InsufficientBalanceInSmsPackage"
        " FailedOperation.MarketingSendTimeConstraint InvalidParameterValue.SdkAppIdNotExist"
        " LimitExceeded.DailyLimit LimitExceeded.AppDailyLimit LimitExceeded.AppGlobalDailyLimit"
        " LimitExceeded.AppMainlandChinaDailyLimit LimitExceeded.AppCountryOrRegionDailyLimit",
        RateLimited: "LimitExceeded.DeliveryFrequencyLimit LimitExceeded.GlobalSmsSendingRateLimit"
        " RequestLimitExceeded",
    }
)

#: What a `Code` other than Ok means. What begins with `InternalError` may have left, `AuthFailure`
#: and `UnauthorizedOperation` are our settings, the rest of what is not named here is `Refused`.
CODES: Mapping[str, type[SendError]] = MappingProxyType(
    {code: kind for kind, codes in _MEANINGS.items() for code in codes.split()}
)


class Options(TemplateOptions):
    """What a channel at Tencent Cloud needs in convo.toml."""

    gaps: ClassVar[Gaps] = Gaps(before="{", after="}", numbered=True)

    secret_id: str = Field(description="The API key's SecretId.", min_length=1)
    secret_key: SecretStr = Field(description="The API key's SecretKey.", min_length=1)
    sdk_app_id: str = Field(description="The application's SdkAppId, `1400...`.", min_length=1)
    region: str = Field(default="ap-guangzhou", description="The region of the API.")
    extend_code: str = Field(
        default="",
        description="The extension (扩展码) that replies to this channel are sent to. Give every "
        "channel of one application its own, or each gets the replies of all.",
        pattern=r"^\d{0,20}$",
    )
    base_url: str = Field(
        default="https://sms.tencentcloudapi.com",
        description="Where the API is; another one in tests.",
    )


def connect(
    channel: Channel,
    options: Options,
    http: HttpClient,
    *,
    country: str,
    clock: Clock,
) -> "Tencent":
    """The adapter of one channel. Raises `SettingsError`."""
    return Tencent(channel, options, http, sign_names(channel), country, clock)


class Tencent:
    """One channel at Tencent Cloud: a signature, its templates, an extension for replies."""

    unsigned = True
    looks_up = True

    def __init__(
        self,
        channel: Channel,
        options: Options,
        http: HttpClient,
        sign_names: Mapping[str, str],
        country: str,
        clock: Clock,
    ) -> None:
        self._channel = channel
        self._options = options
        self._sign_names = sign_names
        self._http = http
        self._country = country
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
        """A reply is an object, reports are a list."""

        def read(item: Mapping[str, Any]) -> Told:
            return self._reply(item) if "text" in item else self._reported(item, outbound)

        return parsed(items_of(request.body, "Tencent"), read, request, ANSWER)

    def _reply(self, item: Mapping[str, Any]) -> Told:
        """It has no id: two of the same words within one second are one."""
        check_extension(text_of(item, "extend"), self._options.extend_code)
        event = Inbound(
            channel=self._channel.name,
            contact=self._number(item),
            text=text_of(item, "text"),
        )
        told = [text_of(item, name) for name in ("nationcode", "mobile", "time", "text", "extend")]
        once = hashlib.sha256(msgspec.json.encode(told)).hexdigest()
        return event, f"in:{self._channel.name}:{once}"

    def _reported(self, item: Mapping[str, Any], outbound: str) -> Told:
        return report_of(
            self._channel.name,
            STATUSES.get(text_of(item, "report_status")),
            ours=outbound,
            theirs=text_of(item, "sid"),
            code=text_of(item, "errmsg"),
        )

    def _number(self, item: Mapping[str, Any]) -> PhoneNumber:
        """`nationcode` and `mobile` together."""
        nation, mobile = text_of(item, "nationcode"), text_of(item, "mobile")
        written = mobile if mobile.startswith("+") or not nation else f"+{nation}{mobile}"
        return sender(written, self._country)

    # --- sending ------------------------------------------------------------------------------

    async def send(self, message: Outbound, callback: str, leave_by: float = math.inf) -> Sent:  # noqa: ARG002
        template, values, signature = template_of(message.text, self._channel)
        numbers = sorted(values, key=int)
        asked: dict[str, Any] = {
            "PhoneNumberSet": [message.contact.e164],
            "SmsSdkAppId": self._options.sdk_app_id,
            "SignName": self._sign_names[signature],
            "TemplateId": template.id,
            "SessionContext": message.id,
        }
        if numbers:
            asked["TemplateParamSet"] = [values[number] for number in numbers]
        if self._options.extend_code:
            asked["ExtendCode"] = self._options.extend_code
        answer = await self._ask("SendSms", asked, leave_by)
        said = _said(answer)
        sets = objects_of(said, "SendStatusSet")
        if answer.status == 200 and sets and sets[0].get("Code") == "Ok":
            id = text_of(sets[0], "SerialNo")
            return Sent(provider_ids=(id,) if id else ())
        raise _failure(answer, sets[0] if sets else _error(said))

    async def look_up(self, message: Outbound, since: int) -> LookedUp:
        """Reports bear our id, where the account has that switched on; what has no report yet is
        not listed, so that nothing proves that a message did not leave."""
        asked = {
            "BeginTime": since // 1_000,
            "EndTime": max(since, self._clock()) // 1_000 + 1,
            "Offset": 0,
            "Limit": MOST_LISTED,
            "PhoneNumber": message.contact.e164,
            "SmsSdkAppId": self._options.sdk_app_id,
        }
        try:
            answer = await self._ask("PullSmsSendStatusByPhoneNumber", asked)
        except SendError:
            return LookedUp(found="unknown")
        for each in objects_of(_said(answer), "PullSmsSendStatusSet"):
            if text_of(each, "SessionContext") == message.id:
                id = text_of(each, "SerialNo")
                return LookedUp(found="sent", provider_ids=(id,) if id else ())
        return LookedUp(found="unknown")

    async def _ask(
        self, action: str, asked: Mapping[str, Any], leave_by: float = math.inf
    ) -> Response:
        body = msgspec.json.encode(asked)
        stamp = self._clock() // 1_000
        host = self._base.partition("://")[2]
        key = self._options.secret_key.get_secret_value()
        headers = {
            "Authorization": authorization(body, host, stamp, self._options.secret_id, key),
            "Content-Type": CONTENT_TYPE,
            "X-TC-Action": action,
            "X-TC-Region": self._options.region,
            "X-TC-Timestamp": str(stamp),
            "X-TC-Version": VERSION,
        }
        return await self._http.post(f"{self._base}/", body, headers=headers, leave_by=leave_by)


def authorization(body: bytes, host: str, stamp: int, id: str, key: str) -> str:
    """The header that signs a POST of `/` with this body, at `stamp` seconds since 1970."""
    canonical = (
        f"POST\n/\n\ncontent-type:{CONTENT_TYPE}\nhost:{host}\n\n{SIGNED_HEADERS}\n"
        f"{hashlib.sha256(body).hexdigest()}"
    )
    day = f"{datetime.fromtimestamp(stamp, UTC):%Y-%m-%d}"
    scope = f"{day}/{SERVICE}/{SCOPE_END}"
    to_sign = f"{ALGORITHM}\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signing = f"TC3{key}".encode()
    for step in (day, SERVICE, SCOPE_END):
        signing = hmac.new(signing, step.encode(), hashlib.sha256).digest()
    signature = hmac.new(signing, to_sign.encode(), hashlib.sha256).hexdigest()
    return (
        f"{ALGORITHM} Credential={id}/{scope}, SignedHeaders={SIGNED_HEADERS}, "
        f"Signature={signature}"
    )


def _said(answer: Response) -> Mapping[str, Any]:
    """What stands under `Response`."""
    return object_of(object_of(answer.json()).get("Response"))


def _error(said: Mapping[str, Any]) -> Mapping[str, Any]:
    return object_of(said.get("Error"))


def _failure(answer: Response, told: Mapping[str, Any]) -> SendError:
    code, status = text_of(told, "Code"), answer.status
    why = f"Tencent answered {status} {code}".rstrip()
    if code in _OF_A_NUMBER:
        return RateLimited(why, code=code, retry_after=_OF_A_NUMBER[code], contact_only=True)
    kind = CODES.get(code)
    if status == 429 or kind is RateLimited:
        return RateLimited(why, code=code, retry_after=answer.retry_after())
    if kind is not None:
        return kind(why, code=code)
    if status >= 500 or status == 408 or not code or code.startswith("InternalError"):
        return SendUncertain(f"{why}; it may have been taken", code=code)
    ours = code.startswith(("AuthFailure", "UnauthorizedOperation"))
    return (ConfigError if ours or status in (401, 403) else Refused)(why, code=code)
