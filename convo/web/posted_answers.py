"""The answers that an own system posts with a request, read as the flow declares them."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from convo.core.business import Business
from convo.core.contacts import Json
from convo.engine.flow import Flow
from convo.errors import BadAddress, RenderError
from convo.language.spelling import advice
from convo.language.values import restored, stored
from convo.policy.numbering import read_number
from convo.steps.expect import MAX_ANSWER

NUMBER_AT_MOST = 10**15
"""Beyond it a float is not exact any more, and no text shows it whole."""

YEARS = range(1900, 2200)
"""What an appointment can be in; at the ends of the calendar no zone can be worked out."""

_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
_DATE_LENGTH = len("2026-11-24")


class _Refused(Exception):
    """This value will not do, for a reason that is not the same for all of its kind."""


def read_answers(
    given: Mapping[str, Any], flow: Flow, business: Business, complaints: list[str]
) -> dict[str, Json]:
    """What is kept of `given`, as flows keep it; what is wrong with it goes to `complaints`."""
    kept: dict[str, Json] = {}
    for name, raw in given.items():
        kind = flow.answers.get(name)
        if kind is None:
            mend = advice(name, flow.answers) or "It keeps none."
            complaints.append(f'answers.{name}: flow "{flow.name}" keeps no such answer. {mend}')
        elif raw is not None:
            read, must_be = _KINDS[kind]
            try:
                kept[name] = _known_option(read(raw, business), flow.labels.get(name))
            except _Refused as error:
                complaints.append(f"answers.{name}: {error}")
            except (ValueError, OverflowError, RenderError):
                complaints.append(f"answers.{name}: it must be {must_be}.")
    return kept


def _known_option(value: Json, labels: Mapping[str, object] | None) -> Json:
    """A `choose` knows its options; nothing else bounds what an answer may be."""
    if labels and value not in labels:
        raise _Refused(f'there is no option "{value}". {advice(str(value), labels)}')
    return value


def _text(raw: Any, _business: Business) -> str:
    if not isinstance(raw, str) or "\0" in raw:
        raise ValueError
    if len(raw) > MAX_ANSWER:
        raise _Refused(f"it has {len(raw)} characters; an answer has at most {MAX_ANSWER}.")
    return raw


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


def _email(raw: Any, business: Business) -> str:
    text = _text(raw, business)
    if not re.fullmatch(r"[^\s@]+@[^\s@]+", text):
        raise ValueError
    return text


#: Kind -> how it is read, and what to say of a value that is none.
_KINDS: Mapping[str, tuple[Callable[[Any, Business], Json], str]] = {
    "text": (_text, 'a text, like "Haircut"'),
    "option": (_text, "the id of an option, as a text"),
    "number": (_number, "a number, like 12 or 2.5"),
    "yes_no": (_yes_no, "true or false"),
    "date": (_date, 'a date in ISO 8601, like "2026-11-24"'),
    "time": (_time, 'a time of day, like "15:00"'),
    "datetime": (
        _datetime,
        'a date and time in ISO 8601, like "2026-11-24T15:00" by your clock or '
        '"2026-11-24T15:00+08:00"',
    ),
    "phone": (_phone, "a phone number as a text"),
    "email": (_email, "an email address"),
}
