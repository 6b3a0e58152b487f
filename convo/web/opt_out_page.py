"""The page behind an opt-out link: looking at it changes nothing, its button ends the texts."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from convo.core.business import Business
from convo.core.languages import nearest
from convo.core.opt_out_links import PATH, Leaving, leaving_of
from convo.errors import StoreError
from convo.language.phrases import phrase
from convo.web.button_page import ENDS, page

Leave = Callable[[Leaving], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOutPage:
    """Both sides of the page. `leave` keeps that somebody has left."""

    business: Business
    secret: bytes = field(repr=False)
    leave: Leave

    def routes(self) -> Sequence[Route]:
        """Where the page is."""
        return (Route(PATH + "{token}", self.answer, methods=["GET", "HEAD", "POST"]),)

    async def answer(self, request: Request) -> HTMLResponse:
        """404 for a link that is not ours, whatever is wrong with it; 503 when it is not kept."""
        language = spoken(request.headers.get("accept-language", ""), self.business.languages)
        leaving = leaving_of(request.path_params["token"], self.secret)
        if leaving is None:
            return self._page(language, "opt_out_page.unknown", status=404)
        if request.method != "POST":
            return self._page(language, "opt_out_page.ask", button=True)
        try:
            await self.leave(leaving)
        except StoreError:
            return self._page(language, "opt_out_page.failed", button=True, status=503)
        return self._page(language, "opt_out_page.done")

    def _page(
        self, language: str, name: str, *, button: bool = False, status: int = 200
    ) -> HTMLResponse:
        return page(
            business=self.business.name,
            language=language,
            said=phrase(name, language),
            button=phrase("opt_out_page.button", language) if button else "",
            colour=ENDS,
            status=status,
        )


def spoken(accepted: str, languages: Sequence[str]) -> str:
    """The first language that the browser accepts and the business speaks, else its own first."""
    for each in accepted.split(","):
        base, dash, form = each.partition(";")[0].strip().partition("-")
        language = nearest(languages, base.lower() + dash + form)
        if language is not None:
            return language
    return languages[0]
