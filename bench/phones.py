"""Many phones and one provider in a process of their own: texts go out, replies come in.

The provider is a bare HTTP server that answers every POST with 201 at once and tells the phone
that it was for. A turn is counted from the first byte of a text's webhook to the reply's POST.
"""

import asyncio
import base64
import hashlib
import hmac
import itertools
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

import httptools

TEXTS = ("book", "1", "tomorrow 3pm", "yes")
OURS = "+12025550100"
ACCOUNT = "AC00000000000000000000000000000001"
#: What Twilio signs with, and the URL that it signs.
TOKEN = "0123456789abcdef0123456789abcdef"
PUBLIC = "https://sms.example.org/in/main"
PATIENCE_S = 20.0

LISTED = b'{"messages": [], "next_page_uri": null}'
"""To whoever asks what was sent, or received: nothing that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the phones saw: turns, over how long, and the latency of each in seconds."""

    turns: int
    seconds: float
    latencies: list[float]

    @property
    def rate(self) -> float:
        return self.turns / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(slots=True)
class Posted:
    """How many texts the provider has taken."""

    count: int = 0
    #: Whose they were.
    numbers: set[str] = field(default_factory=set)


class Provider(asyncio.Protocol):
    """One connection of the provider."""

    def __init__(self, waiting: dict[str, asyncio.Future[None]], posted: Posted) -> None:
        self.waiting = waiting
        self.posted = posted
        self.body: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self.body.append(body)

    def on_message_complete(self) -> None:
        if self.parser.get_method() == b"GET":
            self.answer(200, LISTED)
            return
        form = dict(parse_qsl(b"".join(self.body).decode()))
        self.body = []
        self.posted.count += 1
        self.posted.numbers.add(form["To"])
        sid = self.posted.count
        answer = b'{"sid": "SM%032d", "status": "queued", "num_segments": "1"}' % sid
        self.answer(201, answer)
        phone = self.waiting.pop(form["To"], None)
        if phone is not None and not phone.done():
            phone.set_result(None)

    def answer(self, status: int, body: bytes) -> None:
        head = b"HTTP/1.1 %d Said\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        self.transport.write(head % (status, len(body)) + body)  # pyright: ignore[reportAttributeAccessIssue]


class Line(asyncio.Protocol):
    """One kept-alive connection to the bot, which answers each webhook in its own time."""

    def __init__(self) -> None:
        self.answered: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.parser = httptools.HttpResponseParser(self)

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_message_complete(self) -> None:
        status = self.parser.get_status_code()
        if self.answered is not None and not self.answered.done():
            self.answered.set_result(status)

    async def post(self, request: bytes) -> None:
        self.answered = asyncio.get_running_loop().create_future()
        self.transport.write(request)  # pyright: ignore[reportAttributeAccessIssue]
        status = await self.answered
        if status != 200:
            raise RuntimeError(f"the bot answered {status}")


def webhook(number: str, text: str, n: int) -> bytes:
    """A text as Twilio posts it, signed."""
    form = {
        "MessageSid": f"SM{n:032d}",
        "AccountSid": ACCOUNT,
        "From": number,
        "To": OURS,
        "Body": text,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
    }
    signed = PUBLIC + "".join(name + form[name] for name in sorted(form))
    signature = base64.b64encode(hmac.digest(TOKEN.encode(), signed.encode(), hashlib.sha1))
    body = urlencode(form).encode()
    return (
        b"POST /in/main HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n"
        b"X-Twilio-Signature: %s\r\nContent-Length: %d\r\n\r\n%s" % (signature, len(body), body)
    )


class Town:
    """All phones, their provider, and the numbers that they have not used yet."""

    def __init__(
        self,
        port: int,
        provider: asyncio.Server,
        waiting: dict[str, asyncio.Future[None]],
        posted: Posted,
    ):
        self.port = port
        self.posted = posted
        self.provider = provider
        self.waiting = waiting
        self.numbers = itertools.count(13_000_000_000)
        self.ids = itertools.count(1)

    @classmethod
    async def opened(cls, bot_port: int, provider_port: int) -> "Town":
        waiting: dict[str, asyncio.Future[None]] = {}
        posted = Posted()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: Provider(waiting, posted), "127.0.0.1", provider_port
        )
        return cls(bot_port, server, waiting, posted)

    async def measure(self, *, lines: int, conversations: int, rate: float = 0) -> Measured:
        """Hold conversations over so many connections; `rate` paces them (turns a second)."""
        per_line = conversations // lines
        plans = [[self._conversation() for _ in range(per_line)] for _ in range(lines)]
        latencies: list[float] = []
        started = time.perf_counter()
        await asyncio.gather(
            *(
                self._line(plan, latencies, lines / rate if rate else 0.0, n / max(rate, 1))
                for n, plan in enumerate(plans)
            )
        )
        seconds = time.perf_counter() - started
        return Measured(turns=len(latencies), seconds=seconds, latencies=latencies)

    def _conversation(self) -> tuple[str, list[bytes]]:
        number = f"+86{next(self.numbers)}"
        return number, [webhook(number, text, next(self.ids)) for text in TEXTS]

    async def _line(
        self,
        plan: list[tuple[str, list[bytes]]],
        latencies: list[float],
        pause: float,
        delay: float,
    ) -> None:
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(Line, "127.0.0.1", self.port)
        next_at = time.perf_counter() + delay
        for number, requests in plan:
            for request in requests:
                if pause:
                    await asyncio.sleep(max(0.0, next_at - time.perf_counter()))
                    next_at += pause
                replied = self.waiting[number] = loop.create_future()
                began = time.perf_counter()
                posted = asyncio.ensure_future(line.post(request))
                await asyncio.wait_for(replied, PATIENCE_S)
                latencies.append(time.perf_counter() - began)
                await posted
        line.transport.close()
