"""Huawei Cloud SMS, 华为云消息&短信 MSGSMS, for mainland China: approved templates only.

Wire facts: the PyPI packages huaweicloudsdksmsapi and huaweicloudsdkcore 3.1.219 for requests and
the signature; support.huaweicloud.com's api-msgsms/sms_05_0001 and sms_05_0050 for answers and
their codes, sms_05_0003 for reports, sms_05_0004 for replies, and its
productdesc-msgsms/sms_faq_0003 for gaps. What these leave open stands in
docs/how-to/connect-huawei.md.
"""

import hashlib
import hmac
import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, ClassVar
from urllib.parse import urlencode

from pydantic import Field, SecretStr

from convo.core.approved import Gaps
from convo.core.business import Channel
from convo.core.events import DeliveryStatus
from convo.core.turns import Outbound
from convo.errors import (
    ConfigError,
    Invalid,
    Refused,
    SendError,
    SendUncertain,
    SettingsError,
)
from convo.ports import Clock, HttpAnswer, Parsed, RawRequest, Sent
from convo.providers.approved import TemplateOptions, mainland, sign_names, template_of
from convo.providers.http import HttpClient, Response
from convo.providers.pushes import Told, parsed, reply_of, report_of
from convo.providers.refusals import refusal
from convo.providers.wire import object_of, objects_of, pairs, text_of

ANSWER = HttpAnswer()
"""Its body is not read."""

PATH = "/sms/batchSendSms/v1"
ALGORITHM = "SDK-HMAC-SHA256"
CONTENT_TYPE = "application/x-www-form-urlencoded"

UNSIGNED = "UNSIGNED-PAYLOAD"
"""Forms are signed without their body, as the vendor's client has it; TLS guards them."""

TAKEN = "000000"
SEE_STATUS = "E000510"
"""An answer's code: what is wrong stands beside the number."""

#: `status` of a report. UNKNOWN is none of them: it says nothing of the message.
STATUSES: Mapping[str, DeliveryStatus] = MappingProxyType(
    {
        "ACCEPTD": "sent",
        "DELIVRD": "delivered",
        "EXPIRED": "undelivered",
        "DELETED": "undelivered",
        "UNDELIV": "undelivered",
        "REJECTD": "failed",
        "MILIMIT": "failed",
        "LIMIT": "failed",
        "BLACK": "failed",
        "KEYWORD": "failed",
    }
)

_OURS = re.compile(r"E\d{6}", re.ASCII)
"""A report's status that is a code of Huawei's: its own platform did not pass the text on."""

_CARRIERS = re.compile(r"[A-Z]{1,4}:\w{1,5}|\d{1,3}", re.ASCII)
"""One that is a carrier's code."""

_MEANINGS: Mapping[type[SendError], str] = MappingProxyType(
    {
        # Headers and signature, key, account, IP list, quota; then the number and the signature
        # that the key is for, and a template that is missing.
        ConfigError: "E000001 E000020 E000027 E000040 E000045 E000101 E000102 E000103 E000104"
        " E000105 E000106 E000109 E000110 E000111 E000112 E000620 E000623"
        " E200018 E200019 E200020 E200021 E200027 E200032 E200036",
        Invalid: "E000503 E200022 E200023",
        SendUncertain: "E000000",
    }
)

#: What a code other than 000000 means; what is not named here is `Refused`.
CODES: Mapping[str, type[SendError]] = MappingProxyType(
    {code: kind for kind, codes in _MEANINGS.items() for code in codes.split()}
)


class Options(TemplateOptions):
    """What a channel at Huawei Cloud needs in convo.toml."""

    #: Huawei counts the gaps of a text and does not read what stands in them.
    gaps: ClassVar[Gaps] = Gaps(before="${", after="}", numbered=True)

    app_key: str = Field(description="The application's Application Key.", min_length=1)
    app_secret: SecretStr = Field(description="The application's Application Secret.", min_length=1)
    number: str = Field(
        description="The channel number (通道号) of `signature`, which its texts are sent from.",
        pattern=r"^\d{1,21}$",
    )
    numbers: Mapping[str, str] = Field(
        default={},
        description="The numbers of the other `signatures`, by each as it stands there: "
        '`{"【沙龙】" = "1069..."}`. One that is not here is sent from `number`.',
    )
    base_url: str = Field(
        default="https://smsapi.cn-north-4.myhuaweicloud.com",
        description="The application's access address (APP接入地址); another one in tests.",
    )


def connect(
    channel: Channel,
    options: Options,
    http: HttpClient,
    *,
    country: str,  # noqa: ARG001 - every provider is connected alike
    clock: Clock,
) -> "Huawei":
    """The adapter of one channel. Raises `SettingsError`."""
    names = sign_names(channel)
    if strange := options.numbers.keys() - names:
        raise SettingsError(
            [
                f'channels.{channel.name}.numbers: "{min(strange)}" is none of the channel\'s '
                "signatures. Write each as it stands in `signature` or `signatures`."
            ]
        )
    return Huawei(channel, options, http, names, clock)


class Huawei:
    """One channel at Huawei Cloud: an application, its signatures with a number each, templates."""

    unsigned = True

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
        """One reply or one report; only replies say who they are from."""

        def read(fields: Mapping[str, Any]) -> Told:
            return self._reply(fields) if "from" in fields else self._reported(fields, outbound)

        return parsed([dict(pairs(request.body))], read, request, ANSWER)

    def _reply(self, fields: Mapping[str, Any]) -> Told:
        return reply_of(self._channel.name, fields, id="smsMsgId", origin="from", text="body")

    def _reported(self, fields: Mapping[str, Any], outbound: str) -> Told:
        """Each part of a long text has a report of its own: the last part's says that it is there,
        and any part's that it is not."""
        word = text_of(fields, "status")
        status = _status(word)
        if status == "delivered" and text_of(fields, "sequence") != text_of(fields, "total"):
            status = "sent"
        return report_of(
            self._channel.name,
            status,
            ours=text_of(fields, "extend") or outbound,
            theirs=text_of(fields, "smsMsgId"),
            code="" if status == "sent" else word,
        )

    # --- sending ------------------------------------------------------------------------------

    async def send(self, message: Outbound, callback: str, leave_by: float = math.inf) -> Sent:
        template, values, signature = template_of(message.text, self._channel)
        asked = {
            "from": self._options.numbers.get(signature, self._options.number),
            "to": f"+86{mainland(message.contact)}",
            "templateId": template.id,
            # Read one by one, whatever number stands in a gap.
            "templateParas": json.dumps([values[gap] for gap in template.names], ensure_ascii=False)
            if values
            else "",
            "statusCallback": callback,
            "extend": message.id,
            # Read for templates that are of no signature, and only then.
            "signature": self._sign_names[signature],
        }
        answer = await self._ask({name: value for name, value in asked.items() if value}, leave_by)
        said = object_of(answer.json())
        numbers = objects_of(said, "result")
        of_number: Mapping[str, Any] = numbers[0] if numbers else {}
        code = _code(said, of_number)
        if answer.status == 200 and code == TAKEN:
            id, total = text_of(of_number, "smsMsgId"), of_number.get("total")
            parts = total if isinstance(total, int) else None
            return Sent(provider_ids=(id,) if id else (), parts=parts)
        raise _failure(answer, code)

    async def _ask(self, asked: Mapping[str, str], leave_by: float) -> Response:
        now = datetime.fromtimestamp(self._clock() / 1_000, UTC)
        signed = {
            "content-type": CONTENT_TYPE,
            "host": self._base.partition("://")[2],
            "x-sdk-content-sha256": UNSIGNED,
            "x-sdk-date": f"{now:%Y%m%dT%H%M%SZ}",
        }
        secret = self._options.app_secret.get_secret_value()
        proof = authorization(signed, self._options.app_key, secret)
        headers = {name: value for name, value in signed.items() if name != "host"}
        return await self._http.post(
            f"{self._base}{PATH}",
            urlencode(asked).encode(),
            headers=headers | {"Authorization": proof},
            leave_by=leave_by,
        )


def authorization(headers: Mapping[str, str], key: str, secret: str) -> str:
    """The header that signs a POST of a form to `PATH`; names of headers in lower case."""
    names = sorted(headers)
    lines = "".join(f"{name}:{headers[name]}\n" for name in names)
    listed = ";".join(names)
    # The path is signed with a slash behind it, and asked for without.
    canonical = f"POST\n{PATH}/\n\n{lines}\n{listed}\n{headers['x-sdk-content-sha256']}"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"{ALGORITHM}\n{headers['x-sdk-date']}\n{hashed}"
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Access={key}, SignedHeaders={listed}, Signature={signature}"


def _status(word: str) -> DeliveryStatus | None:
    """How far a message is; None where the word does not say."""
    if _OURS.fullmatch(word):
        return "failed"
    if _CARRIERS.fullmatch(word):
        return "undelivered"
    return STATUSES.get(word)


def _code(said: Mapping[str, Any], of_number: Mapping[str, Any]) -> str:
    """The code of the whole answer, or what stands beside the number where that says more."""
    code, status = text_of(said, "code"), text_of(of_number, "status")
    return status if status and code in (TAKEN, SEE_STATUS) else code


def _failure(answer: Response, code: str) -> SendError:
    kind = CODES.get(code, ConfigError if answer.status in (401, 403) else Refused)
    if answer.status != 200:
        return refusal(answer, "Huawei Cloud", code=code, kind=kind)
    if not code:
        return SendUncertain("Huawei Cloud answered 200 and no code; it may have been taken")
    return kind(f"Huawei Cloud answered 200 {code}", code=code)
