"""S31: a thousand say Y at once to fifty places, through the real door, and the server may die."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.end_to_end.kannel import free_ports
from tests.end_to_end.serving import ROOT, Serving, soon, written

pytestmark = pytest.mark.anyio

PEOPLE = [f"+86138{n:08d}" for n in range(1_000)]
PLACES = 50
AT_ONCE = 200
"""Connections that are open at the same moment; a process may have a thousand files open."""

DIES_AFTER = 400
"""Texts that are kept when the server is killed."""

TOKEN = "phones-of-this-very-test"
TABLES = """
[server]
bind = "127.0.0.1:{port}"

[channels.main]
provider = "console"
address = "12345"
path_token = "{token}"
"""
FLOW = (ROOT / "flows" / "first_fifty.yaml").read_text("utf-8")


@pytest.fixture
def port() -> int:
    return free_ports(1)[0]


@pytest.fixture
def business(tmp_path: Path, port: int) -> Iterator[Serving]:
    folder = tmp_path / "shop"
    # Whenever this is run, the offer is open.
    flow = FLOW.replace("2026-12-01 18:00", "2099-12-01 18:00")
    written(folder, TABLES.format(port=port, token=TOKEN), {"first_fifty": flow})
    serving = Serving(folder, {})
    serving.start()
    yield serving
    serving.kill()


async def text(port: int, number: str, said: str) -> None:
    """As a carrier's webhook comes: with an id of its own, which is the same when it comes again.

    Raises `OSError` when nobody is there to keep it.
    """
    body = json.dumps({"from": number, "text": said, "id": f"{number} {said}"}).encode()
    head = f"POST /in/main/{TOKEN} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = await reader.readline()
    finally:
        writer.close()
    if not answer:
        raise ConnectionResetError("nobody answered")
    assert answer.split()[1] == b"200", answer


async def all_text(port: int, said: str, people: Sequence[str] = PEOPLE) -> None:
    room = asyncio.Semaphore(AT_ONCE)

    async def one(number: str) -> None:
        async with room:
            await text(port, number, said)

    await asyncio.gather(*map(one, people))


async def killed_meanwhile(business: Serving, port: int) -> None:
    """The server dies in the middle of them, and the carrier sends again what was not kept."""
    kept: set[str] = set()
    room = asyncio.Semaphore(AT_ONCE)

    async def until_it_dies(number: str) -> None:
        async with room:
            try:
                await text(port, number, "Y")
            except OSError:
                return
        kept.add(number)
        if len(kept) == DIES_AFTER:
            business.kill()

    await asyncio.gather(*map(until_it_dies, PEOPLE))
    assert DIES_AFTER <= len(kept) < len(PEOPLE)
    business.start()
    await all_text(port, "Y", [number for number in PEOPLE if number not in kept])


def outcomes(business: Serving) -> int:
    """Conversations with an outcome."""
    ended = "SELECT count(*) FROM record WHERE CAST(records AS TEXT) LIKE '%\"ended\"%'"
    return business.rows(ended)[0][0]


@pytest.mark.parametrize("dies", [False, True], ids=["in one go", "killed in the middle"])
async def test_a_thousand_at_once_get_exactly_fifty_places_and_the_rest_the_waiting_text(
    business: Serving, port: int, dies: bool
) -> None:
    await all_text(port, "spring")
    offered = "SELECT count(*) FROM message WHERE text LIKE 'Spring offer%' AND state = 'done'"
    soon(lambda: business.rows(offered)[0][0], len(PEOPLE))
    if dies:
        await killed_meanwhile(business, port)
    else:
        await all_text(port, "Y")
    soon(lambda: outcomes(business), len(PEOPLE))
    said = business.rows("SELECT contact, text FROM message WHERE text NOT LIKE 'Spring offer%'")
    assert len({contact for contact, _ in said}) == len(said) == len(PEOPLE)
    texts = Counter(said for _, said in said)
    waiting = texts.pop("All 50 places are taken. You are on the waiting list.", 0)
    assert waiting == len(PEOPLE) - PLACES
    assert texts == {
        f"You have place {place} of 50. Show this text when you visit.": 1
        for place in range(1, PLACES + 1)
    }
