"""YAML as authors write it: plain values with the place of each, and mistakes told plainly."""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from convo.errors import FlowError, FlowErrors, Place
from convo.language.layout import IN_QUOTES, Remark, near_colon, plainly, remarks
from convo.sentences import sentence

MAX_DOCUMENT_BYTES = 256 * 1024
MAX_DEPTH = 30
MAX_NODES = 50_000
MAX_OPEN_BRACKETS = 500  # libyaml's own stack is not to be trusted with 50,000
MAX_MISTAKES = 50
CARET_WIDTH = 96

Value: TypeAlias = "dict[str, Value] | list[Value] | str | bool | None"
#: Where a value stands in a file: the names and places that lead to it.
Path: TypeAlias = tuple[str | int, ...]
_Spot = tuple[int, int]

_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_WORD = re.compile(r"[A-Za-z0-9_.:-]*")
_AFTER_PLAIN = re.compile(r"(\s+)#(.?)")
_NOTHING = frozenset({"", "null", "~"})
_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    value: Value
    line: int
    column: int
    style: str = ""
    under: dict[str | int, "_Node"] = field(default_factory=dict[str | int, "_Node"])
    keys: dict[str, _Spot] = field(default_factory=dict[str, _Spot])


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a file says, and where it says it."""

    file: str
    source: str = field(repr=False)
    data: dict[str, Value] = field(repr=False)
    root: _Node = field(repr=False)

    def _walk(self, path: Sequence[str | int]) -> tuple[_Node, int]:
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
    found = list(_at_once(source))
    root: _Node | None = None
    if not found:
        lines = source.split("\n")
        found.extend(remarks(lines))
        reading = _Reading(lines)
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
        yield _EMPTY
    depth = 0
    for bracket in re.finditer(r"[\[\]{}]", source):
        depth = max(0, depth + (1 if bracket.group() in "[{" else -1))
        if depth > MAX_OPEN_BRACKETS:
            line = source.count("\n", 0, bracket.start()) + 1
            column = bracket.start() - source.rfind("\n", 0, bracket.start())
            yield Remark(line=line, column=column, what=_TOO_DEEP, mend=_FLATTER)
            return


_EMPTY = Remark(
    line=1,
    column=1,
    what=sentence("This file is empty."),
    mend=sentence('A flow starts with "flow: name".'),
)
_TOO_DEEP = sentence("This is nested more than {max_depth} levels deep.", max_depth=MAX_DEPTH)
_FLATTER = sentence("A flow needs a handful of levels; check the brackets.")


class _Stop(Exception):
    """There is no use in reading on."""


@dataclass(slots=True, kw_only=True)
class _Open:
    """A mapping or list that is being read; `name` waits for its value."""

    node: _Node
    flow: bool
    name: str | None = None
    name_end: _Spot = (1, 1)


class _Reading:
    """Builds the nodes from the parser's events, so that nothing is expanded or guessed."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.found: list[Remark] = []
        self.open: list[_Open] = []
        self.root: _Node | None = None
        self.nodes = 0
        self.documents = 0

    def read(self, source: str) -> _Node | None:
        try:
            for event in yaml.parse(source, Loader=yaml.CSafeLoader):
                self._take(event)
        except _Stop:
            return None
        except yaml.YAMLError as error:
            self.found.append(plainly(error, self.lines))
            return None
        if self.root is None:
            self.found.append(_EMPTY)
        elif not isinstance(self.root.value, dict):
            line = self.root.line
            self.found.append(
                near_colon(line - 1, self.lines[line - 1])
                or Remark(
                    line=line,
                    column=self.root.column,
                    what=sentence('The file does not start with "name: value".'),
                    mend=sentence(
                        "Write a space after each colon, and no dash before the first name."
                    ),
                )
            )
        return self.root

    def _tell(self, at: _Spot, what: str, mend: str) -> None:
        self.found.append(Remark(line=at[0], column=at[1], what=what, mend=mend))

    def _stop(self, at: _Spot, what: str, mend: str) -> None:
        self._tell(at, what, mend)
        raise _Stop

    def _take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if event.version is not None or event.tags:
                self._tell(
                    _spot(event.start_mark),
                    sentence("A line that starts with % is not used."),
                    sentence("Remove it."),
                )
            if self.documents > 1:
                self._stop(
                    _spot(event.start_mark),
                    sentence("A second document begins here."),
                    sentence('One file holds one flow; remove the "---".'),
                )
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self.open.pop()
        elif isinstance(event, yaml.AliasEvent):
            self._refuse(event, sentence("An alias (*name) is not used in flows."))
            at = _spot(event.start_mark)
            self._put(_Node(value=None, line=at[0], column=at[1]), event)
        elif isinstance(event, yaml.NodeEvent):
            self._node(event)

    def _refuse(self, event: yaml.Event, what: str) -> None:
        mend = sentence("Write it out. If it is a text: {in_quotes}", in_quotes=IN_QUOTES)
        self._tell(_spot(event.start_mark), what, mend)

    def _node(self, event: yaml.NodeEvent) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._stop(
                _spot(event.start_mark),
                sentence("More than {max_nodes} values in one file.", max_nodes=f"{MAX_NODES:,}"),
                sentence("Split the flow."),
            )
        if event.anchor is not None:
            self._refuse(event, sentence("An anchor (&name) is not used in flows."))
        if getattr(event, "tag", None) is not None:
            self._refuse(event, sentence("A tag (!name) is not used in flows."))
        line, column = _spot(event.start_mark)
        if isinstance(event, yaml.ScalarEvent):
            style = event.style or ""
            if not style:
                self._check_remark_after(event)
            self._put(_Node(value=event.value, style=style, line=line, column=column), event)
            return
        value: Value = {} if isinstance(event, yaml.MappingStartEvent) else []
        node = _Node(value=value, line=line, column=column)
        self._put(node, event)
        if len(self.open) >= MAX_DEPTH:
            self._stop(_spot(event.start_mark), _TOO_DEEP, _FLATTER)
        self.open.append(_Open(node=node, flow=bool(getattr(event, "flow_style", False))))

    def _check_remark_after(self, event: yaml.ScalarEvent) -> None:
        """A remark that may be the rest of a text is refused: ` #` silently cuts texts."""
        line, column = _spot(event.end_mark)
        if not event.value or line > len(self.lines):
            return
        cut = _AFTER_PLAIN.match(self.lines[line - 1], column - 1)
        if cut is None:
            return
        one_word = _WORD.fullmatch(event.value) is not None
        if one_word and len(cut.group(1)) > 1 and cut.group(2) in ("", " "):
            return
        self.found.append(
            Remark(
                line=line,
                column=cut.end(1) + 1,
                what=sentence('What follows " #" is dropped as a remark.'),
                mend=sentence("Put the text in quotes, or the remark on a line of its own."),
            )
        )

    def _put(self, node: _Node, event: yaml.NodeEvent) -> None:
        if not self.open:
            self.root = _settled(node)
            return
        parent = self.open[-1]
        inside = parent.node.value
        if isinstance(inside, list):
            node = _settled(node)
            parent.node.under[len(inside)] = node
            inside.append(node.value)
        elif isinstance(inside, dict) and parent.name is None:
            self._name(parent, node, event)
        elif isinstance(inside, dict) and parent.name is not None:
            self._check_comma(parent, node, event)
            node = _settled(node)
            inside[parent.name] = node.value
            parent.node.under[parent.name] = node
            parent.name = None

    def _name(self, parent: _Open, node: _Node, event: yaml.NodeEvent) -> None:
        at = _spot(event.start_mark)
        if not isinstance(node.value, str):
            what = sentence("A name must be a single text, not a list or a mapping.")
            if self.lines[at[0] - 1][max(0, at[1] - 2) : at[1]] == "{{":
                what = sentence('A text that starts with "{{{{" must be in quotes.')
                at = (at[0], at[1] - 1)
            self._stop(at, what, IN_QUOTES)
        elif node.value == "":
            self._tell(
                at,
                sentence("A name is missing before the colon."),
                sentence('Write "name: value".'),
            )
        elif node.value in parent.node.keys:
            first = parent.node.keys[node.value][0]
            self._tell(
                at,
                sentence(
                    '"{value}" is here twice; the first is on line {first}.',
                    value=node.value,
                    first=first,
                ),
                sentence("Remove one, or give it another name."),
            )
        name = str(node.value)
        parent.node.keys.setdefault(name, (node.line, node.column))
        parent.name = name
        parent.name_end = _spot(event.end_mark)

    def _check_comma(self, parent: _Open, node: _Node, event: yaml.NodeEvent) -> None:
        """`{say: Hello, Anna}` would silently be {say: Hello, Anna: nothing}."""
        if not parent.flow or node.value != "" or node.style:
            return
        line, column = parent.name_end
        if not self.lines[line - 1][column - 1 :].lstrip().startswith(":"):
            self._tell(
                _spot(event.start_mark),
                sentence(
                    '"{name}" has no value: a comma in brackets ends the text before it.',
                    name=parent.name,
                ),
                IN_QUOTES,
            )


def _spot(mark: Any) -> _Spot:
    """Line and column of a parser's mark, counted from 1."""
    return mark.line + 1, mark.column + 1


def _settled(node: _Node) -> _Node:
    """A plain word as a value: true, false and nothing are told from texts; all else is text."""
    if node.style or not isinstance(node.value, str):
        return node
    if node.value in _NOTHING:
        return _Node(value=None, line=node.line, column=node.column)
    if node.value in _BOOLEANS:
        return _Node(value=_BOOLEANS[node.value], line=node.line, column=node.column)
    return node
