"""`convo answers` while the server has the file."""

import asyncio
import csv
import io
import json
from pathlib import Path

import pytest

from convo.core import codec
from convo.core.contacts import ContactState
from convo.core.events import Inbound
from convo.core.numbers import PhoneNumber
from convo.core.records import Record
from convo.core.sessions import Frame, Session
from convo.core.turns import FromInbox, Turn
from convo.ports import Arrival, Done, Wants
from convo.stores.sqlite.store import SqliteStore
from tests.cli.conftest import Convo

ANNA = PhoneNumber("+8613800138000")


async def held(file: Path) -> SqliteStore:
    """A store that a server has open, with one conversation ended and one going on."""
    store = await SqliteStore.open(str(file), clock=lambda: 1_795_312_800_000)
    text = Inbound(channel="main", contact=ANNA, text="hello")
    await store.accept([Arrival(event=text, dedupe="1")])
    lease = await store.acquire(0, "test")
    assert lease is not None
    work = await store.advance(lease, Done(), Wants(events=1))
    frame = Frame(flow="hello", version="v2", step="ask", answers={"name": "=Bob()"})
    state = ContactState(
        number=ANNA,
        sessions=(Session(id="s2", channel="main", frames=(frame,)),),
        last_seen=1_795_312_800_000,
    )
    facts = {"session": "s1", "flow": "hello", "outcome": "done", "answers": {"name": "王芳"}}
    turn = Turn(
        source=FromInbox(entry=work.events[0].order),
        contact=ANNA,
        at=work.events[0].event.at,
        record=codec.encode(state),
        records=(Record(kind="ended", facts=facts),),
    )
    await store.advance(lease, Done(turns=(turn,)), Wants())
    return store


@pytest.mark.parametrize("shape", ["csv", "json"])
def test_answers_are_read_beside_a_running_server(
    convo: Convo, shop: Path, tmp_path: Path, shape: str
) -> None:
    flow = next((shop / "flows").glob("*.yaml")).stem
    assert flow == "hello"

    async def read() -> str:
        store = await held(shop / "data" / "convo.db")
        try:
            words = ("answers", flow) if shape == "csv" else ("answers", flow, "--json")
            return await asyncio.to_thread(lambda: convo("-C", shop, *words).output)
        finally:
            await store.close()

    said = asyncio.run(read())
    if shape == "json":
        rows = [json.loads(line) for line in said.splitlines()]
        assert [(row["outcome"], row["answers"]["name"]) for row in rows] == [
            ("done", "王芳"),
            ("", "=Bob()"),
        ]
        return
    cells = [*csv.DictReader(io.StringIO(said))]
    assert [row["contact"] for row in cells] == [f"'{ANNA.e164}"] * 2
    assert [(row["outcome"], row["step"], row["name"]) for row in cells] == [
        ("done", "", "王芳"),
        ("", "ask", "'=Bob()"),
    ]


def test_a_flow_that_is_not_there_and_a_business_without_texts_are_told(
    convo: Convo, shop: Path
) -> None:
    unknown = convo("-C", shop, "answers", "helo")
    assert unknown.exit_code == 2
    assert 'Did you mean "hello"?' in unknown.output
    early = convo("-C", shop, "answers", "hello")
    assert early.exit_code != 0
    assert "nobody has texted this business" in early.output
