"""What may stand after `|` and between two values: our own filters, comparing and arithmetic."""

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, cast

from jinja2 import Undefined, pass_context
from jinja2.runtime import Context

from convo.errors import RenderError
from convo.language.localising import joined, kind_of, local, money, shown, weekday
from convo.language.scope import Choice, Scope

SCOPE = "_scope"  # where the scope travels in the context; authors cannot write such a name
COMPARE = "_compare"
MAX_NUMBER = 10**15
MAX_DECIMALS = 6

Number = int | float | Decimal


def scope_of(context: Context) -> Scope:
    """The scope that this rendering was begun with."""
    scope = context.parent[SCOPE]
    if not isinstance(scope, Scope):
        raise RenderError("Rendered without a scope.")
    return scope


def given(value: object) -> object:
    """The value itself; an unknown name raises, naming it."""
    if isinstance(value, Undefined):
        str(value)
    return value


def _number(value: object, doing: str) -> Number:
    given(value)
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        kind = "nothing" if value is None else kind_of(value)
        raise RenderError(f"{doing} needs numbers, not {kind}.")
    if (not isinstance(value, int) and not math.isfinite(value)) or abs(value) > MAX_NUMBER:
        raise RenderError("A number is too large.")
    return value


# --- filters ----------------------------------------------------------------------------------


def _default(_: Scope, value: object, fallback: object) -> object:
    return fallback if value is None or isinstance(value, Undefined) else value


def _on_text(change: Callable[[str], str]) -> Callable[[Scope, object], str]:
    def changed(scope: Scope, value: object) -> str:
        return change(shown(given(value), scope))

    return changed


def _length(_: Scope, value: object) -> int:
    value = given(value)
    if isinstance(value, (str, list, tuple, Mapping)):
        return len(cast("Sequence[object]", value))
    raise RenderError("`length` needs a text or a list.")


def _round(_: Scope, value: object, decimals: object = 0) -> Number:
    if not isinstance(decimals, int) or not 0 <= decimals <= MAX_DECIMALS:
        raise RenderError(f"`round` takes 0 to {MAX_DECIMALS} decimals.")
    number = _number(value, "`round`")
    return round(number, decimals) if decimals else round(number)


def _int(_: Scope, value: object) -> int:
    given(value)
    if isinstance(value, str):
        if not value.strip().lstrip("+-").isdecimal() or len(value) > len(str(MAX_NUMBER)):
            raise RenderError("`int` needs a whole number.")
        return int(value)
    return int(_number(value, "`int`"))


def _end(index: int) -> Callable[[Scope, object], object]:
    def found(_: Scope, value: object) -> object:
        if isinstance(given(value), (list, tuple, str)):
            held = cast("Sequence[object]", value)
            return held[index] if held else None
        raise RenderError("`first` and `last` need a list or a text.")

    return found


def _join(scope: Scope, value: object, separator: object = None) -> str:
    if not isinstance(given(value), (list, tuple)):
        raise RenderError("`join` needs a list.")
    between = None if separator is None else shown(separator, scope)
    return joined(cast("Sequence[object]", value), between, scope)


def _date(scope: Scope, value: object) -> date:
    value = given(value)
    if isinstance(value, datetime):
        return local(value, scope).date()
    if isinstance(value, date):
        return value
    raise RenderError("`date` needs a date, or a date and time.")


def _time(scope: Scope, value: object) -> time:
    value = given(value)
    if isinstance(value, datetime):
        return local(value, scope).time()
    if isinstance(value, time):
        return value
    raise RenderError("`time` needs a time, or a date and time.")


def _datetime(scope: Scope, value: object) -> datetime:
    value = given(value)
    if isinstance(value, datetime):
        return local(value, scope)
    raise RenderError("`datetime` needs a date and time.")


def _weekday(scope: Scope, value: object) -> Choice:
    return weekday(_date(scope, value), scope)


def _money(scope: Scope, value: object, currency: object) -> str:
    if not isinstance(currency, str) or len(currency) != 3 or not currency.isalpha():
        raise RenderError('`money` needs a currency of three letters, such as "CNY".')
    return money(_number(value, "`money`"), currency.upper(), scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A filter and how many arguments it takes in brackets."""

    work: Callable[..., object]
    least: int = 0
    most: int = 0


FILTERS: dict[str, Filter] = {
    "default": Filter(work=_default, least=1, most=1),
    "upper": Filter(work=_on_text(str.upper)),
    "lower": Filter(work=_on_text(str.lower)),
    "capitalize": Filter(work=_on_text(str.capitalize)),
    "title": Filter(work=_on_text(str.title)),
    "trim": Filter(work=_on_text(str.strip)),
    "length": Filter(work=_length),
    "round": Filter(work=_round, most=1),
    "int": Filter(work=_int),
    "first": Filter(work=_end(0)),
    "last": Filter(work=_end(-1)),
    "join": Filter(work=_join, most=1),
    "date": Filter(work=_date),
    "time": Filter(work=_time),
    "datetime": Filter(work=_datetime),
    "weekday": Filter(work=_weekday),
    "money": Filter(work=_money, least=1, most=1),
}


def for_jinja(work: Callable[..., object]) -> Callable[..., object]:
    """The same filter with Jinja's context in the place of the scope."""

    @pass_context
    def called(context: Context, *arguments: object) -> object:
        return work(scope_of(context), *arguments)

    return called


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
        raise RenderError("A value that is compared is empty.")
    if sign in ("in", "notin"):
        if isinstance(right, str) and not isinstance(left, str):
            raise RenderError("`in` looks for a text in a text, or for a value in a list.")
        if not isinstance(right, (str, list, tuple, Mapping)):
            raise RenderError("`in` needs a text or a list on its right.")
        held = cast("Sequence[object]", right)
        return (left in held) == (sign == "in")
    left, right = _alike(left, right, scope)
    return _ORDER[sign](left, right)


def _alike(left: object, right: object, scope: Scope) -> tuple[object, object]:
    if isinstance(left, bool) or isinstance(right, bool):
        raise RenderError("Yes or no has no order; compare it with == or !=.")
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
    both = f"{kind_of(left)} and {kind_of(right)}"
    raise RenderError(f"{both[0].upper()}{both[1:]} cannot be compared.")


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
    one, other = _number(left, f'"{sign}"'), _number(right, f'"{sign}"')
    if isinstance(one, Decimal) and isinstance(other, float):
        other = Decimal(repr(other))
    elif isinstance(one, float) and isinstance(other, Decimal):
        one = Decimal(repr(one))
    if not other and sign in ("/", "//", "%"):
        raise RenderError("A number is divided by zero.")
    return _number(_ARITHMETIC[sign](one, other), f'"{sign}"')


def signed(sign: str, value: object) -> Number:
    """`+value` or `-value`, of numbers only."""
    number = _number(value, f'"{sign}"')
    return -number if sign == "-" else number
