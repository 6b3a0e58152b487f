"""Which names a text shows bare: without a default, and in no `if` that asks for them."""

from collections.abc import Iterator
from functools import lru_cache

from jinja2 import nodes

from convo.language.allowed import Use, spot_of
from convo.language.sandbox import inspected_text, is_template

MAX_KEPT = 2_000
"""Texts whose names are remembered: the checks look at each several times."""


@lru_cache(maxsize=MAX_KEPT)
def shown_bare(source: str) -> tuple[Use, ...]:
    """The names that must have a value for this text to be said, in the order they stand in."""
    if not is_template(source):
        return ()
    found: dict[str, Use] = {}
    for name, line in _shown(inspected_text(source).tree, frozenset()):
        at, column = spot_of(source, line, name, whole=False)
        found.setdefault(name, Use(name=name, line=at, column=column))
    return tuple(found.values())


def filtered(tree: nodes.Template) -> Iterator[tuple[str, str]]:
    """(name, filter) of every name that a filter is put to at once."""
    for node in tree.find_all(nodes.Filter):
        if isinstance(node.node, nodes.Name | nodes.Getattr | nodes.Getitem):
            yield _dotted(node.node), node.name


def _shown(node: nodes.Node, asked: frozenset[str]) -> Iterator[tuple[str, int]]:
    """(name, line) of what is shown below `node`; `asked` are names that an `if` has asked for."""
    match node:
        case nodes.Name() | nodes.Getattr() | nodes.Getitem():
            name = _dotted(node)
            if name not in asked:
                yield name, node.lineno
        case nodes.Filter(name="default"):
            return
        case nodes.If() | nodes.CondExpr():
            inside = asked | frozenset(_names(node.test))
            for child in node.iter_child_nodes():
                if child is not node.test:
                    yield from _shown(child, inside)
        case nodes.Test() | nodes.Compare():
            return  # a comparison is answered, not shown
        case nodes.And() | nodes.Or() | nodes.Not():
            return
        case _:
            for child in node.iter_child_nodes():
                yield from _shown(child, asked)


def _names(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem):
        yield _dotted(node)
        return
    for child in node.iter_child_nodes():
        yield from _names(child)


def _dotted(node: nodes.Node) -> str:
    """`contact.city`, also where it is written contact["city"]."""
    match node:
        case nodes.Getattr():
            return f"{_dotted(node.node)}.{node.attr}"
        case nodes.Getitem(arg=nodes.Const(value=str(part))):
            return f"{_dotted(node.node)}.{part}"
        case nodes.Name():
            return node.name
        case _:
            return ""
