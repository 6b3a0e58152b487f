"""The client: what it writes, what it keeps, and whether a failure may have been a send."""

import asyncio
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.errors import ConfigError, LeaseOver, SendUncertain, Unavailable
from convo.providers import http
from convo.providers.http import HttpClient, Response, seconds_to_wait
from tests.fakes.http_server import Answer, Asked, FakeServer, Mode

pytestmark = pytest.mark.anyio

CERTIFICATE = Path(__file__).parent.parent / "fakes" / "localhost.pem"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def echo(asked: Asked) -> Answer:
    return Answer(status=201, body=asked.body, headers={"X-Asked": asked.target})


async def test_a_post_arrives_whole_and_its_answer_is_read() -> None:
    async with FakeServer(echo) as server:
        client = HttpClient()
        answer = await client.post(f"{server.url}/a/b?c=%20d", b"x=1", headers=FORM)
        await client.close()
    assert answer == Response(
        status=201, headers={"content-length": "3", "x-asked": "/a/b?c=%20d"}, body=b"x=1"
    )
    [asked] = server.asked
    assert asked.method == "POST"
    assert asked.headers["host"] == f"127.0.0.1:{server.port}"
    assert asked.headers["content-type"] == FORM["Content-Type"]


async def test_what_is_wanted_is_said_once() -> None:
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    client = HttpClient()
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    await client.get(url)
    await client.get(url, headers={"Accept": "application/json"})
    await client.close()
    server.close()
    await server.wait_closed()
    wanted = [[line for line in head.split(b"\r\n") if b"Accept:" in line] for head in heads]
    assert wanted == [[b"Accept: */*"], [b"Accept: application/json"]]


async def test_connections_are_kept_and_used_again() -> None:
    async with FakeServer(echo) as server:
        client = HttpClient()
        for _ in range(5):
            await client.get(server.url)
        await client.close()
    assert len(server.asked) == 5
    assert server.connections == 1


async def test_many_requests_at_once_each_get_their_own_answer() -> None:
    async with FakeServer(echo) as server:
        client = HttpClient()
        asked = [client.post(server.url, str(n).encode(), headers=FORM) for n in range(300)]
        answers = await asyncio.gather(*asked)
        await client.close()
    assert [answer.body for answer in answers] == [str(n).encode() for n in range(300)]
    assert server.connections <= http.MAX_CONNECTIONS


@pytest.mark.parametrize(
    "mode", ["delay", "reset", "half", "nonsense", "endless", "slow_body"], ids=str
)
async def test_a_failure_after_the_request_is_uncertain(mode: Mode) -> None:
    async with FakeServer(lambda _: Answer(status=200, body=b"x" * 100)) as server:
        server.mode = mode
        client = HttpClient()
        with pytest.raises(SendUncertain):
            await client.post(server.url, b"x=1", headers=FORM, read=0.3)
        await client.close()
    assert len(server.asked) == 1


async def test_a_connection_is_not_used_after_a_failure() -> None:
    async with FakeServer(echo) as server:
        client = HttpClient()
        server.mode = "delay"
        with pytest.raises(SendUncertain):
            await client.post(server.url, b"x=1", headers=FORM, read=0.1)
        server.mode = "ok"
        answer = await client.post(server.url, b"x=2", headers=FORM)
        await client.close()
    assert answer.body == b"x=2"
    assert server.connections == 2


async def test_a_kept_connection_that_was_closed_is_replaced_before_anything_is_written() -> None:
    async with FakeServer(echo) as server:
        client = HttpClient()
        server.mode = "close_after"
        await client.post(server.url, b"x=1", headers=FORM)
        await asyncio.sleep(0.05)
        server.mode = "ok"
        answer = await client.post(server.url, b"x=2", headers=FORM)
        await client.close()
    assert answer.body == b"x=2"
    assert [asked.body for asked in server.asked] == [b"x=1", b"x=2"]


async def test_a_kept_connection_that_breaks_under_the_request_is_uncertain() -> None:
    async with FakeServer(echo) as server:
        client = HttpClient()
        await client.post(server.url, b"x=1", headers=FORM)
        server.mode = "reset"
        with pytest.raises(SendUncertain):
            await client.post(server.url, b"x=2", headers=FORM)
        await client.close()
    assert server.connections == 1
    assert len(server.asked) == 2, "nothing is repeated"


async def test_an_old_connection_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "IDLE_SECONDS", 0.0)
    async with FakeServer(echo) as server:
        client = HttpClient()
        for _ in range(3):
            await client.get(server.url)
        await client.close()
    assert server.connections == 3


async def test_a_server_that_names_its_idle_time_is_believed() -> None:
    short = Answer(status=200, headers={"Keep-Alive": "timeout=1"})
    async with FakeServer(lambda _: short) as server:
        client = HttpClient()
        await client.get(server.url)
        await client.get(server.url)
        await client.close()
    assert server.connections == 2


async def test_a_refused_connection_is_surely_not_a_send() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    client = HttpClient()
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1: no connection"):
        await client.post(f"http://127.0.0.1:{port}/?password=secret", b"", headers=FORM)


async def test_the_deadline_is_looked_at_when_the_connection_is_open_and_not_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop = asyncio.get_running_loop()
    resolve = loop.getaddrinfo
    leave_by = loop.time() + 0.05

    async def too_long(*asked: Any, **more: Any) -> Any:
        while loop.time() <= leave_by:
            await asyncio.sleep(0.01)
        return await resolve(*asked, **more)

    monkeypatch.setattr(loop, "getaddrinfo", too_long)
    async with FakeServer(echo) as server:
        client = HttpClient()
        url = f"http://localhost:{server.port}"
        with pytest.raises(LeaseOver) as late:
            await client.post(url, b"x=1", headers=FORM, leave_by=leave_by)
        assert late.value.code == "lease"
        await client.post(url, b"x=2", headers=FORM)
        await client.close()
    assert [asked.body for asked in server.asked] == [b"x=2"]


async def test_a_kept_connection_writes_nothing_behind_the_deadline() -> None:
    async with FakeServer(echo) as server:
        client = HttpClient()
        await client.get(server.url)
        with pytest.raises(LeaseOver):
            await client.get(server.url, leave_by=asyncio.get_running_loop().time() - 0.001)
        await client.get(server.url)
        await client.close()
    assert len(server.asked) == 2


async def test_a_name_that_does_not_exist_is_surely_not_a_send() -> None:
    client = HttpClient()
    with pytest.raises(Unavailable):
        await client.post("http://no-such-host.invalid/", b"", headers=FORM)


async def test_a_peer_that_is_not_tls_is_surely_not_a_send() -> None:
    async with FakeServer(echo) as server:
        client = HttpClient(trust=ssl.create_default_context())
        with pytest.raises(Unavailable):
            await client.post(server.url.replace("http", "https"), b"", headers=FORM, connect=0.5)
        await client.close()
    assert server.asked == []


async def test_tls_is_spoken_to_who_proves_the_name_and_to_nobody_else() -> None:
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(CERTIFICATE)
    async with FakeServer(echo, tls=ours) as server:
        trusting = HttpClient(trust=ssl.create_default_context(cafile=CERTIFICATE))
        for _ in range(2):
            url = f"https://localhost:{server.port}/"
            assert (await trusting.post(url, b"x=1", headers=FORM)).body == b"x=1"
        assert server.connections == 1
        with pytest.raises(Unavailable, match="SSLCertVerificationError"):
            await trusting.post(f"https://127.0.0.1:{server.port}/", b"", headers=FORM)
        with pytest.raises(Unavailable, match="SSLCertVerificationError"):
            await HttpClient().post(url, b"", headers=FORM)
        await trusting.close()
    assert len(server.asked) == 2


async def test_a_connect_that_takes_too_long_is_surely_not_a_send() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        host, port = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for caller in waiting:
            caller.setblocking(False)
            caller.connect_ex((host, port))
        client = HttpClient()
        with pytest.raises(Unavailable):
            await client.post(f"http://127.0.0.1:{port}/", b"", headers=FORM, connect=0.2)
        for caller in waiting:
            caller.close()


async def test_who_finds_every_connection_taken_waits_no_longer_than_to_connect(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http, "MAX_CONNECTIONS", 1)
    async with FakeServer(echo) as server:
        server.mode = "delay"
        client = HttpClient()
        first = asyncio.create_task(client.post(server.url, b"1", headers=FORM, read=0.5))
        await asyncio.sleep(0.05)
        with pytest.raises(Unavailable, match="no connection came free"):
            await client.post(server.url, b"2", headers=FORM, connect=0.1)
        with pytest.raises(SendUncertain):
            await first
        await client.close()
    assert [asked.body for asked in server.asked] == [b"1"]


async def test_a_cancelled_request_leaves_no_connection_behind() -> None:
    async with FakeServer(echo) as server:
        server.mode = "delay"
        client = HttpClient()
        request = asyncio.create_task(client.post(server.url, b"1", headers=FORM))
        await asyncio.sleep(0.05)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        server.mode = "ok"
        assert (await client.post(server.url, b"2", headers=FORM)).body == b"2"
        await client.close()


async def test_closing_breaks_what_is_out_and_refuses_what_comes() -> None:
    async with FakeServer(echo) as server:
        server.mode = "delay"
        client = HttpClient()
        out = asyncio.create_task(client.post(server.url, b"1", headers=FORM))
        await asyncio.sleep(0.05)
        await client.close()
        with pytest.raises(SendUncertain):
            await out
        with pytest.raises(Unavailable):
            await client.post(server.url, b"2", headers=FORM)


async def test_a_redirect_is_an_answer_and_not_followed() -> None:
    away = Answer(status=302, headers={"Location": "http://127.0.0.1:1/"})
    async with FakeServer(lambda _: away) as server:
        client = HttpClient()
        assert (await client.post(server.url, b"", headers=FORM)).status == 302
        await client.close()


async def raw_answer(data: bytes, *, close: bool = False) -> Response:
    """What the client makes of exactly these bytes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(data)
        await writer.drain()
        if close:
            writer.close()
        else:
            await reader.read()
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    client = HttpClient()
    try:
        port = server.sockets[0].getsockname()[1]
        return await client.get(f"http://127.0.0.1:{port}/", read=0.3)
    finally:
        await client.close()
        server.close()
        await server.wait_closed()


async def test_a_chunked_answer_is_put_together() -> None:
    data = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    assert (await raw_answer(data)).body == b"abcde"


async def test_an_answer_without_a_length_ends_with_its_connection() -> None:
    data = b"HTTP/1.1 202 Accepted\r\nConnection: close\r\n\r\n0: Accepted"
    assert (await raw_answer(data, close=True)).body == b"0: Accepted"


async def test_an_interim_answer_is_not_the_answer() -> None:
    data = b"HTTP/1.1 103 Early Hints\r\nX: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"
    answer = await raw_answer(data)
    assert (answer.status, answer.headers, answer.body) == (200, {"content-length": "1"}, b"x")


async def test_a_chunked_answer_that_is_cut_is_uncertain() -> None:
    data = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
    with pytest.raises(SendUncertain):
        await raw_answer(data, close=True)


async def test_an_answer_over_the_limit_is_uncertain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_ANSWER_BYTES", 50)
    with pytest.raises(SendUncertain, match="longer than 50 bytes"):
        await raw_answer(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100 + b"\r\n\r\n")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://host/",
        "http://user:secret@host/",
        "http://host/a b",
        "http://host/\r\nX: 1",
        "http://ho st/",
        "http://host:99999/",
        "http:///",
        "//host/",
    ],
)
async def test_an_address_that_is_none_is_our_mistake_and_not_told(url: str) -> None:
    with pytest.raises(ConfigError) as told:
        await HttpClient().get(url)
    assert "secret" not in str(told.value)


@given(st.text())
def test_no_header_can_break_out_of_its_line(value: str) -> None:
    try:
        data = http._request_bytes("GET", "h", "/", {"X": value}, None)
    except ConfigError:
        return
    assert data.count(b"\r\n") == data.count(b"\n") == 7


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("Sun, 22 Nov 2026 10:01:00 GMT", 60.0),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert seconds_to_wait(value, "Sun, 22 Nov 2026 10:00:00 GMT") == seconds
