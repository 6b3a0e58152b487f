"""The guarded sandbox: what a template may contain, checked before anything of it runs."""

import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from jinja2 import (
    StrictUndefined,
    TemplateSyntaxError,
    Undefined,
    UndefinedError,
    nodes,
    pass_context,
)
from jinja2.environment import Template
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from convo.errors import RenderError
from convo.language.allowed import TAG, Use, inspect, plain_syntax
from convo.language.filters import FILTERS, SCOPE, for_jinja, scope_of
from convo.language.localising import EmptyValue, shown
from convo.language.operators import ARITHMETIC, calculate, compare, given, signed
from convo.language.scope import Scope
from convo.language.text_problems import TextProblem
from convo.sentences import sentence

MAX_TEXT = 1_600  # characters of one message, as rendered
MAX_SOURCE = 4_000  # characters of a template
MAX_EXPRESSION = 1_000  # characters of an expression, alone or in brackets
MAX_KEPT_PROGRAMS = 10_000

_MARKS = ("{{", "{%", "{#")
_RESULT = "_result"
_COMPARE = "_compare"


class _Missing(StrictUndefined):
    """An unknown name; whatever is done with it raises, naming it."""

    @property
    def _undefined_message(self) -> str:
        return str(self._undefined_name)


class _Sandbox(ImmutableSandboxedEnvironment):
    """No Python attribute is ever read and no operator runs but on numbers."""

    intercepted_binops = ARITHMETIC
    intercepted_unops = frozenset({"-", "+"})

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Undefined):
            str(obj)
        if isinstance(obj, Mapping) and argument in obj:
            return cast("Mapping[str, object]", obj)[argument]
        return self.undefined(name=str(argument))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ARG002
        return calculate(operator, left, right)

    def call_unop(self, context: Context, operator: str, arg: Any) -> Any:  # noqa: ARG002
        return signed(operator, arg)

    def is_safe_callable(self, obj: Any) -> bool:
        return callable(obj) and not isinstance(obj, type)


@pass_context
def _finalize(context: Context, value: object) -> str:
    return value if type(value) is str else shown(given(value), scope_of(context))


def _made() -> _Sandbox:
    sandbox = _Sandbox(
        undefined=_Missing,
        finalize=_finalize,
        optimized=False,
        cache_size=0,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Nothing of Jinja's own is left but two tests: what is not here cannot be reached.
    sandbox.globals = {}
    sandbox.filters = {name: for_jinja(entry.work) for name, entry in FILTERS.items()}
    sandbox.filters[_COMPARE] = for_jinja(compare)
    tests = cast("dict[str, Callable[..., bool]]", sandbox.tests)  # pyright: ignore[reportUnknownMemberType]
    sandbox.tests = {name: tests[name] for name in ("defined", "none")}
    return sandbox


_SANDBOX = _made()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """A checked source: the names it uses (functions apart), and the tree to compile."""

    uses: tuple[Use, ...]
    functions: frozenset[str]
    tree: nodes.Template


def is_template(source: str) -> bool:
    """Whether anything in the source is to be worked out."""
    return any(mark in source for mark in _MARKS)


def inspected_text(source: str) -> Inspected:
    """Checks a text with `{{ }}` or `{% %}`; raises TextProblem, and runs nothing of it."""
    _refuse_long(source, 0, len(source), MAX_SOURCE)
    for tag in TAG.finditer(source):
        _refuse_long(source, *tag.span(), MAX_EXPRESSION)
    for pattern, message in _UNSEEN:
        if found := pattern.search(source):
            raise TextProblem.at(source, found.start(), message)

    def parsed() -> nodes.Template:
        return _SANDBOX.parse(source)

    return _inspected(source, parsed, whole=False)


_UNSEEN = (
    (
        re.compile(r"\{#"),
        sentence('"{{#" begins a remark that would be dropped. Write "{{ #" or leave it out.'),
    ),
    (re.compile(r"\{%[-+]?\s*raw\b"), sentence('"raw" is not used. Write the text as it is.')),
)


def inspected_expression(source: str) -> Inspected:
    """Checks a bare expression; raises TextProblem, and runs nothing of it."""
    _refuse_long(source, 0, len(source), MAX_EXPRESSION)
    if found := re.search(r"\{\{|\}\}|\{%|%\}|\{#|#\}", source):
        raise TextProblem.at(
            source,
            found.start(),
            sentence(
                "An expression stands without {{{{ }}}}: it is a value, not a text. Write only "
                "what is between the brackets."
            ),
        )
    if not source.strip():
        raise TextProblem.at(source, 0, sentence("The expression is empty."))

    def parsed() -> nodes.Template:
        parser = Parser(_SANDBOX, source, state="variable")
        expression = parser.parse_expression()
        if not parser.stream.eos:
            token = parser.stream.current
            raise TemplateSyntaxError(f"unexpected '{token.value}'", token.lineno)
        target = nodes.Name(_RESULT, "store", lineno=1)
        tree = nodes.Template([nodes.Assign(target, expression, lineno=1)], lineno=1)
        tree.set_environment(_SANDBOX)
        return tree

    return _inspected(source, parsed, whole=True)


def _refuse_long(source: str, start: int, end: int, most: int) -> None:
    if end - start > most:
        raise TextProblem.at(
            source, start, sentence("This is longer than {most} characters.", most=f"{most:,}")
        )


def _inspected(source: str, parsed: Callable[[], nodes.Template], *, whole: bool) -> Inspected:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Python warns of backslashes that mean nothing
            tree = parsed()
    except TemplateSyntaxError as error:
        raise plain_syntax(source, error.message or "", error.lineno, whole=whole) from None
    except (Warning, UnicodeError):
        raise TextProblem.at(source, max(0, source.find("\\")), _BACKSLASH) from None
    except (RecursionError, ValueError, MemoryError, OverflowError):
        raise TextProblem.at(source, 0, sentence("This is too complicated. Split it up.")) from None
    uses, functions = inspect(source, tree, whole=whole)
    return Inspected(uses=uses, functions=functions, tree=tree)


_BACKSLASH = sentence(
    "A backslash in quotes has a meaning of its own. Leave it out or write it twice."
)


class _Compares(NodeTransformer):
    """Comparisons become calls of our own, which never decide by accident."""

    def visit_Compare(self, node: nodes.Compare) -> nodes.Expr:  # noqa: N802 (Jinja's name)
        self.generic_visit(node)
        left = node.expr
        result: nodes.Expr | None = None
        for operand in node.ops:
            arguments: list[nodes.Expr] = [nodes.Const(operand.op), operand.expr]
            one = nodes.Filter(left, _COMPARE, arguments, [], None, None, lineno=node.lineno)
            result = nodes.And(result, one, lineno=node.lineno) if result else one
            left = operand.expr
        return result or node


def _compiled(tree: nodes.Template) -> Callable[[Context], Any]:
    changed = _Compares().visit(tree)
    changed.set_environment(_SANDBOX)
    code = _SANDBOX.compile(changed)
    return Template.from_code(_SANDBOX, code, {}, None).root_render_func


@lru_cache(maxsize=MAX_KEPT_PROGRAMS)
def _text_program(source: str) -> Callable[[Context], Any]:
    return _compiled(inspected_text(source).tree)


@lru_cache(maxsize=MAX_KEPT_PROGRAMS)
def _expression_program(source: str) -> Callable[[Context], Any]:
    return _compiled(inspected_expression(source).tree)


def _context(scope: Scope) -> Context:
    return Context(_SANDBOX, {"now": scope.now, **scope.names, SCOPE: scope}, None, {})


def rendered(source: str, scope: Scope) -> str:
    """The text for this scope; RenderError names what is missing, never what was written."""
    pieces: list[str] = []
    length = 0
    try:
        for piece in _text_program(source)(_context(scope)):
            length += len(piece)
            if length > MAX_TEXT:
                raise RenderError(
                    sentence("The text comes to more than {most} characters.", most=f"{MAX_TEXT:,}")
                )
            pieces.append(piece)
    except Exception as error:
        raise _as_render_error(error, lambda: inspected_text(source), scope) from None
    return "".join(pieces)


def worked_out(source: str, scope: Scope) -> object:
    """The native value of an expression; RenderError as for `rendered`."""
    context = _context(scope)
    try:
        for _ in _expression_program(source)(context):
            pass
        value = context.vars[_RESULT]
        if isinstance(value, Undefined):
            str(value)
    except Exception as error:
        raise _as_render_error(error, lambda: inspected_expression(source), scope) from None
    return value


def _as_render_error(
    error: Exception, inspected: Callable[[], Inspected], scope: Scope
) -> Exception:
    """Ours as it is; Jinja's and Python's in words that hold no value of a customer's."""
    if isinstance(error, EmptyValue):
        names = [use.name for use in inspected().uses if looked_up(use.name, scope) is None]
        which = ", ".join(f"`{name}`" for name in dict.fromkeys(names)) or sentence("a value")
        return RenderError(sentence("This text shows {which}, which is empty.", which=which))
    if isinstance(error, UndefinedError):
        return RenderError(
            sentence(
                "`{name}` is not known here.",
                name=_full_name(str(error), inspected().uses, scope),
            )
        )
    if isinstance(error, (RenderError, TextProblem)):
        return error
    return RenderError(
        sentence("This could not be worked out ({error}).", error=type(error).__name__)
    )


def _full_name(last: str, uses: tuple[Use, ...], scope: Scope) -> str:
    """The dotted name that ends with this part and leads nowhere."""
    for use in uses:
        parts = use.name.split(".")
        for length, part in enumerate(parts, start=1):
            name = ".".join(parts[:length])
            if part == last and looked_up(name, scope) is UNKNOWN:
                return name
    return last


UNKNOWN = object()


def looked_up(name: str, scope: Scope) -> object:
    """The value of a dotted name; UNKNOWN (not None) when there is no such name."""
    holder: object = scope.names
    for part in name.split("."):
        holder = _part(holder, part)
    return holder


def _part(holder: object, part: str) -> object:
    if isinstance(holder, Mapping) and part in holder:
        return cast("Mapping[str, object]", holder)[part]
    return UNKNOWN
