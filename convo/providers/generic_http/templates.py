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
        "media": "the links of its pictures as a JSON list, in a JSON body only",
    }
)

URL_NAMES = tuple(name for name in NAMES if name != "media")
HEADER_NAMES = tuple(name for name in URL_NAMES if name not in ("text", "callback"))
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


def names_media(template: str) -> bool:
    """Whether there is a place for pictures in it."""
    return "media" in _NAME.findall(template)


def unknown_names(template: str, known: Sequence[str] = tuple(NAMES)) -> list[str]:
    """Names in `template` that stand for nothing."""
    return [name for name in _NAME.findall(template) if name not in known]


def filled(
    template: str, values: Mapping[str, str], written_as: str, charset: str = "utf-8"
) -> str:
    """`template` with every name replaced by its value, written as the format wants it.

    The value of `media` is JSON already.
    """
    write = ESCAPES[written_as]

    def value(name: re.Match[str]) -> str:
        known = values[name[1]]
        return known if name[1] == "media" else write(known, charset)

    return _NAME.sub(value, template)
