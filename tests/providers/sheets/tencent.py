"""Tencent: templates, TC3 for requests, nothing signed that comes, no id of a reply."""

from convo.core.business import Channel
from convo.errors import ConfigError, Invalid, OptedOut, RateLimited, Refused, SendUncertain
from convo.fakes.tencent import SECRET_KEY, SIGN_NAME, FakeTencent, error, status
from convo.providers import tencent
from convo.providers.tencent import Options
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
    fake=FakeTencent,
    contact="+8613800138000",
    channel=channel_of,
    hears=Hears(
        answer=tencent.ANSWER,
        senders={"13800138000": "+8613800138000"},
        nobodies=("SALON",),
        statuses=tencent.STATUSES,
        named=False,
        id_alone=False,
    ),
    sends=Sends(
        refusals=(
            (status("InvalidParameterValue.IncorrectPhoneNumber"), Invalid),
            (status("FailedOperation.PhoneNumberInBlacklist"), OptedOut),
            (status("FailedOperation.TemplateUnapprovedOrNotExist"), ConfigError),
            (status("FailedOperation.InsufficientBalanceInSmsPackage"), ConfigError),
            (status("LimitExceeded.PhoneNumberThirtySecondLimit"), RateLimited),
            (status("LimitExceeded.PhoneNumberDailyLimit"), Invalid),
            (status("InternalError.Timeout"), SendUncertain),
            (status("FailedOperation.UnheardOf"), Refused),
            (error("UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone"), Refused),
            (error("AuthFailure.SignatureFailure"), ConfigError),
            (error("InternalError"), SendUncertain),
            (error("RequestLimitExceeded"), RateLimited),
        ),
        limited=lambda headers: error("RequestLimitExceeded", 429, headers),
        callback=False,
        origin=SIGN_NAME,
        missing="unknown",
    ),
    secrets=(SECRET_KEY,),
)
