"""The types of answers that `ask` knows: what a reply means as each of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Annotated, Literal, TypeVar, cast
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, model_validator

from convo.errors import BadAddress
from convo.language.patterns import Pattern
from convo.policy.numbering import read_number
from convo.steps.question import NOTHING, Understood
from convo.steps.scene import Scene
from convo.steps.step import Form
from convo.understanding.dates import understand_date, understand_time, understand_when
from convo.understanding.emails import understand_email
from convo.understanding.names import understand_name
from convo.understanding.numerals import understand_number
from convo.understanding.options import OptionWords, understand_option
from convo.understanding.patterns import understand_pattern
from convo.understanding.yes_no import understand_yes_no

#: The longest text that is taken as an answer.
MAX_ANSWER = 1_600
#: What `expect` may say, and what such an answer is.
TYPES: Mapping[str, str] = {
    "text": "Any words, kept as they are written.",
    "number": "In figures or in words; `number` alone, or with its bounds (below).",
    "date": "A day, in every way that people say one.",
    "time": "A time of day.",
    "datetime": "A day with its time; of half of it the other half is asked for.",
    "yes_no": "Yes or no, in every spelling of the languages.",
    "phone": "A phone number, kept as +8613800138000; without a country code it is of `country`.",
    "email": 'An e-mail address, also said ("anna at example dot com"). A slip like gmial.com is '
    "asked back about.",
    "name": 'What somebody is called, in their own capitals: Anna Lee of "I\'m Anna Lee".',
    "pattern": "A code of your own: a booking's number, a plate, a postcode (below).",
    "[red, blue]": "One of these words, or its number; see `choose`, which shows them.",
}
#: Characters of the example of a pattern: its text stays one part, whatever the script.
MAX_EXAMPLE = 30
#: Countries that write the month before the day (CLDR short dates); China writes 12/5 so too.
MONTH_FIRST = frozenset({"US", "CN", "TW", "HK", "JP", "KR", "PH", "CA"})

_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
#: Of an answer that is asked back: what was probably meant, and what was written.
MEANT = "meant"
_WRITTEN = "written"


def _integer_or_float(raw: object) -> object:
    """Numbers in a flow file are texts until a field asks for a number."""
    if not isinstance(raw, str):
        return raw
    try:
        return float(raw)
    except ValueError:
        raise ValueError(f'"{raw}" is no number. Write it like 10 or 2.5.') from None


Number = Annotated[float, BeforeValidator(_integer_or_float)]


class NumberRange(Form):
    """A number within bounds: `expect: {number: {min: 0, max: 10, whole: true}}`."""

    min: Number | None = Field(default=None, description="The least that is taken.")
    max: Number | None = Field(default=None, description="The most that is taken.")
    whole: bool = Field(default=False, description="No fractions.")


class PatternForm(Form):
    """A code: `expect: {pattern: {match: '[A-Z]{2}[0-9]{6}', example: AB123456}}`.

    `AB123456`, ` ab 123-456 `, `ＡＢ１２３４５６` and "it's AB123456, thanks" fit this one. What is
    kept is written as the customer wrote it, without spaces; `{{ ref | upper }}` has capitals.
    """

    match: Pattern = Field(
        description="A regular expression of RE2, in single quotes. The whole reply has to fit it, "
        "or the one thing in a sentence that does, if that has five characters and a figure. "
        "Capitals make no difference, unless it begins with `(?-i)`. If one group has a name, "
        "`(?P<ref>[0-9]+)`, that is kept. No looking around, no back-references."
    )
    example: str = Field(
        min_length=1, max_length=MAX_EXAMPLE, description="Told to who is not understood."
    )

    @model_validator(mode="after")
    def _shows_what_fits(self) -> "PatternForm":
        if understand_pattern(self.example, self.match.ready, ()) is None:
            raise ValueError(f'The example "{self.example}" does not fit its own pattern.')
        return self


#: Types that hold more than their name.
_WITH_PARTS = frozenset({"number", "pattern"})


def _from_name(raw: object) -> object:
    """`number` and `[red, blue]` are short for {number: {}} and {option: [red, blue]}."""
    if isinstance(raw, str):
        return {raw: {}} if raw in _WITH_PARTS else {"kind": raw}
    return {"option": cast(object, raw)} if isinstance(raw, list) else raw


SimpleKind = Literal["text", "date", "time", "datetime", "yes_no", "phone", "email", "name"]


class Expect(Form):
    """What kind of answer is awaited: a name, `{number: {...}}`, or a list of own words."""

    kind: SimpleKind | None = None
    number: NumberRange | None = None
    option: tuple[str, ...] | None = None
    pattern: PatternForm | None = None

    @model_validator(mode="after")
    def _one(self) -> "Expect":
        given = (self.kind, self.number, self.option, self.pattern)
        if sum(part is not None for part in given) != 1:
            raise ValueError(f"Expect one of {', '.join(TYPES)}.")
        return self

    @property
    def name(self) -> str:
        """The type's name, as authors write it."""
        if self.number is not None:
            return "number"
        if self.pattern is not None:
            return "pattern"
        return "option" if self.option is not None else str(self.kind)

    @property
    def answer_kind(self) -> str:
        """The kind under which the answer is kept."""
        return kept_as(self.name)


def kept_as(kind: str) -> str:
    """A name, or what fits a pattern, is kept as any text."""
    return "text" if kind in ("name", "pattern") else kind


Expected = Annotated[Expect, BeforeValidator(_from_name)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How an answer is read: in whose zone, and what half of it is known already."""

    now: datetime
    languages: tuple[str, ...]
    country: str
    partial: Mapping[str, str]

    @property
    def day_first(self) -> bool:
        return self.country not in MONTH_FIRST


def reading(scene: Scene, zone: ZoneInfo) -> Reading:
    """How answers of this scene are read."""
    return Reading(
        now=scene.around.now.astimezone(zone),
        languages=scene.flow.reads,
        country=scene.around.country,
        partial=scene.partial or {},
    )


def understood_answer(expect: Expect, text: str, how: Reading) -> Understood | None:
    """What `text` means as this type of answer; None when it means nothing."""
    if expect.number is not None:
        bounds = expect.number
        number = understand_number(
            text,
            minimum=bounds.min,
            maximum=bounds.max,
            whole=bounds.whole,
            languages=how.languages,
        )
        return None if number is None else Understood(value=number)
    if expect.option is not None:
        words = [
            OptionWords(id=word, number=n, labels=(word,), words=())
            for n, word in enumerate(expect.option, start=1)
        ]
        chosen = understand_option(text, words, how.languages)
        return None if chosen is None else Understood(value=chosen)
    if expect.pattern is not None:
        fit = understand_pattern(text, expect.pattern.match.ready, how.languages)
        return None if fit is None else Understood(value=fit)
    return _SIMPLE[expect.kind or "text"](text, how)


def make_ready(expect: Expect, languages: tuple[str, ...]) -> None:
    """Make the grammar of this type of answer, by reading with it what means nothing."""
    how = Reading(now=_SOME_DAY, languages=languages, country="", partial={})
    understood_answer(expect, NOTHING, how)


def _text(text: str, how: Reading) -> Understood | None:
    trimmed = text.strip()
    return Understood(value=trimmed) if trimmed and len(trimmed) <= MAX_ANSWER else None


def _name(text: str, how: Reading) -> Understood | None:
    name = understand_name(text, how.languages)
    return None if name is None else Understood(value=name)


def _yes_no(text: str, how: Reading) -> Understood | None:
    said = understand_yes_no(text, how.languages)
    return None if said is None else Understood(value=said)


def _date(text: str, how: Reading) -> Understood | None:
    day = understand_date(text, now=how.now, languages=how.languages, day_first=how.day_first)
    return None if day is None else Understood(value=day)


def _time(text: str, how: Reading) -> Understood | None:
    hour = understand_time(text, now=how.now, languages=how.languages)
    return None if hour is None else Understood(value=hour)


def _datetime(text: str, how: Reading) -> Understood | None:
    """A day with an hour; half of it is kept until the other half comes."""
    when = understand_when(text, now=how.now, languages=how.languages, day_first=how.day_first)
    day, hour = (when.day, when.time) if when is not None else (None, None)
    if hour is None and day is None and "day" in how.partial:
        hour = understand_time(text, now=how.now, languages=how.languages)
    if day is None and hour is None:
        return None
    day = day or _kept(how.partial, "day", date.fromisoformat)
    hour = hour or _kept(how.partial, "time", time.fromisoformat)
    if day is None or hour is None:
        half = {"day": day.isoformat()} if day else {"time": str(hour)}
        return Understood(partial=half)
    return Understood(value=datetime.combine(day, hour, tzinfo=how.now.tzinfo))


_Half = TypeVar("_Half", date, time)


def _kept(partial: Mapping[str, str], name: str, read: Callable[[str], _Half]) -> _Half | None:
    raw = partial.get(name)
    return None if raw is None else read(raw)


def _phone(text: str, how: Reading) -> Understood | None:
    try:
        return Understood(value=read_number(text, how.country).e164)
    except BadAddress:
        return None


def _email(text: str, how: Reading) -> Understood | None:
    """An address; one that looks like a slip is asked back, and taken when it comes again."""
    meant = how.partial.get(MEANT)
    if meant is not None and understand_yes_no(text, how.languages):
        return Understood(value=meant)
    found = understand_email(text, how.languages)
    if found is None:
        return None
    if found.meant is None or found.address == how.partial.get(_WRITTEN):
        return Understood(value=found.address)
    return Understood(partial={MEANT: found.meant, _WRITTEN: found.address})


_SIMPLE: Mapping[str, Callable[[str, Reading], Understood | None]] = {
    "text": _text,
    "name": _name,
    "yes_no": _yes_no,
    "date": _date,
    "time": _time,
    "datetime": _datetime,
    "phone": _phone,
    "email": _email,
}
