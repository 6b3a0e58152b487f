"""Bandwidth: a name and a password with each callback, lists of events in JSON."""

from convo.errors import ConfigError, Invalid, Refused, SendUncertain
from convo.fakes import Said, Webhook
from convo.fakes.bandwidth import CALLBACK_PASSWORD, PASSWORD, FakeBandwidth, error
from convo.providers import bandwidth
from tests.providers.sheets import Hears, Lists, Sends, Sheet


def _several(fake: FakeBandwidth, said: tuple[Said, ...]) -> Webhook:
    first, *rest = map(fake.text, said)
    return fake.events(
        [first, {"type": "message-received"}, *rest], "https://sms.example.org/in/main"
    )


SHEET = Sheet(
    provider="bandwidth",
    fake=FakeBandwidth,
    hears=Hears(
        answer=bandwidth.ANSWER,
        senders={"+12025550101": "+12025550101", "+447700900123": "+447700900123"},
        statuses=bandwidth.STATUSES,
        signed=lambda fake, webhook: fake.signed(webhook.url, webhook.body),
        covers=False,
        several=_several,
        opted_out=("message-failed", "4775"),
        media=True,
    ),
    sends=Sends(
        refusals=(
            (error(400, "request-validation", "to[0]"), Invalid),
            (error(400, "request-validation", "text"), Invalid),
            (error(400, "request-validation", "from"), ConfigError),
            (error(400, "request-validation", "applicationId"), ConfigError),
            (error(400, "malformed"), Refused),
            (error(401, "unauthorized"), ConfigError),
            (error(403, "forbidden"), ConfigError),
            (error(404, "not-found"), ConfigError),
            (error(302, "found"), ConfigError),
            (error(415, "unsupported-media-type"), Refused),
            (error(408, "timeout"), SendUncertain),
            (error(503, "unavailable"), SendUncertain),
        ),
        limited=lambda headers: error(429, "too-many-requests", headers=headers),
        callback=False,
        media=True,
        longest=2048,
    ),
    lists=Lists(
        report=lambda fake, taken, word, code, at: fake.keep(taken, word, code, at=at),
        words=("message-sending", "message-sent", "message-delivered", "message-failed"),
        page_size=100,
    ),
    secrets=(PASSWORD, CALLBACK_PASSWORD),
)
