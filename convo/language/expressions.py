"""Bare expressions: conditions, `with:` and `json:` values; native values, never texts."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from convo.language.allowed import Use
from convo.language.authored import Authored
from convo.language.sandbox import inspected_expression, worked_out
from convo.language.scope import Scope
from convo.language.text_problems import TextProblem
from convo.sentences import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression(Authored):
    """What an author wrote as a condition or a value; checked when read, run with a scope."""

    JSON_SCHEMA: ClassVar[dict[str, Any]] = {
        "anyOf": [{"type": "string"}, {"type": "boolean"}, {"type": "number"}],
        "description": "An expression, such as score >= 9",
    }

    source: str
    uses: tuple[Use, ...] = field(repr=False, compare=False)
    functions: frozenset[str] = field(repr=False, compare=False)

    @classmethod
    def read(cls, raw: object) -> Self:
        """From a text or true/false; raises TextProblem."""
        if isinstance(raw, cls):
            return raw
        if isinstance(raw, bool):
            raw = "true" if raw else "false"
        if not isinstance(raw, str):
            raise TextProblem(sentence('An expression is missing, such as "score >= 9".'))
        found = inspected_expression(raw)
        return cls(source=raw, uses=found.uses, functions=found.functions)

    @property
    def written(self) -> object:
        return self.source

    @property
    def variables(self) -> frozenset[str]:
        """The names used, dotted where they have parts: "contact.fan"."""
        return frozenset(use.name for use in self.uses)

    def value(self, scope: Scope) -> object:
        """The native value; RenderError when a name is unknown or an order is with nothing."""
        return worked_out(self.source, scope)

    def holds(self, scope: Scope) -> bool:
        """As a condition: yes, a number but 0, anything written, any date; nothing is no."""
        return bool(self.value(scope))
