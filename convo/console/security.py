"""Who may ask for a page, and what a page may do in the browser.

Nothing is loaded from elsewhere, no script runs but ours, and a change is made only by our own
pages: browsers say where a request comes from (Sec-Fetch-Site, Origin), and no other site can make
them lie.
"""

import hmac
import secrets
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

COOKIE = "convo-dev"
SIGN_IN = "/signin"

#: For every page: strict, without eval; the drawing's colours come from the style sheet.
HEADERS: Mapping[str, str] = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
}
_READS = frozenset(("GET", "HEAD"))
_NOT_SIGNED_IN = (
    "You are not signed in here. Open the link that `convo dev` has printed in the terminal; it is "
    "good once. Start `convo dev` again for a new one."
)


class SignIn:
    """One link, good once; who has used it bears a cookie for as long as this process lives."""

    def __init__(self) -> None:
        self._link: str | None = secrets.token_urlsafe(24)
        self._sessions: set[str] = set()

    @property
    def path(self) -> str:
        """Where the link leads; empty once it was used."""
        return f"{SIGN_IN}?token={self._link}" if self._link else ""

    def used(self, token: str) -> str | None:
        """The session that the link gives, the first time; None for any other token."""
        if self._link is None or not hmac.compare_digest(token.encode(), self._link.encode()):
            return None
        self._link = None
        session = secrets.token_urlsafe(24)
        self._sessions.add(session)
        return session

    def knows(self, session: str) -> bool:
        return session in self._sessions


def guarded(pages: ASGIApp, sign_in: SignIn, hosts: frozenset[str]) -> ASGIApp:
    """The pages behind the sign-in; `hosts` are the names by which this server may be called.

    Any other name in Host is somebody's who pointed it here (DNS rebinding), and is refused.
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        answer = _refused(scope, sign_in, hosts)
        await (answer or pages)(scope, receive, _with_headers(send))

    return app


def _refused(scope: Scope, sign_in: SignIn, hosts: frozenset[str]) -> Response | None:
    asked = HTTPConnection(scope)
    if asked.headers.get("host", "") not in hosts:
        return PlainTextResponse("This server has another name.", 421)
    if scope["method"] not in _READS and not _is_ours(asked):
        return PlainTextResponse("This was not asked by a page of ours.", 403)
    if asked.url.path == SIGN_IN:
        session = sign_in.used(asked.query_params.get("token", ""))
        if session is None:
            return PlainTextResponse(_NOT_SIGNED_IN, 403)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(COOKIE, session, httponly=True, samesite="strict", path="/")
        return answer
    if not sign_in.knows(_session(asked)):
        return PlainTextResponse(_NOT_SIGNED_IN, 401)
    return None


def _is_ours(asked: HTTPConnection) -> bool:
    site = asked.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = asked.headers.get("origin", "")
    return origin == f"{asked.url.scheme}://{asked.headers.get('host', '')}"


def _session(asked: HTTPConnection) -> str:
    try:
        morsel = SimpleCookie(asked.headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel is not None else ""


def _with_headers(send: Send) -> Send:
    bare = [(name.encode(), value.encode()) for name, value in HEADERS.items()]

    async def sending(message: "dict[str, object]") -> None:
        if message["type"] == "http.response.start":
            told = message.get("headers", ())
            message["headers"] = [*told, *bare]  # pyright: ignore[reportGeneralTypeIssues]
        await send(message)  # pyright: ignore[reportArgumentType]

    return sending  # pyright: ignore[reportReturnType]
