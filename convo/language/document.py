"""YAML as authors write it: what a file says, where, and every mistake in it at once."""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeAlias

from convo.errors import FlowError, FlowErrors, Place
from convo.language.layout import Remark, remarks
from convo.language.nodes import EMPTY, FLATTER, MAX_MISTAKES, TOO_DEEP, Node, Reading, Value
from convo.sentences import sentence

MAX_DOCUMENT_BYTES = 256 * 1024
MAX_OPEN_BRACKETS = 500  # libyaml's own stack is not to be trusted with 50,000
CARET_WIDTH = 96

#: Where a value stands in a file: the names and places that lead to it.
Path: TypeAlias = tuple[str | int, ...]

_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a file says, and where it says it."""

    file: str
    source: str = field(repr=False)
    data: dict[str, Value] = field(repr=False)
    root: Node = field(repr=False)

    def _walk(self, path: Sequence[str | int]) -> tuple[Node, int]:
        node = self.root
        for steps, part in enumerate(path):
            below = node.under.get(part)
            if below is None:
                return node, steps
            node = below
        return node, len(path)

    def place(self, path: Sequence[str | int]) -> Place:
        """Where the value at this path stands; the deepest known one when the path goes on."""
        node, _ = self._walk(path)
        return Place(file=self.file, line=node.line, column=node.column)

    def key_place(self, path: Sequence[str | int]) -> Place:
        """Where the name that ends this path stands; of a list entry, where the entry stands."""
        parent, known = self._walk(path[:-1])
        if path and known == len(path) - 1 and (found := parent.keys.get(str(path[-1]))):
            return Place(file=self.file, line=found[0], column=found[1])
        return self.place(path)

    def place_within(self, path: Sequence[str | int], line: int, column: int) -> Place:
        """Where a spot inside the text at this path stands; both counted from 1 in the text.

        Exact for texts on one line and for texts after `|`; the text's start for the others.
        """
        node, known = self._walk(path)
        place = Place(file=self.file, line=node.line, column=node.column)
        lines = self.source.split("\n")
        if known < len(path):
            return place
        if node.style == "|":
            below = lines[node.line : node.line + line]
            indent = next((len(x) - len(x.lstrip(" ")) for x in below if x.strip()), 0)
            return Place(file=self.file, line=node.line + line, column=indent + column)
        quote = 1 if node.style in ('"', "'") else 0
        written = lines[node.line - 1][node.column - 1 + quote :]
        if line == 1 and isinstance(node.value, str) and written.startswith(node.value):
            return Place(file=self.file, line=node.line, column=node.column + quote + column - 1)
        return place

    def canonical(self) -> bytes:
        """The data as compact JSON, for hashing; the order of names is kept, for it has meaning."""
        return json.dumps(self.data, ensure_ascii=False, separators=(",", ":")).encode()


def caret(source: str, place: Place) -> str:
    """The line of a source with a caret below; for sources that could not be read, too."""
    lines = source.removeprefix("\ufeff").split("\n")
    line = lines[place.line - 1].rstrip("\r") if place.line <= len(lines) else ""
    at = place.column - 1
    if len(line) > CARET_WIDTH:
        start = max(0, at - CARET_WIDTH // 2)
        line = line[start : start + CARET_WIDTH]
        at -= start
    below = "".join("\t" if sign == "\t" else " " * _columns(sign) for sign in line[:at])
    return f"{line}\n{below}^"


def _columns(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def read_document(source: str, file: str) -> Document:
    """Reads an authored file; raises FlowErrors with every mistake that could be found."""
    source = source.removeprefix("\ufeff").replace("\r\n", "\n")
    found = list(islice(_at_once(source), MAX_MISTAKES))
    root: Node | None = None
    if not found:
        lines = source.split("\n")
        found.extend(islice(remarks(lines), MAX_MISTAKES))
        reading = Reading(lines)
        root = reading.read(source)
        told = {remark.line for remark in found}
        found.extend(remark for remark in reading.found if remark.line not in told)
    if found or root is None or not isinstance(root.value, dict):
        raise FlowErrors(
            [
                FlowError(
                    remark.what,
                    place=Place(file=file, line=remark.line, column=remark.column),
                    mend=remark.mend,
                )
                for remark in found[:MAX_MISTAKES]
            ]
        )
    return Document(file=file, source=source, data=root.value, root=root)


def _at_once(source: str) -> Iterator[Remark]:
    """What makes it pointless or unsafe to hand the source to the parser at all."""
    if len(source) > MAX_DOCUMENT_BYTES or (
        len(source.encode(errors="replace")) > MAX_DOCUMENT_BYTES
    ):
        yield Remark(
            line=1,
            column=1,
            what=sentence("This file is larger than 256 KB."),
            mend=sentence("Split it into several flows."),
        )
        return
    for number, line in enumerate(source.split("\n"), start=1):
        if sign := _FORBIDDEN.search(line):
            yield Remark(
                line=number,
                column=sign.start() + 1,
                what=sentence(
                    "There is an invisible control character here (U+{code}).",
                    code=f"{ord(sign.group()):04X}",
                ),
                mend=sentence("Delete it; type the line again if you cannot see it."),
            )
    if not source.strip():
        yield EMPTY
    depth = 0
    for bracket in re.finditer(r"[\[\]{}]", source):
        depth = max(0, depth + (1 if bracket.group() in "[{" else -1))
        if depth > MAX_OPEN_BRACKETS:
            line = source.count("\n", 0, bracket.start()) + 1
            column = bracket.start() - source.rfind("\n", 0, bracket.start())
            yield Remark(line=line, column=column, what=TOO_DEEP, mend=FLATTER)
            return
