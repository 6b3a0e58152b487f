"""Infobip: nothing signed, lists of results in JSON, refusals within good answers."""

from convo.errors import (
    ConfigError,
    Invalid,
    OptedOut,
    Refused,
    SendUncertain,
    Unavailable,
)
from convo.fakes import Said, Webhook
from convo.fakes.infobip import KEY, FakeInfobip, accepted, error
from convo.providers import infobip
from tests.providers.sheets import Hears, Lists, Sends, Sheet


def _several(fake: FakeInfobip, said: tuple[Said, ...]) -> Webhook:
    first, *rest = map(fake.text, said)
    return fake.pushed([first, {"from": 7}, *rest], "https://sms.example.org/in/main/token")


SHEET = Sheet(
    provider="infobip",
    fake=FakeInfobip,
    hears=Hears(
        answer=infobip.ANSWER,
        senders={"12025550101": "+12025550101", "385916242494": "+385916242494"},
        statuses={
            "PENDING_ACCEPTED": "queued",
            "PENDING_WAITING_DELIVERY": "sent",
            "PENDING_ENROUTE": "sent",
            "DELIVERED_TO_OPERATOR": "sent",
            "DELIVERED_TO_HANDSET": "delivered",
            "UNDELIVERABLE_NOT_DELIVERED": "undelivered",
            "EXPIRED_EXPIRED": "undelivered",
            "EXPIRED_DLR_UNKNOWN": "sent",
            "REJECTED_NETWORK": "failed",
        },
        several=_several,
        opted_out=("REJECTED_DESTINATION", "EC_BLOCKED"),
        media=True,
    ),
    sends=Sends(
        refusals=(
            (accepted("1", "REJECTED_DESTINATION"), OptedOut),
            (accepted("1", "REJECTED_INVALID_DESTINATION"), Invalid),
            (accepted("1", "REJECTED_NOT_ENOUGH_CREDITS"), ConfigError),
            (accepted("1", "REJECTED_SYSTEM_ERROR"), Unavailable),
            (accepted("1", "REJECTED_DUPLICATE_MESSAGE_ID"), SendUncertain),
            (accepted("1", "REJECTED_SOMETHING_NEW"), Refused),
            (accepted("1", "UNDELIVERABLE_REJECTED_OPERATOR"), Refused),
            (error(400, "BAD_REQUEST"), Invalid),
            (error(401, "UNAUTHORIZED"), ConfigError),
            (error(403, "FORBIDDEN"), ConfigError),
            (error(302, "FOUND"), ConfigError),
            (error(408, "TIMEOUT"), SendUncertain),
            (error(500, "GENERAL_ERROR"), SendUncertain),
        ),
        limited=lambda headers: error(429, "TOO_MANY_REQUESTS", headers),
    ),
    lists=Lists(
        report=lambda fake, taken, word, code, at: fake.keep(taken, word, code, at=at),
        page_size=50,
    ),
    secrets=(KEY,),
)
