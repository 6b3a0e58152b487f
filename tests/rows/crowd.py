"""A thousand phones at the real door of a business of its own, which may be killed meanwhile."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.end_to_end.kannel import free_ports
from tests.end_to_end.serving import Serving, written

PEOPLE = [f"+86138{n:08d}" for n in range(1_000)]
AT_ONCE = 200
"""Connections that are open at the same moment; a process may have a thousand files open."""

DIES_AFTER = 400
"""Texts that are kept when the server is killed."""

TOKEN = "phones-of-this-very-test"
API_TOKEN = "own-systems-of-this-very-test"
TABLES = """
[server]
bind = "127.0.0.1:{port}"
api_token = "{api_token}"

[channels.main]
provider = "console"
address = "12345"
path_token = "{token}"
"""


class Crowd:
    """The business, served, and all who text it."""

    def __init__(self, serving: Serving, port: int) -> None:
        self.serving = serving
        self.port = port

    async def all_text(self, said: str, people: Sequence[str] = PEOPLE) -> None:
        """Everybody texts, as many as can at the same moment; all is kept when it returns."""
        room = asyncio.Semaphore(AT_ONCE)

        async def one(number: str) -> None:
            async with room:
                await self.text(number, said)

        await asyncio.gather(*map(one, people))

    async def text(self, number: str, said: str) -> None:
        """As a carrier's webhook comes: with an id of its own, the same when it comes again.

        Raises `OSError` when nobody is there to keep it.
        """
        body = {"from": number, "text": said, "id": f"{number} {said}"}
        status, answer = await self.post(f"/in/main/{TOKEN}", body)
        assert status == 200, answer

    async def post(self, path: str, body: Mapping[str, Any]) -> tuple[int, bytes]:
        """Status and answer. Raises `OSError` when nobody answers."""
        sent = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            f"Authorization: Bearer {API_TOKEN}\r\nContent-Length: {len(sent)}\r\n\r\n"
        )
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(head.encode() + sent)
            answer = await reader.read()
        finally:
            writer.close()
        if not answer:
            raise ConnectionResetError("nobody answered")
        return int(answer.split()[1]), answer.partition(b"\r\n\r\n")[2]

    async def all_text_and_it_dies(self, said: str) -> None:
        """The server is killed in the middle, and the carrier sends again what was not kept."""
        kept: set[str] = set()
        room = asyncio.Semaphore(AT_ONCE)

        async def until_it_dies(number: str) -> None:
            async with room:
                try:
                    await self.text(number, said)
                except OSError:
                    return
            kept.add(number)
            if len(kept) == DIES_AFTER:
                self.serving.kill()

        await asyncio.gather(*map(until_it_dies, PEOPLE))
        assert DIES_AFTER <= len(kept) < len(PEOPLE)
        self.serving.start()
        await self.all_text(said, [number for number in PEOPLE if number not in kept])

    def ended(self) -> int:
        """Conversations that have an outcome."""
        ended = "SELECT count(*) FROM record WHERE CAST(records AS TEXT) LIKE '%\"ended\"%'"
        return self.serving.rows(ended)[0][0]


@contextmanager
def crowd(folder: Path, flows: Mapping[str, str], codes: Mapping[str, str]) -> Iterator[Crowd]:
    """The example business with these flows and files of codes in place of its own."""
    (port,) = free_ports(1)
    written(folder, TABLES.format(port=port, token=TOKEN, api_token=API_TOKEN), flows)
    for name, text in codes.items():
        (folder / "codes" / f"{name}.txt").write_text(text, "utf-8")
    serving = Serving(folder, {})
    try:
        serving.start()
        yield Crowd(serving, port)
    finally:
        serving.kill()
