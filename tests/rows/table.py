"""The rows, and what is named by each: the chats and tests that show it, and its switch."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
HERE = Path("tests") / "rows"
SWITCHES = HERE / "switches"
CHATS = ("flows/tests", "examples/*/flows/tests")
ROWS_IN_A_NAME = re.compile(r"(?:test_)?((?:S\d\d_)+)")
"""A file may show several rows at once: test_S46_S47_windows.py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Something the product must do."""

    name: str
    about: str
    works_when: str
    #: Chats and tests named by it, seen from the root.
    shown_by: Sequence[str]
    #: Whether there is a way to switch it off.
    switched: bool

    @property
    def lacks(self) -> Sequence[str]:
        """What is missing before one can believe it."""
        shown = () if self.shown_by else ("a chat or test",)
        return shown if self.switched else (*shown, "a switch")


def rows(root: Path = ROOT) -> Sequence[Row]:
    """All rows in their order."""
    told = tomllib.loads((root / HERE / "rows.toml").read_text("utf-8"))
    shown: dict[str, list[str]] = {}
    for path in sorted(_named(root)):
        for name in rows_of(path.name):
            shown.setdefault(name, []).append(path.relative_to(root).as_posix())
    return [
        Row(
            name=name,
            about=text["about"],
            works_when=" ".join(text["works_when"].split()),
            shown_by=shown.get(name, ()),
            switched=(root / SWITCHES / f"{name}.toml").is_file(),
        )
        for name, text in _typed(told).items()
    ]


def rows_of(file: str) -> Sequence[str]:
    """The rows in a file's name; none where it is named by something else."""
    found = ROWS_IN_A_NAME.match(file)
    return found[1].rstrip("_").split("_") if found else ()


def _named(root: Path) -> Iterator[Path]:
    for folder in CHATS:
        yield from root.glob(f"{folder}/*.chat")
    yield from (root / HERE).glob("test_*.py")


def _typed(told: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
    return told
