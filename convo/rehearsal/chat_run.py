"""Holding a written conversation: every moment happens, and what came of it is compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from convo.core.failures import failure_in
from convo.core.record_codec import Recorded
from convo.errors import ConvoError
from convo.language.chats import (
    Asking,
    Chat,
    Deed,
    Duplicate,
    From,
    GivenBack,
    Moment,
    Now,
    OnChannel,
    Passing,
    Pictured,
    Reported,
    Restart,
    Speaking,
    Standing,
    Written,
    lines_of,
    said_on,
)
from convo.rehearsal.rehearsal import Rehearsal

START = datetime(2026, 11, 22, 10, 0)
"""When a chat begins that does not say when, by the business's clock: a Sunday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What was not as it is written, and where."""

    line: int
    what: str
    mend: str = ""
    #: Lines that were to be said and lines that were; both None when it is about another thing.
    expected: tuple[str, ...] | None = field(default=None, repr=False)
    said: tuple[str, ...] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one chat."""

    chat: Chat
    failures: tuple[Failure, ...]
    #: What was said otherwise than written, by the line of its moment.
    spoken: Mapping[int, Sequence[str]] = field(repr=False)
    records: tuple[Recorded, ...] = field(repr=False)

    @property
    def passed(self) -> bool:
        return not self.failures

    @property
    def acceptable(self) -> bool:
        """Whether writing what was said would make it pass."""
        return bool(self.failures) and all(each.said is not None for each in self.failures)


class _Stopped(Exception):
    """Nothing that follows in the chat would make sense."""


async def hold(chat: Chat, rehearsal: Rehearsal) -> Outcome:
    """Let every moment of the chat happen in a rehearsal that has only begun."""
    run = _Run(rehearsal)
    try:
        for n, moment in enumerate(chat.moments):
            await run.moment(moment, chat.moments[n + 1 :])
    except _Stopped:
        pass
    run.records += await rehearsal.records()
    return Outcome(
        chat=chat,
        failures=tuple(run.failures),
        spoken=run.spoken,
        records=tuple(run.records),
    )


async def happen(rehearsal: Rehearsal, deed: Deed) -> None:
    """Do what a line of a chat says. Raises `ConvoError` for what cannot be."""
    match deed:
        case Written(text=text):
            await rehearsal.text(text)
        case Pictured(links=links):
            await rehearsal.text("", media=links)
        case Passing(length=length):
            await rehearsal.wait(length)
        case Asking(name=name, answers=answers):
            await rehearsal.request(name, answers)
        case Duplicate():
            await rehearsal.duplicate()
        case Restart():
            await rehearsal.restart()
        case GivenBack():
            await rehearsal.hand_back()
        case Reported(status=status):
            await rehearsal.report(status)
        case Speaking(language=language):
            rehearsal.speak(language)
        case From(phone=phone):
            rehearsal.phone = phone
        case OnChannel(name=name):
            rehearsal.use_channel(name)
        case Now(at=at):
            rehearsal.clock.now = local_ms(at, rehearsal.playbook.business.zone)


def local_ms(at: datetime, zone: str) -> int:
    """Milliseconds since 1970 of a time on the business's clock."""
    return int(at.replace(tzinfo=ZoneInfo(zone)).timestamp() * 1_000)


class _Run:
    """One chat while it is being held."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self.rehearsal = rehearsal
        self.failures: list[Failure] = []
        self.spoken: dict[int, Sequence[str]] = {}
        self.records: list[Recorded] = []
        rehearsal.clock.now = local_ms(START, rehearsal.playbook.business.zone)

    async def moment(self, moment: Moment, following: Sequence[Moment]) -> None:
        rehearsal = self.rehearsal
        if moment.deed is not None:
            rehearsal.pretended = _pretended(rehearsal, moment, following)
            try:
                await happen(rehearsal, moment.deed)
            except ConvoError as error:
                self._stop(Failure(line=moment.line, what=str(error)))
        for answer in moment.pretended:
            try:
                await rehearsal.pretend(answer.name, answer.value, answer.failure)
            except ConvoError as error:
                self._stop(Failure(line=answer.line, what=str(error)))
        for account in rehearsal.parked():
            self._stop(Failure(line=moment.line, what=failure_in(account).told))
        # First, for what is not said yet may be said once it is answered.
        self._check_errands(moment, following)
        self._compare(moment)
        self.records += await rehearsal.records()
        for standing in moment.standings:
            await self._check(standing)

    def _compare(self, moment: Moment) -> None:
        here = self.rehearsal.channel
        texts = [
            said.text if said.channel == here else said_on(said.channel, said.text)
            for said in self.rehearsal.said()
        ]
        said = tuple(lines_of(texts))
        expected = tuple(text.rstrip() for _, text in moment.said)
        if said == expected:
            return
        self.spoken[moment.line] = texts
        line = _first_difference(moment, expected, said)
        what = "We say something else." if expected and said else "We say something."
        if not said:
            what = "We say nothing."
        self.failures.append(Failure(line=line, what=what, expected=expected, said=said))

    async def _check(self, standing: Standing) -> None:
        where = await self.rehearsal.where()
        if not standing.flow:
            right = not where
        elif standing.step is not None:
            right = (standing.flow, standing.step) in where
        else:
            ended = [
                record.facts["outcome"]
                for recorded in self.records
                for record in recorded.records
                if record.kind == "ended" and record.facts["flow"] == standing.flow
            ]
            open_ = any(flow == standing.flow for flow, _ in where)
            right = bool(ended) and not open_ and standing.outcome in ("", ended[-1])
            if ended and not open_ and not right:
                self.failures.append(
                    Failure(line=standing.line, what=f"{standing.flow}: ended {ended[-1]}.")
                )
                return
        if not right:
            stands = ", ".join(f"{flow}: waiting at {step}" for flow, step in where)
            self.failures.append(
                Failure(line=standing.line, what=f"It stands elsewhere: {stands or 'nothing'}.")
            )

    def _check_errands(self, moment: Moment, following: Sequence[Moment]) -> None:
        """An answer may follow what was said, and a text may come before it; nothing else."""
        waiting = self.rehearsal.open_errands()
        next_deed = following[0].deed if following else Duplicate()
        if not waiting or next_deed is None or isinstance(next_deed, Written | Pictured):
            return
        names = ", ".join(dict.fromkeys(errand.name for errand in waiting))
        self._stop(
            Failure(
                line=moment.line,
                what=f"{names} is asked for, and no line says what it answers.",
                mend=f"Write `! {waiting[0].name} -> ok` below line {moment.last_cause}.",
            )
        )

    def _stop(self, failure: Failure) -> None:
        self.failures.append(failure)
        raise _Stopped


def _pretended(rehearsal: Rehearsal, moment: Moment, following: Sequence[Moment]) -> frozenset[str]:
    """What is pretended of this moment, also behind what is said first."""
    names = [each.name for each in moment.pretended]
    for later in following:
        if later.deed is not None:
            break
        names += [each.name for each in later.pretended]
    return frozenset(rehearsal.keyword_named(name) for name in names)


def _first_difference(moment: Moment, expected: Sequence[str], said: Sequence[str]) -> int:
    """The line of the file where it begins to differ."""
    for n, (number, _) in enumerate(moment.said):
        if n >= len(said) or expected[n] != said[n]:
            return number
    return moment.said[-1][0] if moment.said else moment.last_cause
