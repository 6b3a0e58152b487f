"""Requests with `{{name}}` in them: filled in one pass, so no value is ever read again."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

_NAME = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")

#: What a template may name, and what it stands for.
NAMES: Mapping[str, str] = MappingProxyType(
    {
        "id": "our id of the message",
        "uuid": "the same, as a UUID",
        "text": "the text",
        "to": "the contact's number, +12025550101",
        "to_no_plus": "the same without +",
        "from": "the channel's address",
        "from_no_plus": "the same without +",
        "channel": "the channel's name",
        "callback": "the URL that wants the delivery reports",
    }
)

HEADER_NAMES = tuple(name for name in NAMES if name not in ("text", "callback"))
"""A text may hold what no header can."""

#: How a value is written in each format.
ESCAPES: Mapping[str, Callable[[str, str], str]] = MappingProxyType(
    {
        "url": lambda value, charset: quote(value, safe="", encoding=charset),
        "form": lambda value, charset: quote_plus(value, encoding=charset),
        "json": lambda value, _: json.dumps(value, ensure_ascii=False),
        "xml": lambda value, _: escape(value, {'"': "&quot;", "'": "&apos;"}),
        "text": lambda value, _: value,
    }
)

CONTENT_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "form": "application/x-www-form-urlencoded",
        "json": "application/json",
        "xml": "application/xml",
        "text": "text/plain",
    }
)


def unknown_names(template: str, known: Sequence[str] = tuple(NAMES)) -> list[str]:
    """Names in `template` that stand for nothing."""
    return [name for name in _NAME.findall(template) if name not in known]


def filled(
    template: str, values: Mapping[str, str], written_as: str, charset: str = "utf-8"
) -> str:
    """`template` with every name replaced by its value, written as the format wants it."""
    write = ESCAPES[written_as]
    return _NAME.sub(lambda name: write(values[name[1]], charset), template)
