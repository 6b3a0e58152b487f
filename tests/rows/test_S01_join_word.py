"""S01: a join word makes an unknown contact asked for its programme only: one act, one answer."""

import pytest

from convo.core.events import Inbound
from convo.core.numbers import PhoneNumber
from convo.ports import Arrival, HttpAnswer, Parsed
from tests.rows.acting import JOIN, acting, words
from tests.steps.conversation import ANNA

SINGLE = """
flow: news
class: marketing
programme: offers
languages: [en]
start: {words: [news]}
steps:
  joined: {consent: {give: offers}, say: You are in!}
  over: {end: joined}
"""
DOUBLE = JOIN
CASES = [
    (DOUBLE, "join", "survey", "asked", "Reply YES for 2 survey texts a month. STOP to end."),
    (SINGLE, "news", "offers", "given", "news"),
]


@pytest.mark.anyio
@pytest.mark.parametrize(("flow", "word", "programme", "state", "proof"), CASES)
async def test_a_join_word_is_one_act_of_one_programme_and_is_answered_once(
    flow: str, word: str, programme: str, state: str, proof: str
) -> None:
    async with acting(DOUBLE, SINGLE) as talk:
        text = Inbound(channel="main", contact=ANNA, text=word, provider_id="SM1")
        arrival = Arrival(event=text, dedupe="twilio:SM1")
        for _ in range(3):
            await talk.hear("main", Parsed(arrivals=(arrival,), answer=HttpAnswer()))
        assert len(words(talk)) == 1
        consents = (await talk.state()).consents
        assert {name: held.state for name, held in consents.items()} == {programme: state}
        (act,) = await talk.acts()
        assert (act.programme, act.state, act.proof) == (programme, state, proof)
        assert act.at == talk.clock.now
        assert (act.origin.said, act.origin.provider_id) == (word, "SM1")
        assert (act.origin.channel, act.origin.flow) == ("main", "join" if word == "join" else word)
        assert act.origin.version == talk.playbook.newest[act.origin.flow]


@pytest.mark.anyio
async def test_where_the_law_wants_a_yes_the_word_alone_gives_nothing() -> None:
    async with acting(SINGLE, phone=PhoneNumber("+4915123456789")) as talk:
        await talk.text("news")
        assert words(talk) == []
        assert await talk.acts() == ()
