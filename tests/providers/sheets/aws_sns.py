"""AWS: envelopes of SNS signed by RSA, SendTextMessage by Signature Version 4."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from convo.errors import (
    ConfigError,
    Invalid,
    OptedOut,
    RateLimited,
    Refused,
    SendUncertain,
)
from convo.fakes import Webhook
from convo.fakes.aws_sns import SECRET, FakeAwsSns, error
from convo.ports import RawRequest
from convo.providers import aws_messages
from tests.providers.sheets import Hears, Sends, Sheet

LONG_AGO = 1_795_341_600 - 3_601


def _shorn(request: RawRequest) -> RawRequest:
    envelope = json.loads(request.body)
    del envelope["Signature"]
    return replace(request, body=json.dumps(envelope).encode())


def _stale(fake: FakeAwsSns, webhook: Webhook) -> Webhook:
    when = datetime.fromtimestamp(LONG_AGO, UTC).isoformat()
    envelope = json.loads(webhook.body) | {"Timestamp": when}
    return fake.signed(webhook.url, json.dumps(envelope).encode())


SHEET = Sheet(
    provider="aws_sns",
    fake=FakeAwsSns,
    hears=Hears(
        answer=aws_messages.ANSWER,
        senders={"+14255550182": "+14255550182", "+447700900123": "+447700900123"},
        statuses=aws_messages.STATUSES,
        signed=lambda fake, webhook: fake.signed(webhook.url, webhook.body),
        covers=False,  # nor is all of an envelope: where to unsubscribe is not
        shorn=_shorn,
        stale=_stale,
    ),
    sends=Sends(
        refusals=(
            (error(400, "ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT"), OptedOut),
            (error(400, "ConflictException", "NO_ORIGINATION_IDENTITIES_FOUND"), ConfigError),
            (error(400, "ConflictException", "RESOURCE_NOT_EMPTY"), Refused),
            (error(400, "ValidationException", "COUNTRY_NOT_ENABLED"), Invalid),
            (error(400, "ValidationException", "OTHER"), Invalid),
            (error(400, "com.amazonaws.smsvoice#ThrottlingException"), RateLimited),
            (error(400, "ServiceQuotaExceededException"), ConfigError),
            (error(400, "AccessDeniedException", "ACCOUNT_DISABLED"), ConfigError),
            (error(403, "SomethingElse"), ConfigError),
            (error(302, "Moved"), ConfigError),
            (error(408, "RequestTimeout"), SendUncertain),
            (error(500, "InternalServerException"), SendUncertain),
        ),
        limited=lambda headers: error(429, "ThrottlingException", headers=headers),
        callback=False,
    ),
    secrets=(SECRET,),
)
