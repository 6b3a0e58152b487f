"""The page behind an opt-out link: looking at it changes nothing, its button ends the texts."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from convo.core.business import Business
from convo.core.languages import nearest
from convo.core.opt_out_links import PATH, Leaving, leaving_of
from convo.errors import StoreError
from convo.language.phrases import phrase

Leave = Callable[[Leaving], Awaitable[None]]

#: Nothing is loaded, nothing runs, nobody frames it, and the address is told to nobody.
HEADERS: Mapping[str, str] = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}
_PAGE = """<!doctype html>
<html lang="{language}" dir="{direction}">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{business}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 28rem; margin: 15vh auto;
  padding: 0 1rem }}
h1 {{ font-size: 1.3rem }}
button {{ font: inherit; padding: .7rem 1.2rem; border: 0; border-radius: .5rem;
  background: #b3261e; color: #fff; cursor: pointer }}
button:focus-visible {{ outline: 3px solid currentColor; outline-offset: 3px }}
</style>
<main><h1>{business}</h1><p role="status">{said}</p>{form}</main>
</html>
"""
_FORM = '<form method="post"><button>{button}</button></form>'
_FROM_THE_RIGHT = frozenset({"ar"})


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
        told = escape(phrase("opt_out_page.button", language))
        page = _PAGE.format(
            language=language,
            direction="rtl" if language in _FROM_THE_RIGHT else "ltr",
            business=escape(self.business.name),
            said=escape(phrase(name, language)),
            form=_FORM.format(button=told) if button else "",
        )
        return HTMLResponse(page, status, headers=HEADERS)


def spoken(accepted: str, languages: Sequence[str]) -> str:
    """The first language that the browser accepts and the business speaks, else its own first."""
    for each in accepted.split(","):
        base, dash, form = each.partition(";")[0].strip().partition("-")
        language = nearest(languages, base.lower() + dash + form)
        if language is not None:
            return language
    return languages[0]
