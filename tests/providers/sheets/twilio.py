"""Twilio: HMAC over URL and form, one text a request."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl

from convo.errors import (
    ConfigError,
    Invalid,
    OptedOut,
    RateLimited,
    Refused,
    SendUncertain,
    Unavailable,
)
from convo.fakes import Said, Taken, Webhook
from convo.fakes.twilio import TOKEN, FakeTwilio, error
from convo.providers import twilio
from tests.fakes.outbound import CONTACT, OURS
from tests.providers.sheets import Hears, Lists, Sends, Sheet


def _signed(fake: FakeTwilio, webhook: Webhook) -> Webhook:
    read = parse_qsl(webhook.body.decode("utf-8", "replace"), keep_blank_values=True)
    return fake.posted(dict(read), webhook.url)


def _stop(fake: FakeTwilio) -> Webhook:
    said = Said(sender=CONTACT, to=OURS, text="Stop", id="SM9")
    return fake.inbound(said, "https://sms.example.org/in/main", OptOutType="STOP")


def _keep_text(fake: FakeTwilio, said: Said, at: int) -> None:
    fake.keep(
        said.text,
        at=datetime.fromtimestamp(at, UTC),
        to=said.to,
        origin=said.sender,
        direction="inbound",
        status="received",
    )
    fake.messages[-1]["sid"] = said.id


def _keep_report(fake: FakeTwilio, taken: Taken, word: str, code: str, at: int) -> None:
    when = datetime.fromtimestamp(at, UTC)
    fake.keep(taken.text, at=when, to=taken.to, origin=taken.origin, status=word)
    fake.messages[-1] |= {"sid": taken.id, "error_code": int(code) if code else None}


SHEET = Sheet(
    fake=FakeTwilio,
    hears=Hears(
        answer=twilio.ANSWER,
        senders={"+12025550101": "+12025550101", "+447700900123": "+447700900123"},
        nobodies=("384387", "SALON", "whatsapp:+12025550101", "+1"),
        statuses=twilio.STATUSES,
        signed=_signed,
        stop=_stop,
        opted_out=("failed", "21610"),
        media=True,
    ),
    sends=Sends(
        refusals=(
            (error(400, 21610), OptedOut),
            (error(400, 21211), Invalid),
            (error(400, 21606), ConfigError),
            (error(401, 20003), ConfigError),
            (error(400, 99999), Refused),
            (error(400, 21611), RateLimited),
            (error(400, 30017), Unavailable),
            (error(408, 0), SendUncertain),
        ),
        limited=lambda headers: error(429, 20429, headers),
        media=True,
    ),
    lists=Lists(text=_keep_text, report=_keep_report, whole=True, page_size=1000),
    secrets=(TOKEN,),
)
