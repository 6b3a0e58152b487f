"""Where providers call: who is let in, how much is read, and what they are answered."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import pytest
import uvicorn

from convo.core.events import Inbound
from convo.core.links import SignedIds
from convo.core.numbers import PhoneNumber
from convo.errors import BadSignature, Busy, StoreUnavailable, Unavailable, WebhookRejected
from convo.ports import Arrival, HttpAnswer, Parsed, Provider, RawRequest
from convo.runtime.metrics import Metrics
from convo.web import webhooks
from convo.web.app import build_app
from convo.web.health import Health
from convo.web.webhooks import MAX_WEBHOOK_BYTES, Door

pytestmark = pytest.mark.anyio

TOKEN = "0123456789abcdef"
NUMBER = "+12025550101"
IDS = SignedIds([b"server secret"])
OID = "ab" * 16

EVENT = Inbound(channel="main", contact=PhoneNumber(NUMBER), text="hello there")
BROUGHT = Parsed(
    arrivals=(Arrival(event=EVENT, dedupe="1"),),
    answer=HttpAnswer(status=202, content_type="text/xml", body=b"<Response/>"),
)

Reading = Callable[[RawRequest], Parsed]


class Carrier:
    """An adapter that reads by a function and remembers what it was given."""

    def __init__(self, read: Reading = lambda _: BROUGHT, *, unsigned: bool = False) -> None:
        self.unsigned = unsigned
        self.read = read
        self.requests: list[RawRequest] = []
        self.reported: list[str] = []

    def receive(self, request: RawRequest) -> Parsed:
        self.requests.append(request)
        return self.read(request)

    def report(self, request: RawRequest, outbound: str) -> Parsed:
        self.reported.append(outbound)
        return self.read(request)


class House:
    """The web room around one carrier, and an inbox that is a list."""

    def __init__(
        self, carrier: Carrier, *, token: str = "", url: str = "https://sms.example.org"
    ) -> None:
        self.kept: list[tuple[str, Parsed]] = []
        self.failure: Exception | None = None
        self.metrics = Metrics()
        provider = cast(Provider, carrier)
        doors = {"main": Door(channel="main", provider=provider, token=token, public_url=url)}
        self.app = build_app(
            doors, self.accept, ids=IDS, health=Health(checks={}), metrics=self.metrics
        )

    async def accept(self, channel: str, parsed: Parsed) -> str:
        if self.failure is not None:
            raise self.failure
        self.kept.append((channel, parsed))
        return "kept"

    async def call(
        self,
        path: str,
        body: bytes = b"",
        *,
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
        parts: int = 1,
    ) -> tuple[int, dict[str, str], bytes]:
        """One request straight into the app: status, headers, body."""
        path, _, query = path.partition("?")
        size = len(body) // parts + 1
        pieces = [body[n : n + size] for n in range(0, len(body), size)] or [b""]
        messages = [
            {"type": "http.request", "body": piece, "more_body": n < len(pieces) - 1}
            for n, piece in enumerate(pieces)
        ]
        sent: list[Any] = []

        async def receive() -> Any:
            return messages.pop(0)

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(n.encode(), v.encode()) for n, v in (headers or {}).items()],
        }
        await self.app(scope, receive, send)
        start, end = sent
        told = {name.decode(): value.decode() for name, value in start["headers"]}
        return start["status"], told, end["body"]

    def counted(self, result: str) -> bool:
        line = f'convo_webhooks_total{{channel="main",result="{result}"}} 1.0'
        return line in self.metrics.page()[0].decode()


# --- the way in ----------------------------------------------------------------------------------


async def test_what_is_kept_is_answered_as_the_provider_wants() -> None:
    house = House(Carrier())
    status, headers, body = await house.call("/in/main", b"a=1", parts=2)
    assert (status, headers["content-type"], body) == (202, "text/xml", b"<Response/>")
    assert headers["content-length"] == "11"
    assert house.kept == [("main", BROUGHT)]
    assert house.counted("kept")


class Fetching(Carrier):
    """An adapter that must fetch something before it can read."""

    def __init__(self, failure: Exception | None = None) -> None:
        super().__init__()
        self.failure = failure
        self.fetched: list[RawRequest] = []

    async def fetch(self, request: RawRequest) -> None:
        assert not self.requests, "it was read before"
        self.fetched.append(request)
        if self.failure is not None:
            raise self.failure


async def test_what_must_be_fetched_is_fetched_before_the_webhook_is_read() -> None:
    carrier = Fetching()
    house = House(carrier)
    assert (await house.call("/in/main", b"a=1"))[0] == 202
    assert carrier.fetched == carrier.requests
    assert len(house.kept) == 1


@pytest.mark.parametrize(
    ("failure", "status"), [(Unavailable("away"), 503), (BadSignature("forged"), 403)]
)
async def test_what_cannot_be_fetched_is_not_read(failure: Exception, status: int) -> None:
    carrier = Fetching(failure)
    house = House(carrier)
    told, headers, _ = await house.call("/in/main", b"a=1")
    assert (told, "retry-after" in headers) == (status, status == 503)
    assert (carrier.requests, house.kept) == ([], [])


async def test_the_adapter_gets_raw_bytes_and_the_configured_url() -> None:
    carrier = Carrier()
    house = House(carrier, token=TOKEN, url="https://public.example/sms")
    await house.call(
        f"/in/main/{TOKEN}?a=%20&b=+",
        b"\xff\x00",
        headers={"host": "evil.example", "x-forwarded-proto": "http", "x-a": "1"},
    )
    [request] = carrier.requests
    assert request.url == f"https://public.example/sms/in/main/{TOKEN}?a=%20&b=+"
    assert (request.method, request.query, request.body) == ("POST", b"a=%20&b=+", b"\xff\x00")
    assert request.headers["x-a"] == "1"


@pytest.mark.parametrize(
    "path", ["/in/other", "/in/", "/in/main/x/y", "/dlr/main", "/dlr/other/x", "/in//main"]
)
async def test_a_channel_that_is_not_there_is_404(path: str) -> None:
    assert (await House(Carrier()).call(path))[0] == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS"])
async def test_only_get_and_post_are_webhooks(method: str) -> None:
    status, headers, _ = await House(Carrier()).call("/in/main", method=method)
    assert (status, headers["allow"]) == (405, "GET, POST")


@pytest.mark.parametrize("end", ["", "/", "/wrong", f"/{TOKEN}x", f"/{TOKEN[:-1]}", "/\u00e9"])
async def test_an_unsigned_channel_is_entered_by_its_token_only(end: str) -> None:
    carrier = Carrier(unsigned=True)
    house = House(carrier, token=TOKEN)
    assert (await house.call(f"/in/main{end}"))[0] == 403
    assert carrier.requests == []
    assert house.counted("refused")
    assert (await house.call(f"/in/main/{TOKEN}"))[0] == 202


async def test_an_unsigned_channel_without_a_token_lets_nobody_in() -> None:
    carrier = Carrier(unsigned=True)
    for end in ("", "/", "/x"):
        assert (await House(carrier).call(f"/in/main{end}"))[0] == 403
    assert carrier.requests == []


async def test_a_signed_channel_may_have_a_token_too() -> None:
    house = House(Carrier(), token=TOKEN)
    assert (await house.call("/in/main"))[0] == 403
    assert (await house.call(f"/in/main/{TOKEN}"))[0] == 202


# --- reports -------------------------------------------------------------------------------------


async def test_a_report_with_our_signed_id_reaches_the_adapter() -> None:
    carrier = Carrier(unsigned=True)
    status, _, _ = await House(carrier).call(f"/dlr/main/{IDS.sign(OID)}?status=1", method="GET")
    assert (status, carrier.reported) == (202, [OID])


@pytest.mark.parametrize(
    "end",
    [
        OID,
        f"{OID}-",
        IDS.sign(OID)[:-1] + "x",
        IDS.sign("cd" * 16).replace("cd" * 16, OID),
        SignedIds([b"another secret"]).sign(OID),
        "-" + IDS.sign("").partition("-")[2],
        "\u00e9",
    ],
)
async def test_an_id_that_we_did_not_sign_is_refused(end: str) -> None:
    carrier = Carrier(unsigned=True)
    assert (await House(carrier).call(f"/dlr/main/{end}"))[0] == 403
    assert carrier.reported == []


def test_while_a_secret_is_replaced_both_are_taken() -> None:
    old, new = SignedIds([b"old"]), SignedIds([b"new", b"old"])
    assert new.verify(old.sign(OID)) == OID
    assert new.verify(new.sign(OID)) == OID
    assert old.verify(new.sign(OID)) is None


# --- what goes wrong -----------------------------------------------------------------------------


def raising(error: Exception) -> Reading:
    def read(_: RawRequest) -> Parsed:
        raise error

    return read


async def test_a_bad_signature_is_403_without_details_and_logged_without_a_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = House(Carrier(raising(BadSignature("It does not fit."))), token=TOKEN)
    status, _, body = await house.call(
        f"/in/main/{TOKEN}?From=%2B12025550101&Body=secret", method="GET"
    )
    assert (status, body) == (403, b"forbidden")
    assert "https://sms.example.org/in/main/...?From=...&Body=..." in caplog.text
    for hidden in (TOKEN, "12025550101", "secret"):
        assert hidden not in caplog.text


async def test_nonsense_is_400_and_says_why() -> None:
    house = House(Carrier(raising(WebhookRejected("There is no text."))))
    status, _, body = await house.call("/in/main")
    assert (status, body) == (400, b"There is no text.")
    assert house.counted("nonsense")


@pytest.mark.parametrize("failure", [Busy("full"), StoreUnavailable("gone")])
async def test_what_could_not_be_kept_is_503_with_a_time_to_try_again(failure: Exception) -> None:
    house = House(Carrier())
    house.failure = failure
    status, headers, _ = await house.call("/in/main")
    assert (status, headers["retry-after"]) == (503, "5")
    assert house.counted("not kept")


@pytest.mark.parametrize("where", ["reading", "keeping"])
async def test_a_bug_is_500_and_its_text_is_not_logged(
    where: str, caplog: pytest.LogCaptureFixture
) -> None:
    bug = ValueError(f"cannot read {NUMBER}")
    house = House(Carrier(raising(bug)) if where == "reading" else Carrier())
    house.failure = TimeoutError(NUMBER)
    status, _, body = await house.call("/in/main")
    assert (status, body) == (500, b"not kept")
    assert "Error at " in caplog.text
    assert NUMBER not in caplog.text


async def test_what_brings_nothing_is_answered_and_not_kept(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    nothing = Parsed(arrivals=(), answer=HttpAnswer(), ignored=("it is from a short code",))
    house = House(Carrier(lambda _: nothing))
    assert (await house.call("/in/main"))[0] == 200
    assert house.kept == []
    assert "short code" in caplog.text
    assert house.counted("ignored")


async def test_a_caller_that_hangs_up_is_not_answered() -> None:
    house = House(Carrier())
    messages = [
        {"type": "http.request", "body": b"a", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        raise AssertionError(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/in/main",
        "query_string": b"",
        "headers": [],
    }
    await house.app(scope, receive, send)
    assert house.kept == []


# --- limits, over a real socket ------------------------------------------------------------------


async def test_a_body_at_the_limit_is_read_and_one_byte_more_is_413() -> None:
    house = House(Carrier())
    assert (await house.call("/in/main", b"x" * MAX_WEBHOOK_BYTES, parts=7))[0] == 202
    status, headers, _ = await house.call("/in/main", b"x" * (MAX_WEBHOOK_BYTES + 1), parts=7)
    assert (status, headers["connection"]) == (413, "close")
    assert house.counted("too long")


PIECE = 65_536


@asynccontextmanager
async def served(house: House) -> AsyncIterator[int]:
    config = uvicorn.Config(house.app, port=0, log_level="error", proxy_headers=False)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await running


async def answered(port: int, data: bytes) -> bytes:
    """Everything the server says to `data` until it closes.

    One that closes with some of `data` unread resets the connection behind its answer.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    answer = b""
    async with asyncio.timeout(60):
        with suppress(ConnectionResetError):
            while piece := await reader.read(PIECE):
                answer += piece
    writer.close()
    return answer


async def test_a_body_that_is_too_long_is_413_before_it_is_read() -> None:
    async with served(House(carrier := Carrier())) as port:
        head = b"POST /in/main HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n"
        assert (await answered(port, head + b"x" * 100)).startswith(b"HTTP/1.1 413")
        chunked = b"POST /in/main HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunks = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        assert (await answered(port, chunked + chunks * 5)).startswith(b"HTTP/1.1 413")
    assert carrier.requests == []


async def test_a_body_that_drips_in_is_408(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "READ_SECONDS", 0.2)
    async with served(house := House(Carrier())) as port:
        head = b"POST /in/main HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc"
        assert (await answered(port, head)).startswith(b"HTTP/1.1 408")
    assert house.counted("too slow")


async def test_a_webhook_over_a_real_socket_is_kept() -> None:
    async with served(house := House(Carrier())) as port:
        data = b"POST /in/main?a=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close"
        assert (await answered(port, data + b"\r\n\r\na=1")).startswith(b"HTTP/1.1 202")
    assert len(house.kept) == 1


def test_a_door_does_not_show_its_token() -> None:
    door = Door(
        channel="main", provider=cast(Provider, Carrier()), token=TOKEN, public_url="https://x"
    )
    assert TOKEN not in repr(door)
