"""Signing in and out, and one's own password."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from convo.console.forms import BadForm, posted
from convo.console.frame import HOME, PAGES, SIGN_IN, SIGN_OUT, Frame
from convo.console.language import page_language
from convo.console.passwords import LONGEST, SHORTEST, Crowded, Passwords, is_long_enough
from convo.console.sign_ins import SignIns, with_password
from convo.console.slowing import Slowing
from convo.console.speech.account import ACCOUNT, SIGNING_IN
from convo.console.speech.frame import ROLE_SAYS, ROLE_WORDS
from convo.core.people import ROLES, Person, Visitor, person_name
from convo.ports.register import Register

COOKIE = "convo-console"
LONGEST_NAME = 40
_RULE = {"shortest": SHORTEST, "longest": LONGEST}
_COMMAND = "convo user add NAME --role admin"


class _Slowed(Exception):
    """Too many tries: this one was not looked at. Bears the seconds to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The way in by name and password."""

    frame: Frame
    register: Register
    sign_ins: SignIns
    passwords: Passwords
    slowing: Slowing
    #: Whether browsers come by TLS, so that the cookie must not travel without.
    by_tls: bool

    def open_routes(self) -> Sequence[Route]:
        """For everybody."""
        return (
            Route(SIGN_IN, self.form),
            Route(SIGN_IN, self.sign_in, methods=["POST"]),
            Route(SIGN_OUT, self.sign_out, methods=["POST"]),
        )

    def routes(self) -> Sequence[Route]:
        """For who has signed in."""
        path = PAGES["account"].path
        return (Route(path, self.page), Route(path, self.change, methods=["POST"]))

    # --- the entrance -------------------------------------------------------------------------

    async def visitor(self, asked: HTTPConnection) -> Visitor | None:
        # What a script of a page asks for is no sign of anybody before the screen.
        by_hand = asked.headers.get("sec-fetch-dest", "document") != "empty"
        return await self.sign_ins.visitor(asked.cookies.get(COOKIE, ""), by_hand=by_hand)

    def stranger(self, asked: HTTPConnection) -> Response:
        if asked.scope["method"] != "GET":
            return PlainTextResponse("You are not signed in.", 401)
        path, query = asked.url.path, asked.url.query
        to = quote(f"{path}?{query}" if query else path)
        # A part of a page that was asked for by itself must not show the sign-in within it.
        if asked.headers.get("sec-fetch-dest", "document") != "document":
            return PlainTextResponse("You are not signed in.", 401)
        return RedirectResponse(f"{SIGN_IN}?next={to}", 303)

    def unfit(self, request: Request) -> Response:
        words = ROLE_WORDS[page_language(request)]
        role = words[request.state.visitor.role]
        return self.frame.message(
            request, "unfit_title", "unfit", 403, role=role, least=words[request.state.least]
        )

    # --- signing in and out -------------------------------------------------------------------

    async def form(self, request: Request) -> Response:
        """Asks for name and password."""
        if request.state.visitor is not None:
            return RedirectResponse(_local(request.query_params.get("next", "")), 303)
        return await self._form(request)

    async def _form(
        self, request: Request, wrong: str = "", status: int = 200, name: str = "", wait: int = 0
    ) -> Response:
        told = SIGNING_IN[page_language(request)]
        answer = self.frame.draw(
            request,
            "sign_in.html",
            SIGNING_IN,
            status=status,
            wrong=told[wrong].format(wait) if wrong else "",
            name=name,
            to=_local(request.query_params.get("next", "")),
            command="" if await self.register.people() else _COMMAND,
        )
        if wait:
            answer.headers["retry-after"] = str(wait)
        return answer

    async def sign_in(self, request: Request) -> Response:
        """Let somebody in who knows the password of a name."""
        try:
            fields = await posted(request)
        except BadForm:
            return await self._form(request, "wrong", 400)
        written = fields.get("name", "")[:LONGEST_NAME]
        try:
            person = await self._known(request, written, fields.get("password", ""))
        except _Slowed as slowed:
            return await self._form(request, "wait", 429, written, slowed.seconds)
        except Crowded:
            return await self._form(request, "crowded", 503, written)
        if person is None:
            return await self._form(request, "wrong", 401, written)
        await self.sign_ins.end(request.cookies.get(COOKIE, ""))
        return await self._come_in(person, _local(request.query_params.get("next", "")))

    async def _known(self, request: Request, written: str, password: str) -> Person | None:
        """Who this is. Raises `_Slowed`, `Crowded`."""
        name = person_name(written) or ""
        address = request.client.host if request.client else ""
        if wait := self.slowing.wait(name, address):
            raise _Slowed(-(-wait // 1_000))
        self.slowing.tries(name, address)
        person = await self.register.person(name) if name else None
        hash = person.password if person is not None else None
        if len(password) > LONGEST or not await self.passwords.fits(password, hash):
            return None
        self.slowing.succeeded(name, address)
        return person

    async def _come_in(self, person: Person, to: str) -> Response:
        token = await self.sign_ins.begin(person)
        answer = RedirectResponse(to, 303)
        answer.set_cookie(
            COOKIE, token, httponly=True, samesite="lax", path="/console", secure=self.by_tls
        )
        return answer

    async def sign_out(self, request: Request) -> Response:
        await self.sign_ins.end(request.cookies.get(COOKIE, ""))
        answer = RedirectResponse(SIGN_IN, 303)
        answer.delete_cookie(COOKIE, path="/console")
        return answer

    # --- one's own password -------------------------------------------------------------------

    async def page(self, request: Request) -> Response:
        return self._page(request, changed="changed" in request.query_params)

    def _page(
        self,
        request: Request,
        wrong: str = "",
        status: int = 200,
        wait: int = 0,
        changed: bool = False,
    ) -> Response:
        language = page_language(request)
        told = {**SIGNING_IN[language], **ACCOUNT[language]}
        visitor: Visitor = request.state.visitor
        return self.frame.draw(
            request,
            "account.html",
            ACCOUNT,
            here="account",
            status=status,
            may=[ROLE_SAYS[language][role] for role in ROLES if visitor.may(role)],
            rule=told["rule"].format(**_RULE),
            wrong=told[wrong].format(wait, **_RULE) if wrong else "",
            wrong_in=_WRONG_IN.get(wrong, ""),
            changed=changed,
        )

    async def change(self, request: Request) -> Response:
        """A new password for who knows the old one; all their sign-ins end but this one."""
        try:
            fields = await posted(request)
        except BadForm:
            return self._page(request, "wrong", 400)
        new = fields.get("new", "")
        if new != fields.get("again", ""):
            return self._page(request, "differ", 422)
        if not is_long_enough(new):
            return self._page(request, "unfit_password", 422)
        name = request.state.visitor.name
        try:
            if await self._known(request, name, fields.get("old", "")) is None:
                return self._page(request, "wrong_old", 401)
            hash = await self.passwords.hashed(new)
        except _Slowed as slowed:
            return self._page(request, "wait", 429, slowed.seconds)
        except Crowded:
            return self._page(request, "crowded", 503)
        # Hashing takes its time: what was decided meanwhile about the person counts.
        known = await self.register.person(name)
        if known is None:
            return self.stranger(request)
        person = with_password(name, known.role, hash)
        await self.register.admit(person)
        return await self._come_in(person, f"{PAGES['account'].path}?changed")


_WRONG_IN: Mapping[str, str] = {"wrong_old": "old", "unfit_password": "new", "differ": "again"}
"""The field that each fault of a new password is in."""


def _local(to: str) -> str:
    """Where a sign-in leads: to a page of ours and nowhere else."""
    parts = urlsplit(to)
    ours = not parts.scheme and not parts.netloc and parts.path.startswith(f"{HOME}/")
    return to if ours and "\\" not in to and parts.path != SIGN_IN else HOME
