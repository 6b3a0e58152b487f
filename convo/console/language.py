"""The language in which a page speaks to whoever looks at it."""

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from convo.chinese import reason_in_chinese
from convo.drawing.wording import PageLanguage

COOKIE = "convo-language"
A_YEAR = 365 * 86_400
"""Seconds that a browser remembers what was chosen."""

LANGUAGES: Mapping[PageLanguage, str] = {"en": "English", "zh": "中文"}
_KNOWN: Mapping[str, PageLanguage] = {language: language for language in LANGUAGES}


_REASONS: Mapping[PageLanguage, Callable[[str], str]] = {"en": str, "zh": reason_in_chinese}


def reason(words: str, language: PageLanguage) -> str:
    """Why something does not work, where it is one of our own sentences; else as it is."""
    return _REASONS[language](words)


def page_language(request: Request) -> PageLanguage:
    """What the address asks for, else what was chosen before, else the browser's first of ours."""
    asked = (request.query_params.get("lang", ""), request.cookies.get(COOKIE, ""))
    for each in (*asked, *request.headers.get("accept-language", "").split(",")):
        if (known := _KNOWN.get(each.strip()[:2].lower())) is not None:
            return known
    return "en"


def remember(request: Request, answer: Response) -> None:
    """Keep in the browser what the address has chosen."""
    if request.query_params.get("lang", "") in _KNOWN:
        answer.set_cookie(
            COOKIE, page_language(request), max_age=A_YEAR, httponly=True, samesite="lax"
        )
