"""`convo notes` while the server has the file."""

import asyncio
import json
from pathlib import Path

from convo.core.events import Inbound
from convo.core.numbers import PhoneNumber
from convo.core.records import Record
from convo.core.turns import FromInbox, Turn
from convo.ports import Arrival, Done, Wants
from convo.stores.sqlite.store import SqliteStore
from tests.cli.conftest import Convo

ANNA = PhoneNumber("+8613800138000")


async def noted(file: Path, text: str) -> SqliteStore:
    """A store that a server has open, with one note in it."""
    store = await SqliteStore.open(str(file), clock=lambda: 1_795_312_800_000)
    await store.accept(
        [Arrival(event=Inbound(channel="main", contact=ANNA, text="hello"), dedupe="1")]
    )
    lease = await store.acquire(0, "test")
    assert lease is not None
    work = await store.advance(lease, Done(), Wants(events=1))
    facts = {"session": "s1", "step": "ask", "flow": "hello", "text": text}
    turn = Turn(
        source=FromInbox(entry=work.events[0].order),
        contact=ANNA,
        at=work.events[0].event.at,
        record=None,
        records=(Record(kind="note", facts=facts),),
    )
    await store.advance(lease, Done(turns=(turn,)), Wants())
    return store


def test_notes_are_read_beside_a_running_server_and_cannot_speak_to_the_terminal(
    convo: Convo, shop: Path
) -> None:
    async def read() -> tuple[str, str]:
        store = await noted(shop / "data" / "convo.db", "Call back\n\x1b[31m王芳")
        try:
            plain = await asyncio.to_thread(lambda: convo("-C", shop, "notes").output)
            rows = await asyncio.to_thread(lambda: convo("-C", shop, "notes", "hello", "--json"))
            return plain, rows.output
        finally:
            await store.close()

    said, rows = asyncio.run(read())
    first, *text = said.splitlines()
    assert first.endswith("+8613****00  hello: ask")
    assert text == ["    Call back", "    ?[31m王芳"]
    row = json.loads(rows)
    assert (row["contact"], row["flow"], row["step"]) == ("+8613****00", "hello", "ask")
    assert ANNA.e164 not in said + rows


def test_a_flow_that_is_not_there_is_told(convo: Convo, shop: Path) -> None:
    unknown = convo("-C", shop, "notes", "helo")
    assert unknown.exit_code == 2
    assert 'Did you mean "hello"?' in unknown.output
