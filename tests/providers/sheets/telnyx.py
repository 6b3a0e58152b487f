"""Telnyx: Ed25519 over time and body, JSON, one event a request."""

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
from convo.fakes.telnyx import KEY, FakeTelnyx, error
from convo.providers import telnyx
from tests.providers.sheets import Hears, Lists, Sends, Sheet


def _stale(fake: FakeTelnyx, webhook: Webhook) -> Webhook:
    return fake.signed(webhook.url, webhook.body, late=301)


def _lose_text(fake: FakeTelnyx, said: Said, at: int) -> None:
    fake.lose(fake.inbound(said, ""), at)


def _lose_report(fake: FakeTelnyx, taken: Taken, word: str, code: str, at: int) -> None:
    fake.lose(fake.report(taken, word, code), at)


SHEET = Sheet(
    fake=FakeTelnyx,
    hears=Hears(
        answer=telnyx.ANSWER,
        senders={"+12025550101": "+12025550101", "+447700900123": "+447700900123"},
        statuses=telnyx.STATUSES,
        signed=lambda fake, webhook: fake.signed(webhook.url, webhook.body),
        stale=_stale,
        opted_out=("sending_failed", "40300"),
        media=True,
    ),
    sends=Sends(
        refusals=(
            (error(409, "40300", "Blocked due to STOP message"), OptedOut),
            (error(400, "10016", "Phone number must be in +E.164 format", "/to"), Invalid),
            (error(400, "10016", "Phone number must be in +E.164 format", "/from"), ConfigError),
            (error(401, "10009", "Authentication failed"), ConfigError),
            (error(403, "99999", "Forbidden"), ConfigError),
            (error(400, "99999", "Something else"), Refused),
            (error(400, "10011", "Too many requests"), RateLimited),
            (error(422, "40008", "Undeliverable"), Unavailable),
            (error(409, "99999", "The first of this key is at work"), SendUncertain),
            (error(408, "0", "Timeout"), SendUncertain),
        ),
        limited=lambda headers: error(429, "10011", "Too many requests", **headers),
        media=True,
    ),
    lists=Lists(text=_lose_text, report=_lose_report, page_size=20),
    secrets=(KEY,),
)
