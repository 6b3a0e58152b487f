"""What Twilio says of opting out, in webhooks that its own code has signed, down to what we say."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count

import pytest

from convo.core.numbers import PhoneNumber
from convo.rehearsal.rehearsal import Rehearsal
from tests.providers.test_twilio import CONTACT, TEXT, adapter, signed
from tests.rows.acting import acting, words
from tests.steps.conversation import business

pytestmark = pytest.mark.anyio

SURE = """
flow: sure
languages: [en]
start: {words: [book]}
steps:
  a: {confirm: "Sure? YES or NO", no: end, silent: [{after: 1h, go: end}]}
  b: {say: Booked., go: end}
"""
SIDS = count(1)
HELP = "Salon Mei: reply STOP to end these texts. Msg & data rates may apply."


@asynccontextmanager
async def salon(who: str = "provider") -> AsyncGenerator[Rehearsal]:
    """A salon at Twilio, which confirms law words itself unless `who` is "us"."""
    shop = business()
    channels = {name: replace(each, optout_reply=who) for name, each in shop.channels.items()}
    shop = replace(shop, channels=channels)
    async with acting(SURE, at=shop, phone=PhoneNumber(CONTACT)) as talk:
        yield talk


async def texted(talk: Rehearsal, text: str, flag: str = "") -> list[str]:
    """What we say to a text that comes with Twilio's word on opting out."""
    fields = {**TEXT, "Body": text, "MessageSid": f"SM{next(SIDS):032d}"}
    parsed = adapter().receive(signed(fields | ({"OptOutType": flag} if flag else {})))
    await talk._loops.intake.accept("main", parsed)
    await talk._loops.rest()
    return words(talk)


@pytest.mark.parametrize(("who", "spoken"), [("provider", 0), ("us", 1)])
async def test_what_twilio_has_confirmed_is_confirmed_once(who: str, spoken: int) -> None:
    async with salon(who) as talk:
        assert len(await texted(talk, "Stop", "STOP")) == spoken
        assert (await talk.state()).stopped
        assert await texted(talk, "book") == []
        assert len(await texted(talk, "start", "START")) == spoken
        assert not (await talk.state()).stopped
        assert len(await texted(talk, "HELP", "HELP")) == spoken
        assert len(await texted(talk, "info")) == spoken


async def test_a_word_that_only_twilio_knows_acts_as_it_says() -> None:
    async with salon() as talk:
        assert await texted(talk, "what is this", "HELP") == []
        assert await texted(talk, "pause", "STOP") == []
        assert (await talk.state()).stopped
        assert await texted(talk, "resume", "START") == []
        assert not (await talk.state()).stopped


async def test_help_in_a_language_that_twilio_does_not_know_is_answered_by_us() -> None:
    async with salon() as talk:
        assert await texted(talk, "AYUDA") == [HELP]


async def test_a_yes_that_twilio_takes_for_start_still_answers_our_question() -> None:
    async with salon() as talk:
        assert await texted(talk, "book") == ["Sure? YES or NO"]
        assert await texted(talk, "YES", "START") == ["Booked."]
        await texted(talk, "STOP", "STOP")
        await texted(talk, "Yes", "START")
        assert not (await talk.state()).stopped


async def test_a_report_that_they_are_blocked_is_a_stop_by_the_provider() -> None:
    async with salon() as talk:
        await texted(talk, "book")
        fields = {"MessageSid": "SM9", "MessageStatus": "failed", "ErrorCode": "21610"}
        report = signed({**fields, "To": CONTACT, "From": TEXT["To"]}, path="/dlr/main/x")
        await talk._loops.intake.accept("main", adapter().report(report, "o"))
        await talk._loops.rest()
        assert words(talk) == []
        state = await talk.state()
        assert state.stopped
        assert state.sessions == ()
        assert [act.origin.how for act in await talk.acts()] == ["provider"]
