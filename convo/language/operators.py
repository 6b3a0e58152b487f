"""Comparing and arithmetic: what may stand between two values, and never decides by accident."""

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, cast

from jinja2 import Undefined

from convo.errors import RenderError
from convo.language.localising import kind_of, local
from convo.language.scope import Scope
from convo.sentences import sentence

MAX_NUMBER = 10**15

Number = int | float | Decimal


def given(value: object) -> object:
    """The value itself; an unknown name raises, naming it."""
    if isinstance(value, Undefined):
        str(value)
    return value


def amount(value: object, doing: str) -> Number:
    """The value, where it is a number that can be worked with; `doing` needs one."""
    given(value)
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        kind = sentence("nothing") if value is None else kind_of(value)
        raise RenderError(sentence("{doing} needs numbers, not {kind}.", doing=doing, kind=kind))
    if (not isinstance(value, int) and not math.isfinite(value)) or abs(value) > MAX_NUMBER:
        raise RenderError(sentence("A number is too large."))
    return value


# --- comparing --------------------------------------------------------------------------------

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
}


def compare(scope: Scope, left: object, sign: str, right: object) -> bool:
    """Never decides by accident: an unknown name, or an order with nothing, is an error.

    A date with a date and time is compared by the day, a time with one by the clock, both in
    the contact's zone.
    """
    given(left)
    given(right)
    if sign == "eq":
        return left == right
    if sign == "ne":
        return left != right
    if left is None or right is None:
        raise RenderError(sentence("A value that is compared is empty."))
    if sign in ("in", "notin"):
        if isinstance(right, str) and not isinstance(left, str):
            raise RenderError(
                sentence("`in` looks for a text in a text, or for a value in a list.")
            )
        if not isinstance(right, (str, list, tuple, Mapping)):
            raise RenderError(sentence("`in` needs a text or a list on its right."))
        held = cast("Sequence[object]", right)
        return (left in held) == (sign == "in")
    left, right = _alike(left, right, scope)
    return _ORDER[sign](left, right)


def _alike(left: object, right: object, scope: Scope) -> tuple[object, object]:
    if isinstance(left, bool) or isinstance(right, bool):
        raise RenderError(sentence("Yes or no has no order; compare it with == or !=."))
    if isinstance(left, datetime) and isinstance(right, datetime):
        zone = scope.zone
        return (
            left if left.tzinfo else left.replace(tzinfo=zone),
            right if right.tzinfo else right.replace(tzinfo=zone),
        )
    if isinstance(left, datetime) and isinstance(right, (date, time)):
        here = local(left, scope)
        return (here.time() if isinstance(right, time) else here.date()), right
    if isinstance(right, datetime) and isinstance(left, (date, time)):
        here = local(right, scope)
        return left, (here.time() if isinstance(left, time) else here.date())
    for family in (str, (int, float, Decimal), date, time):
        if isinstance(left, family) and isinstance(right, family):
            return left, right
    one = kind_of(left)
    raise RenderError(
        sentence(
            "{one} and {other} cannot be compared.",
            one=f"{one[0].upper()}{one[1:]}",
            other=kind_of(right),
        )
    )


# --- arithmetic -------------------------------------------------------------------------------

_ARITHMETIC: dict[str, Callable[[Any, Any], Number]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda one, other: one / other,
    "//": lambda one, other: one // other,
    "%": operator.mod,
}
ARITHMETIC = frozenset(_ARITHMETIC)


def calculate(sign: str, left: object, right: object) -> Number:
    """On numbers only, so that nothing can be repeated or formatted to any size."""
    one, other = amount(left, f'"{sign}"'), amount(right, f'"{sign}"')
    if isinstance(one, Decimal) and isinstance(other, float):
        other = Decimal(repr(other))
    elif isinstance(one, float) and isinstance(other, Decimal):
        one = Decimal(repr(one))
    if not other and sign in ("/", "//", "%"):
        raise RenderError(sentence("A number is divided by zero."))
    return amount(_ARITHMETIC[sign](one, other), f'"{sign}"')


def signed(sign: str, value: object) -> Number:
    """`+value` or `-value`, of numbers only."""
    number = amount(value, f'"{sign}"')
    return -number if sign == "-" else number
