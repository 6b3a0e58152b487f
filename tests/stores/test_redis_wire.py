"""Whoever asks over the wire hears something, whatever becomes of the server."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
import uvloop
from redis.asyncio import Connection

from convo.errors import StoreUnavailable
from convo.stores.redis import address
from convo.stores.redis.server import pack, server_at
from convo.stores.redis.wire import Command, Line

pytestmark = pytest.mark.anyio


class Scripted:
    """A server that answers by a script: what it says to a lot, or how it fails at it."""

    def __init__(self, *script: Any) -> None:
        self._script = list(script)
        self.lots: list[int] = []

    async def run(self, commands: Sequence[Command]) -> list[Any]:
        self.lots.append(len(commands))
        said = self._script.pop(0)
        if isinstance(said, Exception):
            raise said
        return [said] * len(commands)


def wire(*script: Any) -> tuple[Line, Scripted]:
    server = Scripted(*script)
    return Line(server), server  # pyright: ignore[reportArgumentType]


async def heard(wire: Line, *words: str) -> list[Any]:
    async with asyncio.timeout(60):
        return await asyncio.gather(*map(wire.ask, words), return_exceptions=True)


async def test_what_is_asked_at_once_leaves_together() -> None:
    asked, server = wire(b"PONG")
    assert await heard(asked, "PING", "PING", "PING") == [b"PONG"] * 3
    assert server.lots == [3]


async def test_a_server_that_is_away_is_told_to_all_who_asked_and_asked_again() -> None:
    asked, _ = wire(ConnectionResetError(), b"PONG")
    assert [type(each) for each in await heard(asked, "PING", "PING")] == [StoreUnavailable] * 2
    assert await heard(asked, "PING") == [b"PONG"]


def test_a_line_that_is_cut_just_when_it_is_written_to_is_no_fault_of_ours() -> None:
    async def cut() -> Exception:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        async with server:
            _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.transport.abort()
            await asyncio.sleep(0.01)
            with pytest.raises(RuntimeError) as said:
                writer.transport.writelines([b"PING"])
        return said.value

    # As we serve: another loop says it in other words.
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        error = runner.run(cut())
        asked, _ = wire(error, b"PONG")
        assert type(runner.run(heard(asked, "PING"))[0]) is StoreUnavailable
        assert runner.run(heard(asked, "PING")) == [b"PONG"]


async def test_a_fault_of_ours_leaves_nobody_waiting() -> None:
    fault = ZeroDivisionError()
    asked, _ = wire(fault, b"PONG")
    assert await heard(asked, "PING", "PING") == [fault, fault]
    assert await heard(asked, "PING") == [b"PONG"]


async def test_commands_are_packed_as_redis_py_packs_them() -> None:
    commands = [
        ("FCALL", "convo_1_accept", 2, "convo:{p1}:state", "convo:{p1}:inbox", "", -1, b"\x00\xff"),
        ("HMGET", "convo:{p1}:state", "预约", 1 << 62, 0.5, b"x" * 100_000),
    ]
    assert b"".join(map(pack, commands)) == b"".join(Connection().pack_commands(commands))


async def test_an_answer_that_is_late_is_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = 0
    asked_again = asyncio.Event()

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal lines
        lines += 1
        name = b"late" if lines == 1 else b"in time"
        while words := await command(reader):
            if words[0] != b"GET":
                writer.write(b"+OK\r\n")
                continue
            if name == b"late":
                await asked_again.wait()
            writer.write(b"$%d\r\n%s\r\n" % (len(name), name))
            asked_again.set()
        writer.close()

    monkeypatch.setattr("convo.stores.redis.server.ANSWER_WITHIN", 0.2)
    async with await asyncio.start_server(served, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        asked = Line(server_at(address.read(f"redis://{host}:{port}/0"), "default"))
        assert [type(each) for each in await heard(asked, "GET")] == [StoreUnavailable]
        monkeypatch.setattr("convo.stores.redis.server.ANSWER_WITHIN", 60.0)
        assert await heard(asked, "GET") == [b"in time"]
        assert await heard(asked, "GET") == [b"in time"]
        await asked.close()


async def command(reader: asyncio.StreamReader) -> list[bytes]:
    """The next one of a line; empty at its end."""
    head = await reader.readline()
    words = [
        (await reader.readline(), await reader.readline())[1] for _ in range(int(head[1:] or 0))
    ]
    return [word.strip() for word in words]
