"""Kannel: queries, nothing signed, an empty answer, and 503 to wait."""

from convo.errors import ConfigError, Invalid, Unavailable
from convo.fakes import Answer
from convo.fakes.kannel import BITS, PASSWORD, FakeKannel
from convo.providers import kannel
from tests.providers.sheets import Hears, Sends, Sheet

SHEET = Sheet(
    fake=FakeKannel,
    hears=Hears(
        answer=kannel.ANSWER,
        senders={"+12025550101": "+12025550101", "2025550101": "+12025550101"},
        statuses={bit: kannel.STATUSES[bit] for bit in BITS.values()},
    ),
    sends=Sends(
        refusals=(
            (Answer(status=400, body=b"Missing receiver number, rejected"), Invalid),
            (Answer(status=403, body=b"Authorization failed for sendsms"), ConfigError),
            (Answer(status=302), ConfigError),
            (Answer(status=503, body=b"Temporal failure, try again later."), Unavailable),
        ),
        limited=lambda headers: Answer(status=429, headers=headers),
        tells_id=False,
    ),
    secrets=(PASSWORD,),
)
