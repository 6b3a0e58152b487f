"""Who may ask for a page, and what a page may do in the browser.

Nothing is loaded from elsewhere, no script runs but ours, and a change is made only by our own
pages: browsers say where a request comes from (Sec-Fetch-Site, Origin), and no other site can make
them lie.
"""

import ipaddress
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import ASGIApp, ExceptionHandler, Message, Receive, Scope, Send

from convo.core.people import Role, Visitor

#: For every answer, beside a policy of its own.
HEADERS: Mapping[str, str] = {
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_READS = frozenset(("GET", "HEAD"))

#: The least role that a route is for; None lets everybody in who knows our name.
Least = Role | None
#: Routes under the least role that they are for; what comes first is tried first.
Rooms = Sequence[tuple[Least, Sequence[BaseRoute]]]
NOTHING: Mapping[type[Exception], ExceptionHandler] = {}


class Entrance(Protocol):
    """How people come in: by the link of `convo dev`, or by name and password."""

    async def visitor(self, asked: HTTPConnection) -> Visitor | None:
        """Whoever asks, once they have come in."""
        ...

    def stranger(self, asked: HTTPConnection) -> Response:
        """What somebody is told who has not."""
        ...

    def unfit(self, request: Request) -> Response:
        """What somebody is told whose role is too small."""
        ...


def policy(nonce: str) -> str:
    """What the browser lets a page do: strict, without eval, and with files of ours alone."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
        "img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    )


def guarded(
    rooms: Rooms,
    entrance: Entrance,
    called: Callable[[str], bool],
    failing: Mapping[type[Exception], ExceptionHandler] = NOTHING,
) -> ASGIApp:
    """The routes behind the entrance, each for its least role: there is no way to leave it out.

    `called` tells whether a name in Host is one of this
    server's. Any other is somebody's who pointed it here (DNS rebinding), and is refused.
    """
    site = Starlette(
        routes=[_Guarded(route, least, entrance) for least, routes in rooms for route in routes],
        exception_handlers=failing,
    )

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonce = secrets.token_urlsafe(16)
        asked = HTTPConnection(scope)
        asked.state.nonce = nonce
        answer = _refused(asked, called)
        await (answer or site)(scope, receive, _with_headers(send, nonce))

    return app


class _Guarded(BaseRoute):
    """A route, and who may use it."""

    def __init__(self, route: BaseRoute, least: Least, entrance: Entrance) -> None:
        self._route = route
        self._least: Least = least
        self._entrance = entrance

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return self._route.matches(scope)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._least is None and isinstance(self._route, Mount):
            # Files for everybody: they are there also when the store is away, who asks or not.
            return await self._route.handle(scope, receive, send)
        request = Request(scope)
        visitor = await self._entrance.visitor(request)
        request.state.visitor, request.state.least = visitor, self._least
        if self._least is not None:
            if visitor is None:
                return await self._entrance.stranger(request)(scope, receive, send)
            if not visitor.may(self._least):
                return await self._entrance.unfit(request)(scope, receive, send)
        return await self._route.handle(scope, receive, send)


def _refused(asked: HTTPConnection, called: Callable[[str], bool]) -> Response | None:
    if not called(asked.headers.get("host", "")):
        return PlainTextResponse("This server has another name.", 421)
    if asked.scope["method"] not in _READS and not _is_ours(asked):
        return PlainTextResponse("This was not asked by a page of ours.", 403)
    return None


def _is_ours(asked: HTTPConnection) -> bool:
    site = asked.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    # Older browsers. Before a proxy that does TLS the scheme here is not the browser's.
    origin = urlsplit(asked.headers.get("origin", ""))
    return origin.scheme in ("http", "https") and origin.netloc == asked.headers.get("host", "")


def names_of(public_url: str, more: Sequence[str]) -> Callable[[str], bool]:
    """Whether Host is a name by which the console may be called.

    These are the public URL's, those of convo.toml, localhost and all addresses in figures: names
    alone can be pointed at somebody else's server.
    """
    known = frozenset(
        each.casefold() for each in ("localhost", urlsplit(public_url).hostname or "", *more)
    ) - {""}

    def called(host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name in known or _is_address(name)

    return called


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _with_headers(send: Send, nonce: str) -> Send:
    told = {**HEADERS, "content-security-policy": policy(nonce)}
    bare = [(name.encode(), value.encode()) for name, value in told.items()]

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *bare]
        await send(message)

    return sending
