"""S04: one request, no marketing before the yes from the same number, and it expires."""

import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from convo.core.events import Confirmed
from convo.ports import Acceptance, Arrival
from convo.rehearsal.rehearsal import Rehearsal
from convo.runtime.instruments import Instruments
from convo.runtime.intake import Intake
from convo.runtime.metrics import Metrics
from convo.web.opt_in_page import OptInPage
from tests.rows.acting import BEN, JOIN, OFFER, acting, posted, refusals, words
from tests.rows.crowd import TABLES, crowd
from tests.steps.conversation import ANNA, business

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


# --- by its one-time link -------------------------------------------------------------------------

REACHED = business(public_url="https://sms.salon.example", languages=("en",))
LINKED = PATIENT.replace(
    "confirm: Reply YES for", 'confirm: "Reply YES or tap {{ opt_in_link }} for'
).replace("STOP to end.", 'STOP to end."')
ADDRESS = re.compile(r"https://sms\.salon\.example(/y/[\w-]+)")


class _Door:
    """Where what the page brings is kept: the very store of the rehearsal."""

    def __init__(self, talk: Rehearsal) -> None:
        self._talk = talk

    async def accept(self, arrivals: Sequence[Arrival]) -> Sequence[Acceptance]:
        return [await self._talk.post(arrival) for arrival in arrivals]


@asynccontextmanager
async def browsing(talk: Rehearsal) -> AsyncGenerator[httpx.AsyncClient]:
    """A browser at the page as a business serves it."""
    store: Any = _Door(talk)
    instruments = Instruments(clock=talk.clock, sleep=_never, metrics=Metrics())
    intake = Intake(store=store, business=REACHED, instruments=instruments)
    page = OptInPage(
        business=REACHED,
        secret=talk.playbook.secret,
        clock=talk.clock,
        acts=talk.acts,
        join=intake.join,
    )
    transport = httpx.ASGITransport(app=Starlette(routes=page.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        yield client


async def _never(_: float) -> None:
    raise AssertionError("nobody waits here")


async def link_in(talk: Rehearsal) -> str:
    await talk.text("join")
    (asked,) = words(talk)
    found = ADDRESS.search(asked)
    assert found is not None
    return found[1]


async def test_marketing_is_refused_until_the_button_of_the_link_is_pressed() -> None:
    async with acting(LINKED, OFFER, at=REACHED) as talk, browsing(talk) as browser:
        link = await link_in(talk)
        for _ in range(2):  # a scanner of links
            assert (await browser.get(link)).status_code == 200
        assert await offer(talk, "1") == []
        assert await refusals(talk) == ["no-consent"]
        assert (await browser.post(link)).status_code == 200
        assert words(talk) == ["You are in! Reply STOP to opt out"]
        await talk.wait(timedelta(hours=1))
        assert await offer(talk, "2") == ["An offer. Reply STOP to opt out"]


async def test_the_yes_of_a_link_is_kept_once_with_its_time_the_text_and_the_link() -> None:
    async with acting(LINKED, at=REACHED) as talk, browsing(talk) as browser:
        link = await link_in(talk)
        await talk.wait(timedelta(hours=1))
        for _ in range(3):
            assert (await browser.post(link)).status_code == 200
        asked, given = await talk.acts()
        assert (asked.state, given.state) == ("asked", "given")
        assert link in asked.proof
        assert given.at >= asked.at + 3_600_000
        assert given.proof == (
            "Salon Mei: Would you like to get this from us? About two texts a month [Yes, please]"
        )
        origin = given.origin
        assert (origin.how, origin.channel, origin.flow) == ("link", "main", "join")
        assert (origin.said, origin.source) == ("", "one-time link")
        assert origin.evidence == f"https://sms.salon.example{link}"
        assert len(words(talk)) == 1


async def test_a_link_whose_request_has_expired_gives_nothing() -> None:
    async with acting(LINKED, OFFER, at=REACHED) as talk, browsing(talk) as browser:
        link = await link_in(talk)
        await talk.wait(timedelta(hours=25))
        words(talk)
        assert (await browser.get(link)).status_code == 410
        assert (await browser.post(link)).status_code == 410
        assert (await talk.state()).consent_to("survey") == "unknown"
        assert await offer(talk, "1") == []


async def test_a_link_answers_its_own_request_and_no_later_one() -> None:
    async with acting(LINKED, at=REACHED) as talk, browsing(talk) as browser:
        first = await link_in(talk)
        await talk.text("no")
        words(talk)
        second = await link_in(talk)
        assert second != first
        assert (await browser.post(first)).status_code == 410
        assert (await talk.state()).consent_to("survey") == "asked"
        assert (await browser.post(second)).status_code == 200
        assert (await talk.state()).consent_to("survey") == "given"


async def test_a_stop_closes_the_link() -> None:
    async with acting(LINKED, at=REACHED) as talk, browsing(talk) as browser:
        link = await link_in(talk)
        await talk.text("STOP")
        assert (await browser.post(link)).status_code == 410
        assert (await talk.state()).consent_to("survey") == "withdrawn"


async def test_a_yes_that_comes_when_the_conversation_has_moved_on_changes_nothing() -> None:
    """The page looked while the question was open, and its yes was kept behind a no."""
    async with acting(LINKED, at=REACHED) as talk:
        link = await link_in(talk)
        await talk.text("no")
        words(talk)
        event = Confirmed(
            contact=ANNA, channel="main", programme="survey", link=f"https://x{link}", shown="Yes"
        )
        await talk.post(Arrival(event=event, dedupe=""))
        assert (await talk.state()).consent_to("survey") == "unknown"
        assert words(talk) == []
        told = [each for turn in await talk.records() for each in turn.records]
        assert any(each.kind == "stale" for each in told)


GIVEN = "SELECT state FROM consent WHERE contact = ? AND programme = 'survey'"
ASKED = "SELECT text FROM message WHERE contact = ?"


async def test_the_button_works_at_the_real_door(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reachable = TABLES.replace("[server]", '[server]\npublic_url = "https://sms.salon.example"')
    monkeypatch.setattr("tests.rows.crowd.TABLES", reachable)
    flow = (
        LINKED.replace("join\n", "joining\n", 1)
        .replace("[join]", "[joinnow]")
        .replace('confirm: "Reply', 'confirm: "Salon Mei: reply')
    )
    number = "+12025550147"
    with crowd(tmp_path / "shop", {"joining": flow}, {}) as people:
        await people.text(number, "joinnow")
        people.serving.waits_for(GIVEN, [number], [("asked",)])
        found = ADDRESS.search(people.serving.rows(ASKED, number)[0][0])
        assert found is not None
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{people.port}") as browser:
            assert (await browser.get(found[1])).status_code == 200
            assert people.serving.rows(GIVEN, number) == [("asked",)]
            assert (await browser.post(found[1])).status_code == 200
        people.serving.waits_for(GIVEN, [number], [("given",)])
