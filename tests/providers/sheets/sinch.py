"""Sinch: HMAC over body, nonce and time; batches of one; an exact look-up."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from convo.errors import ConfigError, Invalid, Refused, SendUncertain
from convo.fakes import Said, Taken
from convo.fakes.sinch import SECRET, TOKEN, FakeSinch, error
from convo.providers import sinch
from tests.providers.sheets import Hears, Lists, Sends, Sheet

TWO_DAYS_AND_A_SECOND = 48 * 60 * 60 + 1


def _keep_text(fake: FakeSinch, said: Said, at: int) -> None:
    told = json.loads(fake.inbound(said, "").body)
    fake.kept["inbounds"].append({**told, "received_at": _written(at)})


def _keep_report(fake: FakeSinch, taken: Taken, word: str, code: str, at: int) -> None:
    told = json.loads(fake.report(replace(taken, reference="77"), word, code).body)
    fake.kept["delivery_reports"].append({**told, "at": _written(at)})


def _written(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


SHEET = Sheet(
    provider="sinch",
    fake=FakeSinch,
    hears=Hears(
        answer=sinch.ANSWER,
        senders={"12025550101": "+12025550101", "447700900123": "+447700900123"},
        # As the wire spells them.
        statuses={word.title(): status for word, status in sinch.STATUSES.items()},
        signed=lambda fake, webhook: fake.signed(webhook.url, webhook.body),
        stale=lambda fake, webhook: fake.signed(webhook.url, webhook.body, TWO_DAYS_AND_A_SECOND),
        media=True,
        longest=2000,
    ),
    sends=Sends(
        refusals=(
            (error(400, "syntax_invalid_parameter_format"), Invalid),
            (error(401, "unauthorized"), ConfigError),
            (error(403, "unauthorized"), ConfigError),
            (error(302, ""), ConfigError),
            (error(418, ""), Refused),
            (error(408, ""), SendUncertain),
        ),
        limited=lambda headers: error(429, "too_many_requests", headers),
        longest=2000,
    ),
    lists=Lists(text=_keep_text, report=_keep_report, page_size=30),
    secrets=(TOKEN, SECRET),
)
