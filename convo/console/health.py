"""Health: processes, channels and queues, what is in the way, and what waits for a decision."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from convo.console.ages import UNITS, age, moment
from convo.console.forms import BadForm, posted
from convo.console.frame import PAGES, Frame
from convo.console.language import page_language, reason
from convo.console.sight import in_sight, shown
from convo.console.speech.health import HEALTH
from convo.console.speech.kinds import CLASSES, PROCESSES, event_called
from convo.core.business import Channel
from convo.core.decision_codec import Decided
from convo.core.decisions import HeldChoice, HeldDecision, ParkedChoice, ParkedDecision
from convo.core.events import Inbound
from convo.core.failures import failure_in
from convo.core.limits import Limit
from convo.core.overview import LaneQueue, Overview, ParkedEvent, Stage, Tracked
from convo.core.people import Role, Visitor
from convo.core.presence import Presence
from convo.drawing.wording import PageLanguage
from convo.ledger.queues import Hindrance, Load, hindrances, loads
from convo.ports import Acceptance, Clock
from convo.ports.ledger import Ledger

LISTED = 100
"""Held messages, and parked events, that one page shows; the rest come as these are decided."""

PAGE = 200

DECIDES_HELD: Role = "agent"
DECIDES_PARKED: Role = "editor"

HELD_CHOICES: Mapping[str, HeldChoice] = {each: each for each in get_args(HeldChoice)}
PARKED_CHOICES: Mapping[str, ParkedChoice] = {each: each for each in get_args(ParkedChoice)}
T = TypeVar("T")

#: Opens the ledger for as long as a page is made.
Looks = Callable[[], AbstractAsyncContextManager[Ledger]]
#: Has decisions done, and answers for each. Raises `StoreError`.
Decides = Callable[[Sequence[Decided]], Awaitable[Sequence[Acceptance]]]

#: What a decision came to, for the page that is shown behind it.
Came = Literal["done", "late"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The page, and the decisions that are made on it."""

    frame: Frame
    looks: Looks
    channels: Mapping[str, Channel]
    #: The provider of each channel.
    providers: Mapping[str, str]
    decide: Decides
    clock: Clock

    def routes(self) -> Sequence[Route]:
        """What everybody may see."""
        return (Route(PAGES["health"].path, self.page),)

    def held_routes(self) -> Sequence[Route]:
        return (Route(f"{PAGES['health'].path}/held/{{id}}", self.held, methods=["POST"]),)

    def parked_routes(self) -> Sequence[Route]:
        path = f"{PAGES['health'].path}/parked/{{id}}"
        return (Route(path, self.parked_event), Route(path, self.parked, methods=["POST"]))

    async def page(self, request: Request) -> Response:
        now, language = self.clock(), page_language(request)
        visitor: Visitor = request.state.visitor
        async with self.looks() as ledger:
            overview = await ledger.overview(now)
            holdings = await ledger.holdings()
            processes = await ledger.processes()
            held = [each async for each in _messages(ledger, "held")]
            parked = [each async for each in _parked(ledger)]
        owned = {each.owner for each in holdings}
        came = request.query_params.get("came", "")
        return self.frame.draw(
            request,
            "health.html",
            HEALTH,
            here="health",
            came=came if came in get_args(Came) else "",
            hindrances=[
                _told(each, now, language)
                for each in hindrances(overview, holdings, processes, now)
            ],
            channels=[*_channels(self.channels, self.providers, overview, now, language)],
            waiting=[*_waiting(overview, now, language)],
            limits=[_limit(each, language) for each in loads(overview, self.channels)],
            processes=[_process(each, owned, now, language) for each in processes],
            held=[self._held_row(each, visitor, language) for each in held],
            held_more=max(0, sum(lane.held for lane in overview.lanes) - len(held)),
            parked=[self._parked_row(each, visitor, language) for each in parked],
            parked_more=max(0, overview.parked - len(parked)),
            decides_held=visitor.may(DECIDES_HELD),
            decides_parked=visitor.may(DECIDES_PARKED),
            fresh="",
        )

    def _held_row(
        self, each: Tracked, visitor: Visitor, language: PageLanguage
    ) -> Mapping[str, object]:
        message = each.message
        return {
            "id": message.id,
            "since": moment(each.claimed, self.clock(), self.frame.zone, language),
            "number": shown(message.contact.e164, visitor),
            # Whose log tells.
            "channel": message.goes_by,
            "kind": CLASSES[language][message.kind],
            "flow": "/".join(message.voice.flows),
            "tries": message.tries + 1,
            "text": None if message.kind == "otp" else in_sight(message.text, visitor),
            "why": in_sight(reason(each.code, language), visitor),
        }

    def _parked_row(
        self, each: ParkedEvent, visitor: Visitor, language: PageLanguage
    ) -> Mapping[str, object]:
        failure = failure_in(each.account)
        return {
            "id": each.id,
            "at": moment(each.at, self.clock(), self.frame.zone, language),
            "number": shown(each.event.contact.e164, visitor),
            "event": event_called(type(each.event).__name__, language),
            "error": failure.error,
            "place": failure.place,
            "during": failure.during,
            "stood": f"{failure.flow}: {failure.step}" if failure.flow else "",
        }

    async def parked_event(self, request: Request) -> Response:
        """One parked event, whole: its error may quote the contact."""
        async with self.looks() as ledger:
            found = await ledger.parked_event(request.path_params["id"])
        if found is None:
            return await self.frame.nothing(request)
        failure, visitor = failure_in(found.account), request.state.visitor
        event = found.event
        return self.frame.draw(
            request,
            "parked.html",
            HEALTH,
            here="health",
            row=self._parked_row(found, visitor, page_language(request)),
            wrote=event.text if isinstance(event, Inbound) else "",
            words=reason(failure.words, page_language(request)),
            during=failure.during,
            version=failure.version,
            trace=failure.trace,
        )

    # --- deciding -----------------------------------------------------------------------------

    async def held(self, request: Request) -> Response:
        """A person's word on a held message."""
        choice = await _choice(request, HELD_CHOICES)
        async with self.looks() as ledger:
            found = await ledger.message(request.path_params["id"])
        if choice is None or found is None:
            return await self.frame.nothing(request)
        decision = HeldDecision(
            contact=found.message.contact,
            message=found.message.id,
            choice=choice,
            by=request.state.visitor.name or "convo dev",
        )
        return await self._decided(decision)

    async def parked(self, request: Request) -> Response:
        """A person's word on a parked event."""
        choice = await _choice(request, PARKED_CHOICES)
        async with self.looks() as ledger:
            found = await ledger.parked_event(request.path_params["id"])
        if choice is None:
            return await self.frame.nothing(request)
        if found is None:
            return _back("late")
        decision = ParkedDecision(
            contact=found.event.contact,
            parked=found.id,
            choice=choice,
            by=request.state.visitor.name or "convo dev",
        )
        return await self._decided(decision)

    async def _decided(self, decision: Decided) -> Response:
        (answer,) = await self.decide([decision])
        return _back("done" if answer == "accepted" else "late")


def _back(came: Came) -> Response:
    return RedirectResponse(f"{PAGES['health'].path}?came={came}", 303)


async def _choice(request: Request, known: Mapping[str, T]) -> T | None:
    try:
        return known.get((await posted(request)).get("choice", ""))
    except BadForm:
        return None


# --- what the ledger tells, in words ------------------------------------------------------------


async def _messages(ledger: Ledger, stage: Stage) -> AsyncIterator[Tracked]:
    mark, left = "", LISTED
    while left > 0:
        page = await ledger.messages(stage, mark, PAGE)
        for each in page.items[:left]:
            yield each
        left -= len(page.items)
        if not (mark := page.next):
            return


async def _parked(ledger: Ledger) -> AsyncIterator[ParkedEvent]:
    mark, left = "", LISTED
    while left > 0:
        page = await ledger.parked(mark, PAGE)
        for each in page.items[:left]:
            yield each
        left -= len(page.items)
        if not (mark := page.next):
            return


def _told(each: Hindrance, now: int, language: PageLanguage) -> Mapping[str, str]:
    words = HEALTH[language][f"way_{each.kind}"]
    return {
        "kind": each.kind,
        "words": words.format(
            name=each.name,
            count=f"{each.count:,}",
            since=age(now - each.since, language),
            until=age(each.until - now, language),
            words=reason(each.words, language),
            partitions=", ".join(map(str, each.partitions)),
        ),
    }


def _channels(
    channels: Mapping[str, Channel],
    providers: Mapping[str, str],
    overview: Overview,
    now: int,
    language: PageLanguage,
) -> Iterator[Mapping[str, object]]:
    """Every channel with what waits on its lanes."""
    for name in channels:
        lanes = [lane for lane in overview.lanes if lane.channel == name]
        oldest = min((lane.oldest for lane in lanes if lane.oldest is not None), default=None)
        yield {
            "name": name,
            "provider": providers.get(name, ""),
            "replies": _queued(lane for lane in lanes if lane.lane == "reply"),
            "bulk": _queued(lane for lane in lanes if lane.lane == "bulk"),
            "sending": sum(lane.sending for lane in lanes),
            "held": sum(lane.held for lane in lanes),
            "oldest": "" if oldest is None else age(now - oldest, language),
        }


def _queued(lanes: Iterator[LaneQueue]) -> int:
    return sum(lane.due + lane.later + lane.behind for lane in lanes)


def _waiting(
    overview: Overview, now: int, language: PageLanguage
) -> Iterator[tuple[str, int, str]]:
    """What waits beside messages: name in the speech, how many, and what of the first of them."""
    say = HEALTH[language]

    def since(at: int | None) -> str:
        return "" if at is None else say["oldest_for"].format(age(now - at, language))

    yield "events", overview.inbox, since(overview.inbox_oldest)
    due = overview.next_timer
    if overview.overdue:
        timers = say["overdue"].format(f"{overview.overdue:,}")
    else:
        timers = "" if due is None else say["next_in"].format(age(due - now, language))
    yield "timers", overview.timers, timers
    first = overview.next_postponed
    put_off = "" if first is None else say["next_in"].format(age(first - now, language))
    yield "postponed", overview.postponed, put_off
    yield "errands", overview.errands, since(overview.errands_oldest)


def _limit(load: Load, language: PageLanguage) -> Mapping[str, object]:
    return {
        "name": load.limit.name,
        "allows": _allows(load.limit, language),
        "parts": load.parts,
        "lasts": age(load.lasts, language) if load.parts and load.lasts else "",
    }


def _allows(limit: Limit, language: PageLanguage) -> str:
    """Parts in the smallest time in which it is one at least, and in a day."""
    told: list[str] = []
    if (rate := limit.rate) is not None:
        in_units = [
            (rate.parts * length / rate.every, words.format("").strip())
            for length, words in reversed(UNITS[language][1:])
        ]
        count, unit = next((each for each in in_units if each[0] >= 1), in_units[-1])
        told.append(f"{count:g}/{unit}")
    if limit.per_day is not None:
        told.append(f"{limit.per_day:,}/{UNITS[language][0][1].format('').strip()}")
    return ", ".join(told)


def _process(
    each: Presence, owned: Set[str], now: int, language: PageLanguage
) -> Mapping[str, object]:
    state = "stalled" if each.stalled(now) else "troubled" if each.trouble else "well"
    return {
        "name": f"{each.host} {each.pid}",
        "role": PROCESSES[language][each.role],
        "version": each.version,
        "up": age(now - each.since, language),
        "owns": each.name in owned,
        "state": state,
        "words": each.trouble,
    }
