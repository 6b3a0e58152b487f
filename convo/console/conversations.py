"""Conversations: the list of them, a search, and one of them as a chat."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from babel.dates import format_date
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from convo.console.ages import LOCALES, moment
from convo.console.book import Book, Talk
from convo.console.chat import Entry, Said, chat_of
from convo.console.countries import own_name
from convo.console.following import standing
from convo.console.forms import BadForm, count_in, posted
from convo.console.frame import PAGES, Frame, unchanged, version_of
from convo.console.language import page_language, reason
from convo.console.sight import in_sight, shown
from convo.console.speech.conversations import CONVERSATIONS, DROPPED
from convo.core.contacts import EVERYTHING, ContactState
from convo.core.numbers import PhoneNumber
from convo.core.people import Visitor
from convo.core.record_codec import Recorded
from convo.drawing.wording import PageLanguage
from convo.ports import Clock
from convo.ports.ledger import Ledger
from convo.routing.playbook import Playbook
from convo.understanding.normalise import match_key

A_PAGE = 50
"""Conversations on one page of the list."""

READ_WITHIN = 0.8
"""Seconds that a page reads records for, before it says how far it has come and asks again."""

TURNS_SHOWN = 200
"""Of one conversation on one page: the newest, or those before the turn of `?before`."""

LONGEST_SEARCH = 100
#: Opens the ledger for as long as a page is made.
Looks = Callable[[], AbstractAsyncContextManager[Ledger]]

#: Which conversations a list shows.
FILTERS: Mapping[str, Callable[[Talk], bool]] = {
    "all": lambda _: True,
    "open": lambda talk: bool(talk.open),
    "person": lambda talk: bool(talk.handed),
    "stopped": lambda talk: talk.stopped,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversations:
    """The pages under Conversations."""

    frame: Frame
    looks: Looks
    book: Book
    playbook: Callable[[], Playbook]
    clock: Clock

    def routes(self) -> Sequence[Route]:
        path = PAGES["conversations"].path
        return (
            Route(path, self.overview),
            # A search may be for a number, which must stand in no address: so it is posted.
            Route(path, self.search, methods=["POST"]),
            Route(f"{path}/{{key}}", self.chat),
        )

    async def overview(self, request: Request) -> Response:
        return await self._list(request, {})

    async def search(self, request: Request) -> Response:
        try:
            return await self._list(request, await posted(request))
        except BadForm:
            return await self._list(request, {})

    async def _list(self, request: Request, asked: Mapping[str, str]) -> Response:
        visitor: Visitor = request.state.visitor
        sought = asked.get("q", "").strip()[:LONGEST_SEARCH]
        which = asked.get("which", "all")
        first = count_in(asked.get("from", ""))
        async with self.looks() as ledger:
            whole = await self.book.read_on(ledger, READ_WITHIN)
        version = version_of(request, self.book.turns)
        # What was sought is not asked for again by itself.
        asks = request.method == "GET"
        if asks and (same := unchanged(request, version)):
            return same
        found = (
            talk
            for talk in self.book.newest()
            if FILTERS.get(which, FILTERS["all"])(talk) and _tells(talk, sought, visitor)
        )
        some = [*islice(found, first, first + A_PAGE + 1)]
        answer = self.frame.draw(
            request,
            "conversations.html",
            CONVERSATIONS,
            here="conversations",
            sought=sought,
            which=which,
            filters=[*FILTERS],
            talks=[self._row(request, talk) for talk in some[:A_PAGE]],
            first=first,
            before=max(0, first - A_PAGE) if first else None,
            after=first + A_PAGE if len(some) > A_PAGE else None,
            count=len(self.book),
            turns=self.book.turns,
            whole=whole,
            fresh=version if asks and whole else None,
        )
        if asks and not whole:
            answer.headers["refresh"] = "1"
        return answer

    def _row(self, request: Request, talk: Talk) -> Mapping[str, object]:
        visitor: Visitor = request.state.visitor
        return {
            "key": talk.key,
            "number": shown(talk.number, visitor),
            "at": self._moment(talk.at, page_language(request)),
            "flow": talk.flow,
            "wrote": in_sight(talk.wrote[-1], visitor) if talk.wrote else "",
            "marks": [name for name in ("person", "open", "stopped") if FILTERS[name](talk)],
        }

    async def chat(self, request: Request) -> Response:
        """One conversation."""
        async with self.looks() as ledger:
            whole = await self.book.read_on(ledger, READ_WITHIN)
            talk = self.book.talk(request.path_params["key"])
            if talk is None:
                return await self.frame.nothing(request)
            version = version_of(request, talk.turns)
            if same := unchanged(request, version):
                return same
            turns = [turn async for turn in _turns_of(talk, ledger)]
            end = min(count_in(request.query_params.get("before", "")) or len(turns), len(turns))
            begin = max(0, end - TURNS_SHOWN)
            entries = await chat_of(turns[begin:end], ledger, self._zone, page_language(request))
            state = await ledger.contact(PhoneNumber(talk.number))
        visitor: Visitor = request.state.visitor
        language = page_language(request)
        say = CONVERSATIONS[language]
        return self.frame.draw(
            request,
            "conversation.html",
            CONVERSATIONS,
            here="conversations",
            number=shown(talk.number, visitor),
            marks=[name for name in ("person", "open", "stopped") if FILTERS[name](talk)],
            days=[*self._days(entries, visitor, language)],
            texts=sum(record.kind in _TEXTS for turn in turns for record in turn.records),
            here_of_it=request.url.path,
            earlier=begin,
            later=len(turns) - end,
            next_end=end + TURNS_SHOWN,
            several=len({said.channel for entry in entries for said in entry.said}) > 1,
            stands=standing(state, self.playbook(), self.clock(), language)["sessions"],
            facts=[*_facts(state, visitor, say)] if state is not None else [],
            first_seen=self._moment(state.first_seen, language)
            if state is not None and state.first_seen
            else "",
            whole=whole,
            fresh=version,
        )

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.frame.zone)

    def _price(self, said: Said) -> str:
        """What it costs by today's price of its channel; "" for theirs, for what never left, and
        where none is told."""
        channel = self.playbook().business.channels.get(said.channel)
        if channel is None or not said.parts or said.status in _UNCHARGED:
            return ""
        return channel.cost(said.parts, "MMS" if said.pictures else "")

    def _moment(self, at: int, language: PageLanguage) -> str:
        return moment(at, self.clock(), self.frame.zone, language)

    def _days(
        self, entries: Sequence[Entry], visitor: Visitor, language: PageLanguage
    ) -> Iterator[Mapping[str, object]]:
        """Entries under their days."""
        zone, locale = self._zone, LOCALES[language]
        day: dict[str, object] = {}
        at_once = Counter[int]()
        mine: list[Mapping[str, object]] = []
        for entry in entries:
            when = datetime.fromtimestamp(entry.at / 1_000, zone)
            name = format_date(when.date(), "full", locale)
            if day.get("name") != name:
                mine = []
                day = {"name": name, "entries": mine}
                yield day
            at_once[entry.at] += 1
            mine.append(
                {
                    "key": f"{entry.at}-{at_once[entry.at]}",
                    "time": f"{when:%H:%M}",
                    "said": [
                        {
                            "ours": said.ours,
                            "text": None if said.text is None else in_sight(said.text, visitor),
                            "pictures": said.pictures,
                            "channel": said.channel,
                            "status": said.status,
                            "code": in_sight(_why_not(said.code, language), visitor),
                            "parts": said.parts,
                            "price": self._price(said),
                            "kind": said.kind,
                        }
                        for said in entry.said
                    ],
                    "quiet": [in_sight(words, visitor) for words in entry.quiet],
                    "why": [in_sight(words, visitor) for words in entry.why],
                }
            )


_TEXTS = ("inbound", "altered", "said")
"""Records that tell of a text, theirs or ours."""

_UNCHARGED = ("cancelled", "failed")
"""What never left, or was not taken."""


def _why_not(code: str, language: PageLanguage) -> str:
    """The provider's code as it is, and our own word in the page's language."""
    return DROPPED[language].get(code) or reason(code, language)


async def _turns_of(talk: Talk, ledger: Ledger) -> AsyncIterator[Recorded]:
    for mark, turns in (*talk.places,):
        for turn in (await ledger.records(mark, turns)).items:
            if turn.contact == talk.number:
                yield turn


def _tells(talk: Talk, sought: str, visitor: Visitor) -> bool:
    """Whether what is sought is in it, as far as the visitor can see it."""
    if not sought:
        return True
    key, digits = match_key(sought), re.sub(r"[\s().-]", "", sought)
    texts = (talk.flow, *(in_sight(text, visitor) for text in talk.wrote))
    if digits and digits in shown(talk.number, visitor):
        return True
    return any(key in match_key(each) for each in texts)


def _facts(
    state: ContactState, visitor: Visitor, say: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """What is known of the contact: about what, and what it is."""
    if state.language:
        yield say["speaks"], own_name(state.language)
    for name, value in state.fields.items():
        yield name, in_sight(str(value), visitor)
    if state.tags:
        yield say["tags"], ", ".join(state.tags)
    for programme, consent in state.consents.items():
        about = say["consent"] if programme == EVERYTHING else f"{say['consent']}: {programme}"
        yield about, say[f"consent_{consent.state}"]
