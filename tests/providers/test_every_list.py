"""What every list of a provider's must do alike: tell what its webhooks would have told, and whole.

The sample sheets say what a company lists (`Lists`). The page on running in production says it to
those who operate a line, and why the others list nothing.
"""

import json
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import anyio
import pytest

from convo.core.events import Inbound, Report
from convo.errors import SendError
from convo.fakes import Answer, Asked, Fake, Said, Taken
from convo.ports import Acceptance, Arrival, HttpAnswer, Parsed
from convo.ports.listings import CanList
from convo.providers.http import HttpClient
from convo.runtime.instruments import Instruments
from convo.runtime.intake import Intake
from convo.runtime.metrics import Metrics
from convo.runtime.reconciler import Reconciler
from convo.runtime.reconciler import lists as reads_lists
from convo.stores.sqlite.store import SqliteStore
from convo.wiring import PROVIDERS
from tests.fakes.http_server import FakeServer
from tests.fakes.outbound import OURS
from tests.providers.sheets import Lists
from tests.providers.test_every_provider import NOW, SHEETS, TEXT, URL, Line, line, raw, standing
from tests.runtime.stage import business

pytestmark = pytest.mark.anyio

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "run-in-production.md"
LISTED = {name: sheet.lists for name, sheet in SHEETS.items() if sheet.lists}
MINUTE, HOUR = 60, 3_600


def listed(has: Callable[[Lists], object]) -> pytest.MarkDecorator:
    """Every provider whose company lists that."""
    return pytest.mark.parametrize("name", [n for n, each in LISTED.items() if has(each)])


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A provider with its company behind it, and what that has in its list."""

    stands: Line
    server: FakeServer
    lists: Lists

    @property
    def lister(self) -> CanList:
        return cast(CanList, self.stands.provider)

    def said(self, id: str, text: str = TEXT, sender: str = "") -> Said:
        return Said(sender=sender or self.stands.sheet.contact, to=OURS, text=text, id=id)

    def text(self, said: Said, at: int) -> None:
        """A text whose webhook nobody heard."""
        assert self.lists.text
        self.lists.text(self.stands.fake, said, at)

    def report(self, taken: Taken, word: str, code: str = "", at: int = NOW) -> None:
        """How far a message is of which no report came."""
        assert self.lists.report
        self.lists.report(self.stands.fake, taken, word, code, at)

    def by_webhook(self, said: Said) -> Arrival:
        """The same text as its webhook would have brought it."""
        (arrival,) = self.stands.provider.receive(
            raw(cast(Fake, self.stands.fake).inbound(said, URL))
        ).arrivals
        return arrival


@asynccontextmanager
async def listing(name: str) -> AsyncGenerator[Listing]:
    lists = LISTED[name]
    async with standing(name, more=lists.settings) as (stands, server):
        yield Listing(stands=stands, server=server, lists=lists)


# --- texts ---------------------------------------------------------------------------------------


@listed(lambda lists: lists.text)
async def test_a_text_that_is_listed_is_the_very_one_of_its_webhook(name: str) -> None:
    async with listing(name) as told:
        said = told.said("7")
        told.text(said, NOW)
        (arrival,) = await told.lister.inbound_since((NOW - MINUTE) * 1_000)
        by_webhook = told.by_webhook(said)
        assert (arrival.dedupe, arrival.event) == (by_webhook.dedupe, by_webhook.event)


@listed(lambda lists: lists.text)
async def test_texts_of_all_pages_come_oldest_first_and_none_that_is_too_old(name: str) -> None:
    async with listing(name) as told:
        count = 2 * told.lists.page_size + 1
        told.text(told.said("old", "too old"), NOW - 24 * HOUR)
        for n in range(count):
            told.text(told.said(f"{n}", f"{n}"), NOW - count + n)
        found = await told.lister.inbound_since((NOW - HOUR) * 1_000)
        assert [each.event.text for each in found if isinstance(each.event, Inbound)] == [
            f"{n}" for n in range(count)
        ]
        assert len(told.server.asked) >= 3


@listed(lambda lists: lists.text)
async def test_who_cannot_be_answered_is_passed_over_in_a_list_too(name: str) -> None:
    async with listing(name) as told:
        told.text(told.said("6", sender="384387"), NOW - 1)
        told.text(told.said("7"), NOW)
        (arrival,) = await told.lister.inbound_since((NOW - MINUTE) * 1_000)
        assert isinstance(arrival.event, Inbound)
        assert arrival.event.provider_id == "7"


@listed(lambda lists: not lists.text)
async def test_a_list_without_texts_is_not_asked_for_them(name: str) -> None:
    async with listing(name) as told:
        assert not await told.lister.inbound_since(0)
        assert not told.server.asked


@listed(lambda lists: lists.text)
async def test_a_text_that_was_heard_is_known_in_the_list_and_one_that_was_not_is_taken_once(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = await SqliteStore.open(str(tmp_path / "convo.db"), clock=lambda: NOW * 1_000)
    instruments = Instruments(clock=lambda: NOW * 1_000, sleep=anyio.sleep, metrics=Metrics())
    intake = Intake(store=store, business=business(), instruments=instruments)
    async with listing(name) as told:
        heard, lost = told.said("7"), told.said("8", "another")

        async def post(said: Said) -> Acceptance:
            arrivals = (told.by_webhook(said),)
            parsed = Parsed(arrivals=arrivals, answer=HttpAnswer())
            (answer,) = await intake.accept("main", parsed)
            return answer

        assert await post(heard) == "accepted"
        told.text(heard, NOW - MINUTE)
        told.text(lost, NOW - MINUTE)
        reconciler = Reconciler(
            name="me",
            store=store,
            providers={"main": told.stands.provider},
            intake=intake,
            instruments=instruments,
            known_for=7 * 24 * HOUR * 1_000,
        )
        await reconciler.reconcile("main")
        assert "Channel main: 1 texts had lost their webhooks." in caplog.text
        # Each webhook comes once more: neither is a text of its own, nor another one.
        assert [await post(heard), await post(lost)] == ["duplicate", "duplicate"]
    await store.close()


# --- how far messages are ------------------------------------------------------------------------


@listed(lambda lists: lists.report)
async def test_how_far_a_message_is_is_told_as_its_report_would(name: str) -> None:
    async with listing(name) as told:
        words = told.lists.words or tuple(told.stands.hears.statuses)
        for n, word in enumerate(words):
            told.report(replace(told.stands.taken, id=f"{n}"), word, at=NOW + n)
        until = (NOW + len(words)) * 1_000
        found = await told.lister.reports_between((NOW - MINUTE) * 1_000, until)
        assert len(found) == len(words)
        for n, (arrival, word) in enumerate(zip(found, words, strict=True)):
            taken = replace(told.stands.taken, id=f"{n}")
            request = raw(cast(Fake, told.stands.fake).report(taken, word))
            (by_webhook,) = told.stands.provider.report(request, "").arrivals
            event = arrival.event
            assert isinstance(event, Report)
            assert arrival.dedupe == by_webhook.dedupe
            assert (event.provider_id, event.status) == (f"{n}", told.stands.hears.statuses[word])


@listed(lambda lists: lists.report)
async def test_all_pages_of_messages_are_read_within_the_time_asked_for(name: str) -> None:
    async with listing(name) as told:
        count = 2 * told.lists.page_size + 1
        word = (told.lists.words or tuple(told.stands.hears.statuses))[0]
        for n in range(-1, count + 1):
            outside = {-1: -24 * HOUR, count: 24 * HOUR}.get(n, 0)
            told.report(replace(told.stands.taken, id=f"{n}"), word, at=NOW + n + outside)
        since, until = (NOW - 1) * 1_000, (NOW + count) * 1_000
        found = await told.lister.reports_between(since, until)
        assert [each.event.provider_id for each in found if isinstance(each.event, Report)] == [
            f"{n}" for n in range(count)
        ]


# --- what is no list -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", LISTED)
async def test_what_is_no_whole_list_is_an_error_and_never_an_empty_one(name: str) -> None:
    answers = [b"", b"oops", b"7", b"{}", b'{"data": 7}', b"\xff"]
    lists = LISTED[name]
    for answer in (Answer(status=500), Answer(status=401), *(Answer(body=b) for b in answers)):

        def told(_: Asked, answer: Answer = answer) -> Answer:
            return answer

        async with FakeServer(told) as server:
            http = HttpClient()
            lister = cast(CanList, line(name, http, None, server.url, lists.settings).provider)
            if lists.text:
                with pytest.raises(SendError):
                    await lister.inbound_since(NOW * 1_000)
            if lists.report:
                with pytest.raises(SendError):
                    await lister.reports_between(NOW * 1_000, (NOW + HOUR) * 1_000)
            await http.close()


JUNK = (None, 7, [], {}, "x")


@pytest.mark.parametrize("name", LISTED)
async def test_entries_that_are_nonsense_hide_no_good_one(name: str) -> None:
    """Where a company's list is read entry by entry; one that is read whole is an error."""
    async with listing(name) as told:

        def spoilt(asked: Asked) -> Answer:
            answer = cast(Fake, told.stands.fake).answer(asked)
            document = json.loads(answer.body)
            found = document if isinstance(document, list) else document.values()
            for entries in (document,) if found is document else found:
                if isinstance(entries, list) and entries:
                    good = entries[-1]
                    bad = [{**good, field: junk} for field in good for junk in JUNK]
                    entries[:0] = [*JUNK, *bad]
            return Answer(body=json.dumps(document).encode())

        if told.lists.text:
            told.text(told.said("7"), NOW)
        if told.lists.report:
            word = (told.lists.words or tuple(told.stands.hears.statuses))[0]
            told.report(told.stands.taken, word)
        async with FakeServer(spoilt) as server:
            http = HttpClient()
            lister = cast(
                CanList,
                line(name, http, told.stands.fake, server.url, told.lists.settings).provider,
            )
            since, until = (NOW - MINUTE) * 1_000, (NOW + MINUTE) * 1_000
            if told.lists.whole:
                with pytest.raises(SendError):
                    await lister.inbound_since(since)
                with pytest.raises(SendError):
                    await lister.reports_between(since, until)
            else:
                found = [
                    *await lister.inbound_since(since),
                    *await lister.reports_between(since, until),
                ]
                ids = [getattr(each.event, "provider_id", "") for each in found]
                assert ids.count("7") >= bool(told.lists.text)
                assert ids.count(told.stands.taken.id) >= bool(told.lists.report)
                assert "" not in ids
            await http.close()


@pytest.mark.parametrize("name", LISTED)
async def test_a_company_that_fails_has_no_empty_list_whatever_it_answers_with(name: str) -> None:
    async with listing(name) as told:

        def failing(asked: Asked) -> Answer:
            return replace(cast(Fake, told.stands.fake).answer(asked), status=503)

        async with FakeServer(failing) as server:
            http = HttpClient()
            here = line(name, http, told.stands.fake, server.url, told.lists.settings)
            lister = cast(CanList, here.provider)
            with pytest.raises(SendError):
                await lister.reports_between(NOW * 1_000, (NOW + HOUR) * 1_000)
            await http.close()


SWITCHED = [name for name in LISTED if "lists" in type(line(name).options).model_fields]


@pytest.mark.parametrize("name", SWITCHED)
def test_a_channel_that_is_told_so_leaves_its_list_alone(name: str) -> None:
    assert reads_lists(line(name, more=LISTED[name].settings).provider)
    assert not reads_lists(line(name, more={**LISTED[name].settings, "lists": False}).provider)


def test_all_but_the_two_that_have_always_read_theirs_can_be_told_not_to() -> None:
    assert {*LISTED} - {*SWITCHED} == {"twilio", "sinch"}


# --- who lists what, and why others do not -------------------------------------------------------


def test_the_page_says_of_every_provider_what_it_lists_and_of_the_others_why_they_do_not() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.*?) \|$", PAGE.read_text(), re.M)
    assert [name for name, *_ in rows] == [*PROVIDERS]
    for name, of_texts, of_statuses, why in rows:
        lists = LISTED.get(name)
        by_itself = reads_lists(line(name).provider)
        for cell, has in (
            (of_texts, lists and lists.text),
            (of_statuses, lists and lists.report),
        ):
            assert cell in (("yes", "if you say so") if has else ("no",)), name
            assert cell != "yes" or by_itself, name
        if lists and lists.text:
            assert of_texts == ("if you say so" if lists.settings else "yes"), name
        assert why or "no" not in (of_texts, of_statuses), name
