"""Texts and reports whose webhooks Twilio lost: the customer is answered in the end, and once."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

from convo.providers.http import HttpClient
from convo.runtime.instruments import Instruments
from convo.runtime.intake import Intake
from convo.runtime.metrics import Metrics
from convo.runtime.reconciler import EVERY, Reconciler
from convo.stores.sqlite.store import SqliteStore
from tests.end_to_end.serving import soon
from tests.end_to_end.test_twilio import IN, MENU, OURS, Stage
from tests.fakes.twilio import FakeTwilio
from tests.providers.test_twilio import adapter
from tests.runtime.stage import business
from tests.stores.contract_desk import BEN, HandSetClock, desk_of, message

LATE, EARLY = "+447400123601", "+447400123602"
HOUR = 3_600_000
COUNTED = "SELECT count(*) FROM record WHERE CAST(records AS TEXT) LIKE '%\"inbound\"%'"


def came(stage: Stage, number: str, text: str, ago: timedelta) -> str:
    """Twilio has a text, and its webhook found nobody."""
    at = datetime.now(UTC) - ago
    return stage.fake.keep(
        text, at=at, to=OURS, origin=number, direction="inbound", status="received"
    )


def test_who_texted_while_nobody_listened_is_answered_once(tmp_path: Path) -> None:
    with (
        start_blocking_portal("asyncio") as portal,
        portal.wrap_async_context_manager(FakeTwilio()) as fake,
    ):
        stage = Stage(tmp_path, fake)
        # Before the business was there at all, and some minutes ago.
        came(stage, EARLY, "book", timedelta(hours=1))
        sid = came(stage, LATE, "book", timedelta(minutes=2))
        try:
            stage.convo.start()
            stage.hears(LATE, MENU)
            assert stage.heard(EARLY) == []
            # Its webhook comes after all.
            fields = stage.text(LATE, "book", MessageSid=sid, SmsMessageSid=sid)
            assert stage.posts(IN, fields) == 200
            again = came(stage, LATE, "1", timedelta())
            stage.convo.stop()
            told = "SELECT value FROM meta WHERE name = 'listed main'"
            assert stage.convo.rows(told)[0][0] > time.time_ns() // 1_000_000 - HOUR
            # A new start lists from where the last one came to, and knows what it had.
            stage.convo.start()
            soon(lambda: len(stage.heard(LATE)), 2)
            assert stage.convo.rows(f"{COUNTED} AND contact = ?", LATE) == [(2,)]
            fields = stage.text(LATE, "1", MessageSid=again, SmsMessageSid=again)
            assert stage.posts(IN, fields) == 200
            stage.convo.waits_for("SELECT count(*) FROM inbox", [], [(0,)])
            assert stage.heard(LATE)[0] == MENU
            assert len(stage.heard(LATE)) == 2
        finally:
            stage.convo.kill()


@pytest.mark.anyio
async def test_a_message_without_reports_gets_its_status_after_an_hour(tmp_path: Path) -> None:
    clock = HandSetClock()
    http = HttpClient()
    instruments = Instruments(clock=clock, sleep=asyncio.sleep, metrics=Metrics())
    async with FakeTwilio() as fake:
        store = await SqliteStore.open(str(tmp_path / "convo.db"), clock=clock)
        desk = await desk_of(store, clock)
        await desk.say(message("m1"), message("m2", contact=BEN))
        for claim in (await desk.claims()).values():
            at = datetime.fromtimestamp(clock.now / 1_000, UTC)
            to = claim.message.contact.e164
            sid = fake.keep("x", at=at, to=to, origin=OURS, status="delivered")
            await desk.settle(claim, "accepted", sid)
        reconciler = Reconciler(
            name="me",
            store=store,
            providers={"main": adapter(http, base_url=fake.url)},
            intake=Intake(store=store, business=business(), instruments=instruments),
            instruments=instruments,
            known_for=7 * 24 * HOUR,
        )
        await reconciler.reconcile("main")
        # Their reports may still come.
        assert await desk.statuses() == []
        for _ in range(2 * HOUR // EVERY):
            clock.now += EVERY
            await reconciler.reconcile("main")
        # Both are told, and each of them once, however often the list is read.
        assert await desk.statuses() == ["delivered", "delivered"]
        await store.close()
        await http.close()
