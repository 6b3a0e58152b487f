"""A page of one sentence and perhaps one button, for those who have followed a link of ours."""

from collections.abc import Mapping
from html import escape

from starlette.responses import HTMLResponse

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
  background: {colour}; color: #fff; cursor: pointer }}
button:focus-visible {{ outline: 3px solid currentColor; outline-offset: 3px }}
</style>
<main><h1>{business}</h1><p role="status">{said}</p>{form}</main>
</html>
"""
_FORM = '<form method="post"><button>{button}</button></form>'
_FROM_THE_RIGHT = frozenset({"ar"})

#: Of the button: white on either is read by everybody (WCAG 2.2 wants a contrast of 4.5).
ENDS = "#b3261e"
BEGINS = "#0b57d0"


def page(
    *,
    business: str,
    language: str,
    said: str,
    button: str = "",
    colour: str = BEGINS,
    status: int = 200,
) -> HTMLResponse:
    """The page; without a `button` there is nothing to press."""
    written = _PAGE.format(
        language=escape(language),
        direction="rtl" if language in _FROM_THE_RIGHT else "ltr",
        business=escape(business),
        said=escape(said),
        form=_FORM.format(button=escape(button)) if button else "",
        colour=colour,
    )
    return HTMLResponse(written, status, headers=HEADERS)
