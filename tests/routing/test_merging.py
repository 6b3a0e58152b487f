"""Two numbers of one person: what is known goes over, and the stricter consent is both's."""

from dataclasses import replace

import pytest

from convo.core.contacts import EVERYTHING, ConsentState
from convo.core.events import MergeAsked
from convo.core.numbers import PhoneNumber
from convo.policy.consent import strictest
from convo.ports import Arrival
from convo.rehearsal.rehearsal import Rehearsal
from convo.wiring.rehearsing import TESTED
from tests.rows.acting import BEN, JOIN, OFFER, acting, posted, words
from tests.steps.conversation import ANNA, business

pytestmark = pytest.mark.anyio

LEARN = """
flow: learn
languages: [en]
start: {words: [learn]}
answers: {city: text, size: number}
steps:
  city: {ask: Which city?, save: city, silent: [{after: 1d, go: end}]}
  kept:
    set: {contact.city: city, contact.zone: "'Asia/Tokyo'"}
    tag: vip
  size: {ask: How many?, expect: number, save: size, silent: [{after: 9d, go: end}]}
  over: {end: learnt}
"""
OTHER = LEARN.replace("learn", "other").replace("vip", "young").replace("Asia/Tokyo", "Asia/Seoul")


async def merge(rehearsal: Rehearsal, old: PhoneNumber = ANNA, new: PhoneNumber = BEN) -> None:
    await posted(rehearsal, "/v1/contacts/merge", {"from": old.e164, "into": new.e164})


async def join(rehearsal: Rehearsal, who: PhoneNumber) -> None:
    await rehearsal.text("join", from_=who)
    await rehearsal.text("yes", from_=who)
    words(rehearsal)


async def test_fields_tags_and_answers_go_over_and_what_is_known_stays() -> None:
    async with acting(LEARN, OTHER) as talk:
        await talk.text("learn")
        await talk.text("Kyoto")
        await merge(talk)
        ben = await talk.state(BEN)
        assert (ben.fields, ben.tags, ben.zone) == ({"city": "Kyoto"}, ("vip",), "Asia/Tokyo")
        assert ben.language == "en"
        assert ben.first_seen == (await talk.state()).first_seen > 0
        merged = [r.facts for t in await talk.records() for r in t.records if r.kind == "merged"]
        assert merged[1]["answers"] == [{"flow": "learn", "answers": {"city": "Kyoto"}}]
        assert await talk.where() == ()


async def test_a_value_that_is_known_otherwise_stays_and_the_other_is_told() -> None:
    async with acting(LEARN, OTHER) as talk:
        await talk.text("learn")
        await talk.text("Kyoto")
        await talk.text("other", from_=BEN)
        await talk.text("Seoul", from_=BEN)
        await merge(talk)
        ben = await talk.state(BEN)
        assert (ben.fields, ben.tags, ben.zone) == (
            {"city": "Seoul"},
            ("young", "vip"),
            "Asia/Seoul",
        )
        records = [record for turn in await talk.records() for record in turn.records]
        assert next(r.facts["not_taken"] for r in records if "not_taken" in r.facts) == {
            "city": "Kyoto"
        }


@pytest.mark.parametrize("stopped", [ANNA, BEN])
async def test_a_stop_of_either_is_a_stop_of_both(stopped: PhoneNumber) -> None:
    async with acting(JOIN, OFFER) as talk:
        await join(talk, ANNA)
        await join(talk, BEN)
        await talk.text("STOP", from_=stopped)
        words(talk)
        await merge(talk)
        for number in (ANNA, BEN):
            assert (await talk.state(number)).stopped
            await posted(
                talk,
                "/v1/events",
                {"event": "offer.made", "to": number.e164, "channel": "main", "key": number.e164},
            )
        assert words(talk) == []


@pytest.mark.parametrize(("joined", "state"), [((ANNA, BEN), "given"), ((ANNA,), "unknown")])
async def test_consent_is_given_by_both_or_by_none(
    joined: tuple[PhoneNumber, ...], state: ConsentState
) -> None:
    async with acting(JOIN) as talk:
        for number in joined:
            await join(talk, number)
        await merge(talk)
        assert (await talk.state(BEN)).consent_to("survey") == state
        assert (await talk.state(ANNA)).consent_to("survey") == state
        acts = await talk.acts()
        assert acts[-1].origin.how == ("flow" if state == "given" else "merge")


async def test_a_merge_done_again_comes_to_the_same() -> None:
    async with acting(LEARN, JOIN) as talk:
        await talk.text("learn")
        await talk.text("Kyoto")
        await join(talk, BEN)
        await merge(talk)
        once = [await talk.state(ANNA), await talk.state(BEN)]
        history = [len(await talk.acts(ANNA)), len(await talk.acts(BEN))]
        await merge(talk)
        again = [await talk.state(ANNA), await talk.state(BEN)]
        assert [replace(each, consents={}) for each in again] == [
            replace(each, consents={}) for each in once
        ]
        assert [len(await talk.acts(ANNA)), len(await talk.acts(BEN))] == history


@pytest.mark.parametrize("kills", [1, 2])
async def test_a_merge_goes_on_after_the_process_ended_in_the_middle(kills: int) -> None:
    async with acting(LEARN, JOIN, real=TESTED - {"hand_on"}) as talk:
        await join(talk, BEN)
        await talk.text("STOP")
        await talk.text("START")
        await talk.text("learn")
        await talk.text("Kyoto")
        await merge(talk)
        # Nothing has reached the other number when the process ends.
        assert (await talk.state(BEN)).fields == {}
        for _ in range(kills):
            await talk.restart()
        talk.real = TESTED
        await talk.restart()
        assert (await talk.state(BEN)).fields == {"city": "Kyoto"}
        assert (await talk.state(BEN)).consent_to("survey") == "unknown"


async def test_a_number_is_not_merged_with_itself() -> None:
    async with acting(LEARN) as talk:
        await talk.text("learn")
        await talk.post(Arrival(event=MergeAsked(contact=ANNA, into=ANNA), dedupe=""))
        assert await talk.where() == (("learn", "city"),)


@pytest.mark.parametrize(
    ("one", "other", "strict"),
    [
        ("given", "given", "given"),
        ("given", "unknown", "unknown"),
        ("unknown", "asked", "asked"),
        ("withdrawn", "asked", "withdrawn"),
    ],
)
def test_the_stricter_consent_wins(
    one: ConsentState, other: ConsentState, strict: ConsentState
) -> None:
    assert strictest(one, other) == strictest(other, one) == strict
    assert EVERYTHING == ""
    assert business().programmes
