"""What all pages have in common: the list of them, the words around them, and who looks."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.templating import Jinja2Templates

from convo.console.countries import own_name
from convo.console.language import LANGUAGES, page_language, remember
from convo.console.speech.frame import FRAME, ROLE_WORDS
from convo.core.people import Role, Visitor
from convo.drawing.wording import PageLanguage

HERE = Path(__file__).parent
TEMPLATES = Jinja2Templates(
    env=Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
)
HOME = "/console"
STATIC = f"{HOME}/static"
SIGN_IN, SIGN_OUT = f"{HOME}/sign-in", f"{HOME}/sign-out"

#: What a page says, in both languages.
Speech = Mapping[PageLanguage, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as the list of them knows it."""

    path: str
    least: Role
    #: Whether it stands in the list at the top; else it is reached by other ways.
    listed: bool = True


#: Every page, in the order of the list at the top. What each is called is in speech/frame.py.
PAGES: Mapping[str, Page] = {
    "try_out": Page(path="/", least="editor"),
    "conversations": Page(path=f"{HOME}/conversations", least="viewer"),
    "flows": Page(path=f"{HOME}/flows", least="viewer"),
    "health": Page(path=f"{HOME}/health", least="viewer"),
    "account": Page(path=f"{HOME}/account", least="viewer", listed=False),
}


def version_of(request: Request, turns: int) -> str:
    """What a page is known by that changes with these turns, with the role and the language."""
    visitor: Visitor = request.state.visitor
    return f'"{turns}-{visitor.role}-{page_language(request)}"'


def unchanged(request: Request, version: str) -> Response | None:
    """The answer for who has this version already."""
    return Response(status_code=304) if request.headers.get("if-none-match") == version else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Draws pages for whoever asks, in their language, with the list of those they may see."""

    #: The business's name and IANA zone.
    business: str
    zone: str
    #: The pages that this process has.
    pages: frozenset[str]
    #: Whether people sign out: in `convo dev` there is nothing to sign out of.
    signs_out: bool = True

    def draw(
        self,
        request: Request,
        template: str,
        speech: Speech,
        *,
        here: str = "",
        status: int = 200,
        fresh: str | None = None,
        **more: object,
    ) -> Response:
        """The page `here`, of this template and speech, with `more` for it to tell.

        A page that is given `fresh` shows by itself what is new. It names the version shown, by
        which `unchanged` answers, or is empty where there is none.
        """
        language = page_language(request)
        say = {**FRAME[language], **speech[language]}
        visitor: Visitor | None = getattr(request.state, "visitor", None)
        answer = TEMPLATES.TemplateResponse(
            request,
            template,
            {
                "business": self.business,
                "zone": self.zone,
                "language": language,
                "tongues": [
                    (code, name, str(request.url.include_query_params(lang=code).query))
                    for code, name in LANGUAGES.items()
                ],
                "say": say,
                "own_name": own_name,
                "here": here,
                "pages": [(name, page.path) for name, page in self.open_to(visitor).items()],
                "visitor": visitor,
                "role": ROLE_WORDS[language][visitor.role] if visitor else "",
                "signs_out": self.signs_out,
                "nonce": request.state.nonce,
                "fresh": fresh,
                **more,
            },
            status_code=status,
        )
        remember(request, answer)
        return answer

    def open_to(self, visitor: Visitor | None) -> Mapping[str, Page]:
        """The pages of the list that somebody may see."""
        if visitor is None:
            return {}
        return {
            name: page
            for name, page in PAGES.items()
            if name in self.pages and page.listed and visitor.may(page.least)
        }

    def message(
        self, request: Request, title: str, words: str, status: int, **filled: object
    ) -> Response:
        """A page that tells one thing; title and words are names in speech/frame.py."""
        told = FRAME[page_language(request)]
        return self.draw(
            request,
            "message.html",
            FRAME,
            status=status,
            title=told[title],
            words=told[words].format(**filled),
        )

    async def nothing(self, request: Request) -> Response:
        """There is no such page, or it is gone."""
        return self.message(request, "nothing_title", "nothing", 404)

    async def away(self, request: Request, _: Exception) -> Response:
        """The store failed."""
        return self.message(request, "away_title", "away", 503)

    async def home(self, request: Request) -> Response:
        """To the first page that the visitor may see."""
        first = next(iter(self.open_to(request.state.visitor).values()), PAGES["account"])
        return RedirectResponse(first.path, 303)
