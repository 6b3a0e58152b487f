"""Reading what providers write: forms as bytes, charsets, who a text is from; and writing times."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import unquote, unquote_to_bytes

from convo.core.events import OptedOutElsewhere
from convo.core.numbers import PhoneNumber
from convo.errors import BadAddress
from convo.policy.numbering import read_number
from convo.ports import Arrival

SHORT_CODE_DIGITS = 6
"""Up to so many digits are a short code wherever they come from; nobody's number is so short."""

#: What a provider may name as its charset, and Python's codec for it. Others are read as UTF-8.
CHARSETS: Mapping[str, str] = MappingProxyType(
    {
        "utf-8": "utf-8",
        "utf8": "utf-8",
        "us-ascii": "utf-8",
        "ascii": "utf-8",
        "utf-16be": "utf-16-be",
        "utf-16": "utf-16-be",
        "ucs-2": "utf-16-be",
        "utf-16le": "utf-16-le",
        "iso-8859-1": "cp1252",
        "latin1": "cp1252",
        "windows-1252": "cp1252",
        "iso-8859-15": "iso-8859-15",
        "gb2312": "gb18030",
        "gbk": "gb18030",
        "gb18030": "gb18030",
        "big5": "big5hkscs",
    }
)


def decoded(raw: bytes, charset: str) -> str:
    """`raw` as text; bytes that the charset does not have become U+FFFD, nothing is refused."""
    return raw.decode(CHARSETS.get(charset.strip().lower(), "utf-8"), "replace")


def raw_pairs(form: bytes) -> Iterator[tuple[bytes, bytes]]:
    """A form or query, unescaped but undecoded: in UTF-16 an escaped byte is half a letter."""
    for piece in form.split(b"&"):
        if piece:
            name, _, value = piece.replace(b"+", b" ").partition(b"=")
            yield unquote_to_bytes(name), unquote_to_bytes(value)


def pairs(form: bytes) -> list[tuple[str, str]]:
    """A UTF-8 form or query, as `parse_qsl(keep_blank_values=True)` reads it, in a fifth of
    the time."""
    read: list[tuple[str, str]] = []
    for piece in form.decode("utf-8", "replace").replace("+", " ").split("&"):
        if piece:
            name, _, value = piece.partition("=")
            read.append(
                (
                    unquote(name) if "%" in name else name,
                    unquote(value) if "%" in value else value,
                )
            )
    return read


def sender(raw: str, country: str) -> PhoneNumber:
    """Who wrote. Raises `BadAddress` for what cannot be answered; its text holds no number."""
    text = raw.strip()
    digits = text.lstrip("+")
    if digits.isascii() and digits.isdigit() and len(digits) <= SHORT_CODE_DIGITS:
        raise BadAddress("it is from a short code, which cannot be answered")
    if any(letter.isalpha() for letter in text):
        raise BadAddress("it is from a sender name, which cannot be answered")
    try:
        return read_number(text, country)
    except BadAddress:
        raise BadAddress("its sender is no number that can be texted") from None


def with_plus(raw: str) -> str:
    """A number as companies write it that leave the `+` of E.164 out; others stay as they are."""
    whole = raw.isascii() and raw.isdigit() and len(raw) > SHORT_CODE_DIGITS
    return f"+{raw}" if whole else raw


def opted_out_there(
    raw: str, *, country: str, channel: str, source: str, key: str
) -> tuple[Arrival, ...]:
    """The opt-out that a report on a message to `raw` tells of; none where nobody can be read."""
    try:
        contact = sender(raw, country)
    except BadAddress:
        return ()
    event = OptedOutElsewhere(contact=contact, channel=channel, source=source)
    return (Arrival(event=event, dedupe=f"gone:{key}"),)


def objects_of(holder: object, name: str) -> Sequence[Mapping[str, Any]]:
    """The objects that JSON has in a list under this name; none where there is no such list."""
    return objects(object_of(holder).get(name))


def object_of(read: object) -> Mapping[str, Any]:
    """What was read as JSON, where it is an object; else one without fields."""
    return cast("Mapping[str, Any]", read) if isinstance(read, dict) else {}


def objects(listed: object) -> Sequence[Mapping[str, Any]]:
    """The objects of a list that JSON holds."""
    items = cast("list[object]", listed) if isinstance(listed, list) else []
    return [cast("Mapping[str, Any]", each) for each in items if isinstance(each, dict)]


def to_the_second(at: int, utc: str = "Z") -> str:
    """A moment, ms since 1970, by ISO 8601; `utc` is how the company writes that zone."""
    return f"{datetime.fromtimestamp(at // 1_000, UTC):%Y-%m-%dT%H:%M:%S}{utc}"


def to_the_millisecond(at: int, utc: str = "Z") -> str:
    """The same with its milliseconds."""
    return to_the_second(at, f".{at % 1_000:03}{utc}")


def text_of(item: Mapping[str, Any], name: str) -> str:
    """A field as text: ids come as numbers too, and truth as a word."""
    value = item.get(name)
    return "" if value is None else str(value)
