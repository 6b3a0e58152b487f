"""Aliyun: templates, a signature of its own for requests, none for webhooks, several at once."""

from typing import Any

from convo.core.business import Channel
from convo.errors import ConfigError, Invalid, RateLimited, Refused, SendUncertain
from convo.fakes import Said, Webhook
from convo.fakes.aliyun import SECRET, SIGN_NAME, FakeAliyun, said
from convo.providers import aliyun
from convo.providers.aliyun import Options
from tests.providers.sheets import Hears, Sends, Sheet

OFTEN = "isv.BUSINESS_LIMIT_CONTROL"


def channel_of(name: str, options: Options) -> Channel:
    signature = f"【{SIGN_NAME}】"
    return Channel(
        name="main",
        provider=name,
        address=None,
        signature=signature,
        templates=options.approved,
    )


def _several(fake: FakeAliyun, texts: tuple[Said, ...]) -> Webhook:
    items: list[Any] = [fake.reply(text) for text in texts]
    return fake.pushed([items[0], {"content": "?"}, *items[1:]], "https://sms.example.org/in/main")


SHEET = Sheet(
    fake=FakeAliyun,
    contact="+8613800138000",
    channel=channel_of,
    hears=Hears(
        answer=aliyun.ANSWER,
        senders={
            "13800138000": "+8613800138000",
            "+8613800138000": "+8613800138000",
        },
        statuses=aliyun.STATUSES,
        several=_several,
    ),
    sends=Sends(
        refusals=(
            (said("isv.MOBILE_NUMBER_ILLEGAL"), Invalid),
            (said("isv.SMS_TEMPLATE_ILLEGAL"), ConfigError),
            (said("isv.AMOUNT_NOT_ENOUGH"), ConfigError),
            (said("isp.SYSTEM_ERROR"), SendUncertain),
            (said("isv.UNHEARD_OF"), Refused),
            (said(OFTEN, "触发分钟级流控Permits:1"), RateLimited),
            (said(OFTEN, "触发天级流控Permits:10"), Refused),
            (said("SignatureDoesNotMatch", status=403), ConfigError),
            (said("InvalidAccessKeyId.NotFound", status=404), ConfigError),
            (said("ServiceUnavailable", status=503), SendUncertain),
        ),
        limited=lambda headers: said("Throttling.User", status=400, headers=headers),
        callback=False,
        origin=SIGN_NAME,
        found_by_id=False,
    ),
    secrets=(SECRET,),
)
