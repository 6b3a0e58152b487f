"""S06: STOP in all its spellings, in any state: at once, never an answer, one confirmation."""

from dataclasses import replace

import pytest

from convo.core.business import Law
from convo.core.events import Inbound
from convo.ports import Arrival, HttpAnswer, Parsed
from convo.runtime.clock import now
from convo.runtime.instruments import Instruments
from convo.runtime.intake import Intake
from convo.runtime.metrics import Metrics
from convo.stores.sqlite.database import MEMORY
from convo.stores.sqlite.store import SqliteStore
from tests.rows.acting import JOIN, OFFER, acting, posted, refusals, words
from tests.steps.conversation import ANNA, business

pytestmark = pytest.mark.anyio

STOPS = [
    *("T", "t", "Ｔ", "TD", "td。", "ＴＤ", " TD ", "退订", "退 订", "退订。", "退訂", "【退订】"),
    *("STOP", "stop", "Stop.", "ＳＴＯＰ", "STOP!!", "stop all", "拒收", "R", "unsubscribe"),
]
SURVEY = """
flow: score
class: marketing
programme: survey
languages: [en]
start: {words: [score]}
answers: {why: text}
steps:
  why: {ask: What was wrong?, save: why, silent: [{after: 1d, go: end}]}
  over: {end: answered}
"""
STATES = {
    "nothing is open": ["join", "yes"],
    "in a survey": ["join", "yes", "score"],
    "at the consent question": ["join"],
}


@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("state", STATES)
async def test_a_stop_in_any_state_ends_everything_and_is_answered_once(
    stop: str, state: str
) -> None:
    async with acting(JOIN, OFFER, SURVEY) as talk:
        for text in STATES[state]:
            await talk.text(text)
        words(talk)
        await talk.text(stop)
        assert len(words(talk)) == 1
        await talk.text(stop)
        await talk.duplicate()
        assert words(talk) == []
        assert (await talk.state()).stopped
        assert (await talk.state()).sessions == ()
        told = [record for turn in await talk.records() for record in turn.records]
        kept = [record.facts["answers"] for record in told if record.kind == "ended"]
        assert all(stop not in answers.values() for answers in kept)
        event = {"event": "offer.made", "to": ANNA.e164, "channel": "main", "key": "k"}
        await posted(talk, "/v1/events", event)
        assert words(talk) == []
        assert await refusals(talk) == []  # the flow does not even begin


async def test_the_opt_out_is_kept_with_the_text_before_anybody_has_read_it() -> None:
    store = await SqliteStore.open(MEMORY, clock=now)
    instruments = Instruments(clock=now, sleep=_nobody_sleeps, metrics=Metrics())
    intake = Intake(store=store, business=business(), instruments=instruments)
    text = Inbound(channel="main", contact=ANNA, text="ＴＤ。", provider_id="1")
    arrival = Arrival(event=text, dedupe="1")
    await intake.accept("main", Parsed(arrivals=(arrival,), answer=HttpAnswer()))
    (act,) = await store.acts(ANNA)
    assert (act.programme, act.state, act.proof) == ("", "withdrawn", "ＴＤ。")
    await store.close()


async def _nobody_sleeps(_seconds: float) -> None:
    raise AssertionError("nothing is tried again here")


async def test_where_a_stop_is_of_one_programme_the_second_ends_all() -> None:
    shop = replace(business(), law=Law(stop_scope="programme"))
    other = OFFER.replace("offer", "news").replace("survey", "offers")
    async with acting(JOIN, OFFER, other, at=shop) as talk:
        await talk.text("join")
        await talk.text("yes")
        words(talk)
        await talk.text("STOP")
        (told,) = words(talk)
        assert "STOP ALL" in told
        assert "two texts a month" in told
        assert not (await talk.state()).stopped
        assert (await talk.state()).consent_to("survey") == "withdrawn"
        await talk.text("START")
        words(talk)
        assert (await talk.state()).consent_to("survey") == "given"
        await talk.text("STOP ALL")
        assert len(words(talk)) == 1
        assert (await talk.state()).stopped
