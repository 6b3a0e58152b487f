"""The way into `convo dev`: a link that is good once, for whoever reads the terminal."""

import hmac
import secrets
from collections.abc import Sequence

from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from convo.core.people import Visitor

COOKIE = "convo-dev"
SIGN_IN = "/signin"
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

    def routes(self) -> Sequence[Route]:
        """For everybody."""
        return (Route(SIGN_IN, self._answer),)

    async def visitor(self, asked: HTTPConnection) -> Visitor | None:
        """Whoever runs `convo dev` may do everything: the files are theirs."""
        return _OWNER if asked.cookies.get(COOKIE) in self._sessions else None

    def stranger(self, asked: HTTPConnection) -> Response:  # noqa: ARG002 - all are told the same
        return PlainTextResponse(_NOT_SIGNED_IN, 401)

    def unfit(self, request: Request) -> Response:
        return self.stranger(request)

    async def _answer(self, request: Request) -> Response:
        session = self.used(request.query_params.get("token", ""))
        if session is None:
            return PlainTextResponse(_NOT_SIGNED_IN, 403)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(COOKIE, session, httponly=True, samesite="strict", path="/")
        return answer


_OWNER = Visitor(name="", role="admin")
