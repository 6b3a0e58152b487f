"""How a feature is switched off in a copy of the engine, and what fails then."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.rows.table import ROOT, SWITCHES, rows_of

KEYS = {"what", "shown_by", "change"}
CHANGE_KEYS = {"file", "old", "new"}


class SwitchError(Exception):
    """A switch that cannot be tried as it is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A text of a file that stands there once, and what stands there with the feature off."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """What is switched off, how, and what must fail then."""

    row: str
    what: str
    shown_by: Sequence[str]
    changes: Sequence[Change]


def switches(root: Path = ROOT) -> Sequence[Switch]:
    """Every switch there is, by its row. Raises `SwitchError`."""
    return [read(file) for file in sorted((root / SWITCHES).glob("*.toml"))]


def read(file: Path) -> Switch:
    """The switch of one file, called by its row. Raises `SwitchError`."""
    try:
        told = tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SwitchError(f"{file.name}: {error}") from None
    changes = told.get("change", [])
    problems = [
        *_keys(told, KEYS),
        *(problem for change in changes for problem in _keys(change, CHANGE_KEYS)),
    ]
    if problems or not changes or not told["shown_by"]:
        why = ", ".join(problems) or "it needs a [[change]] and something in shown_by"
        raise SwitchError(f"{file.name}: {why}")
    return Switch(
        row=file.stem,
        what=told["what"],
        shown_by=tuple(told["shown_by"]),
        changes=tuple(Change(**change) for change in changes),
    )


def problems(switch: Switch, root: Path = ROOT) -> Iterator[str]:
    """Why it could not be tried in the tree at `root`, each as a sentence."""
    for path in switch.shown_by:
        if not (root / path).is_file():
            yield f"{switch.row}: shown_by: there is no {path}"
    if not any(switch.row in rows_of(Path(path).name) for path in switch.shown_by):
        yield f"{switch.row}: shown_by: none of these is named by {switch.row}"
    try:
        changed(switch, root)
    except SwitchError as error:
        yield str(error)


def changed(switch: Switch, root: Path) -> Mapping[Path, str]:
    """The files that it changes, with the feature switched off. Raises `SwitchError`."""
    texts: dict[Path, str] = {}
    for n, change in enumerate(switch.changes, start=1):
        file = root / change.file
        if not file.is_file():
            raise SwitchError(f"{switch.row}: change {n}: there is no {change.file}")
        text = texts.get(file) or file.read_text("utf-8")
        if (times := text.count(change.old)) != 1:
            raise SwitchError(
                f"{switch.row}: change {n}: `old` occurs {times} times in {change.file}, not once"
            )
        texts[file] = text.replace(change.old, change.new)
    return texts


def _keys(told: Mapping[str, Any], known: set[str]) -> Iterator[str]:
    for key in sorted(known - told.keys()):
        yield f"`{key}` is missing"
    for key in sorted(told.keys() - known):
        yield f"there is no key `{key}`"
