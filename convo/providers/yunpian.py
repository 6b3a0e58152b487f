"""Yunpian SMS, 云片, API v2: approved texts only, which leave whole and are matched over there.

Wire facts: yunpian.com/official/document/sms/zh_cn (domestic_single_send, domestic_sms_record,
domestic_push_reply, domestic_push_report, returnvalue_common) and the PyPI package
yunpian-python-sdk 1.0.0 for requests. What these leave open stands in
docs/how-to/connect-yunpian.md.
"""

import hashlib
import hmac
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any, ClassVar, cast
from urllib.parse import unquote_plus, urlencode

from pydantic import Field, SecretStr

from convo.core.approved import Gaps
from convo.core.business import Channel
from convo.core.events import DeliveryStatus
from convo.core.numbers import PhoneNumber
from convo.core.turns import Outbound
from convo.errors import (
    BadSignature,
    ConfigError,
    Invalid,
    OptedOut,
    RateLimited,
    Refused,
    SendError,
    SendUncertain,
    Unavailable,
    WebhookRejected,
)
from convo.ports import Arrival, Clock, HttpAnswer, Parsed, RawRequest, Sent
from convo.ports.doubts import LookedUp
from convo.providers.approved import TemplateOptions, sign_names, template_of
from convo.providers.http import HttpClient, Response
from convo.providers.pushes import Passed, Told, items_of, parsed, reply_of, report_of
from convo.providers.refusals import refusal
from convo.providers.wire import object_of, objects, pairs, text_of

ANSWER = HttpAnswer(body=b"SUCCESS")
"""Anything else is posted again: replies five times, a minute apart, reports three times."""

REPLY, REPORTS = "sms_reply", "sms_status"
"""The one field of a push."""

SEND, LIST = "/v2/sms/single_send.json", "/v2/sms/get_record.json"
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Accept": "application/json;charset=utf-8",
        "Content-Type": "application/x-www-form-urlencoded;charset=utf-8",
    }
)

MAINLAND = "+86"
BEIJING = timezone(timedelta(hours=8))
"""In which times are written, without saying so."""

SKEW = 60_000
"""Milliseconds that clocks may differ in a look-up."""

PAGE, MOST_PAGES = 100, 10
"""Messages of one page, and pages of a look-up: nobody gets a thousand texts in that time."""

PAGES_LISTED = 100
"""Pages of the list that is read for statuses: the messages behind them keep what they have."""

#: `report_status` of a report.
STATUSES: Mapping[str, DeliveryStatus] = MappingProxyType(
    {"SUCCESS": "delivered", "FAIL": "undelivered"}
)

UNDISTURBED = "10"
"""The number is on the list of those who want to be left alone."""

#: Limits of one number: seconds after which it may have another. The same words may go again after
#: half a minute, and three times within five.
_OF_A_NUMBER: Mapping[str, float] = MappingProxyType(
    {"8": 30.0, "9": 300.0, "22": 3_600.0, "33": 30.0, "53": 3_600.0}
)

_MEANINGS: Mapping[type[SendError], str] = MappingProxyType(
    {
        OptedOut: UNDISTURBED,
        # A text that fits no template may be one value that it does not take, so it stops nobody
        # else: 5, 7, 58, 60.
        Invalid: "2 4 5 7 17 20 23 43 48 52 56 58 60",
        ConfigError: "3 13 15 16 18 27 40 55 -1 -2 -3 -57",
        RateLimited: "-4 -5",
        SendUncertain: "-50 -51 -53",
    }
)

#: What a `code` other than 0 means; what is not named here or above is `Refused`.
CODES: Mapping[str, type[SendError]] = MappingProxyType(
    {code: kind for kind, codes in _MEANINGS.items() for code in codes.split()}
)


class Options(TemplateOptions):
    """What a channel at Yunpian needs in convo.toml."""

    gaps: ClassVar[Gaps] = Gaps(before="#", after="#")

    apikey: SecretStr = Field(description="The APIKEY of the account or sub-account.", min_length=1)
    previous_apikeys: tuple[SecretStr, ...] = Field(
        default=(),
        description="Keys that may still sign replies while the first is being replaced.",
    )
    checks_sign: bool = Field(
        default=True,
        description="Whether a reply must bear the `_sign` that Yunpian documents. `false` trusts "
        "the secret in the URL alone, which is all that reports have.",
    )
    uid: bool = Field(
        default=False,
        description="Whether Yunpian has opened `uid` for the account: messages then bear our id, "
        "and one in doubt is found by it.",
    )
    extend_code: str = Field(
        default="",
        description="The extension (扩展号) that replies to this channel are sent to, once Yunpian "
        "has opened it. Give every channel of one account its own, or each gets the replies of "
        "all.",
        pattern=r"^\d{0,20}$",
    )
    lists: bool = Field(
        default=True,
        description="Whether Yunpian's list of messages is read, for statuses that no webhook "
        "has told.",
    )
    base_url: str = Field(
        default="https://sms.yunpian.com",
        description="Where the API is: `https://us.yunpian.com` from abroad, another one in tests.",
    )


def connect(
    channel: Channel,
    options: Options,
    http: HttpClient,
    *,
    country: str,  # noqa: ARG001 - numbers without a country are of the mainland
    clock: Clock,
) -> "Yunpian":
    """The adapter of one channel. Raises `SettingsError`."""
    sign_names(channel)
    return Yunpian(channel, options, http, clock)


class Yunpian:
    """One channel at Yunpian: a key, signatures and templates, an extension that replies go to."""

    unsigned = True  # reports are not signed, and commas may shift within the sign of a reply
    looks_up = True

    def __init__(self, channel: Channel, options: Options, http: HttpClient, clock: Clock) -> None:
        self._channel = channel
        self.lists = options.lists
        self._options = options
        self._http = http
        self._clock = clock
        self._base = options.base_url.rstrip("/")
        keys = (options.apikey, *options.previous_apikeys)
        self._keys = [key.get_secret_value() for key in keys]

    async def close(self) -> None:
        """Nothing is held here: the connections are the client's."""

    # --- receiving ----------------------------------------------------------------------------

    def receive(self, request: RawRequest) -> Parsed:
        return self._read(request, "")

    def report(self, request: RawRequest, outbound: str) -> Parsed:
        return self._read(request, outbound)

    def _read(self, request: RawRequest, outbound: str) -> Parsed:
        """A form of one field with JSON in it: a reply, or up to a hundred reports."""
        fields = dict(pairs(request.body))
        if REPLY in fields:
            return parsed(_items(fields[REPLY]), self._reply, request, ANSWER)
        if REPORTS not in fields:
            raise WebhookRejected("Yunpian's webhook has neither a reply nor reports.")
        items = _items(fields[REPORTS])
        # The URL names one message, and says nothing of several.
        named = outbound if len(items) == 1 else ""
        return parsed(items, lambda item: self._reported(item, named), request, ANSWER)

    def _reply(self, item: Mapping[str, Any]) -> Told:
        """Raises `BadSignature` as well."""
        if self._options.checks_sign and not any(signed_by(item, key) for key in self._keys):
            raise BadSignature("The sign of a reply does not fit the apikey.")
        return reply_of(
            self._channel.name,
            item,
            id="id",
            origin="mobile",
            text="text",
            extension=text_of(item, "base_extend") + text_of(item, "extend"),
            ours=self._options.extend_code,
        )

    def _reported(self, item: Mapping[str, Any], outbound: str) -> Told:
        return report_of(
            self._channel.name,
            STATUSES.get(text_of(item, "report_status")),
            ours=text_of(item, "uid") or outbound,
            theirs=text_of(item, "sid"),
            # Its list knows nothing of the address that a push names our message by.
            named=text_of(item, "sid"),
            code=text_of(item, "error_msg"),
        )

    # --- sending ------------------------------------------------------------------------------

    async def send(self, message: Outbound, callback: str, leave_by: float = math.inf) -> Sent:
        asked = {
            "mobile": _mobile(message.contact),
            "text": self._text(message),
            "extend": self._options.extend_code,
            "uid": message.id if self._options.uid else "",
            "callback_url": callback,
        }
        answer = await self._ask(SEND, asked, leave_by)
        said = object_of(answer.json())
        code = text_of(said, "code")
        if answer.status == 200 and code == "0":
            id, count = text_of(said, "sid"), said.get("count")
            parts = count if isinstance(count, int) else None
            return Sent(provider_ids=(id,) if id else (), parts=parts)
        raise _failure(answer, code)

    def _text(self, message: Outbound) -> str:
        """As it is matched over there: the signature in front, wherever the channel has it."""
        template, values, signature = template_of(message.text, self._channel)
        return signature.strip() + template.filled(values)

    async def look_up(self, message: Outbound, since: int) -> LookedUp:
        """By our id where messages bear it, else by their words; how soon one is listed is not
        written, so that nothing proves that it did not leave."""
        asked = {
            "mobile": _mobile(message.contact),
            "start_time": _in_beijing(since - SKEW),
            "end_time": _in_beijing(max(since, self._clock()) + SKEW),
            "page_size": str(PAGE),
            "type": "" if message.contact.e164.startswith(MAINLAND) else "global",
        }
        try:
            listed, whole = await self._listed(asked, MOST_PAGES)
        except SendError:
            return LookedUp(found="unknown")
        if not whole:
            return LookedUp(found="unknown")
        if self._options.uid:
            found = [each for each in listed if text_of(each, "uid") == message.id]
        else:
            text = self._text(message)
            found = [each for each in listed if text_of(each, "text") == text]
        ids = tuple(id for id in (text_of(each, "sid") for each in found) if id)
        if not found:
            return LookedUp(found="unknown")
        return LookedUp(found="sent" if self._options.uid else "alike", provider_ids=ids)

    async def _listed(
        self, asked: Mapping[str, str], pages: int
    ) -> tuple[Sequence[Mapping[str, Any]], bool]:
        """What was sent in that time, as far as so many pages go; whether that is all of it.

        Raises `SendError`.
        """
        found: list[Mapping[str, Any]] = []
        for page in range(1, pages + 1):
            answer = await self._ask(LIST, {**asked, "page_num": str(page)})
            read: object = answer.json()
            if answer.status != 200 or not isinstance(read, list):
                raise Unavailable("Yunpian's list of what was sent cannot be read")
            items = cast("list[object]", read)
            found += objects(items)
            if len(items) < PAGE:
                return found, True
        return found, False

    # --- listing ------------------------------------------------------------------------------

    async def inbound_since(self, since: int) -> Sequence[Arrival]:  # noqa: ARG002
        """None: that its list of replies names them as its pushes do is written nowhere."""
        return ()

    async def reports_between(self, since: int, until: int) -> Sequence[Arrival]:
        """Those of messages with a signature of this channel: the list is of the whole account."""
        asked = {
            "start_time": _in_beijing(since),
            "end_time": _in_beijing(until),
            "page_size": str(PAGE),
            "type": "all",
        }
        listed, _ = await self._listed(asked, PAGES_LISTED)
        ours = tuple(f"【{name}】" for name in sign_names(self._channel).values())
        arrivals: list[Arrival] = []
        for item in sorted(listed, key=lambda item: text_of(item, "send_time")):
            if text_of(item, "text").startswith(ours):
                with suppress(Passed):
                    event, once = self._reported(item, "")
                    arrivals.append(Arrival(event=event, dedupe=once))
        return arrivals

    async def _ask(
        self, path: str, asked: Mapping[str, str], leave_by: float = math.inf
    ) -> Response:
        form = {"apikey": self._keys[0]} | {name: value for name, value in asked.items() if value}
        return await self._http.post(
            f"{self._base}{path}", urlencode(form).encode(), headers=HEADERS, leave_by=leave_by
        )


def signed_by(item: Mapping[str, Any], apikey: str) -> bool:
    """Whether the `_sign` of a reply is of this key. How Yunpian writes a value that is null there
    is not told, so both usual ways are right."""
    proof = text_of(item, "_sign").encode("utf-8", "replace")
    names = sorted(name for name in item if name != "_sign")
    return any(
        hmac.compare_digest(_sign([*_values(item, names, null), apikey]), proof)
        for null in ("", "null")
    )


def _values(item: Mapping[str, Any], names: Sequence[str], null: str) -> list[str]:
    return [null if item[name] is None else str(item[name]) for name in names]


def _sign(values: Sequence[str]) -> bytes:
    text = ",".join(values).encode("utf-8", "replace")
    return hashlib.md5(text, usedforsecurity=False).hexdigest().encode()


def _items(field: str) -> Sequence[Mapping[str, Any]]:
    """Some of Yunpian's servers escape the field twice. Only what is no JSON yet is read once more:
    a text may hold a %41 of its own."""
    try:
        return items_of(field, "Yunpian")
    except WebhookRejected:
        return items_of(unquote_plus(field), "Yunpian")


def _mobile(contact: PhoneNumber) -> str:
    """A number of the mainland without its country, any other whole."""
    return contact.e164.removeprefix(MAINLAND)


def _in_beijing(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment / 1_000, BEIJING):%Y-%m-%d %H:%M:%S}"


def _failure(answer: Response, code: str) -> SendError:
    why = f"Yunpian answered {answer.status} {code}".rstrip()
    if code in _OF_A_NUMBER and answer.status in (200, 400):
        return RateLimited(why, code=code, retry_after=_OF_A_NUMBER[code], contact_only=True)
    kind = CODES.get(code, ConfigError if answer.status in (401, 403) else Refused)
    if answer.status != 200 or kind is RateLimited:
        return refusal(answer, "Yunpian", code=code, kind=kind)
    if not code:
        return SendUncertain(f"{why}; it may have been taken")
    return kind(why, code=code)
