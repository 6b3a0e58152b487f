"""Africa's Talking: forms, nothing signed, no place for an id of ours, its own opt-out callback."""

from convo.errors import (
    ConfigError,
    Invalid,
    OptedOut,
    Refused,
    SendUncertain,
    Unavailable,
)
from convo.fakes import Answer, Webhook
from convo.fakes.africastalking import KEY, FakeAfricasTalking, answered, recipient
from convo.providers import africastalking
from tests.fakes.outbound import CONTACT
from tests.providers.sheets import Hears, Sends, Sheet


def _stop(fake: FakeAfricasTalking) -> Webhook:
    return fake.opted_out(CONTACT, "https://sms.example.org/in/main/token?kind=optout")


SHEET = Sheet(
    provider="africastalking",
    fake=FakeAfricasTalking,
    hears=Hears(
        answer=africastalking.ANSWER,
        senders={
            "+254791541111": "+254791541111",
            " 254791541111": "+254791541111",
            "12025550101": "+12025550101",
        },
        statuses=africastalking.STATUSES,
        stop=_stop,
        opted_out=("Rejected", "UserInBlackList"),
    ),
    sends=Sends(
        refusals=(
            (recipient("UserInBlacklist", 406), OptedOut),
            (recipient("", 406), OptedOut),
            (recipient("InvalidPhoneNumber", 403), Invalid),
            (recipient("CouldNotRoute", 407), Invalid),
            (recipient("InsufficientBalance", 405), ConfigError),
            (recipient("DoNotDisturbRejection", 409), Refused),
            (recipient("GatewayError", 501), Unavailable),
            (recipient("SomethingNew", 999), Refused),
            (answered("InvalidSenderId"), ConfigError),
            (answered("Nothing was sent to +254711000000"), Refused),
            (Answer(status=401, body=b"The supplied authentication is invalid"), ConfigError),
            (Answer(status=400, body=b"Bad request"), Refused),
            (Answer(status=302), ConfigError),
            (Answer(status=408), SendUncertain),
            (Answer(status=502), SendUncertain),
        ),
        limited=lambda headers: Answer(status=429, headers=headers),
        callback=False,
    ),
    secrets=(KEY,),
)
