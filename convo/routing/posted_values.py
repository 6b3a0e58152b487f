"""What an own system posts with a request, read as the flows that it is for declare it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from zoneinfo import ZoneInfo

from convo.core.business import Business
from convo.core.contacts import Json
from convo.engine.flow import Flow
from convo.errors import BadAddress, RenderError
from convo.language.spelling import advice
from convo.language.values import restored, stored
from convo.policy.numbering import read_number
from convo.routing.playbook import Playbook
from convo.steps.expect import MAX_ANSWER

NUMBER_AT_MOST = 10**15
"""Beyond it a float is not exact any more, and no text shows it whole."""

YEARS = range(1900, 2200)
"""What an appointment can be in; at the ends of the calendar no zone can be worked out."""

_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
_DATE_LENGTH = len("2026-11-24")


class _Refused(Exception):
    """This value will not do, for a reason that is not the same for all of its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """A flow that a request is for: it begins, or its open conversations hear the event."""

    flow: Flow
    begins: bool
    #: Values of `event` that must be brought.
    needs: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What is kept of a request's values, and what is wrong with them, a sentence each."""

    values: Mapping[str, Json]
    complaints: tuple[str, ...]
    #: What is wrong with values that an event brings: missing, or of the wrong kind.
    unfit: tuple[str, ...]


def concerned(playbook: Playbook, *, flow: str = "", event: str = "") -> tuple[Concerned, ...]:
    """The flows that a request is for: none when the playbook knows neither flow nor event."""
    flows = playbook.flows
    found: list[Concerned] = []
    name = flow or playbook.events.get(event, "")
    if name in flows:
        begins = flows[name]
        # Who asks for a flow that events start has the same to bring as the event.
        needs = begins.needs if begins.events else frozenset[str]()
        found.append(Concerned(flow=begins, begins=True, needs=needs))
    for hearer in playbook.heard.get(event, ()):
        hearing = flows[hearer].hears[event]
        found.append(Concerned(flow=flows[hearer], begins=False, needs=hearing.needs))
    return tuple(found)


def read_values(
    given: Mapping[str, Any], flows: Sequence[Concerned], business: Business, *, of: str
) -> Read:
    """`given` as the flows keep it; `of` is what was asked for, in quotes."""
    complaints: list[str] = []
    unfit: list[str] = []
    kept: dict[str, Json] = {}
    for name, raw in given.items():
        wanted = [*_wanted(name, flows)]
        if not wanted:
            complaints.append(_unknown(name, flows, of))
        for flow, kind, of_event in wanted if raw is not None else ():
            labels = None if of_event else flow.labels.get(name)
            told = unfit if of_event else complaints
            read, must_be = _KINDS[kind]
            try:
                kept.setdefault(name, _known_option(read(raw, business), labels))
            except _Refused as error:
                told.append(f"answers.{name}: {error}")
            except (ValueError, OverflowError, RenderError):
                told.append(f"answers.{name}: it must be {must_be}.")
    for each in flows:
        for name in sorted(name for name in each.needs if given.get(name) is None):
            must_be = _KINDS[each.flow.brings[name]][1]
            what = f'it is missing, and flow "{each.flow.name}" needs it'
            unfit.append(f"answers.{name}: {what}: {must_be}.")
    return Read(values=kept, complaints=tuple(complaints), unfit=tuple(dict.fromkeys(unfit)))


def _wanted(name: str, flows: Sequence[Concerned]) -> Iterator[tuple[Flow, str, bool]]:
    """The flows that know the name, as which kind, and whether as a value of the event."""
    for each in flows:
        if name in each.flow.brings:
            yield each.flow, each.flow.brings[name], True
        if each.begins and name in each.flow.answers:
            yield each.flow, each.flow.answers[name], False


def _unknown(name: str, flows: Sequence[Concerned], of: str) -> str:
    begins = next((each.flow for each in flows if each.begins), None)
    known = [*(begins.answers if begins else ()), *(n for each in flows for n in each.flow.brings)]
    if begins is None:
        return f"answers.{name}: no flow that hears {of} knows it. {advice(name, known)}".rstrip()
    mend = advice(name, known) or "It keeps none."
    return f'answers.{name}: flow "{begins.name}" keeps no such answer. {mend}'


def _known_option(value: Json, labels: Mapping[str, object] | None) -> Json:
    """A `choose` knows its options, and their order; nothing else bounds what an answer may be."""
    if not labels:
        return value
    chosen = value if isinstance(value, list) else [value]
    for id in chosen:
        if id not in labels:
            raise _Refused(f'there is no option "{id}". {advice(str(id), labels)}')
    return [id for id in labels if id in value] if isinstance(value, list) else value


def _text(raw: Any, _business: Business) -> str:
    if not isinstance(raw, str) or "\0" in raw:
        raise ValueError
    if len(raw) > MAX_ANSWER:
        raise _Refused(f"it has {len(raw)} characters; an answer has at most {MAX_ANSWER}.")
    return raw


def _options(raw: Any, business: Business) -> Json:
    if not isinstance(raw, list):
        raise ValueError
    ids = [_text(id, business) for id in cast("list[object]", raw)]
    return [*dict.fromkeys(ids)]


def _number(raw: Any, business: Business) -> Json:
    if isinstance(raw, str) and not _NUMBER.fullmatch(raw):
        raise ValueError
    number = restored("number", raw, ZoneInfo(business.zone))
    if abs(number) >= NUMBER_AT_MOST:
        raise ValueError
    return stored(number)


def _yes_no(raw: Any, _business: Business) -> bool:
    if not isinstance(raw, bool):
        raise ValueError
    return raw


def _counted(_raw: Any, _business: Business) -> Json:
    raise ValueError


def _date(raw: Any, business: Business) -> Json:
    day = restored("date", _text(raw, business), ZoneInfo(business.zone))
    if day.year not in YEARS:
        raise ValueError
    return stored(day)


def _time(raw: Any, business: Business) -> Json:
    hour = restored("time", _text(raw, business), ZoneInfo(business.zone))
    if hour.tzinfo is not None:
        raise ValueError
    return stored(hour)


def _datetime(raw: Any, business: Business) -> Json:
    text = _text(raw, business)
    if len(text) <= _DATE_LENGTH:
        raise ValueError  # a day alone would be its midnight, which nobody means
    moment = restored("datetime", text, ZoneInfo(business.zone))
    if moment.year not in YEARS:
        raise ValueError
    return stored(moment)


def _phone(raw: Any, business: Business) -> str:
    try:
        return read_number(_text(raw, business), business.country).e164
    except BadAddress as error:
        raise _Refused(str(error)) from None


def _place(raw: Any, business: Business) -> str:
    text = _text(raw, business)
    known = {id for places in business.places.values() for id in places}
    if text not in known:
        mend = advice(text, known) if known else "Write [places.LIST] in convo.toml."
        raise _Refused(f'there is no place "{text}". {mend}')
    return text


def _email(raw: Any, business: Business) -> str:
    text = _text(raw, business)
    if not re.fullmatch(r"[^\s@]+@[^\s@]+", text):
        raise ValueError
    return text


#: Kind -> how it is read, and what to say of a value that is none.
_KINDS: Mapping[str, tuple[Callable[[Any, Business], Json], str]] = {
    "text": (_text, 'a text, like "Haircut"'),
    "option": (_text, "the id of an option, as a text"),
    "options": (_options, 'a list of the ids of options, like ["news", "tips"]'),
    "number": (_number, "a number, like 12 or 2.5"),
    "yes_no": (_yes_no, "true or false"),
    "date": (_date, 'a date in ISO 8601, like "2026-11-24"'),
    "time": (_time, 'a time of day, like "15:00"'),
    "datetime": (
        _datetime,
        'a date and time in ISO 8601, like "2026-11-24T15:00" by your clock or '
        '"2026-11-24T15:00+08:00"',
    ),
    "place": (_place, "the id of a place of convo.toml, as a text"),
    "phone": (_phone, "a phone number as a text"),
    "tally": (_counted, "left out: a standing is counted here"),
    "email": (_email, "an email address"),
}
