"""A gateway of one's own description, described here: JSON, several events in a list."""

from convo.errors import ConfigError, OptedOut, Refused, SendUncertain
from convo.fakes import Answer, Said, Webhook
from convo.fakes.generic_http import HEADERS, STATUSES, TOKEN, FakeGateway, text_of
from convo.ports import HttpAnswer
from tests.fakes.outbound import CONTACT, OURS
from tests.providers.sheets import Hears, Sends, Sheet

URL = "https://sms.example.org/in/main"


def _several(fake: FakeGateway, said: tuple[Said, ...]) -> Webhook:
    first, *rest = map(text_of, said)
    return fake.posted([first, {"text": 7}, *rest], URL)


def _stop(fake: FakeGateway) -> Webhook:
    said = Said(sender=CONTACT, to=OURS, text="no more", id="9")
    return fake.posted([text_of(said) | {"kind": "optout"}], URL)


def _part(fake: FakeGateway, text: str, number: int, count: int) -> Webhook:
    said = Said(sender=CONTACT, to=OURS, text=text, id="9")
    part = {"ref": "r1", "number": number, "of": count}
    return fake.posted([text_of(said) | {"part": part}], URL)


SHEET = Sheet(
    fake=FakeGateway,
    hears=Hears(
        answer=HttpAnswer(status=202, body=b"thanks"),
        senders={"+12025550101": "+12025550101", "202-555-0101": "+12025550101"},
        statuses=STATUSES,  # pyright: ignore[reportArgumentType]
        signed=lambda _, webhook: Webhook(url=webhook.url, headers=HEADERS, body=webhook.body),
        covers=False,
        several=_several,
        stop=_stop,
        part=_part,
        opted_out=("LOST", "BLOCKED"),
        media=True,
    ),
    sends=Sends(
        refusals=(
            (Answer(status=410), OptedOut),
            (Answer(status=400), Refused),
            (Answer(status=401), ConfigError),
            (Answer(status=500), SendUncertain),
        ),
        limited=lambda headers: Answer(status=429, headers=headers),
        media=True,
    ),
    secrets=(TOKEN,),
)
