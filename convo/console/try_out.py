"""The page on which one texts the business from phones, and watches the flow move beside them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from convo.console.countries import COUNTRIES, countries, free_number, languages_of
from convo.console.diary import Diary
from convo.console.frame import Frame
from convo.console.language import page_language
from convo.console.network import MOODS, Network
from convo.console.phones import Phones
from convo.console.saving import Asked, Saves, Unsaved
from convo.console.sayings import SAYINGS
from convo.drawing.chart import Chart, chart_of
from convo.drawing.outline import outlined
from convo.drawing.placing import placed
from convo.drawing.svg import RULES, svg_of
from convo.drawing.wording import PageLanguage
from convo.errors import BadAddress
from convo.language.chats import read_pictures
from convo.language.durations import read_duration
from convo.language.text_problems import TextProblem
from convo.language.texts import spoken
from convo.policy.numbering import read_number
from convo.routing.playbook import Playbook
from convo.runtime.travelling import Traveller

HERE = Path(__file__).parent
LONGEST_TEXT = 1_600
"""Characters that a phone sends at most: as many as providers join."""

FARTHEST_DAYS = 400
"""A journey is no longer than this: a year, and some days."""

NEXT = "next"
_encode = msgspec.json.encode
#: Makes a stranger of the contact with this number.
Forgets = Callable[[str], Awaitable[None]]
#: What a number's conversation knows and where it stands, for the page.
Stands = Callable[[str, PageLanguage], Awaitable[Mapping[str, object]]]
#: From the next text on, the number is known to speak the language.
Speaks = Callable[[str, str], None]
#: Gives the number's newest conversation back that a person has; whether there was one.
GivesBack = Callable[[str], Awaitable[bool]]
#: When the next thing happens by itself, ms since 1970; None when nothing will.
Next = Callable[[], Awaitable[int | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TryOut:
    """The page, what it asks for, and what it may do."""

    frame: Frame
    phones: Phones
    traveller: Traveller
    playbook: Callable[[], Playbook]
    network: Network
    forget: Forgets
    stands: Stands
    speaks: Speaks
    give_back: GivesBack
    next_due: Next
    diary: Diary
    save: Saves
    #: The number of the first phone.
    number: str

    def routes(self) -> Sequence[Route | Mount]:
        """Everything below `/`."""
        return (
            Route("/", self.page),
            Route("/try/flow/{name}", self.drawing),
            Route("/try/outline/{name}", self.outline),
            Route("/try/drawing.css", self.drawing_rules),
            Route("/try/happenings", self.happenings),
            Route("/try/standing", self.standing),
            Route("/try/text", self.text, methods=["POST"]),
            Route("/try/picture", self.picture, methods=["POST"]),
            Route("/try/back", self.back, methods=["POST"]),
            Route("/try/phone", self.phone, methods=["POST"]),
            Route("/try/mood", self.mood, methods=["POST"]),
            Route("/try/anew", self.anew, methods=["POST"]),
            Route("/try/time", self.time, methods=["POST"]),
            Route("/try/save", self.saved, methods=["POST"]),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        )

    async def page(self, request: Request) -> Response:
        playbook = self.playbook()
        flows = [{"name": name, "about": flow.about} for name, flow in playbook.flows.items()]
        return self.frame.draw(
            request,
            "try_out.html",
            SAYINGS,
            here="try_out",
            now=self.traveller.now(),
            number=self.number,
            country=playbook.business.country,
            countries=countries(page_language(request)),
            moods=MOODS,
            pictures=self.network.pictures,
            languages=languages_of(playbook.business.languages),
            flows=flows,
            words=playbook.words_to_try()[:8],
            longest=LONGEST_TEXT,
        )

    def _say(self, request: Request) -> Mapping[str, str]:
        return SAYINGS[page_language(request)]

    def _chart(self, request: Request) -> Chart | None:
        """The flow that is asked for, its texts in `texts` where it is written in it."""
        flow = self.playbook().flows.get(request.path_params["name"])
        if flow is None:
            return None
        asked = request.query_params.get("texts", "")
        texts = asked if asked and spoken(flow.languages, asked) is not None else ""
        return chart_of(flow, texts=texts, page=page_language(request))

    async def drawing(self, request: Request) -> Response:
        """A flow as SVG."""
        chart = self._chart(request)
        if chart is None:
            return Response("There is no such flow.", 404)
        return Response(svg_of(placed(chart), alone=False), media_type="image/svg+xml")

    async def outline(self, request: Request) -> Response:
        """The same flow as a list, for who does not see the drawing."""
        chart = self._chart(request)
        if chart is None:
            return _wrong("There is no such flow.", 404)
        return JSONResponse({"cards": [*outlined(chart)]})

    async def drawing_rules(self, _: Request) -> Response:
        """How every drawing is drawn."""
        return Response(RULES, media_type="text/css")

    async def happenings(self, _: Request) -> Response:
        """What was said, what turns did, and what became of the files, as server-sent events."""

        async def events() -> AsyncIterator[bytes]:
            async for each in self.phones.listen():
                yield b"event: " + each.kind.encode() + b"\ndata: " + _encode(each.facts) + b"\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    async def standing(self, request: Request) -> Response:
        """Where a number's conversations stand."""
        number = request.query_params.get("number", "")
        return JSONResponse(await self.stands(number, page_language(request)))

    async def text(self, request: Request) -> Response:
        """Send a text from a phone."""
        asked = await _posted(request)
        text = asked.get("text", "")
        if not text.strip() or len(text) > LONGEST_TEXT:
            return _wrong(self._say(request)["bad_text"].format(LONGEST_TEXT))
        return await self._sent(asked.get("number", ""), text)

    async def picture(self, request: Request) -> Response:
        """Send pictures from a phone, by their `links`, and write nothing."""
        asked = await _posted(request)
        links = asked.get("links", "")
        if not self.network.pictures:
            return _wrong(self._say(request)["no_pictures"], 409)
        try:
            pictures = read_pictures(links[:LONGEST_TEXT])
        except ValueError:
            return _wrong(self._say(request)["bad_picture"])
        return await self._sent(asked.get("number", ""), "", pictures.links)

    async def _sent(self, written: str, text: str, media: tuple[str, ...] = ()) -> Response:
        try:
            number = read_number(written, self.playbook().business.country).e164
        except BadAddress as error:
            return _wrong(str(error))
        wrong = await self.network.write(number, text, media)
        return JSONResponse({"wrong": wrong, "number": number}, 502 if wrong else 200)

    async def back(self, request: Request) -> Response:
        """The person who has this phone's conversation gives it back."""
        number = (await _posted(request)).get("number", "")
        if number not in self._numbers():
            return _wrong(self._say(request)["no_phone"])
        if not await self.give_back(number):
            return _wrong(self._say(request)["nobody_has_it"], 409)
        return JSONResponse({})

    async def time(self, request: Request) -> Response:
        """Move the clock ahead: `by` a length such as "10m", or to what is `next`."""
        by = (await _posted(request)).get("by", "")
        if by == NEXT:
            due = await self.next_due()
            if due is None:
                return _wrong(self._say(request)["nothing_waits"], 409)
            ahead = max(due - self.traveller.now(), 0)
        else:
            try:
                ahead = int(read_duration(by).total_seconds() * 1_000)
            except TextProblem as problem:
                return _wrong(str(problem))
        if ahead > FARTHEST_DAYS * 86_400_000:
            return _wrong(self._say(request)["too_far"].format(FARTHEST_DAYS))
        self.traveller.travel(ahead)
        return JSONResponse({"at": self.phones.travelled(ahead, next=by == NEXT)})

    async def phone(self, request: Request) -> Response:
        """Another phone, or another language for one: a `number`, else any of the `country`."""
        asked = await _posted(request)
        country = asked.get("country") or self.playbook().business.country
        language = asked.get("language", "")
        typed = asked.get("number", "").strip()
        try:
            if country not in COUNTRIES:
                raise BadAddress(self._say(request)["no_country"])
            number = (
                read_number(typed, country).e164 if typed else free_number(country, self._numbers())
            )
        except BadAddress as error:
            return _wrong(str(error))
        if language:
            if language not in self.playbook().business.languages:
                return _wrong(self._say(request)["no_language"])
            self.speaks(number, language)
        self.phones.tell("phone", {"number": number, "language": language})
        return JSONResponse({"number": number})

    async def mood(self, request: Request) -> Response:
        """How the phone network treats a phone from now on."""
        asked = await _posted(request)
        if not self.network.treat(asked.get("number", ""), asked.get("mood", "")):
            return _wrong(self._say(request)["no_mood"])
        return JSONResponse({})

    async def anew(self, request: Request) -> Response:
        """Whoever has this phone is a stranger again."""
        number = (await _posted(request)).get("number", "")
        if number not in self._numbers():
            return _wrong(self._say(request)["no_phone"])
        await self.forget(number)
        self.diary.anew(number)
        language = next(
            (
                each.facts["language"]
                for each in reversed(self.phones.told)
                if each.kind == "phone" and each.facts["number"] == number
            ),
            "",
        )
        self.phones.tell("anew", {"number": number})
        if language:
            self.speaks(number, language)
            self.phones.tell("phone", {"number": number, "language": language})
        return JSONResponse({})

    def _numbers(self) -> frozenset[str]:
        known = (each.facts.get("number", "") for each in self.phones.told)
        return frozenset((self.number, *known))

    async def saved(self, request: Request) -> Response:
        """Write what was done on a phone as a chat, `name`d; `add` it to one that is there."""
        asked = await _posted(request)
        say = self._say(request)
        number = asked.get("number", "")
        try:
            page = self.diary.page(self.phones.told, number)
            if page is None:
                raise Unsaved("nothing_to_save")
            saved = await self.save(
                Asked(
                    number=number,
                    name=asked.get("name", "").strip(),
                    title=asked.get("title", ""),
                    add=asked.get("add") == "yes",
                ),
                page,
            )
        except Unsaved as no:
            status = 409 if no.what == "exists" else 422
            return _wrong(say[no.what].format(no.why), status)
        told = [say["saved" if saved.new else "added"].format(saved.file)]
        told += [say["differs"]] if saved.differs else []
        return JSONResponse({"told": " ".join(told), "run": f"convo test {saved.file}"})


async def _posted(request: Request) -> Mapping[str, str]:
    """What a page of ours sends: a JSON object of texts; empty for anything else."""
    try:
        return msgspec.json.decode(await request.body(), type=dict[str, str])
    except msgspec.DecodeError:
        return {}


def _wrong(what: str, status: int = 422) -> Response:
    return JSONResponse({"wrong": what}, status)
