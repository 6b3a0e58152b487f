"""What is wrong with convo.toml, as one sentence each: where it is, what it is, how to mend it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from convo.language.spelling import advice, did_you_mean

Spot = tuple[str, ...]

_TABLE = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"""\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=""")
_TOML_PLACE = re.compile(r"\s*\(at line (\d+), column (\d+)\)")
_KEY_OF_A_TABLE = "[key]"

#: What a value must be, by the kind of mistake that pydantic names.
_MUST_BE: Mapping[str, str] = {
    "string_type": 'must be a text in quotes, like "this"',
    "int_type": "must be a whole number without quotes",
    "int_parsing": "must be a whole number without quotes",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number without quotes",
    "float_parsing": "must be a number without quotes",
    "bool_type": "must be true or false, without quotes",
    "bool_parsing": "must be true or false, without quotes",
    "tuple_type": 'must be a list, like ["one", "two"]',
    "list_type": 'must be a list, like ["one", "two"]',
    "dict_type": "must be a table of its own",
    "model_type": "must be a table of its own",
    "model_attributes_type": "must be a table of its own",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One thing that is wrong, and where in the file."""

    line: int
    spot: Spot
    what: str

    def said_of(self, file: str) -> str:
        place = f"{file}:{self.line}" if self.line else file
        return ": ".join(part for part in (place, ".".join(self.spot), self.what) if part)


def syntax(reason: str) -> Complaint:
    """A file that is no TOML at all."""
    found = _TOML_PLACE.search(reason)
    words = _TOML_PLACE.sub("", reason)
    return Complaint(
        line=int(found[1]) if found else 0,
        spot=(),
        what=f"this is no TOML: {words[:1].lower()}{words[1:]}. Texts stand in quotes, a table "
        "begins with [its.name].",
    )


def lines_of(text: str) -> Mapping[Spot, int]:
    """The line of every table and key, counted from 1, to the best of a quick look."""
    lines: dict[Spot, int] = {}
    table: Spot = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.fullmatch(line):
            table = _spot(header[1])
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault((*table, *_spot(key[1])), number)
    return lines


def line_at(lines: Mapping[Spot, int], spot: Spot) -> int:
    """The line of a spot, or of the nearest thing around it; 0 when nothing of it is there."""
    while spot:
        if spot in lines:
            return lines[spot]
        spot = spot[:-1]
    return 0


def _spot(dotted: str) -> Spot:
    return tuple(part.strip().strip("\"'") for part in re.split(r"\s*\.\s*", dotted))


def of_model(
    model: type[BaseModel], error: ValidationError, lines: Mapping[Spot, int], under: Spot = ()
) -> list[Complaint]:
    """Every mistake that pydantic found in a table at `under`, in our words."""
    found: list[Complaint] = []
    for details in error.errors(include_url=False):
        inner = tuple(str(part) for part in details["loc"])
        spot = (*under, *(part for part in inner if part != _KEY_OF_A_TABLE))
        sentence = _sentence(details, _described(model, inner), _siblings(model, inner))
        found.append(Complaint(line=line_at(lines, spot), spot=spot, what=sentence))
    return found


def unknown(name: str, known: Iterable[str]) -> str:
    """The sentence about a key that nothing reads."""
    names = sorted(known)
    near = did_you_mean(name, names)
    mend = f'Did you mean "{near}"?' if near else f"Known here: {', '.join(names)}."
    return f"there is no such setting. {mend}"


def _sentence(details: ErrorDetails, description: str, siblings: Sequence[str]) -> str:
    kind, context = details["type"], details.get("ctx", {})
    match kind:
        case "missing":
            return f"it is missing. {description}".rstrip()
        case "extra_forbidden":
            return unknown(str(details["loc"][-1]), siblings)
        case "literal_error" | "enum":
            words = re.findall(r"'([^']*)'", str(context.get("expected", "")))
            given = str(details["input"])
            return f'"{given}" will not do. {advice(given, words)}'
        case "value_error":
            return str(context["error"])
        case "too_short" | "string_too_short":
            return f"it is empty. {description}".rstrip()
        case _ if kind in _MUST_BE:
            return f"it {_MUST_BE[kind]}."
        case _:
            words = details["msg"]
            return f"{words[:1].lower()}{words[1:]}. {description}".rstrip()


def _tables(model: type[BaseModel], spot: Spot) -> type[BaseModel] | None:
    """The model of the table that a spot lies in, or None where none is at hand."""
    here: type[BaseModel] | None = model
    for part in spot[:-1]:
        if here is None:
            return None
        field = here.model_fields.get(part)
        if field is not None:
            here = model_in(field.annotation)
    return here


def model_in(annotation: object) -> type[BaseModel] | None:
    """The model that an annotation is, or holds: of itself, in a dict, or or-None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        if (found := model_in(inner)) is not None:
            return found
    return None


def _described(model: type[BaseModel], spot: Spot) -> str:
    table = _tables(model, spot)
    field = table.model_fields.get(spot[-1]) if table is not None and spot else None
    if field is None:
        return ""
    if field.description:
        return field.description
    inner = model_in(field.annotation)
    return (inner.__doc__ or "").strip() if inner is not None else ""


def _siblings(model: type[BaseModel], spot: Spot) -> Sequence[str]:
    table = _tables(model, spot)
    return tuple(table.model_fields) if table is not None else ()
