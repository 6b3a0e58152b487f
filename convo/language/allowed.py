"""The allow-list over a parsed template, and every refusal in plain words with its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import nodes

from convo.language.filters import FILTERS
from convo.language.operators import MAX_NUMBER
from convo.language.spelling import advice
from convo.language.text_problems import TextProblem
from convo.sentences import sentence

FUNCTIONS = frozenset({"link"})
#: What is not called but saved by a step first.
_INSTEAD = {"code": sentence("Get one with a step `do: code` and show the answer that it saves.")}
WITH_PARTS = frozenset({"contact", "event"})
MAX_DEPTH = 40
MAX_NODES = 500
MAX_PARTS = 8
_RESERVED = frozenset({"self", "super", "loop", "caller", "varargs", "kwargs", "true", "false"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A name that is used, dotted ("contact.fan"), and where in the text; counted from 1."""

    name: str
    path: tuple[str | int, ...] = ()
    line: int
    column: int


TAG = re.compile(r"\{\{.*?(?:\}\}|$)|\{%.*?(?:%\}|$)", re.DOTALL)


def spot_of(source: str, line: int, word: str, *, whole: bool) -> tuple[int, int]:
    """Where a word stands inside the brackets that touch this line; the bracket without one.

    Jinja keeps the line only, and of an operation over several lines its first. `whole` says
    that all of the source is an expression.
    """
    start = 0
    for _ in range(line - 1):
        start = source.find("\n", start) + 1
    end = source.find("\n", start)
    end = len(source) if end < 0 else end
    spans = [(0, len(source))] if whole else [found.span() for found in TAG.finditer(source)]
    here = [(max(begin, start), stop) for begin, stop in spans if begin <= end and stop > start]
    bounded = rf"(?<![\w]){re.escape(word)}(?![\w])" if word.isidentifier() else re.escape(word)
    spot = here[0][0] if here else start
    for begin, stop in here if word else ():
        if found := re.compile(bounded).search(source, begin, stop):
            spot = found.start()
            break
    return source.count("\n", 0, spot) + 1, spot - source.rfind("\n", 0, spot)


_ALLOWED: frozenset[type[nodes.Node]] = frozenset(
    {
        nodes.Template,
        nodes.Output,
        nodes.TemplateData,
        nodes.If,
        nodes.CondExpr,
        nodes.Name,
        nodes.Const,
        nodes.Getattr,
        nodes.Getitem,
        nodes.Compare,
        nodes.Operand,
        nodes.And,
        nodes.Or,
        nodes.Not,
        nodes.Neg,
        nodes.Pos,
        nodes.Add,
        nodes.Sub,
        nodes.Mul,
        nodes.Div,
        nodes.FloorDiv,
        nodes.Mod,
        nodes.Filter,
        nodes.Test,
        nodes.Call,
        nodes.List,
    }
)
_ARITHMETIC = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod)
_NO_TAGS = sentence("Only if, elif, else and endif may stand in {{% %}}.")
_NO_SETTING = (
    "set",
    sentence("A text cannot set a name; a step `set` does. {no_tags}", no_tags=_NO_TAGS),
)
_NO_IMPORT = ("import", sentence("A text cannot import a file. {no_tags}", no_tags=_NO_TAGS))
# what is refused -> the word to point at, why
_REFUSED: dict[type[nodes.Node], tuple[str, str]] = {
    nodes.For: ("for", sentence("A text cannot loop. {no_tags}", no_tags=_NO_TAGS)),
    nodes.Assign: _NO_SETTING,
    nodes.AssignBlock: _NO_SETTING,
    nodes.Macro: ("macro", sentence("A text cannot hold a macro. {no_tags}", no_tags=_NO_TAGS)),
    nodes.CallBlock: (
        "call",
        sentence("A text cannot hold a call block. {no_tags}", no_tags=_NO_TAGS),
    ),
    nodes.FilterBlock: (
        "filter",
        sentence("A filter stands after `|`. {no_tags}", no_tags=_NO_TAGS),
    ),
    nodes.Include: (
        "include",
        sentence("A text cannot include a file. {no_tags}", no_tags=_NO_TAGS),
    ),
    nodes.Import: _NO_IMPORT,
    nodes.FromImport: _NO_IMPORT,
    nodes.Extends: (
        "extends",
        sentence("A text cannot extend a file. {no_tags}", no_tags=_NO_TAGS),
    ),
    nodes.Block: ("block", _NO_TAGS),
    nodes.With: ("with", _NO_TAGS),
    nodes.ScopedEvalContextModifier: ("autoescape", _NO_TAGS),
    nodes.Pow: ("**", sentence("Powers (**) are not used: they grow without bound.")),
    nodes.Concat: (
        "~",
        sentence('Joining with "~" is not used. Write the values side by side in the text.'),
    ),
    nodes.Slice: (":", sentence("Parts of a text or list ([1:3]) are not used.")),
    nodes.Dict: ("{", sentence("A mapping ({{...}}) is not used here.")),
    nodes.Tuple: (",", sentence("Write a list in square brackets: [a, b].")),
}


def inspect(
    source: str, tree: nodes.Template, *, whole: bool
) -> tuple[tuple[Use, ...], frozenset[str]]:
    """The names and functions a parsed source uses; raises TextProblem for all not allowed."""
    return _Inspection(source, whole=whole).run(tree)


class _Inspection:
    def __init__(self, source: str, *, whole: bool) -> None:
        self.source = source
        self.whole = whole
        self.uses: dict[tuple[str, int], Use] = {}
        self.functions: set[str] = set()

    def refuse(self, node: nodes.Node, word: str, message: str) -> None:
        line = node.lineno or 1  # nodes that Jinja adds by itself have none
        raise TextProblem(message, (), *spot_of(self.source, line, word, whole=self.whole))

    def run(self, tree: nodes.Template) -> tuple[tuple[Use, ...], frozenset[str]]:
        # An expression is kept as the one assignment that our own code made around it.
        assigned = tree.body[0] if self.whole else None
        start = assigned.node if isinstance(assigned, nodes.Assign) else tree
        waiting: list[tuple[nodes.Node, int]] = [(start, 0)]
        count = 0
        while waiting:
            node, depth = waiting.pop()
            count += 1
            if count > MAX_NODES or depth > MAX_DEPTH:
                self.refuse(node, "", sentence("This is too complicated. Split it up."))
            waiting.extend((child, depth + 1) for child in self.below(node))
        ordered = sorted(self.uses.values(), key=lambda use: (use.line, use.column))
        return tuple(ordered), frozenset(self.functions)

    def below(self, node: nodes.Node) -> Iterator[nodes.Node]:
        """Checks one node; what is to be checked below it."""
        if type(node) not in _ALLOWED:
            word, why = _REFUSED.get(
                type(node), ("", sentence("This is not used in texts. {no_tags}", no_tags=_NO_TAGS))
            )
            self.refuse(node, word, why)
        if isinstance(node, (nodes.Name, nodes.Getattr, nodes.Getitem)):
            self.name(node)
            return iter(())
        if isinstance(node, nodes.Call):
            return self.call(node)
        if isinstance(node, nodes.Const):
            self.constant(node)
        elif isinstance(node, _ARITHMETIC):
            self.arithmetic(node)
        elif isinstance(node, nodes.Filter):
            self.filter(node)
        elif isinstance(node, nodes.Test):
            if node.name not in ("defined", "none"):
                self.refuse(
                    node, node.name, sentence("After `is` only `defined` and `none` may stand.")
                )
        elif isinstance(node, nodes.CondExpr) and node.expr2 is None:
            self.refuse(node, "if", sentence("An `if` in a value needs its `else`: a if b else c."))
        return node.iter_child_nodes()

    def name(self, node: nodes.Expr) -> None:
        parts: list[str] = []
        root: nodes.Node = node
        while isinstance(root, (nodes.Getattr, nodes.Getitem)):
            if isinstance(root, nodes.Getattr):
                part = root.attr
            elif isinstance(root.arg, nodes.Const) and isinstance(root.arg.value, str):
                part = root.arg.value
            else:
                self.refuse(
                    root,
                    "[",
                    sentence('In square brackets only a name in quotes may stand: ["city"].'),
                )
                return
            if part.startswith("_"):
                self.refuse(
                    root, part, sentence("Names that start with an underscore are not known.")
                )
            parts.append(part)
            root = root.node
        if not isinstance(root, nodes.Name):
            self.refuse(node, parts[-1], sentence("Only names have parts, such as contact.city."))
            return
        if root.name.startswith("_") or root.name in _RESERVED:
            self.refuse(
                root,
                root.name,
                sentence('"{name}" is not a name that texts may use.', name=root.name),
            )
        if len(parts) > MAX_PARTS:
            self.refuse(
                root,
                root.name,
                sentence("A name has at most {max_parts} parts.", max_parts=MAX_PARTS),
            )
        if parts and root.name not in WITH_PARTS:
            self.refuse(
                root,
                root.name,
                sentence(
                    '"{name}" has no parts. Only contact and event have, as in contact.city.',
                    name=root.name,
                ),
            )
        if root.name in FUNCTIONS:
            self.refuse(
                root, root.name, sentence("{name} needs its brackets: {name}(...).", name=root.name)
            )
        dotted = ".".join([root.name, *reversed(parts)])
        written = dotted if dotted in self.source else root.name
        line, column = spot_of(self.source, root.lineno, written, whole=self.whole)
        self.uses.setdefault((dotted, line), Use(name=dotted, line=line, column=column))

    def call(self, node: nodes.Call) -> Iterator[nodes.Node]:
        if not isinstance(node.node, nodes.Name):
            self.refuse(node, "(", sentence("Only link(...) can be called."))
        elif node.node.name not in FUNCTIONS:
            name = node.node.name
            mend = _INSTEAD.get(name) or advice(name, sorted(FUNCTIONS))
            self.refuse(
                node, name, sentence('"{name}" cannot be called. {mend}', name=name, mend=mend)
            )
        elif node.dyn_args is not None or node.dyn_kwargs is not None:
            self.refuse(node, "*", sentence("Arguments are written one by one."))
        else:
            self.functions.add(node.node.name)
        return iter([*node.args, *(pair.value for pair in node.kwargs)])

    def constant(self, node: nodes.Const) -> None:
        value: object = node.value
        if isinstance(value, (int, float)) and not -MAX_NUMBER <= value <= MAX_NUMBER:
            self.refuse(node, "", sentence("This number is too large."))

    def arithmetic(self, node: nodes.BinExpr) -> None:
        for side in (node.left, node.right):
            if isinstance(side, (nodes.TemplateData, nodes.List)) or (
                isinstance(side, nodes.Const) and not isinstance(side.value, (int, float))
            ):
                self.refuse(
                    node,
                    node.operator,
                    sentence(
                        '"{operator}" works on numbers only. Write texts and values side by side.',
                        operator=node.operator,
                    ),
                )

    def filter(self, node: nodes.Filter) -> None:
        known = FILTERS.get(node.name)
        if known is None or node.node is None:
            self.refuse(
                node,
                node.name,
                sentence(
                    'There is no filter "{name}". {advice}',
                    name=node.name,
                    advice=advice(node.name, FILTERS),
                ),
            )
            return
        if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
            self.refuse(
                node,
                node.name,
                sentence('"{name}" takes plain values in its brackets.', name=node.name),
            )
        if not known.least <= len(node.args) <= known.most:
            wanted = sentence("one value") if known.most else sentence("no values")
            self.refuse(
                node,
                node.name,
                sentence('"{name}" takes {wanted} in its brackets.', name=node.name, wanted=wanted),
            )
        for given in node.args:
            value: object = given.value if isinstance(given, nodes.Const) else None
            written = isinstance(given, nodes.Const)
            if (written or known.written_out) and (wrong := known.wrong(value)):
                self.refuse(node, node.name, wrong)


# --- the parser's own words -------------------------------------------------------------------

_HINTS: tuple[tuple[str, str], ...] = (
    ("[“”‘’「」]", sentence("These are typographic quotes. Use plain ones: ' or \".")),
    ("[（）｛｝＋－＝＜＞，]", sentence("This is a full-width sign. Use the plain one.")),
    (r"&&|\|\|", sentence("Write `and` or `or`.")),
    (r"(?<![=!<>])=(?!=)", sentence("To compare, write == (two signs).")),
    (r"!(?!=)", sentence("Write `not`.")),
    (r"\?", sentence("Write: a if b else c.")),
)
# What Jinja says -> what is wrong
_PLAINLY: tuple[tuple[str, str], ...] = (
    ("escape", sentence("A backslash in quotes has a meaning of its own. Leave it out.")),
    (r"expected '[)\]}]'", sentence("A bracket opened here is never closed.")),
    ("unknown tag 'e", sentence("This has no `{{% if %}}` before it that is still open.")),
    ("unknown tag", _NO_TAGS),
    ("endif", sentence("This `{{% if %}}` is never closed. Write `{{% endif %}}` at its end.")),
    ("end for|endfor|endmacro|endblock|endcall|endset|endfilter", _NO_TAGS),
    (
        "end of template",
        sentence("The brackets opened here are never closed: }}}} or %}} is missing."),
    ),
    ("unexpected char ['\"][\"']", sentence("A quote opened here is never closed.")),
    ("unexpected char", sentence("This sign has no meaning here.")),
    ("expected name or number", sentence("A name is missing after the dot.")),
    ("'name'", sentence("The name of a filter is missing after `|`.")),
    ("got 'end|unexpected 'end", sentence("Something is missing here.")),
)
_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")


def plain_syntax(source: str, message: str, line: int, *, whole: bool) -> TextProblem:
    """Jinja's complaint in our words, as near to the spot as it can be told."""
    tags = [source] if whole else [found.group() for found in TAG.finditer(source)]
    # Texts in quotes are blanked, for a "=" in them is no mistake.
    bare = [_STRING.sub(lambda found: " " * len(found.group()), tag) for tag in tags]
    begins = [0] if whole else [found.start() for found in TAG.finditer(source)]
    if "unknown tag" not in message and "end of template" not in message:
        for begin, tag in zip(begins, bare, strict=True):
            for pattern, hint in _HINTS:
                if found := re.search(pattern, tag):
                    return TextProblem.at(source, begin + found.start(), hint)
    if whole and "end of template" in message and not re.search(r"\bexpected '", message):
        return TextProblem.at(
            source, len(source.rstrip()), sentence("Something is missing at the end.")
        )
    if sign := re.search(r"unexpected char '([^'\"])' at (\d+)", message):
        what = sentence('"{sign}" has no meaning here.', sign=sign.group(1))
        return TextProblem.at(source, min(int(sign.group(2)), len(source)), what)
    line = max(1, min(line, source.count("\n") + 1))
    got = re.search(r"(?:got|unexpected|tag) '([^']+)'", message)
    word = got.group(1) if got and got.group(1) in source else ""
    line, column = spot_of(source, line, word, whole=whole)
    for pattern, plain in _PLAINLY:
        if re.search(pattern, message):
            return TextProblem(plain, (), line, column)
    what = (
        sentence('"{word}" does not fit here: something is missing before it.', word=word)
        if word
        else ""
    )
    return TextProblem(what or sentence("This cannot be read as an expression."), (), line, column)
