"""Webhooks that come twice, late, changed or too early: each counts once and for what it says."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Protocol

import pytest

from tests.chaos import business, oracle
from tests.chaos.carriers import Carrier, Made, Twilio
from tests.chaos.hurry import GRACE, POST
from tests.chaos.kept import Kept, Shelves, kept_in_file, rests_in_file
from tests.chaos.midwife import Midwife
from tests.chaos.oracle import Verdict
from tests.chaos.town import Company, Witness
from tests.chaos.wire import Asked, Caller, answers
from tests.servers import ON_DISK, PROGRAMS, free_port, running

pytestmark = pytest.mark.anyio

TWILIO = Twilio()
CONVERSATIONS = 40
SOAKED = 480
"""More than 10,000 webhooks."""

REPORTED = 10
"""Messages for each order of reports."""

OTHER_WORDS = ("STOP", "No, at four.", "7", "改成明天吧 🙏")

PARTITIONS = 8
GUARD = 60.0
"""Seconds: a hang guard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """What the company reports before it answers the send, then after that, and what is true."""

    before: Sequence[str] = ()
    after: Sequence[str] = ()
    #: Whether the reports name our own id, as those to a callback URL do.
    ours: bool = True
    ends: str


ORDERS: dict[str, Reports] = {
    "before the answer": Reports(before=["delivered"], ends="delivered"),
    "before the answer, by its id": Reports(before=["delivered"], ours=False, ends="delivered"),
    "in order": Reports(after=["queued", "sent", "delivered"], ends="delivered"),
    "in order, by its id": Reports(after=["sent", "delivered"], ours=False, ends="delivered"),
    "twice": Reports(after=["delivered", "delivered"], ends="delivered"),
    "backwards": Reports(after=["delivered", "sent", "queued"], ends="delivered"),
    "around the answer": Reports(before=["sent"], after=["delivered", "sent"], ends="delivered"),
    "backwards around it": Reports(before=["delivered"], after=["sent"], ends="delivered"),
    "backwards around it, by its id": Reports(
        before=["delivered"], after=["sent"], ours=False, ends="delivered"
    ),
    "a failure": Reports(before=["sent"], after=["undelivered", "sent"], ends="undelivered"),
    "none": Reports(ends="queued"),
}


class Reporting(Company):
    """A company that sends reports as it is told, and is otherwise perfect."""

    def __init__(self, witness: Witness, caller: Caller) -> None:
        super().__init__(TWILIO, witness, caller, Random(0))
        self.orders: dict[str, Reports] = {}
        self.texts: list[str] = []

    async def _answer(self, asked: Asked) -> bytes | None:
        text = TWILIO.text_of(asked)
        if text is None:
            return TWILIO.listed(asked, self.made)
        self.texts.append(text.to)
        made = Made(sid=f"SM{len(self.texts):032x}", text=text, at=datetime.now(UTC))
        self.made.append(made)
        order = self.orders.get(text.to)
        if order is not None:
            for word in order.before:
                await self._report(made, word, order)
            self._later(self._after(made, order))
        return TWILIO.taken(made)

    async def _after(self, made: Made, order: Reports) -> None:
        await asyncio.sleep(0.1)
        for word in order.after:
            await self._report(made, word, order)

    async def _report(self, made: Made, word: str, order: Reports) -> None:
        await self.told(TWILIO.report(made, word, ours=order.ours))


class Cabinet(Protocol):
    """Where a business is kept, and looked into behind its back."""

    def rests(self) -> bool: ...

    def kept(self, carrier: Carrier) -> Kept: ...


@dataclass(frozen=True, slots=True)
class File:
    """A database."""

    path: Path

    def rests(self) -> bool:
        return rests_in_file(self.path)

    def kept(self, carrier: Carrier) -> Kept:
        return kept_in_file(self.path, carrier)


@dataclass(slots=True, kw_only=True)
class Open:
    """A business that serves, and what is outside of it."""

    company: Reporting
    witness: Witness
    cabinet: Cabinet

    async def post(self, number: str, text: str, sid: str) -> None:
        await self.company.told(TWILIO.webhook(number, text, sid))

    async def rests(self) -> None:
        async with asyncio.timeout(GUARD):
            while not self.cabinet.rests():
                await asyncio.sleep(0.02)
        await self.company.rest()

    def kept(self) -> Kept:
        return self.cabinet.kept(TWILIO)

    def ends(self) -> dict[str, str]:
        """By contact: how far the answer to their text got, and "" before it has left."""
        kept = self.kept()
        return {
            number: kept.statuses.get(each.reply, "")
            for number, texts in kept.inbounds.items()
            for each in texts
        }


@pytest.fixture(scope="module")
async def midwife(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Midwife]:
    midwife = Midwife(tmp_path_factory.mktemp("nursery"))
    await midwife.open()
    yield midwife
    await midwife.close()


@pytest.fixture(params=["sqlite", *PROGRAMS])
async def shop(
    request: pytest.FixtureRequest, midwife: Midwife, tmp_path: Path
) -> AsyncIterator[Open]:
    with ExitStack() as stack:
        cabinet: Cabinet = File(tmp_path / "shop" / "data" / "convo.db")
        store = business.IN_A_FILE
        if program := PROGRAMS.get(request.param):
            server = stack.enter_context(running(program(), tmp_path / "server", *ON_DISK))
            cabinet = Shelves(server.url)
            stack.callback(cabinet.close)
            store = f'url = "{server.url}"\npartitions = {PARTITIONS}'
        async with _open(midwife, tmp_path / "shop", store, cabinet) as opened:
            yield opened


@asynccontextmanager
async def _open(
    midwife: Midwife, folder: Path, store: str, cabinet: Cabinet
) -> AsyncIterator[Open]:
    port = free_port()
    witness, caller = Witness(), Caller(port)
    company = Reporting(witness, caller)
    channel = TWILIO.settings(await company.open())
    business.written(
        folder,
        public=TWILIO.public,
        port=port,
        channel=channel,
        grace=GRACE,
        within=POST,
        store=store,
    )
    process = await midwife.start("-C", str(folder), "run", "--no-phone")
    try:
        await answers(port)
        yield Open(company=company, witness=witness, cabinet=cabinet)
    finally:
        os.kill(process, signal.SIGKILL)
        await midwife.ended(process)
        await company.close()
        caller.close()


@pytest.mark.soak
async def test_a_webhook_that_comes_often_and_out_of_order_counts_once(
    shop: Open, soak: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = Random("webhooks again")

    posted = 0
    altered = set[tuple[str, str, str]]()

    def other_words(number: str, old: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Under the ids of what was taken: often the same ones again, and some would stop us."""
        made: list[tuple[str, str]] = []
        for _, sid in chance.sample(old, min(len(old), 1)):
            for text in chance.sample(OTHER_WORDS, chance.randint(0, 2)):
                altered.add((number, sid, text))
                made += [(text, sid)] * chance.randint(1, 3)
        return made

    async def hold(number: str) -> None:
        nonlocal posted
        old: list[tuple[str, str]] = []
        for n, text in enumerate(business.conversation(chance, f"K{number[-3:]}")):
            sid = f"SM{number[1:]:0>30}{n:02d}"
            shop.witness.texts[number].append((sid, text))
            shop.witness.acknowledged[sid] = 0.0
            # All at once, and older ones among them, in any order.
            again = [(text, sid)] * chance.randint(2, 5) + chance.sample(old, min(len(old), 2))
            again += other_words(number, old)
            chance.shuffle(again)
            posted += len(again)
            await asyncio.gather(*(shop.post(number, *each) for each in again))
            old.append((text, sid))

    for first in range(0, SOAKED if soak else CONVERSATIONS, CONVERSATIONS):
        numbers = range(first, first + CONVERSATIONS)
        await asyncio.gather(*(hold(f"+86{13_000_000_000 + n}") for n in numbers))
        await shop.rests()
    found = Verdict()
    kept = shop.kept()
    oracle.every_text_once(kept.inbounds, shop.witness, found)
    oracle.where_texts_lead(kept, shop.witness, found)
    oracle.other_words_once(kept, altered, found)
    assert altered
    assert kept.consents == 0
    assert not found.findings, found
    assert len(shop.company.texts) == len(shop.witness.acknowledged)
    assert shop.witness.refused == []
    with capsys.disabled():
        if soak:
            print(f"\n{posted:,} webhooks brought {len(shop.company.texts):,} texts")


async def test_the_same_id_with_another_text_is_the_first_one(shop: Open) -> None:
    number, sid = "+8613000000000", "SM" + "1" * 32
    for text in ("book", "1", "STOP", "1", "book", "STOP"):
        await shop.post(number, text, sid)
    await shop.rests()
    kept = shop.kept()
    assert [each.text for each in kept.inbounds[number]] == ["book"]
    assert kept.consents == 0
    assert kept.altered == {(number, sid, "1"): 1, (number, sid, "STOP"): 1}
    assert shop.company.texts == [number]


async def test_a_message_ends_as_its_reports_say_in_whatever_order_they_come(shop: Open) -> None:
    wanted: dict[str, str] = {}
    for k, order in enumerate(ORDERS.values()):
        for n in range(REPORTED):
            number = f"+86{13_000_000_000 + k * 1_000 + n}"
            shop.company.orders[number] = order
            wanted[number] = order.ends
    numbers = list(wanted)
    Random("reports").shuffle(numbers)
    await asyncio.gather(*(shop.post(number, "book", f"SM{number[1:]:0>32}") for number in numbers))
    await shop.rests()
    # On Redis a report that tells nothing of its partition is looked for again in a while.
    until = asyncio.get_running_loop().time() + GUARD
    while (ends := shop.ends()) != wanted and asyncio.get_running_loop().time() < until:
        await asyncio.sleep(0.2)
    assert ends == wanted
    kept = shop.kept()
    assert set(kept.states.values()) == {"done"}
    assert kept.left_over == []
    assert len(shop.company.texts) == len(wanted)
    assert shop.witness.refused == []


async def test_a_report_of_nobodys_message_is_taken_and_changes_nothing(shop: Open) -> None:
    number = "+8613000000000"
    await shop.post(number, "book", "SM" + "1" * 32)
    await shop.rests()
    before = shop.kept()
    text = TWILIO.text_of(Asked(method="POST", body=b"To=%2B8613000000000&Body=x&StatusCallback="))
    assert text is not None
    nobodys = Made(sid="SM" + "9" * 32, text=text, at=datetime.now(UTC))
    for word in ("delivered", "failed", "delivered"):
        await shop.company.told(TWILIO.report(nobodys, word, ours=False))
    after = shop.kept()
    assert (after.states, after.statuses) == (before.states, before.statuses)
    assert shop.witness.refused == []
