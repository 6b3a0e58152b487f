"""Every text that a source can come to by its branches, with its values marked by name."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, count

from jinja2 import nodes

from convo.language.sandbox import inspected_text, is_template
from convo.language.scope import Scope

MOST_WAYS = 200
"""Ways of one text that are followed: seven questions of yes or no, each by the others."""

OPTIONS = "options"
"""Stands for the list of a choice: it is the same for everybody, so no value."""

#: Around the name of a value. Private use: no text that is written for people has them.
_OPENS, _CLOSES = "\ue0f0", "\ue0f1"
_MARKED = re.compile(f"{_OPENS}(.*?){_CLOSES}")


def every_way(source: str, scope: Scope) -> list[str]:
    """At most `MOST_WAYS` texts, each once, of a source that was checked."""
    if not is_template(source):
        return [source]
    marks = _Marks(scope)
    found = _ways(inspected_text(source).tree.body, marks)
    return list(dict.fromkeys(text.strip() for text in found))


def values_in(text: str) -> list[str]:
    """The names of its values, each once, in their order."""
    return list(dict.fromkeys(_MARKED.findall(text)))


def with_values(text: str, value: Callable[[str], str]) -> str:
    """The text with something in the place of each value, by its name."""
    return _MARKED.sub(lambda found: value(found[1]), text)


def marked(name: str) -> str:
    """What stands for a value in a text."""
    return f"{_OPENS}{name}{_CLOSES}"


class _Marks:
    """A name for every expression of a text; another of the same name gets a number."""

    def __init__(self, scope: Scope) -> None:
        self._options = str(scope.names.get(OPTIONS, ""))
        self._names: dict[str, str] = {}

    def of(self, shown: nodes.Expr) -> str:
        if isinstance(shown, nodes.Name) and shown.name == OPTIONS and self._options:
            return self._options
        same = repr(shown)
        if same not in self._names:
            self._names[same] = self._fresh(_called(shown))
        return marked(self._names[same])

    def _fresh(self, name: str) -> str:
        taken = self._names.values()
        others = (f"{name}_{number}" for number in count(2))
        return next(each for each in chain([name], others) if each not in taken)


def _called(shown: nodes.Expr) -> str:
    """What the value is called: the last part of the first name in it."""
    whole = (shown, *shown.find_all((nodes.Getattr, nodes.Name)))
    for node in whole:
        if isinstance(node, nodes.Getattr):
            return node.attr
        if isinstance(node, nodes.Name):
            return node.name
    return "value"


def _ways(body: Sequence[nodes.Node], marks: _Marks) -> list[str]:
    texts = [""]
    for node in body:
        ends = _ends(node, marks)
        texts = [before + behind for before in texts for behind in ends][:MOST_WAYS]
    return texts


def _ends(node: nodes.Node, marks: _Marks) -> list[str]:
    """What one piece can come to."""
    match node:
        case nodes.If():
            branches = [node.body, *(other.body for other in node.elif_), node.else_]
            return [*chain.from_iterable(_ways(branch, marks) for branch in branches)]
        case nodes.Output():
            return ["".join(_shown(node.nodes, marks))]
        case _:
            return [""]


def _shown(pieces: Sequence[nodes.Node], marks: _Marks) -> Iterator[str]:
    for piece in pieces:
        if isinstance(piece, nodes.TemplateData):
            yield piece.data
        elif isinstance(piece, nodes.Expr):
            yield marks.of(piece)
