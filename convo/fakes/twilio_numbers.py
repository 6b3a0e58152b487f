"""What a pretended Twilio has written down about where it brings texts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from convo.fakes.fake import Answer, Asked

NUMBER = "+12025550100"
SHORT_CODE = "12345"
SERVICE = "MG00000000000000000000000000000001"
LONG_CODES, SHORT_CODES = "IncomingPhoneNumbers", "SMS/ShortCodes"

#: A number's and a service's fields that are about texts coming in, as they are posted and read.
OF_A_NUMBER: Mapping[str, str] = {
    "SmsUrl": "sms_url",
    "SmsMethod": "sms_method",
    "SmsApplicationSid": "sms_application_sid",
}
OF_A_SERVICE: Mapping[str, str] = {
    "InboundRequestUrl": "inbound_request_url",
    "InboundMethod": "inbound_method",
    "UseInboundWebhookOnNumber": "use_inbound_webhook_on_number",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class List:
    """One of an account's lists of numbers."""

    #: The name of the list, and of the field that a number is sought by, as read and as posted.
    name: str
    field: str
    sought: str


LISTS: Mapping[str, List] = {
    LONG_CODES: List(name="incoming_phone_numbers", field="phone_number", sought="PhoneNumber"),
    SHORT_CODES: List(name="short_codes", field="short_code", sought="ShortCode"),
}


class TwilioNumbers:
    """The numbers and the Messaging Service of one account, below its path."""

    def __init__(self, account: str) -> None:
        self._account = f"/2010-04-01/Accounts/{account}/"
        #: By their list: one number in each, which brings texts nowhere yet.
        self.records: dict[str, dict[str, Any]] = {
            LONG_CODES: _new({"sid": "PN" + "1" * 32, "phone_number": NUMBER}),
            SHORT_CODES: _new({"sid": "SC" + "1" * 32, "short_code": SHORT_CODE}),
        }
        self.service: dict[str, Any] = {
            "sid": SERVICE,
            "inbound_request_url": None,
            "inbound_method": "POST",
            "use_inbound_webhook_on_number": False,
        }

    def knows(self, path: str) -> bool:
        below = path.removeprefix(self._account)
        return path.startswith("/v1/Services/") or below.startswith(tuple(LISTS))

    def answer(self, asked: Asked) -> Answer:
        path, _, query = asked.target.partition("?")
        if path == f"/v1/Services/{SERVICE}":
            return _seen_or_changed(asked, self.service, OF_A_SERVICE)
        for where, listed in LISTS.items():
            number = self.records[where]
            if path == f"{self._account}{where}.json" and asked.method == "GET":
                sought = dict(parse_qsl(query)).get(listed.sought, "")
                found = [number] if sought in number[listed.field] else []
                return _json({listed.name: found, "next_page_uri": None})
            if path == f"{self._account}{where}/{number['sid']}.json":
                return _seen_or_changed(asked, number, OF_A_NUMBER)
        return _json({"code": 20404, "message": "no", "more_info": "", "status": 404}, 404)


def _new(number: dict[str, Any]) -> dict[str, Any]:
    return {**number, "sms_url": "", "sms_method": "POST", "sms_application_sid": ""}


def _seen_or_changed(asked: Asked, record: dict[str, Any], known: Mapping[str, str]) -> Answer:
    if asked.method == "POST":
        posted = dict(parse_qsl(asked.body.decode(), keep_blank_values=True, strict_parsing=True))
        urls = [value for name, value in posted.items() if name.endswith("Url") and value]
        methods = [value for name, value in posted.items() if name.endswith("Method")]
        if not known.keys() >= posted.keys() or not {"GET", "POST"}.issuperset(methods):
            return _json({"code": 20001, "message": "no", "more_info": "", "status": 400}, 400)
        if not all(urlsplit(url).scheme in ("http", "https") for url in urls):
            return _json({"code": 21502, "message": "no", "more_info": "", "status": 400}, 400)
        record |= {known[name]: value for name, value in posted.items()}
    return _json(record)


def _json(said: object, status: int = 200) -> Answer:
    headers = {"Content-Type": "application/json"}
    return Answer(status=status, body=json.dumps(said).encode(), headers=headers)
