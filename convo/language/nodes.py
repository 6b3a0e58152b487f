"""From the events of the YAML parser to nodes: plain values with the place of each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from convo.language.layout import IN_QUOTES, Remark, near_colon
from convo.language.parser_words import plainly
from convo.sentences import sentence

MAX_DEPTH = 30
MAX_NODES = 50_000
MAX_MISTAKES = 50
"""More are not told, and not looked for."""

Value: TypeAlias = "dict[str, Value] | list[Value] | str | bool | None"
Spot = tuple[int, int]
"""A line and a column, both counted from 1."""

_WORD = re.compile(r"[A-Za-z0-9_.:-]*")
_AFTER_PLAIN = re.compile(r"(\s+)#(.?)")
_NOTHING = frozenset({"", "null", "~"})
_BOOLEANS = {"true": True, "false": False}

EMPTY = Remark(
    line=1,
    column=1,
    what=sentence("This file is empty."),
    mend=sentence('A flow starts with "flow: name".'),
)
TOO_DEEP = sentence("This is nested more than {max_depth} levels deep.", max_depth=MAX_DEPTH)
FLATTER = sentence("A flow needs a handful of levels; check the brackets.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    value: Value
    line: int
    column: int
    style: str = ""
    under: dict[str | int, "Node"] = field(default_factory=dict[str | int, "Node"])
    keys: dict[str, Spot] = field(default_factory=dict[str, Spot])


class _Stop(Exception):
    """There is no use in reading on."""


@dataclass(slots=True, kw_only=True)
class _Open:
    """A mapping or list that is being read; `name` waits for its value."""

    node: Node
    flow: bool
    name: str | None = None
    name_end: Spot = (1, 1)


class Reading:
    """Builds the nodes from the parser's events, so that nothing is expanded or guessed."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.found: list[Remark] = []
        self.open: list[_Open] = []
        self.root: Node | None = None
        self.nodes = 0
        self.documents = 0

    def read(self, source: str) -> Node | None:
        try:
            for event in yaml.parse(source, Loader=yaml.CSafeLoader):
                self._take(event)
        except _Stop:
            return None
        except yaml.YAMLError as error:
            self.found.append(plainly(error, self.lines))
            return None
        if self.root is None:
            self.found.append(EMPTY)
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

    def _tell(self, at: Spot, what: str, mend: str) -> None:
        self.found.append(Remark(line=at[0], column=at[1], what=what, mend=mend))
        if len(self.found) >= MAX_MISTAKES:
            raise _Stop

    def _stop(self, at: Spot, what: str, mend: str) -> None:
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
            self._put(Node(value=None, line=at[0], column=at[1]), event)
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
            self._put(Node(value=event.value, style=style, line=line, column=column), event)
            return
        value: Value = {} if isinstance(event, yaml.MappingStartEvent) else []
        node = Node(value=value, line=line, column=column)
        self._put(node, event)
        if len(self.open) >= MAX_DEPTH:
            self._stop(_spot(event.start_mark), TOO_DEEP, FLATTER)
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

    def _put(self, node: Node, event: yaml.NodeEvent) -> None:
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

    def _name(self, parent: _Open, node: Node, event: yaml.NodeEvent) -> None:
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

    def _check_comma(self, parent: _Open, node: Node, event: yaml.NodeEvent) -> None:
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


def _spot(mark: Any) -> Spot:
    """Line and column of a parser's mark, counted from 1."""
    return mark.line + 1, mark.column + 1


def _settled(node: Node) -> Node:
    """A plain word as a value: true, false and nothing are told from texts; all else is text."""
    if node.style or not isinstance(node.value, str):
        return node
    if node.value in _NOTHING:
        return Node(value=None, line=node.line, column=node.column)
    if node.value in _BOOLEANS:
        return Node(value=_BOOLEANS[node.value], line=node.line, column=node.column)
    return node
