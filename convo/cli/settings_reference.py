"""docs/reference/convo-toml.md, written from the very models that read the file."""

import json
import types
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from convo.settings import meanings, speaking
from convo.settings.complaints import model_in
from convo.settings.sections import ConvoToml
from convo.wiring import PROVIDERS

PAGE = Path("docs/reference/convo-toml.md")

OPENING = """\
# convo.toml

This page is written from the code by `make docs`; change the descriptions there.

`convo.toml` is everything that a business decides outside its flows. It lies in the business's \
folder, and paths in it are seen from there. `convo check` reads it and names every mistake at \
once, with its line; a key that nothing reads is a mistake.

Secrets do not belong in it. In `[store]`, `[server]`, `[channels]` and `[own_systems]` a value \
may point to one instead:

| written | stands for |
|---|---|
| `"env:NAME"` | the environment variable NAME, or NAME=... in the file `.env` beside convo.toml |
| `"file:PATH"` | what the file holds, without the blanks around it |

Errors and logs name the variable, never its value.
"""

NAMED: Mapping[str, str] = {
    "channels": "channels.NAME",
    "accounts": "accounts.NAME",
    "registrations": "registrations.NAME",
    "programmes": "programmes.NAME",
    "anytime": "anytime.NAME",
    "codes": "codes.NAME",
    "places": "places.LIST",
    "windows": "windows.NAME",
}

KINDS: Mapping[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    SecretStr: "secret",
}

#: What is read as the field's kind, by the function that reads it.
SHORT: Mapping[Any, str] = {
    meanings.listed: "secret",
    meanings.by_language: "text",
    speaking.by_days: "text",
}


def page() -> str:
    """The whole page."""
    return "\n".join((OPENING, *_sections(), *_providers())).rstrip() + "\n"


def _sections() -> Iterator[str]:
    for name, field in ConvoToml.model_fields.items():
        inner = model_in(field.annotation)
        if inner is None:
            yield _plain_table(name, field)
        else:
            here = NAMED.get(name, name)
            yield f"## [{here}]\n\n{_about(inner)}\n\n{_table(inner)}"
            yield from _within(inner, (here,), "###")


def _plain_table(name: str, field: FieldInfo) -> str:
    """A table whose keys are the operator's own, or the classes of messages."""
    keys, values = get_args(field.annotation)
    own = "NAME" if keys is str else " or ".join(f"`{key}`" for key in _words(keys))
    return (
        f"## [{name}]\n\n{_description(field)}\n\n"
        f"| key | value |\n|---|---|\n| {own} | {_kind(values)} |\n"
    )


def _providers() -> Iterator[str]:
    yield "## Providers\n\nWhat each provider wants in its `[channels.NAME]` beside the above.\n"
    for name, brand in PROVIDERS.items():
        yield f"### {name}\n\n{_about(brand.options)}\n"
        yield _table(brand.options) if brand.options.model_fields else "Nothing more.\n"
        yield from _within(brand.options, (), "####")


def _within(model: type[BaseModel], path: tuple[str, ...], marks: str) -> Iterator[str]:
    """The tables within a table; what is alike is told once."""
    places: dict[type[BaseModel], list[str]] = {}
    for place, inner in _inner_tables(model, path):
        places.setdefault(inner, []).append(place)
    for inner, names in places.items():
        yield f"{marks} {', '.join(names)}\n\n{_about(inner)}\n\n{_table(inner)}"


def _inner_tables(
    model: type[BaseModel], path: tuple[str, ...]
) -> Iterator[tuple[str, type[BaseModel]]]:
    """The tables within a table, each by its dotted name; several may be alike."""
    for name, field in model.model_fields.items():
        inner = model_in(field.annotation)
        if inner is not None:
            here = (*path, field.alias or name)
            yield ".".join(here), inner
            yield from _inner_tables(inner, here)


def _about(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").split())


def _table(model: type[BaseModel]) -> str:
    rows = [
        f"| `{field.alias or name}` | {_value(field)} | {_default(field)} | {_description(field)} |"
        for name, field in model.model_fields.items()
    ]
    return "\n".join(
        ("| key | value | when left out | what it does |", "|---|---|---|---|", *rows, "")
    )


def _description(field: FieldInfo) -> str:
    examples = ", ".join(f"`{_shown(example)}`" for example in field.examples or ())
    text = " ".join((field.description or "").split()).replace("|", "\\|")
    return f"{text} Like {examples}." if examples else text


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**needed**"
    default = field.default
    if default is PydanticUndefined:
        default = field.default_factory() if field.default_factory else None  # pyright: ignore
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if isinstance(default, BaseModel):
        return "as its own table says"
    if default in (None, "", (), [], {}):
        return "nothing"
    return f"`{_shown(default)}`"


def _shown(value: Any) -> str:
    """A value as TOML would have it."""
    return json.dumps(value, ensure_ascii=False, default=str)


def _words(annotation: Any) -> tuple[str, ...]:
    return tuple(str(word) for word in get_args(annotation))


def _value(field: FieldInfo) -> str:
    """What may be written for a field, also in short."""
    readers = [one.func for one in field.metadata if isinstance(one, BeforeValidator)]
    short = [SHORT[reader] for reader in readers if reader in SHORT]
    return " or ".join((*short, _kind(field.annotation)))


def _kind(annotation: Any) -> str:
    """What may be written, in plain words."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if annotation in KINDS:
        return KINDS[annotation]
    if origin is typing.Annotated:
        read_by = [one.func for one in inner[1:] if isinstance(one, BeforeValidator)]
        short = [SHORT[reader] for reader in read_by if reader in SHORT]
        return " or ".join((*short, _kind(inner[0])))
    if origin is Literal:
        return ", ".join(f"`{_shown(word)}`" for word in inner)
    if origin in (Union, types.UnionType):
        return " or ".join(_kind(one) for one in inner if one is not type(None))
    if origin in (tuple, list, frozenset, set):
        return f"list of {_kind(inner[0])}"
    if origin in (dict, Mapping) or getattr(origin, "__name__", "") == "Mapping":
        return f"table of {_kind(inner[1])}"
    if inner_model := model_in(annotation):
        names = ", ".join(
            f"`{field.alias or name}`" for name, field in inner_model.model_fields.items()
        )
        return f"table of {names}"
    return str(annotation)
