"""STOP and its kin at every place of every example flow: at once, answered once, and for good."""

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache

import pytest

from convo.core.numbers import PhoneNumber
from convo.language.phrases import phrase
from convo.policy.numbering import country_of
from convo.rehearsal.rehearsal import Rehearsal
from convo.routing.playbook import Playbook
from tests.end_to_end.stopping import (
    Place,
    Way,
    accepted_only,
    arrived,
    chats,
    confirmed_by,
    example,
    moves,
    rested,
    standing,
    steps_in,
    steps_to_stand_at,
    ways,
)

pytestmark = pytest.mark.anyio

CHINESE = re.compile("[\u4e00-\u9fff]")

WORDS = (
    *(
        "STOP",
        "stop",
        "Stop.",
        "ＳＴＯＰ",
        "  sToP!! ",
        "退订",
        "退訂",
        "拒收",
        "ＴＤ",
        "TD",
        "t",
        "R",
    ),
    *("unsubscribe", "UNSUBSCRIBE.", "cancel", "End", "quit", "stop all", "OPT-OUT", "回复退订"),
    *("please stop texting me", "「退订」", "TD。", "不要再发了"),
)
"""Every one of them is a law word for a number of +86."""

AFTERWARDS = ("hello", "1", "book", "预约", "menu", "vote", "tomorrow 3pm", "join", "hours", "no")
"""What people write on; none of it is a law word."""

LONG = timedelta(days=60)

BROUGHT = {"text": "A1", "number": 1, "date": "2026-12-01", "datetime": "2026-12-01T15:00"}
"""What an event brings, by the kind of the value."""


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    return example()


@pytest.fixture(scope="module")
async def places(playbook: Playbook) -> Mapping[Place, Way]:
    return await ways(playbook)


async def test_the_chats_lead_to_every_step_where_one_can_stand(
    playbook: Playbook, places: Mapping[Place, Way]
) -> None:
    assert steps_to_stand_at(playbook) <= steps_in(list(places))
    assert len(places) > 50


async def test_a_stop_in_every_place_ends_all_and_start_begins_anew(
    playbook: Playbook, places: Mapping[Place, Way]
) -> None:
    for n, (place, way) in enumerate(places.items()):
        for word in (WORDS[(n + step) % len(WORDS)] for step in (0, 8, 16)):
            async with arrived(playbook, way) as rehearsal:
                assert standing(await rehearsal.state()) == place
                told = f"{word!r} at {place}"
                await _stops(rehearsal, word, told)
                await _stays_silent(rehearsal, told)
                await _begins_anew(rehearsal, told)


async def test_every_word_stops_in_the_middle_of_a_question(playbook: Playbook) -> None:
    for word in WORDS:
        async with arrived(playbook, _to("booking.chat", 3)) as rehearsal:
            await _stops(rehearsal, word, word)


async def test_where_the_provider_confirms_we_say_nothing_at_all(
    playbook: Playbook, places: Mapping[Place, Way]
) -> None:
    theirs = confirmed_by(playbook, "provider")
    for n, way in enumerate(places.values()):
        async with arrived(theirs, way) as rehearsal:
            state = await accepted_only(rehearsal, WORDS[n % len(WORDS)])
            assert state.stopped
            await rested(rehearsal)
            await _stays_silent(rehearsal, f"{way}")
            await rehearsal.text("START")
            assert rehearsal.said() == ()
            assert not (await rehearsal.state()).stopped
            await rehearsal.text("book")
            assert len(rehearsal.said()) == 1


async def test_where_only_some_countries_know_a_word_it_is_an_answer_elsewhere(
    playbook: Playbook,
) -> None:
    async with arrived(playbook, _to("booking.chat", 2)) as rehearsal:
        rehearsal.phone = PhoneNumber("+442071838750")
        assert country_of(rehearsal.phone) == "GB"
        await rehearsal.text("book")
        for word in ("TD", "T", "R"):
            assert not (await accepted_only(rehearsal, word)).stopped
            await rested(rehearsal)
        assert (await accepted_only(rehearsal, "退订")).stopped


async def test_a_stop_that_comes_again_and_again_is_answered_once(playbook: Playbook) -> None:
    async with arrived(playbook, _to("booking.chat", 3)) as rehearsal:
        for word in WORDS:
            await rehearsal.text(word)
            await rehearsal.duplicate()
        assert len(rehearsal.said()) == 1


# --- what a stop means ------------------------------------------------------------------------


@cache
def _to(file: str, made: int) -> Way:
    chat = next(each for each in chats() if each.file == file)
    assert len(moves(chat)) >= made
    return Way(chat=chat, moves=made)


async def _stops(rehearsal: Rehearsal, word: str, told: str) -> None:
    before = await rehearsal.state()
    assert not before.stopped, told
    kept = await accepted_only(rehearsal, word)
    assert kept.stopped, f"not committed with the message: {told}"
    assert kept.consents[""].proof == word, told
    assert kept.sessions == before.sessions, f"a turn ran already: {told}"
    await rested(rehearsal)
    assert rehearsal.parked() == (), told
    name = rehearsal.playbook.business.name
    said = [each.text for each in rehearsal.said()]
    assert len(said) == 1, f"{said} after {told}"
    language = "zh" if CHINESE.search(word) else kept.language or "en"
    if word.isascii() or CHINESE.search(word):
        assert said[0] == phrase("stop.confirmed", language, business=name), told
    after = await rehearsal.state()
    assert (after.sessions, after.postponed, after.asked) == ((), (), ()), told
    assert after.fields == before.fields, f"stored as an answer: {told}"


async def _stays_silent(rehearsal: Rehearsal, told: str) -> None:
    """Whatever comes late, is asked for, is written or comes due."""
    for errand in rehearsal.open_errands():
        await rehearsal.pretend(errand.name, "late")
    await rehearsal.wait(LONG)
    for text in AFTERWARDS:
        await rehearsal.text(text)
    for event, flow in rehearsal.playbook.events.items():
        brings = rehearsal.playbook.flows[flow].brings
        await rehearsal.request(event, {name: BROUGHT[kind] for name, kind in brings.items()})
    await rehearsal.wait(LONG)
    await rehearsal.text("STOP")
    assert rehearsal.said() == (), told
    assert rehearsal.parked() == (), told
    after = await rehearsal.state()
    assert (after.sessions, after.postponed, after.asked) == ((), (), ()), told
    assert after.stopped, told
    assert rehearsal.next_due() is None, f"a timer is left: {told}"


async def _begins_anew(rehearsal: Rehearsal, told: str) -> None:
    state = await accepted_only(rehearsal, "START")
    assert not state.stopped, told
    await rested(rehearsal)
    assert len(rehearsal.said()) == 1, told
    assert await rehearsal.where() == (), f"START has resumed something: {told}"
    await rehearsal.text("book")
    assert len(rehearsal.said()) == 1, told
    assert await rehearsal.where() == (("booking", "menu"),), told
