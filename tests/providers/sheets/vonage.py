"""Vonage, twice: the Messages API (tokens over JSON) and the SMS API (signed forms, parts)."""

from dataclasses import replace
from urllib.parse import parse_qsl

from convo.errors import ConfigError, Invalid, OptedOut, RateLimited, SendUncertain, Unavailable
from convo.fakes import Answer, Said, Webhook
from convo.fakes.vonage import (
    SECRET,
    SIGNATURE_SECRET,
    FakeVonage,
    FakeVonageSms,
    parts,
    problem,
)
from convo.ports import RawRequest
from convo.providers import vonage_messages, vonage_sms
from tests.fakes.outbound import CONTACT, OURS
from tests.fakes.webhooks import form
from tests.providers.sheets import Hears, Sends, Sheet

URL = "https://sms.example.org/in/main"
A_DAY_AND_A_SECOND = 24 * 60 * 60 + 1
SENDERS = {"+12025550101": "+12025550101", "447700900123": "+447700900123"}


def _fields(webhook: Webhook) -> dict[str, str]:
    return dict(parse_qsl(webhook.body.decode("utf-8", "replace"), keep_blank_values=True))


def _resigned(fake: FakeVonageSms, webhook: Webhook, late: int = 0) -> Webhook:
    return fake.posted(_fields(webhook), webhook.url, late)


def _without_sig(request: RawRequest) -> RawRequest:
    fields = parse_qsl(request.body.decode(), keep_blank_values=True)
    return replace(request, body=form([pair for pair in fields if pair[0] != "sig"]))


def _part(fake: FakeVonageSms, text: str, number: int, count: int) -> Webhook:
    said = Said(sender=CONTACT, to=OURS, text=text, id=f"0A0{number}")
    concat = {"concat": "true", "concat-ref": "108"}
    concat |= {"concat-part": str(number), "concat-total": str(count)}
    return fake.inbound(said, URL, **concat)


SHEET = Sheet(
    fake=FakeVonage,
    hears=Hears(
        answer=vonage_messages.ANSWER,
        senders=SENDERS,
        statuses=vonage_messages.STATUSES,
        signed=lambda fake, webhook: fake.signed(webhook.url, webhook.body),
        stale=lambda fake, webhook: fake.signed(webhook.url, webhook.body, A_DAY_AND_A_SECOND),
        opted_out=("rejected", "1240"),
        media=True,
        longest=3200,
    ),
    sends=Sends(
        refusals=(
            (problem(422, "1120"), Invalid),
            (problem(422, "1240"), OptedOut),
            (problem(401, ""), ConfigError),
            (problem(402, "1070"), ConfigError),
            (problem(422, "1000"), RateLimited),
            (problem(422, "1030"), Unavailable),
            (problem(408, ""), SendUncertain),
        ),
        limited=lambda headers: problem(429, "1000", **headers),
        media=True,
        longest=3200,
    ),
    secrets=(SECRET, SIGNATURE_SECRET),
)

MORE = {
    "vonage_sms": Sheet(
        provider="vonage",
        fake=FakeVonageSms,
        hears=Hears(
            answer=vonage_sms.ANSWER,
            senders=SENDERS,
            statuses=vonage_sms.STATUSES,
            signed=_resigned,
            shorn=_without_sig,
            stale=lambda fake, webhook: _resigned(fake, webhook, A_DAY_AND_A_SECOND),
            part=_part,
            opted_out=("failed", "9"),
        ),
        sends=Sends(
            refusals=(
                (parts("2"), Invalid),
                (parts("4"), ConfigError),
                (parts("1"), RateLimited),
                (parts("5"), SendUncertain),
                (parts("77"), SendUncertain),
                (Answer(status=401), ConfigError),
                (Answer(status=302), ConfigError),
            ),
            limited=lambda headers: Answer(status=429, headers=headers),
            longest=3200,
        ),
        secrets=(SECRET, SIGNATURE_SECRET),
    )
}
