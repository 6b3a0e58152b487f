"""Time words: how long (`10m`, `3 days`) and when (`24h before when`, `9:00`, an expression)."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, ClassVar, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
)

from convo.errors import RenderError
from convo.language.anniversaries import LeapDay, next_anniversary
from convo.language.authored import Authored
from convo.language.expressions import Expression
from convo.language.localising import kind_of
from convo.language.scope import Scope
from convo.language.text_problems import TextProblem
from convo.sentences import sentence

LONGEST = timedelta(days=1_830)  # five years
DAY_SECONDS = 24 * 60 * 60
MAX_WORDS = 400  # characters

_UNITS = {
    1: ("s", "sec", "secs", "second", "seconds", "秒", "秒钟"),
    60: ("m", "min", "mins", "minute", "minutes", "分", "分钟"),
    3_600: ("h", "hr", "hrs", "hour", "hours", "小时", "钟头"),
    DAY_SECONDS: ("d", "day", "days", "天", "日"),
    7 * DAY_SECONDS: ("w", "week", "weeks", "周", "星期"),
}
_SECONDS = {word: seconds for seconds, words in _UNITS.items() for word in words}
_PART = re.compile(r"\s*(\d{1,9})\s*([^\W\d]+)")
_EXAMPLES = sentence("Write it like 10m, 2h, 1 day 12h or 3 days.")
_TIMES = sentence("Write it like 9:00, 2h, 24h before when or 2026-12-24 18:00.")
_NO_LENGTH = re.compile(r"^\d[\d:.\s]*$|^\d.*\b(before|after)$")
_RELATIVE = re.compile(r"(?P<span>\d.*?)\s+(?P<side>before|after)\s+(?P<anchor>\S.*)", re.DOTALL)
_YEARLY = re.compile(
    r"(?P<clock>\d\S*(?:\s*[ap]m)?)\s+on\s+every\s+(?P<anchor>\S.*?)"
    r"(?:\s+or\s+(?P<leap>28 Feb|1 Mar))?",
    re.DOTALL | re.IGNORECASE,
)
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*(am|pm)?", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]+(\S.*))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days by the calendar and seconds by the clock: on the day the clocks change they differ."""

    days: int
    seconds: int

    def as_timedelta(self) -> timedelta:
        return timedelta(days=self.days, seconds=self.seconds)


def read_span(text: str) -> Span:
    """`1 day 12h`; raises TextProblem with advice."""
    found: dict[int, int] = {}
    at = 0
    text = text.strip().rstrip(".")
    if len(text) > MAX_WORDS:
        raise TextProblem(
            sentence(
                "A length of time is longer than {max_words} characters. {examples}",
                max_words=MAX_WORDS,
                examples=_EXAMPLES,
            )
        )
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            raise TextProblem(
                sentence(
                    '"{text}" is not a length of time. {examples}', text=text, examples=_EXAMPLES
                )
            )
        number, word = int(part.group(1)), part.group(2).casefold()
        seconds = _SECONDS.get(word)
        if seconds is None:
            of_month = word[:1] in "moyear"
            raise TextProblem(
                sentence(
                    '"{unit}" is not a unit of time. '
                    "Months and years differ in length; count in days. {examples}"
                    if of_month
                    else '"{unit}" is not a unit of time. {examples}',
                    unit=part.group(2),
                    examples=_EXAMPLES,
                )
            )
        if seconds in found:
            raise TextProblem(
                sentence(
                    '"{text}" names the same unit twice. {examples}', text=text, examples=_EXAMPLES
                )
            )
        found[seconds] = number
        at = part.end()
    total = sum(unit * number for unit, number in found.items())
    if not found or total == 0:
        raise TextProblem(
            sentence('"{text}" is no time at all. {examples}', text=text, examples=_EXAMPLES)
        )
    if total > LONGEST.total_seconds():
        raise TextProblem(sentence('"{text}" is longer than five years.', text=text))
    days = sum(unit * number for unit, number in found.items() if unit >= DAY_SECONDS)
    return Span(days=days // DAY_SECONDS, seconds=total - days)


def read_duration(text: object) -> timedelta:
    """`10m`, `2h`, `1 day 12h` as a length; raises TextProblem with advice."""
    if isinstance(text, timedelta):
        return text
    if not isinstance(text, str):
        raise TextProblem(sentence("A length of time is missing. {examples}", examples=_EXAMPLES))
    return read_span(text).as_timedelta()


def duration_words(length: timedelta) -> str:
    """The shortest writing that reads back as the same: "1d 12h"."""
    left = int(length.total_seconds())
    words: list[str] = []
    for unit, sign in ((DAY_SECONDS, "d"), (3_600, "h"), (60, "m"), (1, "s")):
        number, left = divmod(left, unit)
        if number:
            words.append(f"{number}{sign}")
    return " ".join(words)


Duration = Annotated[
    timedelta,
    PlainValidator(read_duration),
    PlainSerializer(duration_words),
    WithJsonSchema({"type": "string", "examples": ["10m", "2h", "1 day 12h", "3 days"]}),
]


def wall(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """This local time on this day; one that the clocks skip is moved on by what they skip."""
    local = datetime.combine(day, clock.replace(tzinfo=None), tzinfo=zone)
    return local.astimezone(UTC).astimezone(zone)


def read_clock(text: str) -> time | None:
    """`9:00`, `18:30`, `9am`, `3:30 pm`; None when it is something else."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None or (found.group(2) is None and found.group(3) is None):
        return None
    hour, minute = int(found.group(1)), int(found.group(2) or 0)
    half = (found.group(3) or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


Side = Literal["before", "after"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment(Authored):
    """A point in time, worked out when it is needed; local times are the contact's.

    A length alone counts from now. A clock time alone is the next one. A date alone, and an
    expression that gives one, is its first minute. Days and weeks keep the time of day when the
    clocks change, hours and minutes are as long as they are. `9:00 on every contact.birthday or
    1 Mar` is that day of each year; without a word of it the 29th of February is the 28th.
    """

    JSON_SCHEMA: ClassVar[dict[str, Any]] = {
        "type": "string",
        "examples": ["9:00", "24h before when", "2 days after contact.joined"],
    }

    source: str
    span: Span | None = field(default=None, compare=False)
    side: Side = field(default="after", compare=False)
    day: date | None = field(default=None, compare=False)
    clock: time | None = field(default=None, compare=False)
    anchor: Expression | None = field(default=None, compare=False)
    #: Every year: what the 29th of February is in a year that has none.
    yearly: LeapDay | None = field(default=None, compare=False)

    @classmethod
    def read(cls, raw: object) -> Self:
        """From what stands at `until:` or `at:`; raises TextProblem with advice."""
        if isinstance(raw, cls):
            return raw
        if not isinstance(raw, str) or not raw.strip():
            raise TextProblem(sentence('A time is missing, such as "9:00" or "24h before when".'))
        source = raw.strip()
        if len(source) > MAX_WORDS:
            raise TextProblem(
                sentence(
                    "A time is longer than {max_words} characters. {times}",
                    max_words=MAX_WORDS,
                    times=_TIMES,
                )
            )
        if found := _YEARLY.fullmatch(source):
            return cls._every_year(source, found)
        if relative := _RELATIVE.fullmatch(source):
            side: Side = "before" if relative.group("side") == "before" else "after"
            written = relative.group("anchor")
            try:
                anchor = Expression.read(written)
            except TextProblem as problem:
                ahead = raw.find(source) + relative.start("anchor")
                raise TextProblem(
                    problem.message, (), problem.offset_line, problem.offset_column + ahead
                ) from None
            return cls(
                source=source, span=read_span(relative.group("span")), side=side, anchor=anchor
            )
        if clock := read_clock(source):
            return cls(source=source, clock=clock)
        if written_day := _DAY.fullmatch(source):
            return cls._on_day(source, written_day)
        if _NO_LENGTH.search(source):
            raise TextProblem(
                sentence('"{source}" is not a time. {times}', source=source, times=_TIMES)
            )
        if source[0].isdigit():
            return cls(source=source, span=read_span(source))
        return cls(source=source, anchor=Expression.read(raw))

    @classmethod
    def _every_year(cls, source: str, found: "re.Match[str]") -> Self:
        clock = read_clock(found["clock"])
        if clock is None:
            raise TextProblem(
                sentence(
                    '"{clock}" is not a time of day. {times}', clock=found["clock"], times=_TIMES
                )
            )
        try:
            anchor = Expression.read(found["anchor"])
        except TextProblem as problem:
            ahead = problem.offset_column + found.start("anchor")
            raise TextProblem(problem.message, (), problem.offset_line, ahead) from None
        first_of_march = (found["leap"] or "").casefold() == "1 mar"
        leap_day: LeapDay = "1 Mar" if first_of_march else "28 Feb"
        return cls(source=source, clock=clock, anchor=anchor, yearly=leap_day)

    @classmethod
    def _on_day(cls, source: str, found: "re.Match[str]") -> Self:
        clock = read_clock(found.group(4)) if found.group(4) else None
        try:
            day = date(int(found.group(1)), int(found.group(2)), int(found.group(3)))
        except ValueError:
            day = None
        if day is None or (found.group(4) and clock is None):
            raise TextProblem(
                sentence(
                    '"{source}" is not a time. Write it like "2026-12-24 18:00".', source=source
                )
            )
        return cls(source=source, day=day, clock=clock)

    @property
    def written(self) -> object:
        return self.source

    @property
    def variables(self) -> frozenset[str]:
        """The names that the time is counted from."""
        return self.anchor.variables if self.anchor else frozenset()

    def at(self, scope: Scope) -> datetime:
        """The moment, in the scope's zone; RenderError when what it is counted from is no time."""
        now = scope.now.astimezone(scope.zone)
        if self.day is not None:
            return wall(self.day, self.clock or time(), scope.zone)
        if self.yearly is not None and self.anchor is not None:
            return self._next_year(self.anchor, self.yearly, now, scope)
        if self.clock is not None:
            return _next(self.clock, now, scope.zone)
        start = now if self.anchor is None else self._anchored(self.anchor, now, scope)
        if self.span is None:
            return start
        sign = -1 if self.side == "before" else 1
        day = start.date() + timedelta(days=sign * self.span.days)
        moved = start
        if self.span.days:
            moved = wall(day, start.time().replace(fold=start.fold), scope.zone)
        exact = moved.astimezone(UTC) + timedelta(seconds=sign * self.span.seconds)
        return exact.astimezone(scope.zone)

    def deadline(self, scope: Scope) -> datetime:
        """As `at`, but a clock time alone is today's: a deadline may be past already."""
        now = scope.now.astimezone(scope.zone)
        clock: object = self.clock if self.day is None else None
        if self.anchor is not None and self.span is None:
            clock = self.anchor.value(scope)
        return wall(now.date(), clock, scope.zone) if isinstance(clock, time) else self.at(scope)

    @property
    def counts_from_now(self) -> bool:
        """Whether it is a length alone, which is never past."""
        return self.span is not None and self.anchor is None

    def _next_year(
        self, anchor: Expression, leap_day: LeapDay, now: datetime, scope: Scope
    ) -> datetime:
        """The next such day at this hour; today's, while the hour is still to come."""
        value = anchor.value(scope)
        if not isinstance(value, date):
            raise RenderError(
                sentence(
                    "`{source}` is {kind}, not a date.", source=anchor.source, kind=kind_of(value)
                )
            )
        clock = self.clock or time()
        today = wall(now.date(), clock, scope.zone)
        after = now.date() - timedelta(days=1) if today > now else now.date()
        return wall(next_anniversary(value, after, leap_day), clock, scope.zone)

    def _anchored(self, anchor: Expression, now: datetime, scope: Scope) -> datetime:
        value = anchor.value(scope)
        if isinstance(value, datetime):
            return (
                value.astimezone(scope.zone) if value.tzinfo else value.replace(tzinfo=scope.zone)
            )
        if isinstance(value, date):
            return wall(value, time(), scope.zone)
        if isinstance(value, time):
            return _next(value, now, scope.zone)
        raise RenderError(
            sentence("`{source}` is {kind}, not a time.", source=anchor.source, kind=kind_of(value))
        )


def _next(clock: time, now: datetime, zone: ZoneInfo) -> datetime:
    today = wall(now.date(), clock, zone)
    return today if today > now else wall(now.date() + timedelta(days=1), clock, zone)
