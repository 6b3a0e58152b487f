"""When and how often we may speak first: [quiet], [windows], [holidays] and [caps]."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from convo.core.business import Cap, Caps, Move, Signal
from convo.core.hours import DAYS_A_WEEK, DayRule, Hours, Span
from convo.core.written_hours import DAYS, spans_of, weekdays_of
from convo.language.spelling import advice

EVERY_DAY = ""
"""Stands for all days where one text was written for them."""

WORKDAYS, FREEDAYS = "workdays", "freedays"
CAP_MOST = 50
"""Touches that a cap may count: a contact's record holds their times."""
CAP_DAYS = 366

_CAP = re.compile(
    r"(\d{1,3})(?: texts?| times?| messages?)? ?(?:per|an?|in|every|/) ?(?:(\d{1,3}) )?"
    r"(day|week|month|year)s?",
    re.ASCII,
)
# A month is the longest: never two of "1 per month" in one month.
_PERIODS = {"day": 1, "week": 7, "month": 31, "year": CAP_DAYS}


class SpeakingSection(BaseModel):
    """A table of the file: nothing in it may be misspelt."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


# --- what the values mean -------------------------------------------------------------------------


def by_days(value: object) -> object:
    """One text stands for every day, under ""."""
    if isinstance(value, str):
        return {EVERY_DAY: value}
    if not isinstance(value, dict) or not value:
        raise ValueError(
            'it must be hours in quotes, like "9:00-20:00", or hours by days, like '
            '{mon-sat = "9:00-20:00", sun = "12:00-20:00"}.'
        )
    return cast(dict[str, object], value)


def _known_hours(written: dict[str, str]) -> dict[str, str]:
    quiet_hours(written)
    return written


def quiet_hours(written: Mapping[str, str]) -> Hours:
    """Hours by days; a day that is not named is closed."""
    week: list[tuple[Span, ...]] = [()] * DAYS_A_WEEK
    taken: set[int] = set()
    for days, text in written.items():
        named = frozenset(range(DAYS_A_WEEK)) if days == EVERY_DAY else weekdays_of(days)
        if twice := taken & named:
            raise ValueError(f'it names "{DAYS[min(twice)]}" twice. One must go.')
        taken |= named
        spans = spans_of(text)
        for day in named:
            week[day] = spans
    return Hours(week=tuple(week))


def _known_spans(text: str) -> str:
    spans_of(text)
    return text


def _known_days(text: str) -> str:
    if text not in (WORKDAYS, FREEDAYS):
        weekdays_of(text)
    return text


def cap_of(text: str) -> Cap:
    """The cap of "2 per week", "1 per 10 days", "1 per month" or "never"."""
    if text.casefold().strip() == "never":
        return Cap(most=0, days=1, written=text)
    found = _CAP.fullmatch(" ".join(text.casefold().split()))
    if found is None:
        raise ValueError(
            f'"{text}" is no cap. Write it like "2 per week", "1 per 10 days" or "never".'
        )
    most, days = int(found[1]), int(found[2] or 1) * _PERIODS[found[3]]
    if not 1 <= most <= CAP_MOST or not 1 <= days <= CAP_DAYS:
        raise ValueError(
            f'"{text}" is out of bounds: 1 to {CAP_MOST} times, within 1 to {CAP_DAYS} days.'
        )
    return Cap(most=most, days=days, written=text)


def _known_cap(text: str) -> str:
    cap_of(text)
    return text


HoursText = Annotated[
    dict[str, str], BeforeValidator(by_days), AfterValidator(_known_hours), Field(min_length=1)
]


# --- the sections ---------------------------------------------------------------------------------


class WindowSection(SpeakingSection):
    """The hours of an audience: a flow that names it (`window: NAME`) begins only within them."""

    hours: Annotated[str, AfterValidator(_known_spans)] = Field(
        description="One span or several, by the contact's clock.",
        examples=["11:30-13:00, 20:00-21:30"],
    )
    days: Annotated[str, AfterValidator(_known_days)] = Field(
        default="mon-sun",
        description='Days of the week; or "workdays" or "freedays" by the calendar of '
        "`[holidays]`, where a holiday is free and a weekend's day that is worked for it is not.",
        examples=["mon-fri", "sat, sun", "workdays"],
    )
    holidays: DayRule = Field(
        default="as usual",
        description="What a holiday does to it: nothing, or it is closed, or it is open whatever "
        'the weekday. With "workdays" and "freedays" that is settled.',
    )


class HolidaysSection(SpeakingSection):
    """Days that do not go by the week."""

    file: str = Field(
        default="",
        description="A dated list of holidays and of weekends that are worked for them "
        "([form](../how-to/when-we-may-speak.md#holidays)). `convo check` refuses a list without "
        "this year, from November on warns of one without the next, and refuses it in December.",
        examples=["holidays/cn.yaml"],
    )


class InARowSection(SpeakingSection):
    """So many touches in a row, and the tier that they move a contact to."""

    touches: int = Field(ge=1, le=CAP_MOST, description="How many in a row.")
    tier: str = Field(description="A tier of `[caps]`.")


class ComplaintSection(SpeakingSection):
    """The tag that tells of a complaint, and the tier that it moves a contact to."""

    tag: str = Field(min_length=1, description="A tag that flows give (`tag:`).")
    tier: str = Field(description="A tier of `[caps]`.")


class SignalsSection(SpeakingSection):
    """How what contacts do moves them to another tier.

    Each moves one way: `answered` never to a rarer tier, the others never to one more often, and
    none above what a contact has chosen. What they write counts, but for STOP, START and HELP.
    """

    answered: InARowSection | None = Field(
        default=None,
        description="Touches in a row that they wrote back to, before the next one began.",
        examples=[{"touches": 2, "tier": "high"}],
    )
    unanswered: InARowSection | None = Field(
        default=None,
        description="Touches since they last wrote; until they write.",
        examples=[{"touches": 3, "tier": "dormant"}],
    )
    complaint: ComplaintSection | None = Field(
        default=None,
        description="A flow took what they said for a complaint; until it takes the tag away.",
        examples=[{"tag": "complained", "tier": "dormant"}],
    )

    @property
    def moves(self) -> Mapping[Signal, InARowSection | ComplaintSection]:
        found: dict[Signal, InARowSection | ComplaintSection | None] = {
            "answered": self.answered,
            "unanswered": self.unanswered,
            "complaint": self.complaint,
        }
        return {name: move for name, move in found.items() if move is not None}


class CapsSection(SpeakingSection):
    """How often marketing may begin with a contact, over all flows, drips and campaigns together.

    Every key but these is a tier: `high = "2 per week"`, `normal = "1 per 10 days"`,
    `dormant = "1 per month"`, `none = "never"`. The days are counted back from now; a month is 31
    of them. What one conversation says in one turn counts once. Answers, service, one-time codes
    and emergencies are not counted and not held back.
    """

    model_config = ConfigDict(extra="allow", frozen=True, str_strip_whitespace=True)
    # The way in which pydantic is told the type of further keys; its own stub forbids it.
    __pydantic_extra__: dict[str, Annotated[str, AfterValidator(_known_cap)]]  # pyright: ignore[reportIncompatibleVariableOverride]

    field: str = Field(
        default="",
        description="The field of `[contact]` that names a contact's tier; "
        "where it names none, they are in the usual one.",
        examples=["tier"],
    )
    usual: str = Field(default="normal", description="The tier of everybody else.")
    chosen: str = Field(
        default="",
        description="The field of `[contact]` in which contacts choose a tier for themselves: "
        "it is never more often than that.",
        examples=["how_often"],
    )
    signals: SignalsSection = Field(
        default=SignalsSection(), description="How what they do moves them to another tier."
    )
    when_full: Literal["refuse", "wait"] = Field(
        default="refuse",
        description="Whether a text over the cap is refused, or waits for the next allowed time.",
    )

    @property
    def tiers(self) -> Mapping[str, str]:
        return cast(Mapping[str, str], self.model_extra or {})


def unfit_caps(
    caps: CapsSection | None, contact: Mapping[str, str]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Where [caps] names a tier or a field that is not there, and how to mend it."""
    if caps is None:
        return
    if caps.usual not in caps.tiers:
        mend = advice(caps.usual, caps.tiers) if caps.tiers else ""
        yield (
            ("caps", "usual"),
            f'there is no tier "{caps.usual}", which contacts without a tier of their own are in. '
            f"{mend or 'Write one, like normal = ..., with a cap such as 1 per 10 days.'}",
        )
    for key, name in (("field", caps.field), ("chosen", caps.chosen)):
        if name and contact.get(name) not in ("text", "option"):
            yield (
                ("caps", key),
                f'"{name}" is no field that can hold a tier\'s name. Add '
                f'{name} = "text" under [contact].',
            )
    for signal, move in caps.signals.moves.items():
        if move.tier not in caps.tiers:
            yield (
                ("caps", "signals", signal, "tier"),
                f'there is no tier "{move.tier}". {advice(move.tier, caps.tiers)}',
            )


# --- from sections to values ----------------------------------------------------------------------


def window_hours(section: WindowSection) -> Hours:
    """An audience's hours."""
    spans = spans_of(section.hours)
    rules: Mapping[str, tuple[str, DayRule, DayRule]] = {
        WORKDAYS: ("mon-fri", "closed", "open"),
        FREEDAYS: ("sat, sun", "open", "closed"),
    }
    days, on_holidays, on_working = rules.get(
        section.days, (section.days, section.holidays, "as usual")
    )
    named = weekdays_of(days)
    return Hours(
        week=tuple(spans if day in named else () for day in range(DAYS_A_WEEK)),
        extra=spans,
        on_holidays=on_holidays,
        on_working_weekends=on_working,
    )


def caps(section: CapsSection | None) -> Caps | None:
    """The caps, if there are any."""
    if section is None:
        return None
    return Caps(
        tiers={name: cap_of(text) for name, text in section.tiers.items()},
        field=section.field,
        usual=section.usual,
        chosen=section.chosen,
        signals={name: _move(move) for name, move in section.signals.moves.items()},
        when_full=section.when_full,
    )


def _move(section: InARowSection | ComplaintSection) -> Move:
    if isinstance(section, ComplaintSection):
        return Move(tier=section.tier, tag=section.tag)
    return Move(tier=section.tier, touches=section.touches)
