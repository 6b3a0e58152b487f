"""The example business: its actions do a thing once, and its texts are short."""

import json
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from convo.authoring import Action, Call, Failed, Keyword, Person, Reply
from convo.core.parts import parts_of
from convo.core.record_codec import Recorded
from convo.language.chat_reading import read_chats
from convo.rehearsal.chat_run import hold
from convo.rehearsal.coverage import covered
from convo.scanning import scan
from convo.wiring.authored import authored, settings_in
from convo.wiring.rehearsing import rehearse

ROOT = Path(__file__).parent.parent
FRIDAY = datetime(2026, 11, 27, 15, tzinfo=ZoneInfo("Asia/Shanghai"))
SATURDAY = datetime(2026, 11, 28, 11, tzinfo=ZoneInfo("Asia/Shanghai"))
PARTS_AT_MOST = 2


@pytest.fixture(scope="module")
def handlers() -> dict[str, Action | Keyword]:
    """What keyword_handlers/ declares, by name or by first word."""
    found = scan(ROOT / "keyword_handlers")
    return {each.name if isinstance(each, Action) else each.words[0]: each for each in found}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, from which the handlers' paths are counted."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


def call(key: str = "s1/book", text: str = "", rest: str = "", **given: Any) -> Call:
    anna = Person(number="+8613800138000", language="en", fields={})
    return Call(
        key=key,
        contact=anna,
        now=int(FRIDAY.timestamp() * 1_000),
        given=given,
        text=text,
        rest=rest,
    )


def act(handlers: dict[str, Action | Keyword], name: str) -> Any:
    handler = handlers[name]
    return handler.act if isinstance(handler, Action) else handler.answer


def visits(folder: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(folder / "calendar.db")) as calendar:
        return calendar.execute("SELECT name, service, at FROM visit ORDER BY name").fetchall()


@pytest.mark.anyio
async def test_a_visit_is_booked_once_however_often_it_is_called(
    handlers: dict[str, Action | Keyword], folder: Path
) -> None:
    book = act(handlers, "calendar.book")
    assert await book(call(service="cut", at=FRIDAY)) == "s1/book"
    await book(call(service="cut", at=FRIDAY))
    assert visits(folder) == [("s1/book", "cut", FRIDAY.isoformat())]


@pytest.mark.anyio
async def test_the_same_conversation_again_moves_its_visit(
    handlers: dict[str, Action | Keyword], folder: Path
) -> None:
    book, move = act(handlers, "calendar.book"), act(handlers, "calendar.move")
    await book(call(service="cut", at=FRIDAY))
    await book(call(service="cut", at=SATURDAY))
    assert visits(folder) == [("s1/book", "cut", SATURDAY.isoformat())]
    await move(call("s2/move", visit="s1/book", at=FRIDAY))
    assert visits(folder) == [("s1/book", "cut", FRIDAY.isoformat())]


@pytest.mark.anyio
async def test_an_hour_that_is_taken_is_refused_and_free_again_when_called_off(
    handlers: dict[str, Action | Keyword], folder: Path
) -> None:
    book, cancel = act(handlers, "calendar.book"), act(handlers, "calendar.cancel")
    await book(call(service="cut", at=FRIDAY))
    with pytest.raises(Failed, match="somebody else has that hour"):
        await book(call("s2/book", service="dye", at=FRIDAY))
    await cancel(call(visit="s1/book"))
    await cancel(call(visit="s1/book"))
    await book(call("s2/book", service="dye", at=FRIDAY))
    assert visits(folder) == [("s2/book", "dye", FRIDAY.isoformat())]


@pytest.mark.anyio
@pytest.mark.parametrize(("name", "file"), [("crm.lead", "leads"), ("staff.list", "staff")])
async def test_a_lead_and_a_name_on_the_staff_s_list_are_kept_once(
    handlers: dict[str, Action | Keyword], folder: Path, name: str, file: str
) -> None:
    keep = act(handlers, name)
    given = {"model": "sport", "day": FRIDAY.date(), "why": "试驾"}
    for key in ("s1/x", "s2/x", "s1/x"):
        await keep(call(key, **given))
    rows = [json.loads(line) for line in (folder / f"{file}.jsonl").read_text("utf-8").splitlines()]
    assert [row["key"] for row in rows] == ["s1/x", "s2/x"]
    assert rows[0]["day"] == "2026-11-27"
    assert rows[0]["phone"] == "+8613800138000"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("rest", "en", "zh"),
    [
        ("1001", "Order 1001 is on its way", "订单1001已发货"),
        ("", "Which order?", "请问哪个订单？"),
        ("99", "We have no order 99.", "没有找到订单99"),
    ],
)
async def test_an_order_is_looked_up_by_its_number(
    handlers: dict[str, Action | Keyword], rest: str, en: str, zh: str
) -> None:
    reply: Reply = await act(handlers, "order")(call(text=f"order {rest}", rest=rest))
    assert reply.texts["en"].startswith(en)
    assert reply.texts["zh"].startswith(zh)


CHATS = sorted((ROOT / "flows" / "tests").glob("*.chat"))


@pytest.mark.parametrize("file", CHATS, ids=lambda file: file.stem)
def test_what_is_said_at_once_is_short(file: Path) -> None:
    for chat in read_chats(file.read_text("utf-8"), file.name):
        for moment in chat.moments:
            said = "\n".join(text for _, text in moment.said)
            assert not said or parts_of(said).count <= PARTS_AT_MOST, said


@pytest.mark.anyio
async def test_every_chat_passes_and_together_they_take_every_way() -> None:
    playbook = authored(settings_in(ROOT)).playbook
    records: list[Recorded] = []
    for file in CHATS:
        for chat in read_chats(file.read_text("utf-8"), file.name):
            async with rehearse(playbook, start=0) as rehearsal:
                outcome = await hold(chat, rehearsal)
            assert outcome.passed, (file.name, chat.title, outcome.failures)
            records += outcome.records
    for flow in covered(playbook.flows, records):
        assert (flow.never_steps, flow.never_ways) == ((), ()), flow.flow
