"""Sinch: HMAC over body, nonce and time; batches of one; an exact look-up."""

from convo.errors import ConfigError, Invalid, Refused, SendUncertain
from convo.fakes.sinch import SECRET, TOKEN, FakeSinch, error
from convo.providers import sinch
from tests.providers.sheets import Hears, Sends, Sheet

TWO_DAYS_AND_A_SECOND = 48 * 60 * 60 + 1

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
    secrets=(TOKEN, SECRET),
)
