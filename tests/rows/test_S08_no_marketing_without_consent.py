"""S08: whatever is done by whatever public way, no marketing reaches who has no live consent."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import get_args

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convo.authoring import Call, Reply, action, keyword
from convo.core.events import (
    Answered,
    Confirmed,
    ConsentBrought,
    Due,
    Event,
    HandedBack,
    HandedOn,
    Inbound,
    MergeAsked,
    Moved,
    OptedOutElsewhere,
    Recalled,
    Requested,
)
from convo.core.recalls import Recall
from convo.ports import Arrival
from convo.rehearsal.rehearsal import Rehearsal
from convo.web.api import POSTS
from convo.wiring.rehearsing import TESTED
from tests.rows.acting import BEN, JOIN, acting, posted
from tests.steps.conversation import ANNA, business, quiet

OFFER = "OFFER!"
MARKETING = """
class: marketing
programme: survey
languages: [en]
busy: beside
"""
FLOWS = (
    JOIN,
    # By a word, by an event, by its name; a question that asks again by itself.
    f"flow: promo{MARKETING}start: {{words: [promo], events: [promo.made]}}\n"
    f"steps:\n  a: {{say: {OFFER}}}\n"
    f"  b: {{ask: {OFFER} Yes or no?, silent: [{{after: 1h, again: true}}, "
    f"{{after: 2h, say: {OFFER}}}, {{after: 3h, go: end}}]}}\n  c: {{say: {OFFER}, go: end}}\n",
    # Behind a timer, behind an errand, behind a person, and run by a flow that needs no consent.
    f"flow: late{MARKETING}start: {{events: [late.made]}}\n"
    f"steps:\n  a: {{wait: 5h}}\n  b: {{say: {OFFER}, go: end}}\n",
    f"flow: errand{MARKETING}start: {{words: [errand]}}\n"
    f"steps:\n  a: {{do: shop.look, failed: b}}\n  b: {{say: {OFFER}, go: end}}\n",
    f"flow: person{MARKETING}start: {{words: [person]}}\n"
    f"steps:\n  a: {{handoff: front-desk, back: b}}\n  b: {{say: {OFFER}, go: end}}\n",
    "flow: outer\nlanguages: [en]\nstart: {words: [outer]}\nsteps:\n  a: {run: promo, go: end}\n",
)


@action("shop.look")
async def look(call: Call) -> bool:
    return bool(call.key)


@keyword("price")
async def price(_call: Call) -> Reply:
    return Reply("It is 9.")


async def requested(talk: Rehearsal, key: str, **body: str) -> None:
    await posted(talk, "/v1/events", {"to": ANNA.e164, "channel": "main", "key": key, **body})


async def merged(talk: Rehearsal, _key: str) -> None:
    """Ben has agreed; that is no consent of Anna's."""
    await posted(talk, "/v1/contacts/merge", {"from": BEN.e164, "into": ANNA.e164})


async def brought(talk: Rehearsal, _key: str) -> None:
    bare = {"to": ANNA.e164, "programme": "survey"}
    await posted(talk, "/v1/consents", {"consents": [bare], "unproven": "no_consent"})
    await talk.post(Arrival(event=ConsentBrought(contact=ANNA, programme="survey"), dedupe=""))


async def handed_back(talk: Rehearsal, _key: str) -> None:
    await posted(talk, "/v1/handbacks", {"to": ANNA.e164})


async def left(talk: Rehearsal, _key: str) -> None:
    event = OptedOutElsewhere(contact=ANNA, channel="main", source="21610", programme="offers")
    await talk.post(Arrival(event=event, dedupe=""))


async def claimed(talk: Rehearsal, _key: str) -> None:
    """Somebody's word that another number has agreed."""
    known = {"consents": {"survey": "given"}}
    await talk.post(Arrival(event=HandedOn(contact=ANNA, of=BEN, kept=known), dedupe=""))


async def confirmed(talk: Rehearsal, _key: str) -> None:
    """A yes by the link of a request that is not open."""
    event = Confirmed(
        contact=ANNA,
        channel="main",
        programme="survey",
        link="https://sms.salon.example/yes/of-another-request",
        shown="Yes, send me texts",
    )
    await talk.post(Arrival(event=event, dedupe=""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A public way to make us say something, and what of the house it goes through."""

    go: Callable[[Rehearsal, str], Awaitable[object]]
    through: tuple[object, ...] = ()


def texting(text: str) -> Way:
    return Way(go=lambda talk, _: talk.text(text), through=(Inbound,))


def waiting(hours: int) -> Way:
    return Way(go=lambda talk, _: talk.wait(timedelta(hours=hours)), through=(Due,))


async def taken_over(talk: Rehearsal, _: str) -> None:
    await talk.post(Arrival(event=Moved(contact=ANNA, channel="main", by="two"), dedupe=""))


async def taken_back(talk: Rehearsal, _: str) -> None:
    recall = Recall(flow="promo", contact=ANNA, by="mei")
    await talk.post(Arrival(event=Recalled(contact=ANNA, recall=recall), dedupe=""))


#: Every public way; a new event or a new path must be added here.
WAYS: Mapping[str, Way] = {
    "start word": texting("promo"),
    "word of a flow with an errand": Way(
        go=lambda talk, _: talk.text("errand"), through=(Inbound, Answered)
    ),
    "word of a handoff": texting("person"),
    "word of a flow that runs it": texting("outer"),
    "keyword handler": texting("price"),
    "nonsense": texting("hmm"),
    "START": texting("START"),
    "HELP": texting("HELP"),
    "no": texting("no"),
    "event": Way(
        go=lambda talk, key: requested(talk, key, event="promo.made"),
        through=(Requested, "/v1/events"),
    ),
    "flow by its name": Way(go=lambda talk, key: requested(talk, key, flow="promo")),
    "event with a timer": Way(go=lambda talk, key: requested(talk, key, event="late.made")),
    "hours": waiting(2),
    "the morning, for what was put off": waiting(14),
    "handback": Way(go=handed_back, through=(HandedBack, "/v1/handbacks")),
    "import": Way(go=brought, through=(ConsentBrought, "/v1/consents")),
    "link of no open request": Way(go=confirmed, through=(Confirmed,)),
    "merge": Way(go=merged, through=(MergeAsked, HandedOn, "/v1/contacts/merge")),
    "a number's word for another": Way(go=claimed, through=(HandedOn,)),
    "a backup took over": Way(go=taken_over, through=(Moved,)),
    "a recall": Way(go=taken_back, through=(Recalled,)),
    "opt-out elsewhere": Way(go=left, through=(OptedOutElsewhere,)),
    "webhook once more": Way(go=lambda talk, _: talk.duplicate(), through=(Inbound,)),
    "restart": Way(go=lambda talk, _: talk.restart()),
}
#: A question without its yes, and a yes without its question: neither alone is a consent.
HALVES = ("join", "yes")


def test_every_event_and_every_path_is_tried() -> None:
    through = {each for way in WAYS.values() for each in way.through}
    assert through == {*get_args(Event), *POSTS}


async def offers(before: list[str], ways: list[str], half: str) -> list[str]:
    """The marketing that Anna was sent after `before`, whatever was done."""
    shop = business(quiet=quiet("marketing", 8, 20))
    real = TESTED | {"action"}
    async with acting(*FLOWS, at=shop, real=real, handlers=[look, price]) as talk:
        for text in ("join", "yes"):
            await talk.text(text, from_=BEN)
        await talk.text("hello")
        for text in before:
            await talk.text(text)
        talk.said()
        for number, name in enumerate(ways):
            way = texting(half) if name == "half" else WAYS[name]
            await way.go(talk, f"key {number}")
        await talk.wait(timedelta(days=1))
        assert talk.parked() == ()
        return [said.text for said in talk.said() if said.to == ANNA and OFFER in said.text]


DONE = st.lists(st.sampled_from(["half", *WAYS]), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(ways=DONE, half=st.sampled_from(HALVES))
def test_no_way_brings_marketing_to_who_never_agreed(ways: list[str], half: str) -> None:
    assert anyio.run(offers, [], ways, half) == []


@settings(max_examples=40, deadline=None)
@given(ways=DONE)
def test_no_way_brings_marketing_to_who_has_left(ways: list[str]) -> None:
    still = [name for name in ways if name not in ("START", "half")] or ["event"]
    assert anyio.run(offers, ["join", "yes", "promo", "STOP"], still, "yes") == []


@pytest.mark.parametrize("way", ["start word", "event", "flow by its name", "event with a timer"])
def test_with_a_consent_the_same_ways_do_bring_it(way: str) -> None:
    assert anyio.run(offers, ["join", "yes"], [way], "yes") != []
