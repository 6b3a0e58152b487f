"""Yunpian: templates that are matched over there, forms with JSON in a field, replies signed."""

import json
from dataclasses import replace

from convo.core.business import Channel
from convo.errors import ConfigError, Invalid, OptedOut, RateLimited, Refused, SendUncertain
from convo.fakes import Answer, Said, Taken, Webhook
from convo.fakes.yunpian import APIKEY, SIGN_NAME, FakeYunpian, pushed, refused, signed
from convo.providers import yunpian
from convo.providers.yunpian import Options
from tests.providers.sheets import Hears, Lists, Sends, Sheet


def channel_of(name: str, options: Options) -> Channel:
    return Channel(
        name="main",
        provider=name,
        address=None,
        signature=f"【{SIGN_NAME}】",
        templates=options.approved,
    )


def _several(fake: FakeYunpian, texts: tuple[Said, ...]) -> Webhook:
    items = [fake.reply(text) for text in texts]
    items.insert(1, signed({"text": "?"}))
    return pushed("sms_reply", items, "https://sms.example.org/in/main")


def _keep(fake: FakeYunpian, taken: Taken, word: str, code: str, at: int) -> None:
    fake.keep(replace(taken, origin=SIGN_NAME), word, code, at=at)


def _with_200(code: int) -> Answer:
    return Answer(status=200, body=json.dumps({"code": code}).encode())


SHEET = Sheet(
    fake=FakeYunpian,
    contact="+8613800138000",
    channel=channel_of,
    hears=Hears(
        answer=yunpian.ANSWER,
        senders={
            "13800138000": "+8613800138000",
            "+8613800138000": "+8613800138000",
            "+447700900123": "+447700900123",
        },
        statuses=yunpian.STATUSES,
        several=_several,
    ),
    sends=Sends(
        refusals=(
            (refused(2), Invalid),
            (refused(5), Invalid),
            (refused(10), OptedOut),
            (refused(3), ConfigError),
            (refused(15), ConfigError),
            (refused(-1), ConfigError),
            (refused(8), RateLimited),
            (refused(22), RateLimited),
            (refused(-5), RateLimited),
            (refused(-50), SendUncertain),
            (refused(28), Refused),
            (refused(999), Refused),
            (refused(999, 403), ConfigError),
            (refused(5, 500), SendUncertain),
            (_with_200(5), Invalid),
            (_with_200(-5), RateLimited),
        ),
        limited=lambda headers: refused(-5, 400, headers),
        origin=SIGN_NAME,
        missing="unknown",
    ),
    lists=Lists(report=_keep, page_size=100),
    secrets=(APIKEY,),
)
