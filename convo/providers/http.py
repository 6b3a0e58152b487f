"""The one room that talks HTTP to providers, and says of every failure whether it may be a send.

A send is an HTTP/1.1 POST that must never be repeated by accident: so nothing here retries,
follows a redirect or reads proxies from the environment. Until the first byte of a request is
handed to the socket a failure is `Unavailable`; from then on it is `SendUncertain`, also on a
kept connection that the other side had closed in the meantime.
"""

import asyncio
import math
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, cast

import httptools
import msgspec

from convo.errors import ConfigError, SendUncertain, Unavailable
from convo.providers.in_time import still_ours
from convo.sentences import sentence

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
"""From the last byte of the request to the last of the answer. Twilio gives up after 26 s."""

MAX_ANSWER_BYTES = 1_048_576
"""Head and body as they come over the wire."""

MAX_CONNECTIONS = 256
"""To one host; who finds them all taken waits for one as long as it may take to connect."""

IDLE_SECONDS = 4.0
"""How long an unused connection is trusted; the shortest known server closes its own after 5 s."""

_URL = re.compile(r"(https?)://([^/?#@\s\\]+)((?:[/?][!\"$-~]*)?)\Z", re.ASCII)
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?\Z", re.ASCII)
_HEADER = re.compile(r"[!-~]+: [ -~]*\Z", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer, whatever its status. Names of headers in lower case, the last of equal ones."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """The body as JSON, or None when it is none."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None

    def retry_after(self) -> float | None:
        """Seconds that the answer asks to wait (RFC 9110, 10.2.3), None when it does not say."""
        return seconds_to_wait(self.headers.get("retry-after", ""), self.headers.get("date", ""))


def seconds_to_wait(value: str, now: str) -> float | None:
    """A `Retry-After` in seconds; a date is read against the sender's own `now`."""
    if value.strip().isascii() and value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - parsedate_to_datetime(now)).total_seconds())
    except (ValueError, TypeError):
        return None


@dataclass(frozen=True, slots=True)
class _Origin:
    secure: bool
    host: str
    port: int


class HttpClient:
    """Keeps connections to a few hosts. Belongs to one event loop, from its first request on."""

    def __init__(
        self,
        *,
        connect: float = CONNECT_SECONDS,
        read: float = READ_SECONDS,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._connect_seconds = connect
        self._read_seconds = read
        self._trust = trust
        self._pools: dict[_Origin, _Pool] = {}
        self._origins: dict[tuple[str, str], _Origin] = {}
        self._closed = False

    async def post(
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str],
        method: str = "POST",
        connect: float | None = None,
        read: float | None = None,
        leave_by: float = math.inf,
    ) -> Response:
        """Send `body` once. `headers` name its content type. Raises `LeaseOver` behind
        `leave_by`, which is looked at when the connection is open."""
        return await self._request(method, url, body, headers, connect, read, leave_by)

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        connect: float | None = None,
        read: float | None = None,
        leave_by: float = math.inf,
    ) -> Response:
        """Ask once; some are sent to by asking."""
        return await self._request("GET", url, None, headers or {}, connect, read, leave_by)

    async def close(self) -> None:
        """Let go of every connection; one in use breaks, which leaves its message in doubt."""
        self._closed = True
        for pool in self._pools.values():
            for connection in tuple(pool.open):
                connection.abort()
        await asyncio.sleep(0)  # which lets the transports end

    async def _request(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        connect: float | None,
        read: float | None,
        leave_by: float,
    ) -> Response:
        connect = self._connect_seconds if connect is None else connect
        read = self._read_seconds if read is None else read
        scheme, authority, target = _split(url)
        origin = self._origins.get((scheme, authority))
        if origin is None:
            origin = self._origins[scheme, authority] = _origin(scheme, authority)
        data = _request_bytes(method, authority, target, headers, body)
        if self._closed:
            raise Unavailable(sentence("{host}: we are closing", host=origin.host))
        pool = self._pools.get(origin)
        if pool is None:
            pool = self._pools[origin] = _Pool()
        await self._take_place(pool, origin, connect)
        try:
            connection = pool.unused()
            if connection is None:
                connection = await self._connect(pool, origin, connect)
            response = await connection.exchange(data, read, leave_by)
            if connection.keeps:
                pool.put_back(connection)
            return response
        finally:
            pool.places.release()

    async def _take_place(self, pool: "_Pool", origin: _Origin, within: float) -> None:
        if not pool.places.locked():
            await pool.places.acquire()
            return
        try:
            async with asyncio.timeout(within):
                await pool.places.acquire()
        except TimeoutError:
            raise Unavailable(
                sentence(
                    "{host}: no connection came free in {seconds} s",
                    host=origin.host,
                    seconds=f"{within:g}",
                )
            ) from None

    async def _connect(self, pool: "_Pool", origin: _Origin, within: float) -> "_Connection":
        trust = None
        if origin.secure:
            trust = self._trust = self._trust or ssl.create_default_context()
        try:
            async with asyncio.timeout(within):
                _, connection = await asyncio.get_running_loop().create_connection(
                    lambda: _Connection(origin.host, pool), origin.host, origin.port, ssl=trust
                )
        except TimeoutError:
            raise Unavailable(
                sentence(
                    "{host}: no connection in {seconds} s", host=origin.host, seconds=f"{within:g}"
                )
            ) from None
        except (OSError, UnicodeError) as error:
            raise Unavailable(
                sentence(
                    "{host}: no connection ({error})", host=origin.host, error=type(error).__name__
                )
            ) from None
        return connection


class _Pool:
    def __init__(self) -> None:
        self.places = asyncio.Semaphore(MAX_CONNECTIONS)
        self.open: set[_Connection] = set()
        self._unused: list[_Connection] = []
        self._now = asyncio.get_running_loop().time

    def unused(self) -> "_Connection | None":
        """The one used last, if it can still be trusted."""
        now = self._now()
        while self._unused:
            connection = self._unused.pop()
            if not connection.closed and connection.trusted_until > now:
                return connection
            connection.abort()
        return None

    def put_back(self, connection: "_Connection") -> None:
        now = self._now()
        connection.trusted_until = now + connection.idle_seconds
        while self._unused and self._unused[0].trusted_until <= now:
            self._unused.pop(0).abort()
        self._unused.append(connection)


class _Connection(asyncio.Protocol):
    """One request and its answer at a time."""

    def __init__(self, host: str, pool: _Pool) -> None:
        self._host = host
        self._pool = pool
        self._parser = httptools.HttpResponseParser(self)
        self._waiting: asyncio.Future[Response] | None = None
        self._status = 0
        self._headers: dict[str, str] = {}
        self._body = b""
        self._received = 0
        self.closed = False
        self.keeps = False
        self.idle_seconds = IDLE_SECONDS
        self.trusted_until = 0.0

    async def exchange(self, data: bytes, read: float, leave_by: float) -> Response:
        """Write `data` and read its answer; whatever happens behind the write may be a send."""
        loop = asyncio.get_running_loop()
        waiting = self._waiting = loop.create_future()
        self._status, self._received, self.keeps = 0, 0, False
        late = loop.call_later(
            read, lambda: self._fail(sentence("no answer in {seconds} s", seconds=f"{read:g}"))
        )
        try:
            still_ours(leave_by, loop.time)
            self._transport.write(data)
            return await waiting
        finally:
            late.cancel()
            self._waiting = None
            if not self.keeps:
                self.abort()

    def abort(self) -> None:
        self.closed = True
        self._transport.abort()

    def _fail(self, why: str) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(
                SendUncertain(
                    sentence(
                        "{host}: {why}; the request may have been taken", host=self._host, why=why
                    )
                )
            )

    def _answer(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(
                Response(status=self._status, headers=self._headers, body=self._body)
            )

    # --- asyncio's side -----------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._pool.open.add(self)

    def data_received(self, data: bytes) -> None:
        if self._waiting is None or self._waiting.done():
            self.keeps = False
            self.abort()
            return
        self._received += len(data)
        if self._received > MAX_ANSWER_BYTES:
            self._fail(sentence("the answer is longer than {bytes} bytes", bytes=MAX_ANSWER_BYTES))
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            # What follows a whole answer spoils the connection, not the answer.
            self.keeps = False
            self._fail(sentence("the answer is not HTTP"))

    def eof_received(self) -> bool:
        self.closed = True
        if self._status and not {"content-length", "transfer-encoding"} & self._headers.keys():
            self._answer()
        self._fail(sentence("closed before its answer was whole"))
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.closed, self.keeps = True, False
        self._pool.open.discard(self)
        self._fail(sentence("closed before its answer was whole"))

    # --- the parser's side --------------------------------------------------------------------

    def on_message_begin(self) -> None:
        if self._status:  # more than we asked for
            self.keeps = False
            return
        self._headers, self._body = {}, b""

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        self._status = status if status >= 200 else 0

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        if not self._status:  # 1xx: the answer is still to come
            return
        self.keeps = self._parser.should_keep_alive() and not self.closed
        if "keep-alive" in self._headers:
            self.idle_seconds = _idle_seconds(self._headers["keep-alive"])
        self._answer()


def _idle_seconds(keep_alive: str) -> float:
    """How long a server that says `timeout=5` is trusted: a second less, and never for long."""
    told = re.search(r"timeout=(\d{1,4})", keep_alive)
    return min(60.0, float(told[1]) - 1) if told else IDLE_SECONDS


def _split(url: str) -> tuple[str, str, str]:
    parts = _URL.match(url)
    if parts is None:
        raise ConfigError("The provider's URL is not one: http(s)://host/path, percent-encoded.")
    scheme, authority, target = parts.groups()
    return scheme, authority, target if target.startswith("/") else "/" + target


def _origin(scheme: str, authority: str) -> _Origin:
    parts = _HOST.match(authority)
    if parts is None or not 0 < int(parts[2] or 80) < 65_536:
        raise ConfigError("The provider's URL names no host that can be called.")
    default = 443 if scheme == "https" else 80
    return _Origin(scheme == "https", parts[1].strip("[]"), int(parts[2] or default))


def _request_bytes(
    method: str, authority: str, target: str, headers: Mapping[str, str], body: bytes | None
) -> bytes:
    lines = [f"{name}: {value}" for name, value in ({"Accept": "*/*"} | dict(headers)).items()]
    if not all(map(_HEADER.match, lines)):
        raise ConfigError("A header for the provider has characters that no header may have.")
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join((f"{method} {target} HTTP/1.1", f"Host: {authority}", _ALWAYS, *lines))
    return f"{head}\r\n\r\n".encode("ascii") + (body or b"")


_ALWAYS = "User-Agent: convo\r\nAccept-Encoding: identity"
