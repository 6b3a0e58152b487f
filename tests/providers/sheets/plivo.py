"""Plivo: HMAC over URL, form and nonce; no codes for refusals."""

from urllib.parse import parse_qsl

from convo.errors import ConfigError, Invalid, Refused, SendUncertain
from convo.fakes import Said, Webhook
from convo.fakes.plivo import MAIN_TOKEN, TOKEN, FakePlivo, error
from convo.providers import plivo
from tests.fakes.outbound import CONTACT, OURS
from tests.providers.sheets import Hears, Lists, Sends, Sheet


def _signed(fake: FakePlivo, webhook: Webhook) -> Webhook:
    read = parse_qsl(webhook.body.decode("utf-8", "replace"), keep_blank_values=True)
    return fake.posted(dict(read), webhook.url)


def _stop(fake: FakePlivo) -> Webhook:
    said = Said(sender=CONTACT, to=OURS, text="stop it", id="9")
    return fake.inbound(said, "https://sms.example.org/in/main", MessageIntent="optout")


SHEET = Sheet(
    fake=FakePlivo,
    hears=Hears(
        answer=plivo.ANSWER,
        senders={"12025550101": "+12025550101", "447700900123": "+447700900123"},
        statuses=plivo.STATUSES,
        signed=_signed,
        stop=_stop,
        opted_out=("failed", "200"),
        media=True,
    ),
    sends=Sends(
        refusals=(
            (error(400, "dst parameter is invalid"), Invalid),
            (error(403, "this country is not allowed"), Invalid),
            (error(401, "no"), ConfigError),
            (error(404, "no"), ConfigError),
            (error(302, "no"), ConfigError),
            (error(418, "no"), Refused),
            (error(408, "no"), SendUncertain),
        ),
        limited=lambda headers: error(429, "too many requests", headers),
        media=True,
    ),
    lists=Lists(
        report=lambda fake, taken, word, code, at: fake.keep(taken, word, code, at=at),
        page_size=20,
    ),
    secrets=(TOKEN, MAIN_TOKEN),
)
