"""Huawei Cloud: templates, forms, a signature for requests; a failure's word is its code."""

from convo.core.business import Channel
from convo.errors import ConfigError, Invalid, Refused, SendUncertain
from convo.fakes.huawei import APP_SECRET, SIGN_NAME, FakeHuawei, of_number, said
from convo.providers import huawei
from convo.providers.huawei import Options
from tests.providers.sheets import Hears, Sends, Sheet


def channel_of(name: str, options: Options) -> Channel:
    return Channel(
        name="main",
        provider=name,
        address=None,
        signature=f"【{SIGN_NAME}】",
        templates=options.approved,
    )


SHEET = Sheet(
    fake=FakeHuawei,
    contact="+8613800138000",
    channel=channel_of,
    hears=Hears(
        answer=huawei.ANSWER,
        senders={
            "+8613800138000": "+8613800138000",
            "8613800138000": "+8613800138000",
            "13800138000": "+8613800138000",
        },
        statuses=huawei.STATUSES,
        words_are_codes=True,
    ),
    sends=Sends(
        refusals=(
            (of_number("E200018"), ConfigError),
            (of_number("E200022"), Invalid),
            (of_number("E200037"), Refused),
            (said("000000", result=[{"status": "E200032"}]), ConfigError),
            (said("E000503", http=400), Invalid),
            (said("E000623", http=400), ConfigError),
            (said("E000000", http=400), SendUncertain),
            (said("E000045", http=401), ConfigError),
            (said("E999999", http=401), ConfigError),
            (said("E000510"), Refused),
            (said("E999999", http=400), Refused),
            (said("E000503", http=500), SendUncertain),
            (said(""), SendUncertain),
        ),
        limited=lambda headers: said("E000000", 429, headers),
        origin=SIGN_NAME,
    ),
    secrets=(APP_SECRET,),
)
