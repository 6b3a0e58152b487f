"""Answers as the state keeps them: plain JSON, and back into the value of the question's kind."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from convo.errors import RenderError
from convo.language.scope import Choice, Choices, Standing
from convo.sentences import sentence

# RFC 9557: the offset says when, the name in brackets says where.
_WITH_ZONE = re.compile(r"(?P<when>[^\[\]]+)\[(?P<zone>[^\[\]]+)\]")


def stored(value: object) -> Any:
    """As JSON: an option as its id, a datetime with its offset and zone, a Decimal as text."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (Choice, str)):
        return str.__str__(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("A datetime is kept with its zone only.")
        key = getattr(value.tzinfo, "key", None)
        return f"{value.isoformat()}[{key}]" if key else value.isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, (list, tuple)):
        return [stored(one) for one in cast("Sequence[object]", value)]
    if isinstance(value, dict):
        named = cast("Mapping[str, object]", value)
        return {name: stored(one) for name, one in named.items()}
    raise TypeError(f"A {type(value).__name__} cannot be kept.")


def plain(values: Mapping[str, object]) -> dict[str, Any]:
    """JSON for other systems: as `stored`, but times are RFC 3339, which everybody reads."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else stored(value)
        for name, value in values.items()
    }


def packed(values: Mapping[str, object]) -> dict[str, Any]:
    """JSON for an action: what JSON has no form for goes with its kind."""
    return {name: _with_kind(value) for name, value in values.items()}


def unpacked(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was packed, native again; what was not is left as it is."""
    return {name: _without_kind(value) for name, value in values.items()}


_KIND = "kind"
_VALUE = "value"
_PACKED: tuple[tuple[type, str], ...] = (
    # In this order: a datetime is a date.
    (datetime, "datetime"),
    (date, "date"),
    (time, "time"),
    (Decimal, "number"),
)


def _with_kind(value: object) -> Any:
    for family, kind in _PACKED:
        if isinstance(value, family):
            return {_KIND: kind, _VALUE: stored(value)}
    return stored(value)


def _without_kind(value: Any) -> Any:
    match value:
        case {"kind": str(kind), "value": raw} if kind in KINDS:
            return restored(kind, raw, _UTC)
        case _:
            return value


# A datetime without a zone is never packed, so this one is never used.
_UTC = ZoneInfo("UTC")


def _datetime(raw: Any, zone: ZoneInfo) -> datetime:
    text, known = str(raw), zone
    if found := _WITH_ZONE.fullmatch(text):
        text = found.group("when")
        try:
            known = ZoneInfo(found.group("zone"))
        except (ZoneInfoNotFoundError, ValueError):
            known = zone  # the zone is gone from the tables; the offset still says when
    value = datetime.fromisoformat(text)
    return value.astimezone(known) if value.tzinfo else value.replace(tzinfo=known)


def _number(raw: Any, _: ZoneInfo) -> int | float | Decimal:
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return raw
    number = Decimal(str(raw))
    if not number.is_finite():
        raise ValueError
    return int(number) if number == number.to_integral_value() else number


def _yes_no(raw: Any, _: ZoneInfo) -> bool:
    if isinstance(raw, bool):
        return raw
    raise ValueError


def _tally(raw: Any, _: ZoneInfo) -> Standing:
    if isinstance(raw, dict):
        return Standing(cast("Mapping[str, int]", raw), {})
    raise ValueError


def _text(raw: Any, _: ZoneInfo) -> str:
    if isinstance(raw, str):
        return raw
    raise ValueError


def _options(raw: Any, _: ZoneInfo) -> Choices:
    if not isinstance(raw, list):
        raise ValueError
    return Choices(Choice(_text(id, _), {}) for id in cast("Sequence[object]", raw))


_RESTORES: dict[str, Callable[[Any, ZoneInfo], Any]] = {
    "text": _text,
    "name": _text,
    "phone": _text,
    "email": _text,
    "option": _text,
    "options": _options,
    "place": _text,
    "number": _number,
    "yes_no": _yes_no,
    "date": lambda raw, _: date.fromisoformat(str(raw)),
    "time": lambda raw, _: time.fromisoformat(str(raw)),
    "datetime": _datetime,
    "tally": _tally,
}
KINDS = frozenset(_RESTORES)


def is_kept(kind: str, raw: Any, zone: ZoneInfo) -> bool:
    """Whether `raw` is how a value of this kind is kept."""
    try:
        restored(kind, raw, zone)
    except RenderError:
        return False
    return True


def restored(kind: str, raw: Any, zone: ZoneInfo) -> Any:
    """The value of this kind; `zone` is for datetimes kept without one. None stays None.

    An option comes back as its id: who knows the flow gives it its labels again. Raises
    RenderError when what was kept is not of this kind, for instance after a flow has changed.
    """
    if raw is None:
        return None
    try:
        return _RESTORES[kind](raw, zone)
    except (ValueError, InvalidOperation):
        raise RenderError(sentence("A kept answer is not a {kind}.", kind=kind)) from None
