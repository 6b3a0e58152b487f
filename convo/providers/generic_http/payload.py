"""Finding values in what a gateway sent: form fields, JSON pointers, headers and dates."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from convo.errors import WebhookRejected
from convo.ports import RawRequest
from convo.providers.wire import decoded, raw_pairs

MAX_ITEMS = 1000
"""Texts in one request; a longer list is refused whole, for the gateway must not lose its end."""

_CHARSET_FIELD = "field:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """One text or report: an item of the JSON, and the fields that came beside it."""

    document: Any = field(repr=False)
    fields: Mapping[str, bytes] = field(repr=False)
    charset: str

    def first(self, places: Sequence[str]) -> str | None:
        """The value at the first place that has one."""
        return next((value for place in places for value in self._at(place)[:1]), None)

    def every(self, places: Sequence[str]) -> tuple[str, ...]:
        """All values at the first place that has any: a list there gives several."""
        return next((tuple(found) for place in places if (found := self._at(place))), ())

    def _at(self, place: str) -> list[str]:
        if place.startswith("/"):
            return scalars(pointed(self.document, place))
        match self.document:
            case {**members} if place in members:
                return scalars(members[place])
            case _:
                pass
        raw = self.fields.get(place)
        return [] if raw is None else [decoded(raw, self.charset)]


def payloads(request: RawRequest, items: str, charset: str) -> Iterator[Payload]:
    """What the request holds, one by one. Raises `WebhookRejected` when it cannot be read."""
    kind = request.headers.get("content-type", "")
    is_json = request.method != "GET" and "json" in kind
    fields = {
        name.decode("utf-8", "replace"): value
        for form in (request.query, b"" if is_json else request.body)
        for name, value in raw_pairs(form)
    }
    if charset.startswith(_CHARSET_FIELD):
        charset = fields.get(charset.removeprefix(_CHARSET_FIELD), b"").decode("ascii", "replace")
    document = _document(decoded(request.body, charset)) if is_json else None
    if not items:
        yield Payload(document=document, fields=fields, charset=charset)
        return
    listed = pointed(document, items)
    if not isinstance(listed, list) or len(cast(list[Any], listed)) > MAX_ITEMS:
        raise WebhookRejected(f"There is no list of at most {MAX_ITEMS} items at {items!r}.")
    for item in cast(list[Any], listed):
        yield Payload(document=item, fields=fields, charset=charset)


def _document(text: str) -> Any:
    try:
        # Numbers stay as they are written: a 64-bit id is no float.
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise WebhookRejected("The body says it is JSON and is not.") from None


def pointed(document: Any, pointer: str) -> Any:
    """What a JSON pointer (RFC 6901) finds, None when there is nothing."""
    found = document
    for raw in pointer.split("/")[1:]:
        key = raw.replace("~1", "/").replace("~0", "~")
        match found:
            case dict():
                found = cast(dict[str, Any], found).get(key)
            case list() if key.isascii() and key.isdigit():
                row = cast(list[Any], found)
                found = row[int(key)] if int(key) < len(row) else None
            case _:
                return None
    return found


def scalars(value: Any) -> list[str]:
    """A value as text, a list of values as several; nothing for null and for objects."""
    match value:
        case bool():
            return ["true" if value else "false"]
        case str():
            # JSON can spell half a surrogate pair, which no database takes.
            return [value.encode("utf-8", "replace").decode()]
        case int() | float():
            return [str(value)]
        case list():
            return [text for item in cast(list[Any], value) for text in scalars(item)]
        case _:
            return []


def moment(text: str, formats: Sequence[str], zone: str) -> int | None:
    """A date as ms since 1970 by the first format that fits, None when none does."""
    for form in formats:
        try:
            match form:
                case "unix":
                    return int(float(text) * 1000)
                case "unix_ms":
                    return int(text)
                case "rfc3339":
                    read = datetime.fromisoformat(text)
                case _:
                    read = datetime.strptime(text, form)
            aware = read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))
            return int(aware.timestamp() * 1000)
        except (ValueError, OverflowError):
            continue
    return None
