"""One conversation on two channels: what we say goes by the backup, and answers to it are heard."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from convo.core.business import Business
from convo.core.events import Moved
from convo.core.numbers import PhoneNumber
from convo.ports import Arrival
from convo.rehearsal.rehearsal import Rehearsal
from tests.rows.acting import BEN, acting
from tests.steps.conversation import ANNA, business

pytestmark = pytest.mark.anyio

CARE = """
flow: care
languages: [en]
answers: {trouble: text}
start: {words: [care]}
steps:
  trouble: {ask: What is it?, expect: text, save: trouble}
  over: {end: told}
"""
LATER = timedelta(hours=3)
VISIT = """
flow: visit
languages: [en]
answers: {day: text}
start: {words: [visit]}
steps:
  day: {ask: Which day?, expect: text, save: day}
  remind: {wait: 2h}
  reminder: {say: "See you on {{ day }}."}
  over: {end: booked}
"""


def with_backup(*backups: str) -> Business:
    base = business()
    main = replace(base.channels["main"], backups=backups)
    other = replace(main, name="other", address=PhoneNumber("+8613800138001"), backups=())
    return replace(base, channels={"main": main, "other": other})


@asynccontextmanager
async def asked(*backups: str) -> AsyncGenerator[Rehearsal]:
    """Somebody is asked for a day, on "main"."""
    async with acting(VISIT, at=with_backup(*backups)) as rehearsal:
        await rehearsal.text("visit")
        assert said(rehearsal) == [("main", "Which day?")]
        yield rehearsal


def said(rehearsal: Rehearsal) -> list[tuple[str, str]]:
    """By which channel, and what."""
    return [(each.channel, each.text) for each in rehearsal.said()]


async def moves(rehearsal: Rehearsal, by: str) -> None:
    event = Moved(contact=ANNA, channel="main", by=by)
    await rehearsal.post(Arrival(event=event, dedupe=""))


async def test_a_conversation_that_has_moved_goes_on_there() -> None:
    async with asked("other") as rehearsal:
        await moves(rehearsal, "other")
        await rehearsal.text("Monday", channel="other")
        await rehearsal.wait(LATER)
        assert said(rehearsal) == [("other", "See you on Monday.")]


async def test_what_we_say_next_goes_by_the_backup_also_unasked() -> None:
    async with asked("other") as rehearsal:
        await rehearsal.text("Monday")
        await moves(rehearsal, "other")
        await rehearsal.wait(LATER)
        assert said(rehearsal) == [("other", "See you on Monday.")]


async def test_a_conversation_that_comes_back_goes_by_its_own_channel() -> None:
    async with asked("other") as rehearsal:
        await moves(rehearsal, "other")
        await moves(rehearsal, "main")
        await rehearsal.text("Monday")
        await rehearsal.wait(LATER)
        assert said(rehearsal) == [("main", "See you on Monday.")]


async def test_the_next_conversation_goes_by_the_first_channel_again() -> None:
    async with asked("other") as rehearsal:
        await moves(rehearsal, "other")
        await rehearsal.text("Monday")
        await rehearsal.wait(LATER)
        rehearsal.said()
        await rehearsal.text("visit")
        assert said(rehearsal) == [("main", "Which day?")]


async def test_who_writes_to_the_backup_is_heard_before_anybody_told_us_of_it() -> None:
    async with asked("other") as rehearsal:
        await rehearsal.text("Monday", channel="other")
        await rehearsal.wait(LATER)
        assert said(rehearsal) == [("other", "See you on Monday.")]


async def test_a_channel_that_is_no_backup_is_another_conversation() -> None:
    async with asked() as rehearsal:
        await moves(rehearsal, "other")
        await rehearsal.text("Monday", channel="other")
        await rehearsal.text("Tuesday")
        await rehearsal.wait(LATER)
        assert ("main", "See you on Tuesday.") in said(rehearsal)


async def test_who_has_a_conversation_on_the_backup_itself_goes_on_with_that() -> None:
    async with asked("other") as rehearsal:
        rehearsal.phone = BEN
        await rehearsal.text("visit", channel="other")
        assert said(rehearsal) == [("other", "Which day?")]
        await rehearsal.text("Friday", channel="other")
        await rehearsal.wait(LATER)
        assert ("other", "See you on Friday.") in said(rehearsal)


async def test_of_two_channels_with_one_backup_the_one_that_it_carries_is_answered() -> None:
    base = with_backup("other")
    second = replace(base.channels["main"], name="second", address=PhoneNumber("+8613800138002"))
    shop = replace(base, channels={**base.channels, "second": second})
    async with acting(VISIT, CARE, at=shop) as rehearsal:
        await rehearsal.text("visit")
        await moves(rehearsal, "other")
        await rehearsal.text("care", channel="second")
        rehearsal.said()
        await rehearsal.text("Monday", channel="other")
        await rehearsal.wait(LATER)
        assert ("other", "See you on Monday.") in said(rehearsal)


async def test_a_law_word_is_answered_by_the_channel_that_it_came_to() -> None:
    async with asked("other") as rehearsal:
        await rehearsal.text("STOP", channel="other")
        ((channel, _),) = said(rehearsal)
        assert channel == "other"
        await rehearsal.text("Monday")
        assert said(rehearsal) == []
