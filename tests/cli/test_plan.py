"""`convo plan` while the server has the file."""

import asyncio
import json
from pathlib import Path

from click.testing import Result

from convo.core import codec
from convo.core.contacts import ContactState
from convo.core.events import Inbound
from convo.core.numbers import PhoneNumber
from convo.core.sessions import Frame, Session
from convo.core.turns import FromInbox, Turn
from convo.ports import Arrival, Done, Wants
from convo.stores.sqlite.store import SqliteStore
from convo.wiring.authored import authored, settings_in
from tests.cli.conftest import Convo

ANNA = PhoneNumber("+8613800138000")


async def serving(shop: Path) -> SqliteStore:
    """A store that a server has open, with somebody who is asked for their name."""
    playbook = authored(settings_in(shop)).playbook
    store = await SqliteStore.open(str(shop / "data" / "convo.db"), clock=lambda: 1_795_312_800_000)
    for version, source in playbook.sources().items():
        await store.keep_flow(version, source)
    text = Inbound(channel="main", contact=ANNA, text="hello")
    await store.accept([Arrival(event=text, dedupe="1")])
    lease = await store.acquire(0, "test")
    assert lease is not None
    work = await store.advance(lease, Done(), Wants(events=1))
    frame = Frame(
        flow="hello", version=playbook.newest["hello"], step="who", answers={"name": "Ann"}
    )
    state = ContactState(number=ANNA, sessions=(Session(id="s1", channel="main", frames=(frame,)),))
    turn = Turn(
        source=FromInbox(entry=work.events[0].order),
        contact=ANNA,
        at=work.events[0].event.at,
        record=codec.encode(state),
    )
    await store.advance(lease, Done(turns=(turn,)), Wants())
    return store


def planned(convo: Convo, shop: Path, *changes: tuple[str, str], json: bool = False) -> Result:
    """What is said of the files when these words of the flow are changed."""

    async def look() -> Result:
        store = await serving(shop)
        file = shop / "flows" / "hello.yaml"
        flow = file.read_text("utf-8")
        for there, now in changes:
            assert there in flow
            flow = flow.replace(there, now)
        file.write_text(flow, "utf-8")
        try:
            words = ("plan", "--json") if json else ("plan",)
            return await asyncio.to_thread(lambda: convo("-C", shop, *words))
        finally:
            await store.close()

    return asyncio.run(look())


def test_with_the_files_that_are_served_nobody_waits_in_an_older_version(
    convo: Convo, shop: Path
) -> None:
    answer = planned(convo, shop)
    assert (answer.exit_code, answer.output) == (0, "Nobody waits in an older version.\n")


def test_a_step_that_is_gone_is_refused_until_it_is_told_of(convo: Convo, shop: Path) -> None:
    answer = planned(convo, shop, ("  who:", "  name:"))
    assert answer.exit_code == 1
    head, row, _, told = answer.output.splitlines()
    assert head.split() == ["waits", "at", "version", "people", "what", "becomes", "of", "them"]
    assert row.startswith("hello: who  ")
    assert row.endswith("  1       who is gone, and `moved` of hello says nothing")
    assert told == "1 conversation must be told of under `moved`."


def test_where_people_go_and_what_they_lose_is_told(convo: Convo, shop: Path) -> None:
    answer = planned(
        convo,
        shop,
        ("  who:", "  name:"),
        ("name: text", "name: number"),
        ("steps:", "moved: {who: name}\nsteps:"),
        ("expect: text", "expect: number"),
    )
    assert answer.exit_code == 0
    assert answer.output.splitlines()[1].endswith("  1       go to name, without name")


def test_programs_read_it_line_by_line(convo: Convo, shop: Path) -> None:
    answer = planned(convo, shop, ("  who:", "  name:"), json=True)
    assert answer.exit_code == 1
    row = json.loads(answer.output)
    assert (row["frames"], row["people"], row["fate"]) == ([["hello", "who"]], 1, "gone")
    assert (row["flow"], row["step"], row["lost"]) == ("hello", "who", [])
    assert ANNA.e164 not in answer.output
