"""SMS Gateway for Android: HMAC over body and time, one event a request or an inbox."""

from convo.errors import ConfigError, Invalid, Refused, SendUncertain, Unavailable
from convo.fakes import Said, Webhook
from convo.fakes.android_sms_gateway import KEY, PASSWORD, FakeAndroidSmsGateway, told
from convo.providers import android_sms_gateway
from tests.providers.sheets import Hears, Lists, Sends, Sheet


def _stale(fake: FakeAndroidSmsGateway, webhook: Webhook) -> Webhook:
    return fake.signed(webhook.url, webhook.body, late=301)


def _several(fake: FakeAndroidSmsGateway, said: tuple[Said, ...]) -> Webhook:
    first, *rest = map(fake.text, said)
    return fake.batch([first, {"messageId": 7}, *rest], "https://sms.example.org/in/main")


SHEET = Sheet(
    provider="android_sms_gateway",
    fake=FakeAndroidSmsGateway,
    hears=Hears(
        answer=android_sms_gateway.ANSWER,
        senders={"+12025550101": "+12025550101", "(202) 555-0101": "+12025550101"},
        statuses=android_sms_gateway.STATUSES,
        signed=lambda fake, webhook: fake.signed(webhook.url, webhook.body),
        stale=_stale,
        several=_several,
        id_alone=False,
    ),
    sends=Sends(
        refusals=(
            (told(400, "invalid phone number in row 1"), Invalid),
            (told(401, "Unauthorized"), ConfigError),
            (told(403, "Scope required: messages:send"), ConfigError),
            (told(404, "Not found"), ConfigError),
            (told(302, "Found"), ConfigError),
            (told(418, "I am a teapot"), Refused),
            (told(408, "Timeout"), SendUncertain),
            (told(500, "Internal error"), SendUncertain),
            (told(503, "Queue limit exceeded"), Unavailable),
        ),
        limited=lambda headers: told(429, "Too many requests", headers),
        callback=False,
    ),
    lists=Lists(
        report=lambda fake, taken, word, code, at: fake.keep(taken, word, code, at=at),
        page_size=100,
    ),
    secrets=(KEY, PASSWORD),
)
