"""The loop that runs errands: authored actions and keywords, calls to own systems, places.

An errand may be run twice under one key: when the process ends between its work and the keeping
of its answer. The answer is kept once.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import msgspec

from convo.authoring import Action, Call, Failed, Keyword, Person, Reply
from convo.core.codec import decode
from convo.core.effects import Errand
from convo.core.events import ALL_TAKEN, SOLD_OUT, Answered, ErrandKind, HandedOn
from convo.core.failures import GivenUp, account
from convo.core.numbers import PhoneNumber
from convo.language.values import unpacked
from convo.ports import Arrival, ErrandClaim, Store
from convo.runtime.calls import Calls, Unanswered
from convo.runtime.codes import GIVEN, SPENT, Codes
from convo.runtime.instruments import Instruments
from convo.runtime.intake import Intake
from convo.runtime.results import Results
from convo.runtime.suspects import ENDED, EndedTheProcess, Suspects
from convo.runtime.tasks import drain, ended_by_us
from convo.runtime.traces import failure as failure_of
from convo.runtime.traces import frames

log = logging.getLogger("convo.errands")

AT_ONCE = 32
"""Errands that may be under way at the same time."""

ANSWER_AT_MOST = 64 * 1024
"""Bytes of JSON that an errand may answer."""

NESTED_AT_MOST = 32
"""Levels of lists and objects in it: what is written here is read again with less of a stack."""

AUTHORED: frozenset[ErrandKind] = frozenset(("action", "keyword"))
"""Kinds that run authored Python in this process: nothing else of them could end it."""

TOO_LATE = "too late"
"""The failure of an errand that had no answer when its time was up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handlers:
    """What was authored in Python, by the names that errands call it."""

    actions: Mapping[str, Action]
    keywords: Mapping[str, Keyword]
    #: What is spoken with a contact whose language is not known.
    language: str
    #: Where events that flows emit are posted.
    events_url: str = ""
    #: Exclusive codes by the pool's name.
    code_pools: Mapping[str, Sequence[str]] = field(
        default_factory=dict[str, Sequence[str]], repr=False
    )


class Errands:
    """Takes errand claims, one task each; keeps the answer, then tells the owner it is done."""

    def __init__(
        self,
        *,
        store: Store,
        intake: Intake,
        handlers: Handlers,
        own_systems: Calls,
        results: Results,
        suspects: Suspects,
        instruments: Instruments,
        at_once: int = AT_ONCE,
    ) -> None:
        self._store = store
        self._intake = intake
        self._handlers = handlers
        self._own_systems = own_systems
        self._codes = Codes(handlers.code_pools, store)
        self._results = results
        self._suspects = suspects
        self._clock = instruments.clock
        self._count = instruments.metrics.count
        self._at_once = at_once
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._kinds: Mapping[str, Callable[[ErrandClaim, float], Awaitable[Any]]] = {
            "action": self._act,
            "keyword": self._answer_keyword,
            "http": self._call,
            "reserve": self._reserve,
            "hand_on": self._hand_on,
            "code": self._code,
            "tally": self._tally,
            "emit": self._emit,
        }

    def __len__(self) -> int:
        return len(self._tasks)

    @property
    def room(self) -> int:
        return self._at_once - len(self._tasks)

    def take(self, claims: Sequence[ErrandClaim]) -> None:
        """Run these now; one that is still under way here is not begun again."""
        for claim in claims:
            if claim.errand.id not in self._tasks:
                task = asyncio.create_task(self._run(claim))
                self._tasks[claim.errand.id] = task
                task.add_done_callback(self._results.watch)

    async def drain(self, seconds: float) -> None:
        """Let what is under way come to its end; the rest is run again after the next start."""
        await drain(self._tasks.values(), seconds)

    async def _run(self, claim: ErrandClaim) -> None:
        errand = claim.errand
        try:
            if errand.id in self._suspects and errand.kind in AUTHORED:
                async with self._suspects.begun(errand.id) as may:
                    told = await self._outcome(claim) if may else None
            else:
                told = await self._outcome(claim)
            if told is None:
                await self._give_up(claim)
                return
            value, failure = told
            self._count("convo_errands_total", errand.kind, "failed" if failure else "done")
            answer = Answered(
                contact=claim.contact,
                errand=errand.id,
                kind=errand.kind,
                channel=errand.channel,
                value=value,
                failure=failure,
            )
            await self._intake.keep(
                errand.channel, Arrival(event=answer, dedupe=f"errand:{errand.id}")
            )
            self._results.errand(errand.id)
        finally:
            del self._tasks[errand.id]

    async def _give_up(self, claim: ErrandClaim) -> None:
        """Its contact hears that it failed, and it is put aside for a person."""
        errand = claim.errand
        log.error("Errand %s is parked: %s", _told(errand), ENDED)
        self._count("convo_errands_total", errand.kind, "failed")
        answer = Answered(
            contact=claim.contact,
            errand=errand.id,
            kind=errand.kind,
            channel=errand.channel,
            failure=EndedTheProcess.__name__,
        )
        # Another key than its answer's: that may still come, once it is run again.
        await self._intake.keep(
            errand.channel, Arrival(event=answer, dedupe=f"errand:{errand.id}:given up")
        )
        why = failure_of(EndedTheProcess(), during=f"the {errand.kind} {errand.name}")
        self._results.give_up(GivenUp(answer=answer, account=account(why)))

    async def _outcome(self, claim: ErrandClaim) -> tuple[Any, str]:
        """The value, and why there is none."""
        errand = claim.errand
        left = (claim.asked_at + errand.within - self._clock()) / 1_000
        if left <= 0:
            # Its flow has gone the failed way by now: doing the work would contradict it.
            return None, TOO_LATE
        try:
            async with asyncio.timeout(left):
                value = await self._kinds[errand.kind](claim, left)
        except TimeoutError as error:
            log.warning("Errand %s took too long: %s", _told(errand), frames(error))
            return None, TOO_LATE
        except Failed as said:
            return None, str(said) or "failed"
        except Unanswered as said:
            log.warning("Errand %s failed: %s", _told(errand), said)
            return None, str(said)
        except (Exception, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and ended_by_us():
                raise
            log.warning("Errand %s failed: %s", _told(errand), frames(error))
            return None, type(error).__name__
        if wrong := _unkeepable(value):
            log.warning("Errand %s: %s", _told(errand), wrong)
            return None, wrong
        return value, ""

    async def _act(self, claim: ErrandClaim, _left: float) -> Any:
        action = self._handlers.actions.get(claim.errand.name)
        if action is None:
            raise Failed(f"there is no action {claim.errand.name}")
        return await action.act(self._asked(claim, given=unpacked(claim.errand.arguments)))

    async def _answer_keyword(self, claim: ErrandClaim, _left: float) -> Any:
        keyword = self._handlers.keywords.get(claim.errand.name)
        if keyword is None:
            raise Failed(f"there is no keyword {claim.errand.name}")
        said = claim.errand.arguments
        reply = await keyword.answer(
            self._asked(claim, text=said.get("text", ""), rest=said.get("rest", ""))
        )
        match reply:
            case Reply(texts=texts):
                return {"texts": dict(texts)}
            case str():
                return {"texts": {"": reply}}
            case _:
                raise Failed(
                    f"the handler of {claim.errand.name} answered {type(reply).__name__}; "
                    "it must be a Reply or a str"
                )

    async def _call(self, claim: ErrandClaim, left: float) -> Any:
        errand = claim.errand
        return await self._own_systems.post(
            errand.name, errand.arguments, id=errand.id, key=errand.key, within=left
        )

    async def _emit(self, claim: ErrandClaim, left: float) -> Any:
        errand, url = claim.errand, self._handlers.events_url
        if not url:
            raise Failed("convo.toml has no [events] url any more")
        await self._own_systems.post(
            url, errand.arguments, id=errand.id, key=errand.key, within=left
        )

    async def _reserve(self, claim: ErrandClaim, _left: float) -> Any:
        limit = claim.errand.arguments.get("limit")
        if limit is not None and not isinstance(limit, int):
            raise Failed(f"the limit of {claim.errand.name} is no whole number")
        if claim.errand.name.startswith((GIVEN, SPENT)):
            raise Failed(f"places cannot be called {GIVEN}... or {SPENT}...")
        place = await self._store.reserve(claim.errand.name, claim.errand.key, limit)
        if place is None:
            raise Failed(ALL_TAKEN)
        return place

    async def _tally(self, claim: ErrandClaim, _left: float) -> Any:
        errand = claim.errand
        vote, change = errand.arguments.get("vote"), bool(errand.arguments.get("change"))
        standing = await self._store.tally(errand.name, errand.key, vote, change=change)
        kept = vote is not None and standing.own != vote
        return {"votes": dict(standing.votes), "kept": kept}

    async def _hand_on(self, claim: ErrandClaim, _left: float) -> None:
        errand = claim.errand
        told = HandedOn(contact=PhoneNumber(errand.name), of=claim.contact, kept=errand.arguments)
        await self._intake.keep("", Arrival(event=told, dedupe=f"hand_on:{errand.id}"))

    async def _code(self, claim: ErrandClaim, _left: float) -> Any:
        pool = claim.errand.name
        if pool not in self._handlers.code_pools:
            raise Failed(f"convo.toml has no [codes.{pool}]")
        code = await self._codes.give(pool, claim.errand.key)
        if code is None:
            raise Failed(SOLD_OUT)
        return code

    def _asked(
        self,
        claim: ErrandClaim,
        *,
        given: Mapping[str, Any] | None = None,
        text: str = "",
        rest: str = "",
    ) -> Call:
        state = decode(claim.contact, claim.kept.record, claim.kept.consents)
        return Call(
            key=claim.errand.key,
            contact=Person(
                number=claim.contact.e164,
                language=state.language or self._handlers.language,
                fields=state.fields,
                tags=state.tags,
            ),
            now=self._clock(),
            given=given or {},
            text=text,
            rest=rest,
        )


def _unkeepable(value: Any) -> str:
    """Why `value` cannot be kept, or nothing."""
    try:
        # msgspec, which writes it in the end, would quietly make texts of dates and lists of sets.
        size = len(json.dumps(value, allow_nan=False, ensure_ascii=False).encode())
        msgspec.json.encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        return f"the answer cannot be kept, for JSON does not hold it: {error}"[:200]
    if size > ANSWER_AT_MOST:
        return f"the answer takes {size} bytes of JSON; {ANSWER_AT_MOST} are the most"
    if _nested_deeper(value, NESTED_AT_MOST):
        return f"the answer is nested in more than {NESTED_AT_MOST} levels"
    return ""


def _nested_deeper(value: Any, levels: int) -> bool:
    if isinstance(value, dict):
        parts = tuple(cast(dict[str, Any], value).values())
    elif isinstance(value, list | tuple):
        parts = tuple(cast(list[Any], value))
    else:
        return False
    return levels == 0 or any(_nested_deeper(each, levels - 1) for each in parts)


def _told(errand: Errand) -> str:
    return f"{errand.id} ({errand.kind} {errand.name})"
