"""The index of conversations: read once, then what is new, and never more than it may hold."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from convo.console import book, conversations
from convo.console.book import Book
from convo.core.records import Record
from convo.stores.sqlite.looking import looking
from tests.console.desks import desk_at as console_at
from tests.stores.contract_desk import ANN, BEN, Desk, HandSetClock
from tests.stores.sqlite_desk import desk_at

pytestmark = pytest.mark.anyio
LONG = 60.0
"""Seconds: more than any reading here takes."""


def wrote(text: str) -> Record:
    return Record(kind="inbound", facts={"text": text, "channel": "main"})


def about(kind: str, **facts: str) -> Record:
    return Record(kind=kind, facts={"session": "s", "flow": "booking", **facts})


async def read(pages: Book, path: Path, within: float = LONG) -> bool:
    async with looking(path) as ledger:
        return await pages.read_on(ledger, within)


@pytest.fixture
async def kept(tmp_path: Path) -> tuple[Path, Desk]:
    path = tmp_path / "convo.db"
    _, desk = await desk_at(path, HandSetClock())
    return path, desk


async def test_what_is_new_is_read_on_and_comes_first(kept: tuple[Path, Desk]) -> None:
    path, desk = kept
    pages = Book(b"secret")
    assert await read(pages, path)
    assert [*pages.newest()] == []
    await desk.say(contact=ANN, record=None, records=(wrote("hello"), about("started")))
    await desk.say(contact=BEN, record=None, records=(wrote("hi"),))
    assert await read(pages, path)
    assert [each.number for each in pages.newest()] == [BEN.e164, ANN.e164]
    assert pages.turns == 2
    await desk.say(contact=ANN, record=None, records=(about("handed_over"),))
    await read(pages, path)
    await read(pages, path)
    ann = next(pages.newest())
    assert (ann.number, ann.flow, ann.open, ann.handed) == (ANN.e164, "booking", {"s"}, {"s"})
    await desk.say(contact=ANN, record=None, records=(about("ended", outcome="done"),))
    await read(pages, path)
    assert (ann.open, ann.handed, [*ann.wrote]) == (set(), set(), ["hello"])
    await desk.store.close()


async def test_a_turn_that_came_later_stands_in_one_place_alone(kept: tuple[Path, Desk]) -> None:
    path, desk = kept
    pages = Book(b"secret")
    for n in range(3):
        await desk.say(contact=ANN, record=None, records=(wrote(str(n)),))
        await read(pages, path)
    (ann,) = pages.newest()
    async with looking(path) as ledger:
        found = [
            record.facts["text"]
            for mark, turns in ann.places
            for turn in (await ledger.records(mark, turns)).items
            for record in turn.records
        ]
    assert found == ["0", "1", "2"]
    await desk.store.close()


async def test_a_list_is_not_made_again_for_who_has_it(tmp_path: Path) -> None:
    async with console_at(tmp_path / "salon") as desk:
        await desk.admit("mei", "viewer")
        cookie, path = await desk.cookie("mei"), "/console/conversations"
        seen = {"if-none-match": '"0-viewer-en"'}
        assert (await desk.ask(path, cookie, **seen)).status_code == 304
        # In another language, and for another role, it is another page.
        assert (await desk.ask(f"{path}?lang=zh", cookie, **seen)).status_code == 200
        await desk.admit("mei", "agent")
        cookie = await desk.cookie("mei")
        assert (await desk.ask(path, cookie, **seen)).status_code == 200


async def test_a_long_conversation_is_read_page_by_page_from_its_newest_text_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversations, "TURNS_SHOWN", 2)
    async with console_at(tmp_path / "salon") as console:
        lease = await console.store.acquire(0, "test")
        assert lease is not None
        desk = Desk(console.store, HandSetClock(), lease)
        for n in range(5):
            await desk.say(contact=ANN, record=None, records=(wrote(f"text {n}"),))
        await console.admit("mei", "agent")
        cookie = await console.cookie("mei")
        listed = await console.ask("/console/conversations", cookie)
        (path,) = re.findall(r'href="(/console/conversations/\w+)"', listed.text)

        async def shows(query: str, *texts: str) -> Mapping[str, str]:
            """The page has these texts and no other; where it leads in this conversation."""
            page = (await console.ask(path + query, cookie)).text
            assert re.findall(r">(text \d)<", page) == [*texts]
            found = re.findall(rf'href="((?:{path}|\?before)[^"]*|#newest)">(\w+)', page)
            return {words: href for href, words in found}

        newest = await shows("", "text 3", "text 4")
        assert newest == {"To": "#newest", "Earlier": "?before=3"}
        middle = await shows(newest["Earlier"], "text 1", "text 2")
        assert middle == {
            "To": f"{path}#newest",
            "Earlier": "?before=1",
            "Later": "?before=5#chat",
        }
        oldest = await shows(middle["Earlier"], "text 0")
        assert oldest == {"To": f"{path}#newest", "Later": "?before=3#chat"}
        for nonsense in ("?before=", "?before=-1", "?before=" + "9" * 5_000, "?before=x"):
            assert await shows(nonsense, "text 3", "text 4") == newest


async def test_what_takes_longer_is_gone_on_with_where_it_stopped(
    kept: tuple[Path, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, desk = kept
    monkeypatch.setattr(book, "PAGE", 1)
    for n in range(3):
        await desk.say(contact=ANN, record=None, records=(wrote(str(n)),))
    pages = Book(b"secret")
    read_so_far = []
    while not await read(pages, path, within=0):
        read_so_far.append(pages.turns)
    assert read_so_far == [1, 2, 3]
    (ann,) = pages.newest()
    assert [*ann.wrote] == ["0", "1", "2"]
    assert len(ann.places) == 3
    await desk.store.close()


async def test_those_that_have_been_quiet_longest_are_forgotten_first(
    kept: tuple[Path, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, desk = kept
    monkeypatch.setattr(book, "MOST_TALKS", 1)
    await desk.say(contact=ANN, record=None, records=(wrote("hello"),))
    await desk.say(contact=BEN, record=None, records=(wrote("hi"),))
    pages = Book(b"secret")
    await read(pages, path)
    assert [each.number for each in pages.newest()] == [BEN.e164]
    assert pages.talk(pages.key_of(ANN.e164)) is None
    assert pages.talk(pages.key_of(BEN.e164)) is not None
    await desk.store.close()


async def test_a_key_is_alike_in_all_processes_and_no_repr_tells_a_number_or_a_text(
    kept: tuple[Path, Desk],
) -> None:
    path, desk = kept
    await desk.say(contact=ANN, record=None, records=(wrote("a secret of mine"),))
    pages = Book(b"secret")
    await read(pages, path)
    (ann,) = pages.newest()
    assert ann.key == Book(b"secret").key_of(ANN.e164) != Book(b"another").key_of(ANN.e164)
    assert ANN.e164 not in repr(ann)
    assert "secret of mine" not in repr(ann)
    await desk.store.close()
