"""MessageBird: a token over URL and body; texts by form, reports by GET; `OK` to everything."""

from dataclasses import replace

from convo.errors import ConfigError, Invalid, Refused, SendUncertain
from convo.fakes import Taken
from convo.fakes.messagebird import KEY, SIGNING_KEY, FakeMessageBird, error
from convo.providers import messagebird
from tests.providers.sheets import Hears, Lists, Sends, Sheet


def _keep(fake: FakeMessageBird, taken: Taken, word: str, code: str, at: int) -> None:
    fake.keep(replace(taken, reference="77"), word, code, at=at)


SHEET = Sheet(
    provider="messagebird",
    fake=FakeMessageBird,
    hears=Hears(
        answer=messagebird.ANSWER,
        senders={"12025550101": "+12025550101", "447700900123": "+447700900123"},
        statuses=messagebird.STATUSES,
        signed=lambda fake, webhook: fake.signed(webhook),
        stale=lambda fake, webhook: fake.signed(webhook, late=66),
        opted_out=("delivery_failed", "103"),
        media=True,
    ),
    sends=Sends(
        refusals=(
            (error(422, 9, "recipients"), Invalid),
            (error(422, 10, "originator"), ConfigError),
            (error(401, 2, "access_key"), ConfigError),
            (error(402, 25), ConfigError),
            (error(403, 77), ConfigError),
            (error(422, 77), Refused),
            (error(422, 99), SendUncertain),
            (error(408, 0), SendUncertain),
        ),
        limited=lambda headers: error(429, 0, headers=headers),
        media=True,
        longest=1377,
    ),
    lists=Lists(
        text=lambda fake, said, at: fake.keep_text(said, at),
        report=_keep,
        settings={"lists_texts": True},
        page_size=20,
    ),
    secrets=(KEY, SIGNING_KEY),
)
