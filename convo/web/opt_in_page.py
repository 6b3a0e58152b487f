"""The page behind a one-time opt-in link: its button is the yes, and a look at it is none."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from convo.core.business import Business, Programme
from convo.core.contacts import EVERYTHING, Consent
from convo.core.numbers import PhoneNumber
from convo.core.opt_in_links import PATH, Joining, joining_of
from convo.errors import StoreError
from convo.language.phrases import phrase
from convo.policy.consent import confirm_within
from convo.ports import Clock
from convo.web.button_page import page

Acts = Callable[[PhoneNumber], Awaitable[Sequence[Consent]]]


class Join(Protocol):
    """Keeps a yes: to which request, by which link, what its page showed, and which event asked."""

    async def __call__(self, joining: Joining, *, link: str, shown: str, asked_by: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OptInPage:
    """Both sides of the page. `acts` tells where a contact stands, `join` keeps their yes."""

    business: Business
    secret: bytes = field(repr=False)
    clock: Clock
    acts: Acts
    join: Join

    def routes(self) -> Sequence[Route]:
        """Where the page is."""
        return (Route(PATH + "{token}", self.answer, methods=["GET", "HEAD", "POST"]),)

    async def answer(self, request: Request) -> HTMLResponse:
        """404 for a link that is not ours, 410 for one whose request is over; 503 when the yes is
        not kept."""
        token = request.path_params["token"]
        joining = joining_of(token, self.secret)
        if joining is None:
            return self._page(self.business.languages[0], "opt_in_page.closed", status=404)
        language = joining.language
        about = self._programme(joining).told(language)
        asking, button = phrase("opt_in_page.ask", language, about=about), _button(language)
        try:
            asked = _newest(await self.acts(joining.contact), joining.programme)
            standing = self._standing(asked, token, joining)
            if standing == "open" and request.method == "POST" and asked is not None:
                shown = f"{self.business.name}: {asking} [{button}]"
                link = self.business.public_url.rstrip("/") + PATH + token
                await self.join(joining, link=link, shown=shown, asked_by=asked.event)
                standing = "taken"
        except StoreError:
            return self._page(language, "opt_in_page.failed", button=button, status=503)
        if standing == "open":
            return page(business=self.business.name, language=language, said=asking, button=button)
        if standing == "taken":
            return self._page(language, "opt_in_page.done")
        return self._page(language, "opt_in_page.closed", status=410)

    def _standing(
        self, newest: Consent | None, token: str, joining: Joining
    ) -> Literal["open", "taken", "closed"]:
        """Whether the request that bears this very link is open, was answered by it, or is over."""
        match newest:
            case Consent(state="asked", proof=proof, at=at) if token in proof:
                within = confirm_within(joining.programme, self.business)
                return "open" if self.clock() < at + within else "closed"
            case Consent(state="given", origin=origin) if origin.evidence.endswith(token):
                return "taken"
            case _:
                return "closed"

    def _programme(self, joining: Joining) -> Programme:
        known = self.business.programmes.get(joining.programme)
        return known or Programme(name=joining.programme, about=joining.programme)

    def _page(
        self, language: str, name: str, *, button: str = "", status: int = 200
    ) -> HTMLResponse:
        said = phrase(name, language)
        return page(
            business=self.business.name,
            language=language,
            said=said,
            button=button,
            status=status,
        )


def _button(language: str) -> str:
    return phrase("opt_in_page.button", language)


def _newest(acts: Sequence[Consent], programme: str) -> Consent | None:
    """The act by which the contact stands with the programme now: a STOP to all is of it too."""
    return next((act for act in reversed(acts) if act.programme in (programme, EVERYTHING)), None)
