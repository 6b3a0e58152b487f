"""S04: one request, no marketing before the yes from the same number, and it expires."""

from datetime import timedelta

import pytest

from convo.rehearsal.rehearsal import Rehearsal
from tests.rows.acting import BEN, JOIN, OFFER, acting, posted, refusals, words
from tests.steps.conversation import ANNA

pytestmark = pytest.mark.anyio

#: No silence closes its question before the request expires, a day later.
PATIENT = JOIN.replace("23h", "9d")


async def offer(talk: Rehearsal, key: str) -> list[str]:
    event = {"event": "offer.made", "to": ANNA.e164, "channel": "main", "key": key}
    await posted(talk, "/v1/events", event)
    return words(talk)


@pytest.mark.parametrize("accepted", ["Y", "yes", "是", "好的"])
async def test_marketing_is_refused_until_the_same_number_accepts(accepted: str) -> None:
    async with acting(PATIENT, OFFER) as talk:
        await talk.text("join")
        assert words(talk) == ["Reply YES for 2 survey texts a month. STOP to end."]
        await talk.text(accepted, from_=BEN)
        await talk.text("what?", from_=BEN)
        words(talk)
        assert await offer(talk, "1") == []
        assert await refusals(talk) == ["no-consent"]
        await talk.text(accepted)
        assert words(talk) == ["You are in! Reply STOP to opt out"]
        await talk.wait(timedelta(hours=1))
        words(talk)
        assert await offer(talk, "2") == ["An offer. Reply STOP to opt out"]


async def test_one_request_goes_out_however_often_we_would_like_to_ask() -> None:
    flow = PATIENT.replace("words: [join]", "words: [join], events: [bought]")
    async with acting(flow) as talk:
        for key in "123":
            body = {"event": "bought", "to": ANNA.e164, "channel": "main", "key": key}
            await posted(talk, "/v1/events", body)
        assert len(words(talk)) == 1


async def test_an_expired_request_is_as_if_never_made_and_its_yes_gives_nothing() -> None:
    async with acting(PATIENT, OFFER) as talk:
        await talk.text("join")
        await talk.wait(timedelta(hours=23))
        assert (await talk.state()).consent_to("survey") == "asked"
        await talk.wait(timedelta(hours=2))
        words(talk)
        assert (await talk.state()).consent_to("survey") == "unknown"
        assert (await talk.acts())[-1].origin.how == "expired"
        await talk.text("yes")
        assert words(talk) == ["Reply YES for 2 survey texts a month. STOP to end."]
        assert (await talk.state()).consent_to("survey") == "asked"
        assert await offer(talk, "1") == []
