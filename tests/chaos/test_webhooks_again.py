"""Webhooks that come twice, late, changed or too early: each counts once and for what it says."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.chaos import business, oracle
from tests.chaos.carriers import Made, Twilio
from tests.chaos.kept import kept_in_file, rests_in_file
from tests.chaos.oracle import Verdict
from tests.chaos.siege import GRACE, Shop, free_port
from tests.chaos.town import Company, Witness
from tests.chaos.wire import Asked, Caller

pytestmark = pytest.mark.anyio

TWILIO = Twilio()
CONVERSATIONS = 40
REPORTED = 10
"""Messages for each order of reports."""


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
            return TWILIO.listed(asked, [])
        self.texts.append(text.to)
        made = Made(sid=f"SM{len(self.texts):032x}", text=text, at=datetime.now(UTC))
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


@dataclass(slots=True, kw_only=True)
class Open:
    """A business that serves, and what is outside of it."""

    company: Reporting
    witness: Witness = field(default_factory=Witness)
    database: Path

    async def post(self, number: str, text: str, sid: str) -> None:
        await self.company.told(TWILIO.webhook(number, text, sid))

    async def rests(self) -> None:
        async with asyncio.timeout(60):
            while not rests_in_file(self.database):
                await asyncio.sleep(0.02)
        await self.company.rest()

    def rows(self, query: str) -> list[Any]:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Open]:
    async with _open(tmp_path / "shop") as opened:
        yield opened


@asynccontextmanager
async def _open(folder: Path) -> AsyncIterator[Open]:
    port = free_port()
    witness, caller = Witness(), Caller(port)
    company = Reporting(witness, caller)
    channel = TWILIO.settings(await company.open())
    business.written(folder, public=TWILIO.public, port=port, channel=channel, grace=GRACE)
    process = Shop(folder, port, ())
    await process.open()
    try:
        await process.start(cold=False)
        await process.answers()
        yield Open(company=company, witness=witness, database=folder / "data" / "convo.db")
    finally:
        await process.close()
        await company.close()
        caller.close()


async def test_a_webhook_that_comes_often_and_out_of_order_counts_once(shop: Open) -> None:
    chance = Random("webhooks again")

    async def hold(number: str) -> None:
        old: list[tuple[str, str]] = []
        for n, text in enumerate(business.conversation(chance, f"K{number[-3:]}")):
            sid = f"SM{number[1:]:0>30}{n:02d}"
            shop.witness.texts[number].append((sid, text))
            shop.witness.acknowledged[sid] = 0.0
            # All at once, and older ones among them, in any order.
            again = [(text, sid)] * chance.randint(2, 5) + chance.sample(old, min(len(old), 2))
            chance.shuffle(again)
            await asyncio.gather(*(shop.post(number, *each) for each in again))
            old.append((text, sid))

    await asyncio.gather(*(hold(f"+86{13_000_000_000 + n}") for n in range(CONVERSATIONS)))
    await shop.rests()
    found = Verdict()
    kept = kept_in_file(shop.database, TWILIO)
    oracle.every_text_once(kept.inbounds, shop.witness, found)
    oracle.where_texts_lead(kept, shop.witness, found)
    assert not found.findings, found
    assert len(shop.company.texts) == len(shop.witness.acknowledged)
    assert shop.witness.refused == []


async def test_the_same_id_with_another_text_is_the_first_one(shop: Open) -> None:
    number = "+8613000000000"
    for text in ("book", "1", "STOP"):
        await shop.post(number, text, "SM" + "1" * 32)
    await shop.rests()
    query = "SELECT count(*), max(instr(raw, 'Body=book') > 0) FROM record WHERE raw <> ''"
    kept = shop.rows(query)
    assert kept == [(1, 1)]
    assert shop.rows("SELECT count(*) FROM consent") == [(0,)]
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
    assert dict(shop.rows("SELECT contact, status FROM message")) == wanted
    assert shop.rows("SELECT DISTINCT state FROM message") == [("done",)]
    assert shop.rows("SELECT count(*) FROM orphan") == [(0,)]
    assert len(shop.company.texts) == len(wanted)
    assert shop.witness.refused == []


async def test_a_report_of_nobodys_message_is_taken_and_changes_nothing(shop: Open) -> None:
    number = "+8613000000000"
    await shop.post(number, "book", "SM" + "1" * 32)
    await shop.rests()
    before = shop.rows("SELECT id, state, status FROM message")
    text = TWILIO.text_of(Asked(method="POST", body=b"To=%2B8613000000000&Body=x&StatusCallback="))
    assert text is not None
    nobodys = Made(sid="SM" + "9" * 32, text=text, at=datetime.now(UTC))
    for word in ("delivered", "failed", "delivered"):
        await shop.company.told(TWILIO.report(nobodys, word, ours=False))
    assert shop.rows("SELECT id, state, status FROM message") == before
    assert shop.witness.refused == []
